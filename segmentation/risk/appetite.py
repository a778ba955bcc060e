"""Risk appetite: limits the board has set, how near the portfolio is to each, and what is left.

A limit is a row of `MEASURES`: how it is measured and what it means. Green below the early
warning, amber from there to the limit, red above it. The default limits are this project's
own assumption, except the 25 % of own funds a group of connected clients may be exposed to
(Basel Committee 2014, *Supervisory framework for measuring and controlling large exposures*,
§ 16, there of Tier 1 capital).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from data.errors import Problem
from segmentation.risk.checks import outside, refuse

Status = Literal["green", "amber", "red", "unknown"]

MEASURES: dict[str, float] = {
    "expected_loss_rate": 0.02,
    "capital_rate": 0.12,
    "default_share": 0.05,
    "high_risk_share": 0.15,
    "unknown_risk_share": 0.05,
    "top_20_share": 0.50,
    "industry_share": 0.30,
    "country_share": 0.80,
    "largest_group": 0.25,
}
"""Measure → default limit, a fraction: of exposure, the last one of own funds."""

HIGH_RISK = 0.08
"""12-month PD (fraction) from which an exposure counts as high risk: own assumption."""


@dataclass(frozen=True, slots=True)
class Appetite:
    """The limits in force.

    Attributes
    ----------
    limits : mapping of str to float
        One a measure of `MEASURES`, a fraction.
    warning : float
        Share of a limit from which it is amber.
    own_funds : float or None
        Own funds in the portfolio's money, for the large-exposure limit; None when nobody
        has said.

    Examples
    --------
    >>> Appetite.from_dict(Appetite().to_dict()) == Appetite()
    True
    >>> Appetite(warning=1.5)
    Traceback (most recent call last):
    data.errors.ModelInvalid: warning: 1.5 is not between 0 and 1. Give a number in that range.
    """

    limits: Mapping[str, float] = field(default_factory=lambda: dict(MEASURES))
    warning: float = 0.8
    own_funds: float | None = None

    def __post_init__(self) -> None:
        problems = outside("warning", self.warning, 0, 1)
        for name, limit in self.limits.items():
            if name not in MEASURES:
                problems.append(Problem(name, "is no measure", f"Known: {', '.join(MEASURES)}."))
            problems += outside(name, limit, 0, 100)
        problems += [
            Problem(name, "has no limit", "Give one.") for name in MEASURES if name not in self.limits
        ]
        if self.own_funds is not None:
            problems += outside("own_funds", self.own_funds, 1e-9, 1e18)
        refuse(problems)

    def with_limit(self, measure: str, limit: float) -> Appetite:
        """Give the appetite with one limit changed."""
        return replace(self, limits={**self.limits, measure: limit})

    def to_dict(self) -> dict[str, object]:
        """Give the appetite as plain JSON types."""
        return asdict(self) | {"limits": dict(self.limits)}

    @classmethod
    def from_dict(cls, written: Mapping[str, object]) -> Appetite:
        """Read the appetite back."""
        return cls(**written)  # type: ignore[arg-type]  # __post_init__ checks the values


@dataclass(frozen=True, slots=True)
class Reading:
    """One limit and where the portfolio stands.

    Attributes
    ----------
    measure : str
        Key of `MEASURES`.
    value : float or None
        Fraction; None when it can't be said.
    limit : float
        Fraction.
    status : str
        ``green``, ``amber``, ``red`` or ``unknown``.
    headroom : float or None
        Limit − value; below 0 is the breach.
    what : str
        Who holds the largest part, where the measure speaks of one; may be hostile text.
    """

    measure: str
    value: float | None
    limit: float
    status: Status
    headroom: float | None
    what: str = ""


def readings(
    appetite: Appetite, values: Mapping[str, float | None], names: Mapping[str, str] | None = None
) -> tuple[Reading, ...]:
    """Hold each measure against its limit.

    Examples
    --------
    >>> found = readings(Appetite(), {"expected_loss_rate": 0.017, "top_20_share": 0.6})
    >>> [(reading.measure, reading.status) for reading in found[:1]], found[5].status
    ([('expected_loss_rate', 'amber')], 'red')
    """
    found = []
    for measure in MEASURES:
        value, limit = values.get(measure), appetite.limits[measure]
        headroom = None if value is None else limit - value
        found.append(
            Reading(measure, value, limit, _status(value, limit, appetite.warning), headroom,
                    (names or {}).get(measure, ""))
        )  # fmt: skip
    return tuple(found)


def _status(value: float | None, limit: float, warning: float) -> Status:
    if value is None:
        return "unknown"
    if value > limit:
        return "red"
    return "amber" if value > warning * limit else "green"
