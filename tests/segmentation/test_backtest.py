"""Tiers judged by outcomes: sizes, ties, hand-made sums, intervals against what theory says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.errors import InputRefused
from segmentation.backtest import RULES, Judged, against_others, at_random, by_shares, outcomes


def some(customers: int, seed: int = 3) -> Judged:
    """Customers whose default follows their forecast, in three tiers."""
    draw = np.random.default_rng(seed)
    probability = draw.uniform(0.0, 0.4, customers)
    amount = draw.lognormal(3, 1, customers)
    defaulted = draw.uniform(size=customers) < probability
    return Judged(
        tier=by_shares(-probability, (0.1, 0.3)),
        amount=amount,
        probability=probability,
        value=100 * (1 - probability),
        defaulted=defaulted,
        loss=np.where(defaulted, 0.5 * amount, 0.0),
        income=0.05 * amount,
    )


def test_tiers_by_count_round_the_running_shares_and_break_ties_by_customer_id() -> None:
    value = np.array([5.0, 9.0, 9.0, 9.0, 1.0, np.nan, 7.0, 7.0, 3.0, 2.0])
    # Best tenth: the first of three that tie at 9. Next three: the other two 9s and the first 7.
    assert by_shares(value, (0.1, 0.3)).tolist() == [2, 0, 1, 1, 2, 2, 1, 2, 2, 2]


@pytest.mark.parametrize("shares", [(0.5,), (0.6, 0.5), (-0.1, 0.3), (0.1, 0.2, 0.3)])
def test_shares_that_are_none_are_refused_in_a_sentence(shares: tuple[float, ...]) -> None:
    with pytest.raises(InputRefused, match=r"0\.1,0\.3"):
        by_shares(np.arange(10.0), shares)


def test_every_rule_makes_tiers_of_the_same_sizes() -> None:
    rules = against_others(some(997))
    assert [rule.rule for rule in rules] == list(RULES)
    assert {tuple(tier.customers for tier in rule.tiers) for rule in rules} == {(100, 299, 598)}


def test_sums_of_a_tier_are_those_worked_out_by_hand() -> None:
    judged = Judged(
        tier=np.array([0, 0, 1, 2]),
        amount=np.array([100.0, 300.0, 50.0, 50.0]),
        probability=np.array([0.1, 0.2, np.nan, 0.3]),
        value=np.array([9.0, 8.0, 7.0, 6.0]),
        defaulted=np.array([False, True, False, True]),
        loss=np.array([0.0, 30.0, 0.0, 50.0]),
        income=np.array([5.0, 15.0, 2.5, 2.5]),
    )
    best, middle, rest = outcomes(judged, judged.tier)
    assert best.net is not None and best.net_rate is not None and best.default_rate is not None
    assert (best.customers, best.defaults, best.amount, best.loss) == (2, 1, 400.0, 30.0)
    assert (best.net.value, best.net_rate.value) == (-10.0, -0.025)  # 20 earned − 30 lost, over 400
    assert best.share_of_amount == 0.8
    # Wilson's interval of 1 in 2: centre 0.5, half width z/(1+z²/2)·√(1/8 + z²/16)
    assert (best.default_rate.low, best.default_rate.high) == pytest.approx((0.0945, 0.9055), abs=5e-5)
    assert middle.net is not None and middle.net.value == 2.5
    by_pd = next(rule for rule in against_others(judged) if rule.rule == "pd")
    # Unknown PD comes last: it takes the place of the one likeliest to default.
    assert by_pd.tiers[2].net is not None and by_pd.tiers[2].net.value == 2.5
    assert rest.loss == 50.0


def test_an_empty_tier_has_no_rate_and_no_interval() -> None:
    judged = some(50)
    everybody = outcomes(judged, np.full(50, 2))
    assert (everybody[0].customers, everybody[0].default_rate, everybody[0].net) == (0, None, None)


@pytest.mark.parametrize("customers", [400, 20_000])
def test_bootstrap_spreads_as_a_sum_of_independent_customers_does(customers: int) -> None:
    judged = some(customers)
    total = outcomes(judged, np.zeros(customers, dtype=np.int64))[0].net
    assert total is not None
    spread = float(judged.net.std()) * np.sqrt(customers)
    # The central limit theorem: 95 % lie within ± 1.96 standard deviations; 500 resamples tell it to a tenth.
    assert total.high - total.low == pytest.approx(2 * 1.96 * spread, rel=0.12)
    assert total.low < total.value < total.high


def test_random_tiers_have_everybodys_default_rate_and_spread_like_draws_without_replacement() -> None:
    judged = some(4_000)
    best = at_random(judged, np.array([400, 1_200, 2_400]))[0]
    overall = float(judged.defaulted.mean())
    assert best.default_rate is not None
    # Variance of a hypergeometric share: p(1−p)/n · (N−n)/(N−1).
    sd = np.sqrt(overall * (1 - overall) / 400 * (4_000 - 400) / 3_999)
    assert best.default_rate.value == pytest.approx(overall, abs=4 * sd / np.sqrt(200))
    assert best.default_rate.high - best.default_rate.low == pytest.approx(2 * 1.96 * sd, rel=0.25)


def test_an_order_worth_something_beats_chance_and_one_worth_nothing_does_not() -> None:
    judged = some(6_000)
    rules = {rule.rule: rule.tiers[0] for rule in against_others(judged)}
    drawn, best, amount = rules["random"].default_rate, rules["pd"].default_rate, rules["amount"].default_rate
    assert drawn is not None and best is not None and amount is not None
    assert best.high < drawn.low
    assert drawn.low - 0.02 < amount.value < drawn.high + 0.02


def test_the_same_portfolio_gives_the_same_figures() -> None:
    judged = some(500)
    assert against_others(judged, seed=1) == against_others(replace(judged), seed=1)
