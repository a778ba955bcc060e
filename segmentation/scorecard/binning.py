"""Bins of one feature: monotone breaks for numbers, pooled groups for levels; weight of evidence.

Weight of evidence of a bin is ln((goods_b / goods) / (bads_b / bads)) and the
information value Σ (share of goods − share of bads) · WoE (Siddiqi, *Credit Risk
Scorecards*, 2006, ch. 6). Half a customer is added to each count, so that an
empty cell has a finite weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

PREBINS = 20
SMALLEST_SHARE = 0.05
SMOOTHING = 0.5
MOST_GROUPS = 6

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin and its counts.

    Attributes
    ----------
    label : str
        For people: ``≤ 12``, a level, ``missing``, ``other``.
    customers, defaults : int
        Counts in the fitting sample.
    woe : float
        Weight of evidence: above 0 is better than average.
    """

    label: str
    customers: int
    defaults: int
    woe: float


@dataclass(frozen=True, slots=True)
class Binning:
    """How one feature becomes a weight of evidence.

    Attributes
    ----------
    column : str
        Column it reads.
    is_numeric : bool
        Breaks apply to numbers, groups to texts.
    breaks : tuple of float
        Inner upper bounds, ascending; bin i holds x ≤ breaks[i].
    groups : tuple of tuple of str
        Levels of each group; whatever else is seen goes to `other`.
    bins : tuple of Bin
        One a break and the last open one, or one a group.
    other : Bin
        Levels not listed; for numbers unused.
    missing : Bin
        No value.
    information_value : float
        Over all bins.
    """

    column: str
    is_numeric: bool
    breaks: tuple[float, ...]
    groups: tuple[tuple[str, ...], ...]
    bins: tuple[Bin, ...]
    other: Bin
    missing: Bin
    information_value: float

    def to_dict(self) -> dict[str, Any]:  # Any: plain JSON
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Binning:  # Any: plain JSON
        """Read :meth:`to_dict`'s values."""
        return cls(
            values["column"],
            values["is_numeric"],
            tuple(values["breaks"]),
            tuple(tuple(group) for group in values["groups"]),
            tuple(Bin(**item) for item in values["bins"]),
            Bin(**values["other"]),
            Bin(**values["missing"]),
            values["information_value"],
        )

    def woe(self, cells: pd.Series) -> Floats:
        """Give the weight of evidence of each cell: the fit's own twin of the compiled expression."""
        if self.is_numeric:
            numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
            weights = np.array([item.woe for item in self.bins])
            found = weights[
                np.searchsorted(np.array(self.breaks), numbers, side="left").clip(0, len(weights) - 1)
            ]
            return np.where(np.isnan(numbers), self.missing.woe, found)
        table = {
            level: item.woe for group, item in zip(self.groups, self.bins, strict=True) for level in group
        }
        found = cells.map(table).to_numpy(dtype=np.float64, na_value=np.nan)
        known = cells.notna().to_numpy()
        return np.where(known, np.where(np.isnan(found), self.other.woe, found), self.missing.woe)


def weight_of_evidence(goods: float, bads: float, all_goods: float, all_bads: float) -> float:
    """ln of the odds ratio of a bin, smoothed by half a customer.

    Examples
    --------
    >>> round(weight_of_evidence(90, 10, 900, 100), 6)
    -0.038818
    """
    share_of_goods = (goods + SMOOTHING) / (all_goods + SMOOTHING)
    share_of_bads = (bads + SMOOTHING) / (all_bads + SMOOTHING)
    return float(np.log(share_of_goods / share_of_bads))


def bin_feature(cells: pd.Series, bad: npt.NDArray[np.bool_], *, is_numeric: bool) -> Binning:
    """Bin one feature against the outcome.

    Numbers: at most 20 quantile bins, merged by pool-adjacent-violators into a
    monotone default rate in the direction that keeps more information, and none
    smaller than 5 %. Texts: levels ordered by default rate and pooled into at
    most six groups; rare ones share `other`.

    Parameters
    ----------
    cells : pandas.Series
        The feature in the sample; missing is NaN or None.
    bad : ndarray of bool
        Whether each customer defaulted.
    is_numeric : bool
        Which of the two.
    """
    known = cells.notna().to_numpy()
    if is_numeric:
        numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        known = np.isfinite(numbers)
        breaks = _monotone_breaks(numbers[known], bad[known], len(bad))
        place = np.searchsorted(np.array(breaks), numbers, side="left")
        groups: tuple[tuple[str, ...], ...] = ()
        labels = [f"≤ {value:g}" for value in breaks] + [f"> {breaks[-1]:g}" if breaks else "all"]
        others = np.zeros(len(bad), dtype=bool)
    else:
        breaks = ()
        groups = _groups(cells[known].astype(str), bad[known], len(bad))
        table = {level: number for number, group in enumerate(groups) for level in group}
        mapped = cells.map(table).to_numpy(dtype=np.float64, na_value=np.nan)
        others = known & np.isnan(mapped)
        place = np.where(np.isnan(mapped), -1, mapped).astype(np.int64)
        labels = [" · ".join(group[:3]) + (" …" if len(group) > 3 else "") for group in groups]
    all_bads, all_goods = float(bad.sum()), float((~bad).sum())

    def count(mask: npt.NDArray[np.bool_], label: str) -> Bin:
        customers, defaults = int(mask.sum()), int(bad[mask].sum())
        # An empty bin says nothing either way.
        weight = weight_of_evidence(customers - defaults, defaults, all_goods, all_bads) if customers else 0.0
        return Bin(label, customers, defaults, weight)

    bins = tuple(count(known & ~others & (place == number), label) for number, label in enumerate(labels))
    other, missing = count(others, "other"), count(~known, "missing")
    value = sum(
        ((item.customers - item.defaults) / max(all_goods, 1) - item.defaults / max(all_bads, 1)) * item.woe
        for item in (*bins, other, missing)
    )
    return Binning(str(cells.name), is_numeric, tuple(breaks), groups, bins, other, missing, float(value))


def _monotone_breaks(numbers: Floats, bad: npt.NDArray[np.bool_], total: int) -> tuple[float, ...]:
    if numbers.size == 0:
        return ()
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, PREBINS + 1)[1:-1], method="lower"))
    edges = edges[edges < numbers.max()]
    place = np.searchsorted(edges, numbers, side="left")
    counts = np.bincount(place, minlength=len(edges) + 1).astype(float)
    bads = np.bincount(place, weights=bad.astype(float), minlength=len(edges) + 1).astype(float)
    tops = [*edges.tolist(), np.inf]
    options = [_pooled(counts, bads, tops, total, sign) for sign in (1, -1)]
    best = max(options, key=lambda blocks: _spread(blocks, bad.sum(), (~bad).sum()))
    return tuple(top for _, _, top in best[:-1])


Block = tuple[float, float, float]


def _pooled(counts: Floats, bads: Floats, tops: Sequence[float], total: int, sign: int) -> list[Block]:
    """Pool adjacent violators (Ayer et al. 1955) so the rate rises (sign 1) or falls (−1); then small bins."""
    blocks: list[Block] = []
    for count, hits, top in zip(counts, bads, tops, strict=True):
        if count == 0:
            if blocks:
                blocks[-1] = (blocks[-1][0], blocks[-1][1], top)
            continue
        blocks.append((count, hits, top))
        while (
            len(blocks) > 1 and sign * blocks[-2][1] / blocks[-2][0] >= sign * blocks[-1][1] / blocks[-1][0]
        ):
            last, before = blocks.pop(), blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], last[2]))
    while len(blocks) > 1:
        smallest = min(range(len(blocks)), key=lambda place: blocks[place][0])
        if blocks[smallest][0] >= SMALLEST_SHARE * total:
            break
        near = smallest - 1 if smallest > 0 else smallest + 1
        first, second = sorted((smallest, near))
        merged = (
            blocks[first][0] + blocks[second][0],
            blocks[first][1] + blocks[second][1],
            blocks[second][2],
        )
        blocks[first : second + 1] = [merged]
    return blocks


def _spread(blocks: Sequence[Block], all_bads: float, all_goods: float) -> float:
    value = 0.0
    for count, bads, _ in blocks:
        goods = count - bads
        weight = weight_of_evidence(goods, bads, all_goods, all_bads)
        value += (goods / max(all_goods, 1) - bads / max(all_bads, 1)) * weight
    return value


def _groups(levels: pd.Series, bad: npt.NDArray[np.bool_], total: int) -> tuple[tuple[str, ...], ...]:
    """Frequent levels, ordered by default rate and cut into groups of similar rate and enough customers."""
    table = (
        pd.DataFrame({"level": levels.to_numpy(), "bad": bad}).groupby("level")["bad"].agg(["size", "sum"])
    )
    table = table[table["size"] >= max(30, 0.002 * total)]
    if table.empty:
        return ()
    overall = float(bad.mean()) if len(bad) else 0.0
    # Small levels are drawn to the average before they are ranked.
    rate = (table["sum"] + 20 * overall) / (table["size"] + 20)
    order = sorted(zip(rate.to_numpy(), table.index, table["size"].to_numpy(), strict=True))
    wanted = sum(size for _, _, size in order) / MOST_GROUPS
    groups: list[list[str]] = [[]]
    filled = 0.0
    for _, level, size in order:
        if groups[-1] and filled + size / 2 > wanted * len(groups) and len(groups) < MOST_GROUPS:
            groups.append([])
        groups[-1].append(str(level))
        filled += size
    return tuple(tuple(group) for group in groups)
