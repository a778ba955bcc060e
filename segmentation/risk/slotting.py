"""Project finance without a PD: supervisory slots, their weights and expected losses.

A lender that can give a probability of default or a rating for a project uses it; one
that can't puts the project into one of five slots (Basel framework, CRE33).
Basel describes the slots in words and gives no cut-offs: the rules by which a slot is
derived here are this project's own assumption, visible in `DERIVATION` and
`BEST_SLOT_OF_PHASE`, and marked by `slotting_source`.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from segmentation.frame import Frame, look_up, tidy_text, without

SENIOR_LOSS_GIVEN_DEFAULT = 0.45
"""LGD (fraction) behind the expected losses of the slots: EL / 0.45 is their PD."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of the supervisory table.

    Attributes
    ----------
    grade : str
        Name of the slot, best first.
    risk_weight : float
        Fraction of exposure (CRE33, project finance); 0 in default, where the loss itself counts.
    expected_loss_rate : float
        Fraction of exposure at default (CRE33).
    """

    grade: str
    risk_weight: float
    expected_loss_rate: float

    @property
    def probability_of_default(self) -> float:
        """The 12-month probability the slot stands for on the risk ladder; 1 in default.

        Examples
        --------
        >>> round(SLOTS[0].probability_of_default, 6)
        0.008889
        """
        return 1.0 if self.grade == "default" else self.expected_loss_rate / SENIOR_LOSS_GIVEN_DEFAULT

    @property
    def loss_given_default(self) -> float:
        """What makes PD · LGD the slot's expected loss: 45 %, in default 50 %."""
        return self.expected_loss_rate if self.grade == "default" else SENIOR_LOSS_GIVEN_DEFAULT


SLOTS: tuple[Slot, ...] = (
    Slot("strong", 0.70, 0.004),
    Slot("good", 0.90, 0.008),
    Slot("satisfactory", 1.15, 0.028),
    Slot("weak", 2.50, 0.08),
    Slot("default", 0.00, 0.50),
)
GRADES: tuple[str, ...] = tuple(slot.grade for slot in SLOTS)


@dataclass(frozen=True, slots=True)
class CoverRule:
    """The least cover ratio (`dscr` or `llcr`) a project needs for each of the three best slots."""

    column: str
    strong: float
    good: float
    satisfactory: float

    def slot(self) -> nw.Expr:
        """Give the number of the slot the ratio alone allows: 0 strong … 3 weak; null without the ratio."""
        ratio = nw.col(self.column)
        return (
            nw.when(ratio >= self.strong).then(nw.lit(0))
            .when(ratio >= self.good).then(nw.lit(1))
            .when(ratio >= self.satisfactory).then(nw.lit(2))
            .when(ratio < self.satisfactory).then(nw.lit(3))
        )  # fmt: skip


DERIVATION: tuple[CoverRule, ...] = (
    CoverRule("dscr", strong=1.60, good=1.35, satisfactory=1.15),
    CoverRule("llcr", strong=1.80, good=1.50, satisfactory=1.25),
)
"""Own assumption: the worst of the ratios known decides."""

BEST_SLOT_OF_PHASE: dict[str, str] = {
    "operation": "strong",
    "construction": "good",
    "development": "satisfactory",
}
"""Own assumption: what is not built yet can't be the best."""

SLOT_WITHOUT_RATIO = "satisfactory"
"""Own assumption: a phase is known but no cover ratio."""

PERSONAL_CLASSES = ("retail", "hnw")


def with_slotting_grade(frame: Frame) -> Frame:
    """Fill `slotting_grade` for projects and add `slotting_source` (given | derived | none).

    A grade given is kept. Else a customer is a project when a project sector, a project
    phase or a loan life cover is known and it is no person; its slot is the worst that its
    cover ratios and its phase allow. With neither ratio nor phase there is no slot. A debt
    service cover alone makes no project: ordinary firms report one too.

    A derived slot gives way to a PD or a rating in `with_probability`.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 1.7::double dscr, null::double llcr, 'construction' project_phase, 'wind' project_sector,"
    ...     " null::varchar slotting_grade, null::varchar customer_class"))
    >>> with_slotting_grade(frame).select("slotting_grade", "slotting_source").collect().row(0)
    ('good', 'derived')
    """
    given, phase = tidy_text(nw.col("slotting_grade")), tidy_text(nw.col("project_phase"))
    is_project = ~(
        nw.col("project_phase").is_null() & nw.col("project_sector").is_null() & nw.col("llcr").is_null()
    ) & ~tidy_text(nw.col("customer_class")).is_in(PERSONAL_CLASSES).fill_null(False)
    best_slots = {known: GRADES.index(grade) for known, grade in BEST_SLOT_OF_PHASE.items()}
    staged = (
        frame.with_columns(
            nw.when(given.is_in(GRADES)).then(given).alias("_given"),
            nw.max_horizontal(*(rule.slot() for rule in DERIVATION)).cast(nw.Int64).alias("_of_ratios"),
            look_up(phase, best_slots, nw.Int64).alias("_of_phase"),
        )
        .with_columns(
            nw.when(nw.col("_of_ratios").is_null() & ~nw.col("_of_phase").is_null())
            .then(nw.lit(GRADES.index(SLOT_WITHOUT_RATIO)))
            .otherwise(nw.col("_of_ratios"))
            .alias("_of_ratios")
        )
        .with_columns(nw.when(is_project).then(nw.max_horizontal("_of_ratios", "_of_phase")).alias("_slot"))
        .with_columns(
            nw.when(~nw.col("_given").is_null()).then(nw.lit("given"))
            .when(~nw.col("_slot").is_null()).then(nw.lit("derived"))
            .otherwise(nw.lit("none")).alias("slotting_source"),
            nw.coalesce(nw.col("_given"), look_up(nw.col("_slot"), dict(enumerate(GRADES)), nw.String)).alias("slotting_grade"),
        )
    )  # fmt: skip
    return without(staged, ["_given", "_of_ratios", "_of_phase", "_slot"])


def slot_value(attribute: str) -> nw.Expr:
    """Look a figure of the customer's slot up; null outside slotting.

    Parameters
    ----------
    attribute : str
        An attribute of `Slot` that is a number, such as `"risk_weight"`.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select 'weak' as slotting_grade"))
    >>> frame.select(slot_value("risk_weight")).collect().item()
    2.5
    """
    return look_up(nw.col("slotting_grade"), {slot.grade: getattr(slot, attribute) for slot in SLOTS})
