"""The master scale people read: ten grades, each a stretch of the risk ladder.

Grades are cut at rungs of the ladder, so that a customer's grade follows from its risk step
alone. The cuts are this project's own assumption: even stretches of a ladder whose rungs are
evenly spaced in log PD, as lenders' master scales are.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from segmentation.frame import Frame
from segmentation.risk.ladder import UNKNOWN_STEP, bound

TOP_RUNGS = (12, 19, 25, 31, 36, 41, 46, 51, 56, 63)
"""Highest rung of each grade, best first: PDs up to about 0.14, 0.35, 0.74, 1.6, 3.1, 5.8, 11, 21, 40, 100 %."""
DEFAULT_GRADE = "D"
UNKNOWN_GRADE = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade: its name and the PDs (fractions) it spans, the lower bound not included."""

    name: str
    low: float
    high: float


GRADES: tuple[Grade, ...] = tuple(
    Grade(f"G{place + 1:02d}", 0.0 if place == 0 else bound(TOP_RUNGS[place - 1]), bound(top))
    for place, top in enumerate(TOP_RUNGS)
)


def grade_of(probability_of_default: float) -> Grade:
    """Give the grade of a 12-month PD (fraction).

    Examples
    --------
    >>> grade_of(0.01).name, grade_of(0.0).name, grade_of(1.0).name
    ('G04', 'G01', 'G10')
    """
    return next(grade for grade in GRADES if probability_of_default <= grade.high)


def with_grade(frame: Frame, into: str = "grade") -> Frame:
    """Add the grade by `risk_step`; `D` for who is in default, empty where the PD is unknown.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select 12 as risk_step, false as is_defaulted"))
    >>> with_grade(frame).collect()["grade"][0]
    'G01'
    """
    step = nw.col("risk_step")
    grade = nw.lit(GRADES[-1].name)
    for place in range(len(TOP_RUNGS) - 2, -1, -1):
        grade = nw.when(step <= TOP_RUNGS[place]).then(nw.lit(GRADES[place].name)).otherwise(grade)
    return frame.with_columns(
        nw.when(nw.col("is_defaulted")).then(nw.lit(DEFAULT_GRADE))
        .when(step == UNKNOWN_STEP).then(nw.lit(UNKNOWN_GRADE))
        .otherwise(grade).alias(into)
    )  # fmt: skip
