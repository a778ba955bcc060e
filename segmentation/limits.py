"""How much a customer can carry: a credit limit from income, cash flow or debt service cover.

The rule is visible and one for all: cash for debt service, divided by the cover asked of the
tier, buys a yearly payment; the payment carries a debt at the customer's rate over a standard
term; what others have lent already comes off; and a limit never jumps by more than the tier's
factor. Young and growing firms have to show more cover and jump less.

It can't see cash that no column tells, nor a bank's legal lending limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import narwhals as nw
import pandas as pd

from data.errors import ModelInvalid, Problem
from segmentation.frame import Frame, look_up, without
from segmentation.policy import TIERS, WORKOUT
from segmentation.returns.ratios import ReturnsSettings
from segmentation.sample import Fetch

SOURCES = ("dscr", "cash_flow", "ebitda", "income", "none")
"""What the capacity was read from, best first."""


@dataclass(frozen=True, slots=True)
class LimitRule:
    """What a tier has to show, and how far its limit may move.

    Attributes
    ----------
    cover : float
        Cash for debt service over yearly debt service asked, at least 1.
    largest_rise : float
        Proposed limit over today's, at most.
    term_years : float
        Standard term the debt is repaid over.
    """

    cover: float
    largest_rise: float
    term_years: float


@dataclass(frozen=True, slots=True)
class LimitRules:
    """Rules of all tiers; the defaults are this project's own assumptions.

    Covers of 1.2 to 1.5 are what project and corporate lenders commonly ask (Yescombe 2013,
    *Principles of Project Finance*, 2nd ed., ch. 12); a debt service of 40 % of a person's
    income is a common ceiling of supervisors.

    Attributes
    ----------
    tiers : mapping of str to LimitRule
        One a tier.
    extra_cover : mapping of str to float
        Added to the cover by life cycle.
    growth_damper : mapping of str to float
        Share (0–1) of the tier's rise a life cycle is allowed.
    income_share : float
        Share of a person's yearly income that may serve debt.
    """

    tiers: Mapping[str, LimitRule] = field(
        default_factory=lambda: {
            "Strategic": LimitRule(1.20, 1.50, 5.0),
            "Core": LimitRule(1.30, 1.20, 5.0),
            "Ordinary": LimitRule(1.50, 1.00, 4.0),
        }
    )
    extra_cover: Mapping[str, float] = field(
        default_factory=lambda: {"startup": 0.30, "growth": 0.15, "mature": 0.0, "unknown": 0.15}
    )
    growth_damper: Mapping[str, float] = field(
        default_factory=lambda: {"startup": 0.25, "growth": 0.5, "mature": 1.0, "unknown": 0.5}
    )
    income_share: float = 0.40

    def __post_init__(self) -> None:
        problems = [
            Problem(f"limit rule {tier}", f"{name} is {value:g}", f"Give {least:g} or more.")
            for tier, rule in self.tiers.items()
            for name, value, least in (
                ("cover", rule.cover, 1.0),
                ("largest_rise", rule.largest_rise, 0.0),
                ("term_years", rule.term_years, 0.5),
            )
            if not value >= least
        ]
        if set(self.tiers) != set(TIERS):
            problems.append(Problem("limit rules", "do not name each tier once", f"Name {', '.join(TIERS)}."))
        if not 0 < self.income_share <= 1:
            problems.append(
                Problem("income_share", f"is {self.income_share:g}", "Give more than 0, at most 1.")
            )
        if problems:
            raise ModelInvalid.from_problems(problems)

    def to_dict(self) -> dict[str, Any]:  # Any: plain JSON
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> LimitRules:  # Any: plain JSON
        """Read :meth:`to_dict`'s values."""
        tiers = {name: LimitRule(**row) for name, row in written["tiers"].items()}
        return cls(**{**written, "tiers": tiers})


def with_proposed_limit(frame: Frame, rules: LimitRules, settings: ReturnsSettings) -> Frame:
    """Add `limit_today`, `limit_proposed`, `capacity_source`, `debt_service_cover_asked` and `limit_bound_by`.

    With the cover k asked of tier and life cycle, a rate r and a term of n years,

    payment = cash for debt service / k,
    debt carried = payment · (1 − (1+r)⁻ⁿ)/r (the annuity's present value),
    capacity = debt carried − debt to others (total debt − drawn, not below 0).

    Where a DSCR is given, cash is DSCR · the yearly service of what is drawn now, which gives
    drawn · DSCR/k: at that balance the cover is exactly k. Cash is else operating cash flow,
    else EBITDA, else the allowed share of a person's income, which has no further cover.
    The proposal is the capacity, not above today's limit (or balance) times the tier's rise,
    damped for the young, and not below 0. No proposal where nothing tells the capacity;
    Work-out gets today's balance.

    Parameters
    ----------
    frame : Frame
        With `tier` and `lifecycle`, scored up to the returns.
    rules : LimitRules
        What is asked.
    settings : ReturnsSettings
        Rate where the customer's own is blank.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 'Core' tier, 'mature' lifecycle, 100.0::double drawn, null::double credit_limit, 1.56::double dscr,"
    ...     " null::double operating_cash_flow, null::double ebitda, null::double income, null::double total_debt,"
    ...     " 0.05::double interest_rate"))
    >>> rows = with_proposed_limit(frame, LimitRules(), ReturnsSettings()).collect()
    >>> round(rows["limit_proposed"][0], 6), rows["limit_bound_by"][0]  # 100 · 1.56/1.30
    (120.0, 'capacity')
    """
    by_tier = {name: rules.tiers[name] for name in TIERS}
    tier, cycle = nw.col("tier"), nw.col("lifecycle").fill_null("unknown")
    rate = nw.col("interest_rate").fill_null(settings.interest_rate).clip(lower_bound=0.001)
    has_dscr = (nw.col("dscr") > 0) & (nw.col("drawn") > 0)
    staged = frame.with_columns(
        (
            look_up(tier, {name: rule.cover for name, rule in by_tier.items()})
            + look_up(cycle, rules.extra_cover, default=rules.extra_cover["unknown"])
        ).alias("debt_service_cover_asked"),
        (
            1
            + (look_up(tier, {name: rule.largest_rise for name, rule in by_tier.items()}) - 1).clip(0.0, None)
            * look_up(cycle, rules.growth_damper, default=rules.growth_damper["unknown"])
        ).alias("_rise"),
        look_up(tier, {name: rule.term_years for name, rule in by_tier.items()}).alias("_term"),
        nw.max_horizontal(nw.col("credit_limit").fill_null(0.0), nw.col("drawn")).alias("limit_today"),
        rate.alias("_rate"),
        _source(has_dscr).alias("capacity_source"),
        (nw.col("total_debt") - nw.col("drawn")).clip(lower_bound=0.0).fill_null(0.0).alias("_others"),
    )
    annuity = (1 - (1 + nw.col("_rate")) ** (-nw.col("_term"))) / nw.col("_rate")
    cover, source = nw.col("debt_service_cover_asked"), nw.col("capacity_source")
    carried = (
        nw.when(source == "dscr").then(nw.col("drawn") * nw.col("dscr") / cover)
        .when(source == "cash_flow").then(nw.col("operating_cash_flow") / cover * annuity - nw.col("_others"))
        .when(source == "ebitda").then(nw.col("ebitda") / cover * annuity - nw.col("_others"))
        .when(source == "income").then(nw.col("income") * rules.income_share * annuity - nw.col("_others"))
    )  # fmt: skip
    capped = nw.col("limit_today") * nw.col("_rise")
    staged = staged.with_columns(carried.clip(lower_bound=0.0).alias("_capacity"), capped.alias("_most"))
    is_workout = tier == WORKOUT
    # Who has nothing with us yet has no limit to rise from: there the capacity alone binds.
    is_risen = (nw.col("_capacity") > nw.col("_most")) & (nw.col("limit_today") > 0)
    return without(
        staged.with_columns(
            nw.when(is_workout).then(nw.col("drawn"))
            .when(is_risen).then(nw.col("_most"))
            .otherwise(nw.col("_capacity")).alias("limit_proposed"),
            nw.when(is_workout).then(nw.lit("workout"))
            .when(source == "none").then(nw.lit("unknown"))
            .when(is_risen).then(nw.lit("rise"))
            .otherwise(nw.lit("capacity")).alias("limit_bound_by"),
        ),
        ["_rise", "_term", "_rate", "_others", "_capacity", "_most"],
    )  # fmt: skip


def _source(has_dscr: nw.Expr) -> nw.Expr:
    return (
        nw.when(has_dscr).then(nw.lit("dscr"))
        .when(~nw.col("operating_cash_flow").is_null()).then(nw.lit("cash_flow"))
        .when(~nw.col("ebitda").is_null()).then(nw.lit("ebitda"))
        .when(~nw.col("income").is_null()).then(nw.lit("income"))
        .otherwise(nw.lit("none"))
    )  # fmt: skip


def with_collateral_gap(frame: Frame, cover: Mapping[str, float]) -> Frame:
    """Add `collateral_asked` and `collateral_gap`: what the tier asks and what is missing of it.

    gap = max(0, cover asked of the tier · EAD − collateral given), collateral at its value as
    given, before any haircut, as the treatment counts it.

    Parameters
    ----------
    frame : Frame
        With `tier`, `exposure_at_default`, `collateral_value`.
    cover : mapping of str to float
        Tier to share (0–1) of the exposure.
    """
    asked = look_up(nw.col("tier"), dict(cover), default=0.0) * nw.col("exposure_at_default")
    return frame.with_columns(asked.alias("collateral_asked")).with_columns(
        (nw.col("collateral_asked") - nw.col("collateral_value").fill_null(0.0))
        .clip(lower_bound=0.0)
        .alias("collateral_gap")
    )


@dataclass(frozen=True, slots=True)
class LimitSummary:
    """A tier's limits, money in the portfolio's units.

    Attributes
    ----------
    tier : str
        Name of the tier.
    customers, known : int
        How many, and of how many the capacity can be told.
    today, proposed : float
        Limits of those with a proposal.
    higher, lower : int
        Customers whose limit would rise or fall by more than a hundredth of it.
    gap : float
        Collateral missing.
    gap_customers : int
        Who lacks some.
    """

    tier: str
    customers: int
    known: int
    today: float
    proposed: float
    higher: int
    lower: int
    gap: float
    gap_customers: int


def limit_summaries(frame: Frame, fetch: Fetch) -> tuple[LimitSummary, ...]:
    """Sum proposals and collateral gaps by tier, in the tiers' order."""
    today, proposed, gap = nw.col("limit_today"), nw.col("limit_proposed"), nw.col("collateral_gap")
    is_known = ~proposed.is_null()

    def ones(condition: nw.Expr, name: str) -> nw.Expr:
        return nw.when(condition.fill_null(False)).then(nw.lit(1)).otherwise(nw.lit(0)).alias(name)

    rows = fetch(
        frame.with_columns(
            ones(is_known, "known"), ones(proposed > today * 1.01, "higher"), ones(proposed < today * 0.99, "lower"),
            ones(gap > 0, "gap_customers"), nw.when(is_known).then(today).otherwise(nw.lit(0.0)).alias("today"),
        )
        .group_by("tier")
        .agg(
            nw.len().alias("customers"), nw.col("known").sum(), nw.col("today").sum(),
            proposed.fill_null(0.0).sum().alias("proposed"), nw.col("higher").sum(), nw.col("lower").sum(),
            gap.fill_null(0.0).sum().alias("gap"), nw.col("gap_customers").sum(),
        )
    )  # fmt: skip
    order = {name: place for place, name in enumerate((*TIERS, WORKOUT))}
    found = [
        LimitSummary(
            str(row["tier"]), int(row["customers"]), int(row["known"]), _amount(row["today"]), _amount(row["proposed"]),
            int(row["higher"]), int(row["lower"]), _amount(row["gap"]), int(row["gap_customers"]),
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda entry: order[entry.tier]))


def _amount(value: object) -> float:
    return 0.0 if pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]  # a number of the engine
