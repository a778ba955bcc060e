"""Points that add up, bins moved by hand, and SQL that scores to the last digit."""

from __future__ import annotations

import json
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from data.errors import ModelInvalid
from segmentation.policy import built_in_policy
from segmentation.scorecard.binning import bin_feature, weight_of_evidence
from segmentation.scorecard.compile import with_scorecard
from segmentation.scorecard.edit import edges, merged, moved_level, with_binning, with_breaks
from segmentation.scorecard.export import policy_sql, scorecard_sql
from segmentation.scorecard.fit import FACTOR, OFFSET, Scorecard, fit_scorecard
from segmentation.scorecard.guard import Candidate
from segmentation.scorecard.horizon import Horizon
from segmentation.scorecard.optimal import best_partition, shrunken_rates
from segmentation.scorecard.points import bin_points, points_table, reasons, with_points
from segmentation.tiers import with_tier
from tests.builders import collect, lazy

HOSTILE = ["o'brien'); DROP TABLE t; --", 'a "quoted" one', "新\n行", "plain"]


def a_book(rows: int = 5_000) -> tuple[pd.DataFrame, np.ndarray]:
    random = np.random.default_rng(12)
    debt = np.where(random.uniform(0, 1, rows) < 0.2, 0.0, random.uniform(1, 100, rows))
    trade = random.choice(HOSTILE, rows)
    # A debt of 0 is the worst, from 1 on risk rises: 0 stands for something of its own.
    chance = 1 / (1 + np.exp(2.5 - 0.02 * debt - 2.5 * (debt == 0) - 1.0 * (trade == HOSTILE[0])))
    bad = random.uniform(0, 1, rows) < chance
    debt = np.where(random.uniform(0, 1, rows) < 0.1, np.nan, debt)
    trade = pd.Series(trade, dtype="object").where(random.uniform(0, 1, rows) > 0.05, None)
    return pd.DataFrame({"debt": debt, 'odd "column"': trade}), bad


def a_card() -> Scorecard:
    frame, bad = a_book()
    candidates = [Candidate("debt", "Debt", True), Candidate('odd "column"', "Odd", False)]
    card = fit_scorecard(frame, pd.Series(bad), candidates).scorecard
    assert card is not None
    return card


CARD = a_card()


def test_a_heap_that_breaks_the_trend_gets_a_bin_of_its_own() -> None:
    frame, bad = a_book()
    binning = bin_feature(frame["debt"], bad, is_numeric=True)
    assert binning.specials == (0.0,)
    assert binning.trend == "rising"
    zero = frame["debt"] == 0
    assert (binning.special_bins[0].customers, binning.special_bins[0].defaults) == (
        zero.sum(),
        bad[zero].sum(),
    )


def test_the_exact_search_is_as_good_as_trying_everything() -> None:
    random = np.random.default_rng(2)
    for _ in range(20):
        counts = random.integers(20, 80, 7).astype(float)
        bads = np.floor(counts * random.uniform(0.05, 0.5, 7))
        toll = 0.5 * (1 / (counts - bads).sum() + 1 / bads.sum())

        def worth(
            cuts: tuple[int, ...], counts: np.ndarray = counts, bads: np.ndarray = bads, toll: float = toll
        ) -> float:
            parts = np.split(np.arange(7), [cut + 1 for cut in cuts])
            held = [(counts[part].sum(), bads[part].sum()) for part in parts]
            rates = [bad / count for count, bad in held]
            if any(count < 60 for count, _ in held) or any(b <= a for a, b in pairwise(rates)):
                return -np.inf
            all_bads, all_goods = bads.sum(), counts.sum() - bads.sum()
            value = sum(
                ((count - bad) / all_goods - bad / all_bads)
                * weight_of_evidence(count - bad, bad, all_goods, all_bads)
                for count, bad in held
            )
            return value - toll * (len(held) - 1)

        every = [tuple(at for at in range(6) if mask >> at & 1) for mask in range(64)]
        best = max(0.0, *(worth(cuts) for cuts in every if cuts))
        ends, found = best_partition(counts, bads, smallest=60, sign=1)
        assert found == pytest.approx(best, abs=1e-12)
        assert ends[-1] == 6


def test_levels_that_differ_by_chance_only_all_get_the_mean() -> None:
    random = np.random.default_rng(1)
    counts = np.full(300, 30.0)
    luck = shrunken_rates(counts, random.binomial(30, 0.1, 300).astype(float))
    real = shrunken_rates(counts, random.binomial(30, random.beta(1, 9, 300)).astype(float))
    assert luck.std() < 0.01
    assert real.std() > 0.05


def test_points_of_the_characteristics_add_up_to_the_score() -> None:
    frame, _ = a_book(500)
    rows = collect(
        with_points(with_scorecard(lazy(frame.astype({'odd "column"': "string"})), CARD, Horizon()), CARD)
    )
    parts = rows[[name for name in rows if name.startswith("points_")]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(rows["scorecard_points"].to_numpy(), abs=1e-9)
    table = points_table(CARD)
    assert set(table["feature"]) == {"debt", 'odd "column"'}
    assert table["points"].tolist() == [*bin_points(CARD, 0), *bin_points(CARD, 1)]


def test_600_points_are_odds_of_50_and_20_points_double_them() -> None:
    # Siddiqi (2006), ch. 6: factor 28.8539, offset 487.123
    assert (pytest.approx(28.8539, abs=1e-4), pytest.approx(487.123, abs=1e-3)) == (FACTOR, OFFSET)


def test_the_costliest_reason_comes_first_and_missing_is_a_reason_too() -> None:
    found = reasons(CARD, {"debt": 0.0, 'odd "column"': HOSTILE[1]})
    assert (found[0].column, found[0].bin) == ("debt", "= 0")
    assert found[0].against_average < 0
    assert {reason.bin for reason in reasons(CARD, {})} == {"missing"}


@settings(max_examples=60, deadline=None)
@given(
    debt=some.one_of(
        some.none(), some.floats(allow_nan=True, allow_infinity=True), some.sampled_from([0.0, 1.0, 50.0])
    ),
    trade=some.one_of(
        some.none(),
        some.sampled_from(HOSTILE),
        some.text(max_size=5).filter(lambda t: "\x00" not in t and t.isprintable()),
    ),
)
def test_exported_sql_scores_every_row_as_the_model(debt: float | None, trade: str | None) -> None:
    frame = pd.DataFrame(
        {"debt": pd.Series([debt], dtype="float64"), 'odd "column"': pd.Series([trade], dtype="object")}
    )
    with duckdb.connect() as connection:
        connection.execute('CREATE TABLE "t; x" (customer_id VARCHAR, debt DOUBLE, "odd ""column""" VARCHAR)')
        connection.execute('INSERT INTO "t; x" VALUES (?, ?, ?)', ["a", debt, trade])
        ((_, log_odds, points, probability),) = connection.execute(scorecard_sql(CARD, "t; x")).fetchall()
    expected = float(CARD.probability(frame)[0])
    assert probability == pytest.approx(expected, abs=1e-12)
    assert points == pytest.approx(OFFSET + FACTOR * log_odds, abs=1e-9)


def test_exported_sql_scores_a_whole_book_as_the_compiled_expression() -> None:
    frame, _ = a_book(3_000)
    frame["customer_id"] = [str(place) for place in range(len(frame))]
    table = lazy(frame.astype({'odd "column"': "string"}))
    expected = collect(with_scorecard(table, CARD, Horizon())).set_index("customer_id")
    with duckdb.connect() as connection:
        connection.register("book", frame)
        connection.execute("CREATE TABLE customers AS SELECT * FROM book")
        found = connection.execute(scorecard_sql(CARD, "customers")).df().set_index("customer_id")
    found = found.loc[expected.index]
    assert np.max(np.abs(found["probability"] - expected["probability_of_default_scorecard"])) < 1e-9
    assert np.max(np.abs(found["points"] - expected["scorecard_points"])) < 1e-9


def test_json_round_trip_changes_nothing() -> None:
    assert Scorecard.from_dict(json.loads(json.dumps(CARD.to_dict()))) == CARD


def test_a_policy_as_sql_gives_the_tiers_of_the_row_rule() -> None:
    random = np.random.default_rng(6)
    rows = 4_000
    frame = pd.DataFrame({
        "customer_id": [str(place) for place in range(rows)], "value_step": random.integers(0, 201, rows),
        "risk_step": random.choice([*range(64), 255], rows), "lifecycle": random.choice(["mature", "growth", "startup", "unknown"], rows),
        "is_capped": random.integers(0, 2, rows), "is_defaulted": random.uniform(0, 1, rows) < 0.1,
    })  # fmt: skip
    from segmentation.policy import LIFECYCLES

    frame["lifecycle_key"] = [LIFECYCLES.index(name) for name in frame["lifecycle"]]
    frame["is_workout"] = frame["is_defaulted"].astype(int)
    policy = built_in_policy()
    expected = collect(with_tier(lazy(frame), policy)).set_index("customer_id")["tier"]
    with duckdb.connect() as connection:
        connection.register("book", frame)
        connection.execute("CREATE TABLE scored AS SELECT * FROM book")
        found = connection.execute(policy_sql(policy, "scored")).df().set_index("customer_id")["tier"]
    assert found.loc[expected.index].tolist() == expected.tolist()
    assert set(found) == {"Strategic", "Core", "Ordinary", "Work-out"}


DEBT = next(feature for feature in CARD.features if feature.column == "debt")
TRADE = next(feature for feature in CARD.features if feature.column != "debt")


def test_a_moved_break_counts_as_a_fresh_count_of_the_rows() -> None:
    frame, bad = a_book()
    target = edges(DEBT)[12]
    moved = with_breaks(DEBT, [target + 1e-9])
    assert moved.breaks == (target,)
    low = (frame["debt"] <= target) & (frame["debt"] != 0)
    assert (moved.bins[0].customers, moved.bins[0].defaults) == (int(low.sum()), int(bad[low].sum()))
    assert sum(item.customers for item in moved.all_bins) == len(frame)
    assert moved.information_value < DEBT.information_value


def test_putting_the_breaks_back_gives_the_same_binning() -> None:
    assert with_breaks(with_breaks(DEBT, [edges(DEBT)[3]]), DEBT.breaks) == DEBT


def test_bins_joined_hold_both_and_levels_moved_go_with_their_counts() -> None:
    joined = merged(DEBT, 0)
    assert joined.bins[0].customers == DEBT.bins[0].customers + DEBT.bins[1].customers
    level = TRADE.groups[0][0]
    moved = moved_level(TRADE, level, len(TRADE.groups) - 1)
    assert level in moved.groups[-1]
    assert sum(item.customers for item in moved.all_bins) == sum(item.customers for item in TRADE.all_bins)


def test_an_edit_keeps_the_mean_log_odds_of_the_sample() -> None:
    frame, _ = a_book()
    edited = with_binning(CARD, with_breaks(DEBT, [edges(DEBT)[5]]))
    before, after = (np.log(1 / card.probability(frame) - 1).mean() for card in (CARD, edited))
    assert after == pytest.approx(before, abs=1e-9)


@pytest.mark.parametrize(
    "edit",
    [lambda: with_breaks(TRADE, [1.0]), lambda: merged(DEBT, 99), lambda: moved_level(TRADE, "nobody", 0)],
)
def test_edits_that_can_t_be_are_refused(edit: object) -> None:
    with pytest.raises(ModelInvalid):
        edit()


def test_a_text_of_rare_levels_only_has_one_bin_for_all() -> None:
    cells = pd.Series([f"level {place % 400}" for place in range(4_000)], name="x")
    binning = bin_feature(cells, np.arange(4_000) % 7 == 0, is_numeric=False)
    assert (binning.groups, binning.other.customers) == ((), 4_000)
