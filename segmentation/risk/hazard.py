"""When customers default, not only whether: a hazard by months on book, and the PDs it gives.

A discrete-time hazard model (Allison 1982, *Discrete-time methods for the analysis of event
histories*, Sociological Methodology 13; for credit: Banasik, Crook & Thomas 1999, *Not if but
when will borrowers default*, Journal of the Operational Research Society 50): in each month on
book a customer that has not defaulted yet does so with probability h,

logit h = α(year on book) + β · x,   x = ln(p / (1 − p)),

p the scorecard's probability over the outcome's own horizon. Customers whose loan ended or
who are simply still alive count for the months they were seen, so that young loans do not
look safe. Fitted on sums by year and band of x: no row is held in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression

from data.errors import Problem
from segmentation.frame import Frame, day_number, without
from segmentation.risk.checks import refuse
from segmentation.sample import Fetch

YEAR_MONTHS = 12
MOST_YEARS = 15
FEWEST_DEFAULTS_A_YEAR = 20
BAND_WIDTH = 0.25
"""Width of a band of x in the fit, in log-odds; the mean x of a band stands for it."""
MOST_BANDS = 24
DAYS_A_MONTH = 30.4375
WEAK_PENALTY = 1e4
"""C of the logistic regression: hardly any shrinkage, only enough to keep an empty band finite."""
CERTAIN = 1e-9
"""x is taken of a probability at least so far from 0 and 1."""

SURVIVAL_COLUMNS = ("originated_on", "defaulted_on", "defaulted")


@dataclass(frozen=True, slots=True)
class HazardModel:
    """A fitted hazard.

    Attributes
    ----------
    intercepts : tuple of float
        α of each year on book; the last holds for all later years.
    slope : float
        β, above 0.
    average_months : float
        Mean months a customer was at risk: the life over which a PD is averaged where the
        age is unknown.
    as_of : str
        Last day that was seen, ISO date.
    customers, defaults : int
        Behind the fit.
    undated : int
        Defaults without a usable date, left out.

    Examples
    --------
    >>> model = HazardModel((-6.0, -5.0), 1.0, 24.0, "2020-12-31", 100, 20, 0)
    >>> HazardModel.from_dict(model.to_dict()) == model
    True
    >>> round(model.cumulative(0.0, 12), 6)
    0.029271
    """

    intercepts: tuple[float, ...]
    slope: float
    average_months: float
    as_of: str
    customers: int
    defaults: int
    undated: int

    def __post_init__(self) -> None:
        problems = []
        if not self.intercepts:
            problems.append(Problem("intercepts", "there is none", "Fit the hazard anew."))
        if not self.slope > 0:
            problems.append(Problem("slope", f"{self.slope} is not above 0", "Fit the hazard anew."))
        if not self.average_months > 0:
            problems.append(Problem("average_months", "it is not above 0", "Fit the hazard anew."))
        refuse(problems)

    def to_dict(self) -> dict[str, object]:
        """Give the model as plain JSON types."""
        return asdict(self) | {"intercepts": list(self.intercepts)}

    @classmethod
    def from_dict(cls, written: Mapping[str, object]) -> HazardModel:
        """Read the model back."""
        values = dict(written)
        values["intercepts"] = tuple(written["intercepts"])  # type: ignore[arg-type]  # a list of numbers
        return cls(**values)  # type: ignore[arg-type]  # __post_init__ checks the values

    def monthly(self, log_odds: float, month: int) -> float:
        """Hazard (fraction) of one month on book, 0 the first."""
        place = min(month // YEAR_MONTHS, len(self.intercepts) - 1)
        return float(1 / (1 + np.exp(-(self.intercepts[place] + self.slope * log_odds))))

    def cumulative(self, log_odds: float, months: int, start: int = 0) -> float:
        """Probability of default within some months from a month on book on, given survival till there."""
        survival = 1.0
        for month in range(start, start + months):
            survival *= 1 - self.monthly(log_odds, month)
        return 1 - survival

    def curve(self, log_odds: float, months: int, start: int = 0) -> list[tuple[int, float]]:
        """Cumulative PD at the end of each year from a month on book on, for one customer's picture."""
        ends = [*range(YEAR_MONTHS, months, YEAR_MONTHS), months]
        return [(end, self.cumulative(log_odds, end, start)) for end in ends]


def can_be_dated(columns: Mapping[str, object] | frozenset[str] | set[str]) -> bool:
    """Whether a portfolio has what a hazard needs: when money went out, whether and when it was lost.

    Examples
    --------
    >>> can_be_dated({"originated_on", "defaulted"})
    False
    """
    return set(SURVIVAL_COLUMNS) <= set(columns)


def last_day_seen(frame: Frame, fetch: Fetch) -> date | None:
    """Day up to which outcomes are known: the snapshot's date, else the last default.

    The last origination does not count: a mistyped year of approval would move the end of
    the observation decades away.
    """
    row = fetch(
        frame.select(nw.col("snapshot_date").max().alias("a"), nw.col("defaulted_on").max().alias("b"))
    ).iloc[0]
    for value in (row["a"], row["b"]):
        if value is not None and not pd.isna(value):
            return pd.Timestamp(value).date()
    return None


def with_survival(frame: Frame, as_of: date) -> Frame:
    """Add `months_at_risk` (whole months seen, Int64) and `defaults_in_sight` (Int64 0 or 1).

    A customer is seen from origination to its default, else to the end of its term, else
    to `as_of`. A default after `as_of` has not happened yet. Whole months count; a default
    counts the month it falls into. Null for who can't be placed: no origination, one after `as_of`, a default
    flag without a date, or a default before origination.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select date '2020-01-01' originated_on, date '2020-02-20' defaulted_on, true defaulted,"
    ...     " 60::double term_months"))
    >>> row = with_survival(frame, date(2021, 1, 1)).collect()
    >>> row["months_at_risk"][0], row["defaults_in_sight"][0]
    (2, 1)
    """
    start = day_number(nw.col("originated_on"))
    until_default = (day_number(nw.col("defaulted_on")) - start) / DAYS_A_MONTH
    whole = (day_number(nw.lit(as_of).cast(nw.Date)) - start) / DAYS_A_MONTH
    has_defaulted = nw.col("defaulted").fill_null(False)
    staged = frame.with_columns(
        until_default.alias("_until_default"), whole.alias("_whole"),
        (has_defaulted & nw.col("defaulted_on").is_null()).alias("_undated"),
    )  # fmt: skip
    until, seen = nw.col("_until_default"), nw.col("_whole")
    # Only whole months count, for those who default in one and for those who live through it.
    in_sight = (has_defaulted & (until.floor() + 1.0 <= seen.floor())).fill_null(False)
    ends = nw.when((nw.col("term_months") > 0) & (nw.col("term_months") < seen)).then(nw.col("term_months"))
    months = nw.when(in_sight).then(until.floor() + 1.0).otherwise(nw.coalesce(ends, seen).floor())
    usable = (seen > 0) & ~nw.col("_undated") & ~(in_sight & (until < 0)) & ~nw.col("defaulted").is_null()
    staged = staged.with_columns(
        nw.when(usable.fill_null(False)).then(months.cast(nw.Int64)).alias("months_at_risk"),
        nw.when(usable.fill_null(False))
        .then(nw.when(in_sight).then(nw.lit(1)).otherwise(nw.lit(0)))
        .cast(nw.Int64)
        .alias("defaults_in_sight"),
    )
    return without(staged, ["_until_default", "_whole", "_undated"])


def fit_hazard(frame: Frame, probability: str, as_of: date, fetch: Fetch) -> HazardModel | None:
    """Fit the hazard on sums by year on book and band of the scorecard's log-odds.

    Parameters
    ----------
    frame : Frame
        With `originated_on`, `defaulted_on`, `defaulted`, `term_months` and the column
        `probability` (fraction, over any horizon).
    probability : str
        Name of that column.
    as_of : date
        Nothing after this day is used.
    fetch : callable
        Runs a lazy frame and gives pandas.

    Returns
    -------
    HazardModel or None
        None with fewer than 20 dated defaults, or when a worse score does not mean more
        default.
    """
    seen = with_log_odds(with_survival(frame, as_of), probability, "_x").with_columns(
        (nw.col("_x") / BAND_WIDTH + MOST_BANDS + 0.5).floor().clip(0.0, 2.0 * MOST_BANDS).alias("_band")
    )
    months, default = nw.col("months_at_risk"), nw.col("defaults_in_sight")
    spent, hit = [], []
    for year in range(MOST_YEARS):
        last = year == MOST_YEARS - 1
        within = (months - year * YEAR_MONTHS).clip(0, None if last else YEAR_MONTHS)
        here = months > year * YEAR_MONTHS
        if not last:
            here = here & (months <= (year + 1) * YEAR_MONTHS)
        spent.append(within.sum().alias(f"months_{year}"))
        hit.append(nw.when(here).then(default).otherwise(nw.lit(0)).sum().alias(f"defaults_{year}"))
    rows = fetch(
        seen.filter(~months.is_null() & ~nw.col("_x").is_null())
        .group_by("_band")
        .agg(nw.len().alias("customers"), nw.col("_x").mean().alias("x"), *spent, *hit)
    ).sort_values("_band")
    undated = fetch(
        seen.select(
            nw.when(nw.col("defaulted") & nw.col("defaulted_on").is_null())
            .then(nw.lit(1))
            .otherwise(nw.lit(0))
            .sum()
            .alias("n")
        )
    )["n"].iloc[0]
    if rows.empty:
        return None
    years = range(MOST_YEARS)
    spent_by = rows[[f"months_{year}" for year in years]].to_numpy(dtype=np.float64)
    hit_by = rows[[f"defaults_{year}" for year in years]].to_numpy(dtype=np.float64)
    spent_by, hit_by = _pooled_years(spent_by, hit_by)
    if hit_by.sum() < FEWEST_DEFAULTS_A_YEAR or hit_by.sum() >= spent_by.sum():
        return None
    intercepts, slope = _regress(rows["x"].to_numpy(dtype=np.float64), spent_by, hit_by)
    if not slope > 0:
        return None
    customers = int(rows["customers"].sum())
    return HazardModel(
        tuple(round(float(value), 10) for value in intercepts),
        round(slope, 10),
        round(max(1.0, float(spent_by.sum()) / customers), 2),
        as_of.isoformat(),
        customers,
        int(hit_by.sum()),
        int(undated if undated == undated else 0),
    )


Floats = npt.NDArray[np.float64]


def _pooled_years(spent: Floats, hit: Floats) -> tuple[Floats, Floats]:
    """Join the last years on book until each has enough defaults to speak for itself."""
    while spent.shape[1] > 1 and hit[:, -1].sum() < FEWEST_DEFAULTS_A_YEAR:
        spent = np.column_stack([spent[:, :-2], spent[:, -2:].sum(axis=1)])
        hit = np.column_stack([hit[:, :-2], hit[:, -2:].sum(axis=1)])
    return spent, hit


def _regress(x: Floats, spent: Floats, hit: Floats) -> tuple[Floats, float]:
    """Logistic regression on person-months, each cell one row a result, weighted by its count."""
    bands, years = spent.shape
    band, year = np.repeat(np.arange(bands), years), np.tile(np.arange(years), bands)
    design = np.column_stack([np.eye(years)[year], x[band]])
    events, silent = hit.ravel(), (spent - hit).ravel()
    weights = np.concatenate([events, silent])
    kept = weights > 0
    model = LogisticRegression(C=WEAK_PENALTY, fit_intercept=False, solver="newton-cholesky", max_iter=200)
    model.fit(
        np.vstack([design, design])[kept],
        np.concatenate([np.ones(len(events)), np.zeros(len(silent))])[kept],
        sample_weight=weights[kept],
    )
    coefficients = np.asarray(model.coef_[0], dtype=np.float64)
    return coefficients[:-1], float(coefficients[-1])


def with_log_odds(frame: Frame, probability: str, into: str) -> Frame:
    """Add ln(p / (1 − p)), finite for 0 and 1 too."""
    chance = nw.col(probability).clip(CERTAIN, 1.0 - CERTAIN)
    return frame.with_columns((chance / (1.0 - chance)).log().alias(into))


def with_hazard(frame: Frame, model: HazardModel, probability: str) -> Frame:
    """Turn a scorecard's probability into that of 12 months, and add the lifetime one.

    With S the survival by months on book and a the customer's age, the 12-month PD is
    1 − S(a + 12)/S(a) and the lifetime PD 1 − S(a + r)/S(a), r the remaining term. The age
    is known where a snapshot date lies after origination; elsewhere the 12-month PD is that
    of an average year, 1 − S(H)^(12/H), and the lifetime PD 1 − S(H), H the average months
    at risk.

    Parameters
    ----------
    frame : Frame
        With `originated_on`, `snapshot_date`, `remaining_months` and the column `probability`.
    model : HazardModel
        Fitted.
    probability : str
        Column of the scorecard's probability over the outcome's own horizon; replaced.

    Returns
    -------
    Frame
        `probability` for 12 months, and `probability_of_default_lifetime` (fraction); both
        null where the probability was.
    """
    life = model.average_months
    age = ((day_number(nw.col("snapshot_date")) - day_number(nw.col("originated_on"))) / DAYS_A_MONTH).floor()
    staged = with_log_odds(frame, probability, "_x").with_columns(
        nw.when(age >= 0).then(age).alias("_age"),
    )
    # Months that remain: the contract's, else what is left of an average life, at least a year.
    left = nw.coalesce(nw.col("remaining_months"), (life - nw.col("_age")).clip(float(YEAR_MONTHS), None))
    staged = staged.with_columns(
        nw.when(~nw.col("_age").is_null()).then(left).otherwise(nw.lit(life)).alias("_left"),
        nw.col("_age").fill_null(0.0).alias("_start"),
        *(
            # ln of the survival of one month in that year on book
            (-((nw.col("_x") * model.slope + intercept).exp() + 1.0).log()).alias(f"_log_survival_{year}")
            for year, intercept in enumerate(model.intercepts)
        ),
    )
    years = len(model.intercepts)

    def log_survival(start: nw.Expr, months: nw.Expr) -> nw.Expr:
        """Ln of the survival of some months from a month on book on."""
        total = nw.lit(0.0)
        for year in range(years):
            low, high = year * YEAR_MONTHS, (year + 1) * YEAR_MONTHS
            ends = start + months
            upper = (
                ends if year == years - 1 else nw.when(ends < high).then(ends).otherwise(nw.lit(float(high)))
            )
            lower = nw.when(start > low).then(start).otherwise(nw.lit(float(low)))
            inside = (upper - lower).clip(0.0, None)
            total = total + inside * nw.col(f"_log_survival_{year}")
        return total

    start, age_known = nw.col("_start"), ~nw.col("_age").is_null()
    staged = staged.with_columns(
        log_survival(start, nw.lit(float(YEAR_MONTHS))).alias("_log_year"),
        log_survival(start, nw.col("_left")).alias("_log_life"),
    )
    of_year = (
        nw.when(age_known).then(nw.col("_log_year")).otherwise(nw.col("_log_life") * (YEAR_MONTHS / life))
    )
    staged = staged.with_columns(
        (1.0 - of_year.exp()).alias(probability),
        (1.0 - nw.col("_log_life").exp()).alias("probability_of_default_lifetime"),
    )
    helpers = ["_x", "_age", "_left", "_start", "_log_year", "_log_life"]
    return without(staged, [*helpers, *(f"_log_survival_{year}" for year in range(years))])
