"""Customer lifetime value: what a customer will still earn us, in today's money.

Timing, stated once: a year's margin is earned at its end by those still there, a year's
loss falls on those there at its beginning, and both are discounted from the year's end.
Margin is what is left before expected loss and before any cost of winning the customer.

It can't say who will leave: churn is a rate of the segment, observed where the portfolio
marks who left, assumed otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.frame import Frame, look_up, without
from segmentation.returns.ratios import ReturnsSettings
from segmentation.sample import Fetch

Floats = npt.NDArray[np.float64]
ChurnSource = Literal["observed", "default"]

FEWEST_LEAVERS = 20
"""Customers who left, below which the portfolio says nothing of churn."""
CREDIBILITY = 50.0
"""Customers at which a segment's own churn weighs half (Bühlmann's shrinkage with a chosen k)."""
CERTAIN = 0.9999
"""Highest churn and PD a bootstrap may draw: at 1 nobody is left and nothing is to be valued."""


@dataclass(frozen=True, slots=True)
class Churn:
    """Share of customers who leave in a year.

    Attributes
    ----------
    overall : float
        Fraction of all customers.
    segments : mapping of int to float
        Each segment's own, shrunk towards the whole; a segment not listed has `overall`.
    left, known : int
        Customers who left, and customers of whom it is known.
    source : {"observed", "default"}
        Counted in the portfolio, or assumed.
    """

    overall: float
    segments: Mapping[int, float] = field(default_factory=dict)
    left: int = 0
    known: int = 0
    source: ChurnSource = "default"


def observed_churn(frame: Frame, settings: ReturnsSettings, fetch: Fetch) -> Churn:
    """Count churn by segment; the assumed rate where fewer than twenty are known to have left.

    The flag `churned` is taken as of the past twelve months. A segment with n customers and
    share c gets (n·c + k·C) / (n + k), C the share of all and k = 50.

    Parameters
    ----------
    frame : Frame
        Scored, with `churned` and `segment`.
    settings : ReturnsSettings
        Its `churn_rate` stands in.
    fetch : Fetch
        Runs a lazy frame.
    """
    known = frame.filter(~nw.col("churned").is_null()).with_columns(
        nw.when(nw.col("churned")).then(nw.lit(1)).otherwise(nw.lit(0)).alias("_left")
    )
    rows = fetch(
        known.group_by("segment").agg(nw.len().alias("known"), nw.col("_left").sum().alias("left"))
    ).sort_values("segment")
    customers, left = int(rows["known"].sum()), int(rows["left"].sum())
    if left < FEWEST_LEAVERS:
        return Churn(settings.churn_rate, left=left, known=customers)
    overall = left / customers
    return Churn(
        overall,
        {
            int(row["segment"]): (row["left"] + CREDIBILITY * overall) / (row["known"] + CREDIBILITY)
            for row in rows.dropna(subset="segment").to_dict("records")
        },
        left,
        customers,
        "observed",
    )


def with_lifetime_value(
    frame: Frame, churn: Churn, settings: ReturnsSettings, *, churn_change: float = 0.0
) -> Frame:
    """Add `customer_lifetime_value` and `lifetime_years` (null: no end is known).

    CLV = Σₜ [m·sᵗ − EL·sᵗ⁻¹] / (1+i)ᵗ over t = 1 … n, with the yearly margin m = income −
    cost, the share s = (1 − PD)·(1 − churn) that is still there a year later, EL = PD·LGD·EAD
    and the discount rate i. Margin and exposure stay flat until the remaining term n ends:
    with q = s/(1+i) the sum is (m·s − EL)/(1 + i − s)·(1 − qⁿ), and (m·s − EL)/(1 + i − s)
    where no term is known. Without losses that is Gupta & Lehmann's margin multiple
    r/(1 + i − r). A part of a year counts as that power of q. Null where PD is unknown.

    Parameters
    ----------
    frame : Frame
        Scored up to the returns, with `segment` and `remaining_months`.
    churn : Churn
        Of :func:`observed_churn`.
    settings : ReturnsSettings
        `discount_rate`.
    churn_change : float
        What a treatment adds to the yearly churn; the result stays within 0 and 1.

    References
    ----------
    S. Gupta and D. R. Lehmann (2003), Customers as assets, Journal of Interactive
    Marketing 17(1), 9–24.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 1 segment, 100.0::double lending_income, 0.0::double as cost, 0.0::double probability_of_default,"
    ...     " 0.0::double expected_loss, null::double remaining_months"))
    >>> found = with_lifetime_value(frame, Churn(0.1), ReturnsSettings(discount_rate=0.12))
    >>> round(found.collect()["customer_lifetime_value"][0], 1)  # a multiple of 4.09
    409.1
    """
    leaves = look_up(nw.col("segment"), churn.segments, default=churn.overall) + churn_change
    discount = 1 + settings.discount_rate
    stay, years = nw.col("_stay"), nw.col("lifetime_years")
    staged = frame.with_columns(
        ((1 - nw.col("probability_of_default")) * (1 - leaves.clip(0.0, 1.0))).alias("_stay"),
        (nw.col("remaining_months").clip(lower_bound=0).cast(nw.Float64) / 12).alias("lifetime_years"),
    ).with_columns(
        # Nobody lost and nothing discounted would divide by nothing: the sum is then the years themselves.
        nw.when(discount - stay > 0).then(discount - stay).alias("_decay"),
        nw.when(years.is_null())
        .then(nw.lit(1.0))
        .otherwise(1 - (stay / discount) ** years)
        .alias("_lived"),
        (
            (nw.col("lending_income") - nw.col("cost")) * stay - nw.col("expected_loss")
        ).alias("_first"),
    )  # fmt: skip
    value = (
        nw.when(~nw.col("_decay").is_null())
        .then(nw.col("_first") / nw.col("_decay") * nw.col("_lived"))
        .otherwise(nw.col("_first") * years)
    )
    return without(
        staged.with_columns(value.alias("customer_lifetime_value")), ["_stay", "_decay", "_lived", "_first"]
    )


def lifetime_buckets(frame: Frame, by: str) -> Frame:
    """Sum what the value of a group depends on, by risk step, segment and remaining years.

    An interval repeats the valuation hundreds of times; margin and loss enter it linearly,
    so a few thousand sums stand for all rows.

    Parameters
    ----------
    frame : Frame
        With `customer_lifetime_value` and `lifetime_years`.
    by : str
        Column of the groups.
    """
    known = frame.filter(~nw.col("customer_lifetime_value").is_null())
    exposure_or_one = nw.when(nw.col("exposure_at_default") > 0).then(nw.col("exposure_at_default"))
    return (
        known.with_columns(
            nw.col("lifetime_years").fill_null(-1.0).floor().alias("_years"),
            (nw.col("lending_income") - nw.col("cost")).alias("_margin"),
            exposure_or_one.fill_null(1.0).alias("_weight"),
        )
        .with_columns((nw.col("probability_of_default") * nw.col("_weight")).alias("_pd"))
        .group_by(by, "segment", "risk_step", "_years")
        .agg(
            nw.len().alias("customers"),
            nw.col("_margin").sum().alias("margin"),
            nw.col("expected_loss").sum().alias("expected_loss"),
            nw.col("_weight").sum().alias("weight"),
            nw.col("_pd").sum().alias("weighted_pd"),
            nw.col("lifetime_years").fill_null(0.0).sum().alias("years"),
            nw.col("customer_lifetime_value").sum().alias("value"),
        )
    )


@dataclass(frozen=True, slots=True)
class LifetimeValue:
    """Lifetime value of a group, money in the portfolio's units.

    Attributes
    ----------
    key : str
        Level of the group; hostile text.
    customers : int
        Whose value is known.
    value : float
        Sum.
    low, high : float or None
        95 % bootstrap interval of the sum; None where neither churn nor default was observed.
    """

    key: str
    customers: int
    value: float
    low: float | None
    high: float | None

    @property
    def mean(self) -> float:
        """Value of one customer."""
        return self.value / self.customers if self.customers else 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What outcomes a bootstrap may draw again.

    Attributes
    ----------
    defaults, judged : int
        Customers in default, and customers whose outcome is known; 0 when PDs are given.
    """

    defaults: int = 0
    judged: int = 0


def lifetime_values(
    buckets: pd.DataFrame,
    by: str,
    churn: Churn,
    settings: ReturnsSettings,
    seen: Seen,
    *,
    resamples: int = 500,
    seed: int = 0,
) -> tuple[LifetimeValue, ...]:
    """Value each group, with an interval by bootstrap of churn and PD.

    Drawing customers again with replacement draws the number of leavers and of defaulters
    from a binomial distribution (Efron & Tibshirani 1993, *An Introduction to the Bootstrap*,
    ch. 6); every PD then moves by the factor drawn / observed. What was assumed is not drawn
    again: an assumption has no sampling error, and the interval does not cover it.

    Parameters
    ----------
    buckets : pandas.DataFrame
        Of :func:`lifetime_buckets`.
    by : str
        Column of the groups.
    churn, settings, seen
        Rates, discount rate, and the outcomes behind them.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of LifetimeValue
        Largest value first.
    """
    if buckets.empty:
        return ()
    buckets = buckets.sort_values([by, "segment", "risk_step", "_years"]).reset_index(drop=True)
    random = np.random.default_rng(seed)
    factors = _drawn_factor(random, seen.defaults, seen.judged, resamples)
    churned = _drawn_churn(random, buckets, churn, resamples)
    is_drawn = factors is not None or churned is not None
    base = _bucket_values(buckets, np.ones(1), _base_churn(buckets, churn)[:, None], settings)[:, 0]
    drawn = _bucket_values(
        buckets,
        factors if factors is not None else np.ones(resamples),
        churned
        if churned is not None
        else np.repeat(_base_churn(buckets, churn)[:, None], resamples, axis=1),
        settings,
    )
    found = []
    for key, places in _places(buckets[by].fillna("").astype(str)).items():
        part = buckets.iloc[places]
        value = float(part["value"].sum())
        # Buckets are a little coarse: the interval is laid around the exact sum.
        shift = value - float(base[places].sum())
        low, high = np.quantile(drawn[places].sum(axis=0) + shift, [0.025, 0.975])
        found.append(
            LifetimeValue(
                key,
                int(part["customers"].sum()),
                value,
                float(low) if is_drawn else None,
                float(high) if is_drawn else None,
            )
        )
    return tuple(sorted(found, key=lambda entry: -entry.value))


def _drawn_factor(random: np.random.Generator, hits: int, of: int, resamples: int) -> Floats | None:
    if hits < FEWEST_LEAVERS:
        return None
    return np.asarray(random.binomial(of, hits / of, resamples) / hits, dtype=np.float64)


def _base_churn(buckets: pd.DataFrame, churn: Churn) -> Floats:
    return np.array([churn.segments.get(int(s), churn.overall) for s in buckets["segment"].fillna(-1)])


def _drawn_churn(
    random: np.random.Generator, buckets: pd.DataFrame, churn: Churn, resamples: int
) -> Floats | None:
    """Draw churn again segment by segment, buckets × resamples."""
    if churn.source != "observed":
        return None
    segments = buckets["segment"].fillna(-1).astype(int).to_numpy()
    customers = buckets["customers"].to_numpy()
    drawn = {}
    for segment in np.unique(segments):
        count = int(customers[segments == segment].sum())
        rate = churn.segments.get(int(segment), churn.overall)
        drawn[segment] = random.binomial(count, rate, resamples) / max(count, 1)
    return np.stack([drawn[segment] for segment in segments])


def _places(keys: pd.Series) -> dict[str, npt.NDArray[np.int64]]:
    """Rows of each key, in the keys' order."""
    values = keys.to_numpy(dtype=object)
    return {str(key): np.flatnonzero(values == key) for key in sorted(set(values))}


def _bucket_values(
    buckets: pd.DataFrame, factors: Floats, churned: Floats, settings: ReturnsSettings
) -> Floats:
    """Value each bucket under each drawn PD factor and churn, buckets × draws."""

    def column(name: str) -> Floats:
        return buckets[name].to_numpy(dtype=np.float64)[:, None]

    pd_ = np.clip(column("weighted_pd") / column("weight") * factors[None, :], 0.0, CERTAIN)
    stay = (1 - pd_) * (1 - np.clip(churned, 0.0, CERTAIN))
    discount = 1 + settings.discount_rate
    years = np.where(column("_years") < 0, np.inf, column("years") / column("customers"))
    decay = np.maximum(discount - stay, 1e-9)
    lived = np.where(np.isinf(years), 1.0, 1 - (stay / discount) ** np.where(np.isinf(years), 1.0, years))
    return np.asarray(
        (column("margin") * stay - column("expected_loss") * factors[None, :]) / decay * lived,
        dtype=np.float64,
    )


def payback_years(cost: float, yearly: float) -> float | None:
    """Years until a yearly profit has earned a cost back; None when it never does.

    Examples
    --------
    >>> payback_years(30, 60), payback_years(30, -1)
    (0.5, None)
    """
    return cost / yearly if yearly > 0 else None


def margin_multiples(retentions: Sequence[float], discount_rate: float) -> list[float]:
    """Give r/(1 + i − r), what a yearly margin of 1 is worth at retention r for ever.

    Examples
    --------
    >>> [round(value, 2) for value in margin_multiples([0.8, 0.9], 0.12)]
    [2.5, 4.09]
    """
    return [r / (1 + discount_rate - r) for r in retentions]
