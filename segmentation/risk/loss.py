"""The share of an exposure that is lost in default.

Given → observed in the portfolio's own defaults, by group, with shrinkage → the
supervisory values of the foundation approach (Basel framework, CRE32; Basel II §§ 287–295).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import narwhals as nw

from data.errors import Problem
from segmentation.frame import Frame, look_up, tidy_text, without
from segmentation.risk.checks import outside, refuse
from segmentation.risk.slotting import slot_value

SENIOR, SENIOR_FINANCIAL, SUBORDINATED = 0.40, 0.45, 0.75
"""LGD (fraction) of an unsecured claim: senior on a firm, senior on a financial, subordinated."""

FINANCIAL_CODE = r"^52(\d{4})?$"
"""Sector 52 of NAICS, finance and insurance."""
FINANCIAL_WORDS = r"financ|bank|insur|金融|银行|保险|证券"
"""Words in an industry that tell a financial firm."""
NOT_FINANCIAL = r"non-?financ|非金融"
SUBORDINATED_LEVELS = ("subordinated", "junior", "次级")
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Collateral:
    """One row of the supervisory collateral table.

    Attributes
    ----------
    kinds : tuple of str
        Levels of `collateral_type`.
    loss_given_default : float
        LGD (fraction) of the secured part.
    haircut : float
        Share of the collateral's value not counted.
    """

    kinds: tuple[str, ...]
    loss_given_default: float
    haircut: float


COLLATERAL: tuple[Collateral, ...] = (
    Collateral(("financial",), 0.00, 0.00),
    Collateral(("receivables",), 0.20, 0.40),
    Collateral(("real_estate", "residential"), 0.20, 0.40),
    Collateral(("other_physical",), 0.25, 0.40),
)


@dataclass(frozen=True, slots=True)
class LossTable:
    """Loss rates observed in the portfolio's own defaults; frozen with the scoring model.

    Attributes
    ----------
    group_column : str
        Text column the groups are made by.
    overall : float or None
        Mean observed LGD (fraction) of all defaults; None when too few were seen, and
        then the table says nothing and the foundation values apply.
    groups : mapping of str to float
        LGD (fraction) of each group, already shrunk towards `overall`. A group not
        listed has `overall`.
    defaults : int
        Defaults with a known loss behind the table.
    credibility : float
        Number of defaults at which a group's own mean weighs half.

    Examples
    --------
    >>> table = LossTable("customer_class", 0.5, {"sme": 0.6}, defaults=120)
    >>> LossTable.from_dict(table.to_dict()) == table
    True
    """

    group_column: str = "customer_class"
    overall: float | None = None
    groups: Mapping[str, float] = field(default_factory=dict)
    defaults: int = 0
    credibility: float = 50.0

    def __post_init__(self) -> None:
        problems = [p for name, rate in self.groups.items() for p in outside(f"groups “{name}”", rate, 0, 1)]
        if self.overall is not None:
            problems += outside("overall", self.overall, 0, 1)
        if self.overall is None and self.groups:
            problems.append(Problem("groups", "there are groups but no overall rate", "Give overall, too."))
        problems += outside("credibility", self.credibility, 0, 1e9)
        refuse(problems)

    def to_dict(self) -> dict[str, object]:
        """Give the table as plain JSON types."""
        return {
            "group_column": self.group_column,
            "overall": self.overall,
            "groups": dict(self.groups),
            "defaults": self.defaults,
            "credibility": self.credibility,
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, object]) -> LossTable:
        """Read the table back."""
        return cls(**written)  # type: ignore[arg-type]  # __post_init__ checks the values


FOUNDATION_ONLY = LossTable()
"""A table that says nothing: every LGD not given is the foundation value."""


def fit_loss_table(
    frame: Frame,
    *,
    group_column: str = "customer_class",
    credibility: float = 50.0,
    minimum_defaults: int = 20,
) -> LossTable:
    """Learn loss rates from the defaults whose loss is known.

    A default's LGD is (loss_amount − recovered_amount) / exposure_at_default, cut to
    [0, 1]. A group with n defaults and mean m gets (n·m + k·M) / (n + k), M the mean of
    all and k the credibility (Bühlmann's shrinkage with a chosen k). Losses are neither
    discounted nor is the cost of the work-out added: neither is in the data.

    Parameters
    ----------
    frame : Frame
        After `with_exposure` and `with_probability`; one scan, a row per group comes back.
    group_column : str
        Text column to group by.
    credibility : float
        k, a number of defaults.
    minimum_defaults : int
        With fewer defaults nothing is learned and `FOUNDATION_ONLY`'s behaviour results.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 'sme' customer_class, true is_defaulted, 100.0::double exposure_at_default,"
    ...     " 70.0::double loss_amount, 10.0::double recovered_amount from range(30)"))
    >>> fit_loss_table(frame).groups
    {'sme': 0.6}
    """
    exposure = nw.col("exposure_at_default")
    loss = nw.col("loss_amount") - nw.col("recovered_amount").fill_null(0.0)
    # Whole millionths add up alike in every order, so the same file gives the same model.
    millionths = ((loss / exposure).clip(0.0, 1.0) * MILLION + 0.5).floor().cast(nw.Int64)
    seen = nw.col("is_defaulted") & (exposure > 0) & ~nw.col("loss_amount").is_null()
    rows = (
        frame.filter(seen)
        .with_columns(_group(group_column).alias("_group"), millionths.alias("_millionths"))
        .group_by("_group")
        .agg(nw.len().alias("count"), nw.col("_millionths").sum().alias("sum"))
        .collect()
        .sort("_group")
        .rows(named=True)
    )
    defaults = sum(int(row["count"]) for row in rows)
    if defaults < minimum_defaults:
        return LossTable(group_column, defaults=defaults, credibility=credibility)
    overall = sum(int(row["sum"]) for row in rows) / defaults / MILLION
    groups = {
        str(row["_group"]): round(
            (int(row["sum"]) / MILLION + credibility * overall) / (int(row["count"]) + credibility), 6
        )
        for row in rows
    }
    return LossTable(group_column, round(overall, 6), groups, defaults, credibility)


def with_loss_given_default(frame: Frame, table: LossTable) -> Frame:
    """Fill `loss_given_default` (fraction) and add `loss_source` (given | observed | foundation).

    Foundation: the unsecured rate U is 40 % for senior claims, 45 % on financial firms,
    75 % for subordinated ones; collateral counts after its haircut as secured part E_S of
    the exposure E, and LGD* = U·(E − E_S)/E + LGD_S·E_S/E. Collateral of unknown kind is
    not counted. A project without its own LGD that sits in a slot has the 45 % (in default
    50 %) the slot's expected loss implies. Basel knows no foundation values for retail;
    there they are an assumption.

    A guarantee does not lower the LGD: the covered share takes the guarantor's PD instead
    (`segmentation.risk.guarantee`).

    Parameters
    ----------
    frame : Frame
        After `with_exposure`, `with_slotting_grade` and `with_probability`.
    table : LossTable
        What was observed; `FOUNDATION_ONLY` when nothing was.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select null::double loss_given_default, 'senior' seniority, 'real_estate' collateral_type,"
    ...     " 100.0::double collateral_value, 120.0::double exposure_at_default, null::varchar industry,"
    ...     " null::varchar industry_name, null::varchar slotting_grade, 'retail' customer_class"))
    >>> row = with_loss_given_default(frame, FOUNDATION_ONLY).collect()
    >>> round(row["loss_given_default"][0], 10), row["loss_source"][0]
    (0.3, 'foundation')
    """
    given = nw.when(nw.col("loss_given_default").is_between(0.0, 1.0)).then(nw.col("loss_given_default"))
    staged = _with_foundation(frame.with_columns(given.alias("_given"), _observed(table).alias("_observed")))
    in_slot = ~nw.col("slotting_grade").is_null()
    staged = staged.with_columns(
        nw.when(~nw.col("_given").is_null()).then(nw.lit("given"))
        .when(~in_slot & ~nw.col("_observed").is_null()).then(nw.lit("observed"))
        .otherwise(nw.lit("foundation")).alias("loss_source"),
        nw.when(~nw.col("_given").is_null()).then(nw.col("_given"))
        .when(in_slot).then(slot_value("loss_given_default"))
        .otherwise(nw.coalesce("_observed", "_foundation")).alias("loss_given_default"),
    )  # fmt: skip
    return without(staged, ["_given", "_observed", "_unsecured", "_secured_share", "_foundation"])


def _with_foundation(frame: Frame) -> Frame:
    unsecured, share = nw.col("_unsecured"), nw.col("_secured_share")
    blended = unsecured * (1.0 - share) + _of_collateral("loss_given_default") * share
    parts = frame.with_columns(_unsecured().alias("_unsecured"), _secured_share().alias("_secured_share"))
    return parts.with_columns(blended.alias("_foundation"))


def _unsecured() -> nw.Expr:
    words = nw.concat_str("industry", "industry_name", separator=" ", ignore_nulls=True).str.to_lowercase()
    by_word = words.str.contains(FINANCIAL_WORDS) & ~words.str.contains(NOT_FINANCIAL)
    is_financial = nw.coalesce("industry", nw.lit("")).str.contains(FINANCIAL_CODE) | by_word
    return (
        nw.when(tidy_text(nw.col("seniority")).is_in(SUBORDINATED_LEVELS)).then(nw.lit(SUBORDINATED))
        .when(is_financial).then(nw.lit(SENIOR_FINANCIAL))
        .otherwise(nw.lit(SENIOR))
    )  # fmt: skip


def _secured_share() -> nw.Expr:
    counted = nw.col("collateral_value") * (1.0 - _of_collateral("haircut"))
    share = (counted / nw.col("exposure_at_default")).clip(0.0, 1.0)
    is_secured = (nw.col("exposure_at_default") > 0) & (nw.col("collateral_value") > 0)
    kinds = [kind for row in COLLATERAL for kind in row.kinds]
    recognised = tidy_text(nw.col("collateral_type")).is_in(kinds)
    return nw.when(is_secured & recognised).then(share).otherwise(nw.lit(0.0))


def _of_collateral(attribute: str) -> nw.Expr:
    """Look a figure of the customer's kind of collateral up; 0 for a kind not recognised."""
    by_kind = {kind: getattr(row, attribute) for row in COLLATERAL for kind in row.kinds}
    return look_up(tidy_text(nw.col("collateral_type")), by_kind, default=0.0)


def _observed(table: LossTable) -> nw.Expr:
    if table.overall is None:
        return nw.lit(None).cast(nw.Float64)
    return look_up(_group(table.group_column), table.groups, default=table.overall)


def _group(column: str) -> nw.Expr:
    """Give the group a customer belongs to; blank ones form a group of their own."""
    return tidy_text(nw.col(column)).fill_null("")
