"""Bins of one feature and the weight of evidence of each.

Weight of evidence of a bin is ln((goods_b / goods) / (bads_b / bads)) and the
information value Σ (share of goods − share of bads) · WoE (Siddiqi, *Credit Risk
Scorecards*, 2006, ch. 6). Half a customer is added to each count, so that an
empty cell has a finite weight. Which bins are best is found in `optimal.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.scorecard.optimal import CHANCE_TIMES, MOST_BINS, SMOOTHING, best_partition, shrunken_rates

PREBINS = 30
SMALLEST_SHARE = 0.05
HEAP_SHARE = 0.05
MOST_SPECIALS = 2
MOST_FINE_LEVELS = 60
FEWEST_OF_A_LEVEL = 20

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin and its counts.

    Attributes
    ----------
    label : str
        For people: ``≤ 12``, levels, ``missing``, ``other``; may hold hostile text.
    customers, defaults : int
        Counts in the fitting sample.
    woe : float
        Weight of evidence: above 0 is better than average.
    """

    label: str
    customers: int
    defaults: int
    woe: float

    @property
    def default_rate(self) -> float | None:
        """Share of its customers that defaulted."""
        return self.defaults / self.customers if self.customers else None


@dataclass(frozen=True, slots=True)
class FineBin:
    """What bins are made of, kept so that they can be edited without a row.

    Attributes
    ----------
    upper : float or None
        Highest value of a number's fine bin; None for a level, and for the last, open bin.
    level : str
        Level of a text; empty for numbers.
    customers, defaults : int
        Counts.
    """

    upper: float | None
    level: str
    customers: int
    defaults: int


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
    specials : tuple of float
        Numbers that stand for something of their own, a bin each: 0, −1, 9999.
    bins : tuple of Bin
        One a break and the last open one, or one a group.
    special_bins : tuple of Bin
        One a special number.
    other : Bin
        Levels not listed; for numbers unused.
    missing : Bin
        No value.
    information_value : float
        Over all bins.
    fine : tuple of FineBin
        In the order of the values; of a text the most frequent levels.
    """

    column: str
    is_numeric: bool
    breaks: tuple[float, ...]
    groups: tuple[tuple[str, ...], ...]
    specials: tuple[float, ...]
    bins: tuple[Bin, ...]
    special_bins: tuple[Bin, ...]
    other: Bin
    missing: Bin
    information_value: float
    fine: tuple[FineBin, ...]

    @property
    def all_bins(self) -> tuple[Bin, ...]:
        """Every bin, in the order of a points table."""
        others = () if self.is_numeric else (self.other,)
        return (*self.bins, *self.special_bins, *others, self.missing)

    @property
    def trend(self) -> str:
        """How the default rate goes from bin to bin: ``rising``, ``falling``, ``mixed`` or ``flat``."""
        weights = [item.woe for item in self.bins]
        steps = {np.sign(after - before) for before, after in pairwise(weights)}
        if not steps or steps == {0.0}:
            return "flat"
        if steps <= {-1.0, 0.0}:
            return "rising"
        return "falling" if steps <= {1.0, 0.0} else "mixed"

    def to_dict(self) -> dict[str, Any]:  # Any: plain JSON
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Binning:  # Any: plain JSON
        """Read :meth:`to_dict`'s values."""
        return cls(
            values["column"],
            values["is_numeric"],
            tuple(float(value) for value in values["breaks"]),
            tuple(tuple(group) for group in values["groups"]),
            tuple(float(value) for value in values["specials"]),
            tuple(Bin(**item) for item in values["bins"]),
            tuple(Bin(**item) for item in values["special_bins"]),
            Bin(**values["other"]),
            Bin(**values["missing"]),
            values["information_value"],
            tuple(FineBin(**item) for item in values["fine"]),
        )

    def place(self, cells: pd.Series) -> npt.NDArray[np.int64]:
        """Give the bin of each cell as a place in `all_bins`."""
        last = len(self.all_bins) - 1
        if self.is_numeric:
            numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
            found = np.searchsorted(np.array(self.breaks), numbers, side="left").clip(0, len(self.bins) - 1)
            for number, special in enumerate(self.specials):
                found = np.where(numbers == special, len(self.bins) + number, found)
            return np.where(np.isnan(numbers), last, found).astype(np.int64)
        table = {level: number for number, group in enumerate(self.groups) for level in group}
        mapped = cells.map(table).to_numpy(dtype=np.float64, na_value=np.nan)
        found = np.where(np.isnan(mapped), last - 1, mapped)
        return np.where(cells.notna().to_numpy(), found, last).astype(np.int64)

    def woe(self, cells: pd.Series) -> Floats:
        """Give the weight of evidence of each cell: the fit's own twin of the compiled expression."""
        return np.array([item.woe for item in self.all_bins])[self.place(cells)]


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


def information_value(bins: Sequence[Bin]) -> float:
    """Σ (share of goods − share of bads) · WoE over all bins of a feature.

    Examples
    --------
    >>> information_value([Bin("a", 100, 50, 0.0), Bin("b", 100, 50, 0.0)])
    0.0
    """
    bads = max(sum(item.defaults for item in bins), 1)
    goods = max(sum(item.customers - item.defaults for item in bins), 1)
    return float(
        sum(((item.customers - item.defaults) / goods - item.defaults / bads) * item.woe for item in bins)
    )


def bin_feature(
    cells: pd.Series, bad: Flags, *, is_numeric: bool, specials: Sequence[float] | None = None
) -> Binning:
    """Bin one feature against the outcome.

    Numbers: about 30 quantile bins, joined by :func:`best_partition` into at most eight whose
    default rate rises or falls throughout, none smaller than 5 %; a value that a twentieth of
    customers share gets a bin of its own where that tells more. Texts: levels ordered by their
    shrunken default rate and joined the same way; levels of fewer than 20 customers share
    `other`.

    Parameters
    ----------
    cells : pandas.Series
        The feature in the sample; missing is NaN or None.
    bad : ndarray of bool
        Whether each customer defaulted.
    is_numeric : bool
        Which of the two.
    specials : sequence of float, optional
        Numbers to give bins of their own; None to look for them.
    """
    return _numeric(cells, bad, specials) if is_numeric else _text(cells, bad)


@dataclass(frozen=True, slots=True)
class Totals:
    """Goods and bads of the whole sample, of which every bin is a part."""

    goods: float
    bads: float

    def bin(self, label: str, customers: float, defaults: float, expected: float | None = None) -> Bin:
        """Make a bin; an empty one says nothing either way.

        `expected` defaults, where given, make the weight instead of those counted.
        """
        counted = defaults if expected is None else expected
        weight = weight_of_evidence(customers - counted, counted, self.goods, self.bads) if customers else 0.0
        return Bin(label, int(customers), int(defaults), weight)


def number_labels(breaks: Sequence[float]) -> list[str]:
    """Name the bins of a number."""
    return [f"≤ {number_text(value)}" for value in breaks] + [
        f"> {number_text(breaks[-1])}" if breaks else "all"
    ]


def number_text(value: float) -> str:
    """Write a break as people do: no powers of ten, thousands parted.

    Examples
    --------
    >>> number_text(1025800.4), number_text(0.05249), number_text(692.0)
    ('1,025,800', '0.05249', '692')
    """
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"


def group_label(group: Sequence[str]) -> str:
    """Name a group by its first levels."""
    return " · ".join(group[:3]) + (" …" if len(group) > 3 else "")


def finished(binning: Binning) -> Binning:
    """Set the information value from the bins."""
    return replace(binning, information_value=information_value(binning.all_bins))


def _numeric(cells: pd.Series, bad: Flags, specials: Sequence[float] | None) -> Binning:
    numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    totals = Totals(float((~bad).sum()), float(bad.sum()))
    if specials is not None:
        return _with_specials(str(cells.name), numbers, bad, tuple(sorted(set(specials))), totals)[0]
    found, worth = _with_specials(str(cells.name), numbers, bad, (), totals)
    for _ in range(MOST_SPECIALS):
        options = [
            _with_specials(str(cells.name), numbers, bad, tuple(sorted({*found.specials, value})), totals)
            for value in _heaps(numbers)
            if value not in found.specials
        ]
        best = max(options, key=lambda option: option[1], default=(found, worth))
        if best[1] <= worth:
            break
        found, worth = best
    return found


def _heaps(numbers: Floats) -> list[float]:
    """List values a twentieth of customers share, when they are not all there is."""
    values, counts = np.unique(numbers[~np.isnan(numbers)], return_counts=True)
    if len(values) <= MOST_SPECIALS + 2:
        return []
    return [float(value) for value in values[counts >= HEAP_SHARE * len(numbers)][:10]]


def _with_specials(
    name: str, numbers: Floats, bad: Flags, specials: tuple[float, ...], totals: Totals
) -> tuple[Binning, float]:
    """Bin with given specials; gives the information value less the toll on bins, too."""
    toll = CHANCE_TIMES * (1.0 / max(totals.goods, 1.0) + 1.0 / max(totals.bads, 1.0))
    own = np.isin(numbers, specials)
    rest = ~np.isnan(numbers) & ~own
    edges, counts, bads = _fine(numbers[rest], bad[rest])
    options = [
        best_partition(counts, bads, smallest=SMALLEST_SHARE * len(numbers), sign=sign) for sign in (1, -1)
    ]
    ends = max(options, key=lambda option: option[1])[0]
    breaks = tuple(float(edges[end]) for end in ends[:-1])
    place = np.searchsorted(np.array(breaks), numbers, side="left")
    bins = tuple(
        totals.bin(label, float((rest & (place == at)).sum()), float(bad[rest & (place == at)].sum()))
        for at, label in enumerate(number_labels(breaks))
    )
    special_bins = tuple(
        totals.bin(
            f"= {number_text(value)}", float((numbers == value).sum()), float(bad[numbers == value].sum())
        )
        for value in specials
    )
    fine = tuple(
        FineBin(float(edges[at]) if at < len(counts) - 1 else None, "", int(counts[at]), int(bads[at]))
        for at in range(len(counts))
    )
    is_missing = np.isnan(numbers)
    missing = totals.bin("missing", float(is_missing.sum()), float(bad[is_missing].sum()))
    binning = finished(
        Binning(
            name,
            True,
            breaks,
            (),
            specials,
            bins,
            special_bins,
            totals.bin("other", 0, 0),
            missing,
            0.0,
            fine,
        )
    )
    return binning, binning.information_value - toll * (len(bins) + len(specials))


def _fine(numbers: Floats, bad: Flags) -> tuple[Floats, Floats, Floats]:
    """Cut numbers at about 30 quantiles: upper edges, customers and defaults."""
    if numbers.size == 0:
        return np.empty(0), np.empty(0), np.empty(0)
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, PREBINS + 1)[1:], method="lower"))
    edges[-1] = numbers.max()
    place = np.searchsorted(edges, numbers, side="left")
    counts = np.bincount(place, minlength=len(edges)).astype(np.float64)
    bads = np.bincount(place, weights=bad.astype(np.float64), minlength=len(edges)).astype(np.float64)
    kept = counts > 0
    return edges[kept], counts[kept], bads[kept]


def _text(cells: pd.Series, bad: Flags) -> Binning:
    known = cells.notna().to_numpy()
    totals = Totals(float((~bad).sum()), float(bad.sum()))
    table = pd.DataFrame({"level": cells[known].astype(str).to_numpy(), "bad": bad[known]})
    levels = table.groupby("level")["bad"].agg(["size", "sum"]).astype(np.float64)
    sizes, hits = levels["size"].to_numpy(), levels["sum"].to_numpy()
    # As many levels as bins: each speaks for itself. More: they are joined by luck as well as by
    # risk, and the luck is taken out.
    rates = shrunken_rates(sizes, hits) if len(levels) > MOST_BINS else hits / np.maximum(sizes, 1.0)
    levels = levels.assign(rate=rates)
    frequent = levels[levels["size"] >= min(FEWEST_OF_A_LEVEL, SMALLEST_SHARE * len(bad))]
    ordered = frequent.reset_index().sort_values(["rate", "level"])
    sizes, expected = ordered["size"].to_numpy(), (ordered["size"] * ordered["rate"]).to_numpy()
    ends, _ = best_partition(sizes, expected, smallest=min(SMALLEST_SHARE * len(bad), sizes.sum()), sign=1)
    starts = [0, *(end + 1 for end in ends[:-1])] if ends else []
    groups, bins = [], []
    for start, end in zip(starts, ends, strict=True):
        part = ordered.iloc[start : end + 1]
        group = tuple(
            str(level) for level in part.sort_values(["size", "level"], ascending=[False, True])["level"]
        )
        groups.append(group)
        # A level's own luck is taken out of the weight: what is expected of it, not what happened.
        hoped = float((part["size"] * part["rate"]).sum())
        bins.append(
            totals.bin(group_label(group), float(part["size"].sum()), float(part["sum"].sum()), hoped)
        )
    rare = levels[~levels.index.isin(frequent.index)]
    other = totals.bin(
        "other",
        float(rare["size"].sum()),
        float(rare["sum"].sum()),
        float((rare["size"] * rare["rate"]).sum()),
    )
    missing = totals.bin("missing", float((~known).sum()), float(bad[~known].sum()))
    shown = ordered.sort_values(["size", "level"], ascending=[False, True]).head(MOST_FINE_LEVELS)
    in_order = shown.sort_values(["rate", "level"])
    fine = tuple(
        FineBin(None, str(level), int(customers), int(defaults))
        for level, customers, defaults in zip(
            in_order["level"], in_order["size"], in_order["sum"], strict=True
        )
    )
    return finished(
        Binning(str(cells.name), False, (), tuple(groups), (), tuple(bins), (), other, missing, 0.0, fine)
    )
