"""How a risk setting refuses a value it can't work with: all problems shown together."""

from __future__ import annotations

from collections.abc import Iterable

from data.errors import ModelInvalid, Problem


def refuse(problems: Iterable[Problem]) -> None:
    """Raise when there is any problem.

    Raises
    ------
    ModelInvalid
        With one sentence for each problem.
    """
    found = list(problems)
    if found:
        raise ModelInvalid.from_problems(found)


def outside(name: str, value: float, low: float, high: float) -> list[Problem]:
    """Give the problem of a number outside its range, or none.

    Examples
    --------
    >>> outside("credit_conversion_factor", 0.4, 0, 1)
    []
    >>> outside("credit_conversion_factor", 40, 0, 1)[0].sentence()
    'credit_conversion_factor: 40 is not between 0 and 1. Give a number in that range.'
    """
    if low <= value <= high:
        return []
    return [Problem(name, f"{value} is not between {low} and {high}", "Give a number in that range.")]
