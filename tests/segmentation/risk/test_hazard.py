"""The hazard: months at risk by hand, coefficients planted, survival against a loop over months."""

from __future__ import annotations

from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from data.errors import ModelInvalid
from segmentation.risk.hazard import HazardModel, fit_hazard, last_day_seen, with_hazard, with_survival
from segmentation.scorecard.outcome import known_as_of, with_windowed_outcome
from tests.builders import collect, lazy

END = date(2010, 1, 1)


def loans(**columns: list[object]) -> nw.LazyFrame:
    rows = len(next(iter(columns.values())))
    dates = {"originated_on", "defaulted_on", "snapshot_date"}
    absent = {
        "defaulted_on",
        "snapshot_date",
        "term_months",
        "remaining_months",
        "defaulted",
    } - columns.keys()
    frame = pd.DataFrame(columns | {name: [None] * rows for name in absent})
    frame = lazy(frame)
    return frame.with_columns(
        *(nw.col(name).cast(nw.Date) for name in dates & set(frame.collect_schema().names())),
        nw.col("term_months").cast(nw.Float64),
        nw.col("remaining_months").cast(nw.Float64),
        nw.col("defaulted").cast(nw.Boolean),
    )


@pytest.mark.parametrize(
    ("originated", "defaulted", "on", "term", "months", "event"),
    [
        ("2008-01-01", True, "2008-03-20", 60, 3, 1),  # in the third month
        ("2008-01-01", False, None, 60, 24, 0),  # alive at the end of sight
        ("2000-01-01", False, None, 60, 60, 0),  # ended with its term
        ("2008-01-01", True, "2011-05-05", 60, 24, 0),  # defaults after sight: not yet
        ("2008-01-01", True, None, 60, None, None),  # nobody knows when
        ("2008-01-01", True, "2007-12-01", 60, None, None),  # before it began
        ("2010-06-01", False, None, 60, None, None),  # begins after sight
        (None, False, None, 60, None, None),
        ("2008-01-01", None, None, 60, None, None),
    ],
)
def test_months_at_risk_by_hand(
    originated: str | None,
    defaulted: bool | None,
    on: str | None,
    term: float,
    months: int | None,
    event: int | None,
) -> None:
    frame = loans(originated_on=[originated], defaulted=[defaulted], defaulted_on=[on], term_months=[term])
    row = collect(with_survival(frame, END)).iloc[0]
    found = [
        None if pd.isna(row[name]) else int(row[name]) for name in ("months_at_risk", "defaults_in_sight")
    ]
    assert found == [months, event]


def planted(count: int = 60_000) -> pd.DataFrame:
    """Loans whose monthly hazard is 0.4 % in year one, 1 % after, times the odds of x."""
    random = np.random.default_rng(5)
    x = random.normal(-1.5, 0.8, count)
    start = pd.to_datetime("2004-01-01") + pd.to_timedelta(random.integers(0, 1_500, count), unit="D")
    base = np.log(np.array([0.004, 0.01]) / (1 - np.array([0.004, 0.01])))
    when = np.full(count, np.inf)
    for month in range(72):
        hazard = 1 / (1 + np.exp(-(base[min(month // 12, 1)] + 0.9 * (x + 1.5))))
        struck = (random.uniform(0, 1, count) < hazard) & np.isinf(when)
        when[struck] = month
    until = start + pd.to_timedelta(np.where(np.isinf(when), 0, (when + 0.5) * 30.4375), unit="D")
    bad = np.isfinite(when) & (until < pd.Timestamp(END))
    return pd.DataFrame({
        "originated_on": start, "defaulted": bad, "defaulted_on": until.where(bad), "p": 1 / (1 + np.exp(-x)),
        "term_months": 72.0, "remaining_months": np.nan, "snapshot_date": pd.NaT,
    })  # fmt: skip


def test_a_planted_hazard_is_found_again() -> None:
    frame = lazy(planted()).with_columns(
        nw.col("originated_on", "defaulted_on", "snapshot_date").cast(nw.Date)
    )
    model = fit_hazard(frame, "p", END, collect)
    assert model is not None
    assert model.slope == pytest.approx(0.9, abs=0.04)
    # α belongs to x = 0, the plant to x = −1.5
    first, later = (model.monthly(-1.5, month) for month in (0, 30))
    assert (first, later) == (pytest.approx(0.004, rel=0.06), pytest.approx(0.01, rel=0.05))


def test_what_came_after_the_day_changes_nothing() -> None:
    day = date(2007, 1, 1)
    frame = lazy(planted(8_000)).with_columns(
        nw.col("originated_on", "defaulted_on", "snapshot_date").cast(nw.Date)
    )
    seen = known_as_of(frame, day)
    assert fit_hazard(frame, "p", day, collect) == fit_hazard(seen, "p", day, collect)
    rows = collect(seen)
    assert (pd.to_datetime(rows["originated_on"]) <= pd.Timestamp(day)).all()
    assert (pd.to_datetime(rows["defaulted_on"]).dropna() <= pd.Timestamp(day)).all()


def test_too_few_dated_defaults_fit_no_hazard() -> None:
    frame = loans(originated_on=["2008-01-01"] * 30, defaulted=[False] * 30)
    assert fit_hazard(frame.with_columns(nw.lit(0.1).alias("p")), "p", END, collect) is None


MODEL = HazardModel((-6.0, -5.2, -5.6), 0.8, 40.0, "2010-01-01", 100, 50, 0)


def survival(x: float, start: int, months: int) -> float:
    """An independent loop over the months."""
    alive = 1.0
    for month in range(start, start + months):
        alive *= 1 - 1 / (1 + np.exp(-(MODEL.intercepts[min(month // 12, 2)] + 0.8 * x)))
    return alive


@pytest.mark.parametrize("age_days", [0, 200, 380, 720, 2_010])
@pytest.mark.parametrize("remaining", [None, 6, 30, 90])
def test_twelve_month_and_lifetime_probability_against_a_loop_over_months(
    age_days: int, remaining: int | None
) -> None:
    start = pd.Timestamp("2005-01-01")
    frame = loans(
        originated_on=[start],
        snapshot_date=[start + pd.Timedelta(days=age_days)],
        remaining_months=[remaining],
    ).with_columns(nw.lit(0.2).alias("p"))
    row = collect(with_hazard(frame, MODEL, "p")).iloc[0]
    x, age = np.log(0.25), int(age_days / 30.4375)
    left = remaining if remaining is not None else max(12, 40 - age)
    assert row["p"] == pytest.approx(1 - survival(x, age, 12), rel=1e-9)
    assert row["probability_of_default_lifetime"] == pytest.approx(1 - survival(x, age, left), rel=1e-9)


def test_without_an_age_the_year_is_an_average_one() -> None:
    frame = loans(originated_on=["2005-01-01"]).with_columns(nw.lit(0.2).alias("p"))
    row = collect(with_hazard(frame, MODEL, "p")).iloc[0]
    life = survival(np.log(0.25), 0, 40)
    assert row["p"] == pytest.approx(1 - life ** (12 / 40), rel=1e-9)
    assert row["probability_of_default_lifetime"] == pytest.approx(1 - life, rel=1e-9)


def test_the_curve_of_one_customer_is_the_models_cumulative() -> None:
    curve = MODEL.curve(-1.0, 30, start=5)
    assert [end for end, _ in curve] == [12, 24, 30]
    assert curve[-1][1] == pytest.approx(1 - survival(-1.0, 5, 30))


def test_unknown_stays_unknown() -> None:
    frame = loans(originated_on=["2005-01-01"]).with_columns(nw.lit(None).cast(nw.Float64).alias("p"))
    row = collect(with_hazard(frame, MODEL, "p")).iloc[0]
    assert pd.isna(row["p"])
    assert pd.isna(row["probability_of_default_lifetime"])


def test_the_last_day_seen_is_the_snapshots_else_the_last_default() -> None:
    frame = loans(originated_on=["2068-01-01"] * 2, defaulted_on=["2009-05-01", None])
    assert last_day_seen(frame, collect) == date(2009, 5, 1)
    dated = loans(originated_on=["2001-01-01"], snapshot_date=["2010-03-31"], defaulted_on=["2009-05-01"])
    assert last_day_seen(dated, collect) == date(2010, 3, 31)
    assert last_day_seen(loans(originated_on=["2001-01-01"]), collect) is None


def test_a_hazard_that_falls_with_risk_is_refused() -> None:
    with pytest.raises(ModelInvalid, match="slope"):
        HazardModel((-5.0,), -0.1, 20.0, "2010-01-01", 1, 1, 0)


@pytest.mark.parametrize(
    ("originated", "defaulted", "on", "expected"),
    [
        ("2006-06-01", True, "2007-01-01", True),  # within 36 months
        ("2004-01-01", True, "2008-06-01", False),  # later than 36 months: good within the window
        ("2004-01-01", False, None, False),
        ("2008-01-01", False, None, None),  # too young to say
        ("2008-01-01", True, "2009-01-01", True),  # young, but already known
    ],
)
def test_an_outcome_is_judged_in_its_window(
    originated: str, defaulted: bool, on: str | None, expected: bool | None
) -> None:
    frame = loans(originated_on=[originated], defaulted=[defaulted], defaulted_on=[on])
    found = collect(with_windowed_outcome(frame, END, 36))["defaulted"].iloc[0]
    assert (None if pd.isna(found) else bool(found)) == expected
