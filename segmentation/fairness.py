"""Who gets which tier, group by group: shares with intervals, for the fairness view only.

Protected columns (sex, age, marital state, nationality) never enter price, tier or limit.
Whether tiers fall out unevenly all the same has to be looked at, and this is the only place
that reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from segmentation.frame import Frame
from segmentation.policy import TIERS
from segmentation.scorecard.statistics import Interval, wilson_interval

AGE_BOUNDS = (25, 35, 45, 55, 65)
"""Ages at which the next band begins."""
OTHER_COLUMNS = ("industry", "region", "lifecycle")
"""Not protected, shown beside them: what the tiers may well differ by."""
MOST_LEVELS = 15
"""Largest groups of a column that are shown."""
FEW = 30
"""Customers below which a share says too little to be coloured."""


def with_level(frame: Frame, column: str) -> Frame:
    """Add `level`, the group of a column each customer belongs to; null when unknown.

    An industry goes by its name where it has one; ages are put into bands.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select 34.5::double age"))
    >>> with_level(frame, "age").select("level").collect().item()
    '25–34'
    """
    if column == "age":
        return frame.with_columns(_age_band().alias("level"))
    if column == "industry":
        return frame.with_columns(nw.coalesce(nw.col("industry_name"), nw.col("industry")).alias("level"))
    return frame.with_columns(nw.col(column).cast(nw.String).alias("level"))


def _age_band() -> nw.Expr:
    """Name the band an age lies in: <25, 25–34, … , 65+."""
    band = nw.lit(f"{AGE_BOUNDS[-1]}+")
    for low, high in reversed(list(zip((0, *AGE_BOUNDS), AGE_BOUNDS, strict=False))):
        name = f"{low}–{high - 1}" if low else f"<{high}"
        band = nw.when(nw.col("age") < high).then(nw.lit(name)).otherwise(band)
    return nw.when(~nw.col("age").is_null()).then(band)


def tier_counts(frame: Frame) -> Frame:
    """Count customers outside work-out by `level` and `tier`, in one scan."""
    return (
        frame.filter(nw.col("tier").is_in(list(TIERS)))
        .group_by("level", "tier")
        .agg(nw.len().cast(nw.Int64).alias("customers"))
    )


@dataclass(frozen=True, slots=True)
class GroupShare:
    """The tiers of one group.

    Attributes
    ----------
    level : str
        Of the column, hostile text; empty when unknown.
    customers : int
        Outside work-out.
    counts : dict of str to int
        By tier.
    strategic, core : Interval
        Share of Strategic, and of Core or better, with its 95 % interval (Wilson 1927).
    apart : frozenset of str
        ``strategic`` or ``core``, where the interval leaves out the share of all customers and
        the group is large enough to say.
    """

    level: str
    customers: int
    counts: dict[str, int]
    strategic: Interval
    core: Interval
    apart: frozenset[str]

    @property
    def is_small(self) -> bool:
        """Too few customers to say anything by their share."""
        return self.customers < FEW


@dataclass(frozen=True, slots=True)
class Groups:
    """Tier shares along one column.

    Attributes
    ----------
    column : str
        Its name in the portfolio.
    is_protected : bool
        Whether the contract protects it.
    whole : GroupShare
        All customers outside work-out.
    groups : tuple of GroupShare
        The largest first, unknown last; bands of age in their order.
    left_out : int
        Customers in levels too many to show.
    """

    column: str
    is_protected: bool
    whole: GroupShare
    groups: tuple[GroupShare, ...]
    left_out: int


def group_shares(counts: pd.DataFrame, column: str, *, is_protected: bool) -> Groups | None:
    """Turn counts by level and tier into shares; None when nobody's level is known.

    Examples
    --------
    >>> counts = pd.DataFrame({"level": ["a", "a", "b"], "tier": ["Strategic", "Core", "Core"],
    ...                        "customers": [30, 70, 100]})
    >>> found = group_shares(counts, "sex", is_protected=True)
    >>> [(group.level, round(group.strategic.value, 2), sorted(group.apart)) for group in found.groups]
    [('a', 0.3, ['strategic']), ('b', 0.0, ['strategic'])]
    """
    table = (
        counts.assign(level=counts["level"].fillna("").astype(str))
        .pivot_table(index="level", columns="tier", values="customers", aggfunc="sum", fill_value=0)
        .reindex(columns=list(TIERS), fill_value=0)
        .astype(int)
    )
    if not [level for level in table.index if level]:
        return None
    everybody = table.sum()
    whole = _share("", [int(everybody[tier]) for tier in TIERS], None)
    groups = [
        _share(str(level), [int(n) for n in row], whole)
        for level, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    groups.sort(key=lambda group: (group.level == "", *_order(group, column)))
    shown = groups[:MOST_LEVELS]
    return Groups(column, is_protected, whole, tuple(shown), sum(g.customers for g in groups[MOST_LEVELS:]))


def _order(group: GroupShare, column: str) -> tuple[float, str]:
    if column == "age":
        return (
            float("".join(filter(str.isdigit, group.level.split("–")[0])) or 0) - group.level.startswith("<"),
            "",
        )
    return (-group.customers, group.level)


def _share(level: str, counts: Sequence[int], whole: GroupShare | None) -> GroupShare:
    strategic, core, _ = counts
    customers = sum(counts)
    intervals = [
        wilson_interval(n, customers) or Interval(0.0, 0.0, 1.0) for n in (strategic, strategic + core)
    ]
    apart = set()
    if whole is not None and customers >= FEW:
        for name, own, all_ in zip(
            ("strategic", "core"), intervals, (whole.strategic, whole.core), strict=True
        ):
            if not own.low <= all_.value <= own.high:
                apart.add(name)
    return GroupShare(
        level, customers, dict(zip(TIERS, counts, strict=True)), intervals[0], intervals[1], frozenset(apart)
    )
