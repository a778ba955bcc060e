"""Master scales: the probability of default a rating stands for.

All of them are this project's own assumption, shown as such beside every figure that
rests on one. Agency grades carry round-the-cycle one-year rates that rise from grade to
grade in the order of magnitude agencies report for corporates; they were not taken from
one published table and must not be quoted as one. None lies below 0.03 %, the foot of the
risk ladder. Moody's grades stand beside the like-named ones of S&P and Fitch.

Numbers 1–10 and the letters A–G are equal slices of the risk ladder, 1 or A the best. A
lender with a scale of its own gives PDs, or its own master scale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import narwhals as nw

from segmentation.frame import look_up, tidy_text
from segmentation.risk.ladder import LOWEST_BOUND, STEPS, bound


@dataclass(frozen=True, slots=True)
class AgencyGrade:
    """One grade with its names (S&P and Fitch, Moody's) and the one-year rate assumed for it, in percent."""

    names: tuple[str, ...]
    default_rate_percent: float

    @property
    def probability_of_default(self) -> float:
        """The rate as a fraction, not below the foot of the ladder."""
        return max(self.default_rate_percent / 100, LOWEST_BOUND)


AGENCY_GRADES: tuple[AgencyGrade, ...] = (
    AgencyGrade(("aaa",), 0.00),
    AgencyGrade(("aa+", "aa1"), 0.00),
    AgencyGrade(("aa", "aa2"), 0.01),
    AgencyGrade(("aa-", "aa3"), 0.02),
    AgencyGrade(("a+", "a1"), 0.04),
    AgencyGrade(("a", "a2"), 0.05),
    AgencyGrade(("a-", "a3"), 0.07),
    AgencyGrade(("bbb+", "baa1"), 0.12),
    AgencyGrade(("bbb", "baa", "baa2"), 0.21),
    AgencyGrade(("bbb-", "baa3"), 0.25),
    AgencyGrade(("bb+", "ba1"), 0.49),
    AgencyGrade(("bb", "ba", "ba2"), 0.70),
    AgencyGrade(("bb-", "ba3"), 1.19),
    AgencyGrade(("b+", "b1"), 2.08),
    AgencyGrade(("b", "b2"), 5.85),
    AgencyGrade(("b-", "b3"), 8.77),
    AgencyGrade(("ccc+", "ccc", "ccc-", "cc+", "cc", "cc-", "c", "caa", "caa1", "caa2", "caa3", "ca"), 24.34),
    AgencyGrade(("d", "sd", "rd", "default"), 100.0),
)

AGENCY_SCALE: dict[str, float] = {
    name: grade.probability_of_default for grade in AGENCY_GRADES for name in grade.names
}


def _equal_slices(names: Iterable[str]) -> dict[str, float]:
    """Spread grades over the ladder: each the middle of its slice."""
    listed = list(names)
    width = STEPS / len(listed)
    return {name: bound(int(width * (place + 0.5))) for place, name in enumerate(listed)}


NUMBER_SCALE: dict[str, float] = _equal_slices(str(number) for number in range(1, 11))
LETTER_SCALE: dict[str, float] = _equal_slices("abcdefg")
DEFAULT_MASTER_SCALE: dict[str, float] = AGENCY_SCALE | NUMBER_SCALE


def tidy_rating(text: str) -> str:
    """Bring a rating into the form a master scale is keyed by.

    Examples
    --------
    >>> tidy_rating(" BBB +"), tidy_rating("5.0"), tidy_rating("A−")
    ('bbb+', '5', 'a-')
    """
    return re.sub(r"\.0$", "", re.sub(r"\s+", "", text.lower()).replace("−", "-"))


def master_scale_for(levels: Iterable[str]) -> Mapping[str, float]:
    """Choose the scale that fits the ratings a portfolio uses, once, when a model is fitted.

    Single letters up to E, F or G are no agency scale (its D is default, its C the edge of
    it), and numbers above 10 are no ten-grade scale; a wrong scale would be worse than none.

    Parameters
    ----------
    levels : iterable of str
        Distinct texts of the rating column.

    Returns
    -------
    mapping of str to float
        Tidy rating to 12-month probability (fraction); ratings not in it are unknown.

    Examples
    --------
    >>> master_scale_for(["AA+", "BBB"])["bbb"]
    0.0021
    >>> "d" in master_scale_for(["1", "2", "3", "D"]), "700" in master_scale_for(["700", "640"])
    (True, False)
    >>> master_scale_for(["A", "B", "C", "D", "E"])["d"] < 0.05
    True
    """
    present = {tidy_rating(level) for level in levels}
    if present & {"e", "f", "g"}:
        return LETTER_SCALE
    numbers = {level for level in present if level.replace(".", "", 1).isdecimal()}
    return DEFAULT_MASTER_SCALE if numbers <= NUMBER_SCALE.keys() else AGENCY_SCALE


def rated(rating: nw.Expr, master_scale: Mapping[str, float]) -> nw.Expr:
    """Look a rating up, under each spelling `tidy_rating` would bring to the same key; null when unknown.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select ' BBB −' as rating"))
    >>> frame.select(rated(nw.col("rating"), {"bbb-": 0.0025})).collect().item()
    0.0025
    """
    scale = dict(master_scale)
    scale |= {name.replace("-", "−"): value for name, value in scale.items()}
    scale |= {f"{name}.0": value for name, value in scale.items() if name.isdecimal()}
    return look_up(tidy_text(rating), scale)
