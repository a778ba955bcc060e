"""What one column of the portfolio contract says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "number", "money", "rate", "share", "date", "flag"]
Role = Literal[
    "identity", "geography", "demography", "psychographic", "behaviour", "industry", "scale", "finance",
    "credit", "exposure", "pricing", "outcome", "project", "custom",
]  # fmt: skip
Aggregate = Literal["sum", "exposure_weighted_mean", "max", "min", "any", "first", "last"]
Personal = Literal["none", "identifier", "personal", "protected"]
KnownWhen = Literal["application", "booking", "later", "after_default"]
Direction = Literal["up", "down"]

NUMERIC_KINDS: frozenset[Kind] = frozenset({"integer", "number", "money", "rate", "share"})


@dataclass(frozen=True, slots=True)
class Column:
    """One row of the contract.

    Attributes
    ----------
    name : str
        Canonical name, whole words.
    kind : Kind
        Type of the value; `rate` and `share` are fractions (0.05 is 5 %).
    role : Role
        What the column tells of the customer.
    label_en, label_zh : str
        What people read.
    meaning : str
        One sentence.
    unit : str
        Unit of a number; empty for text, dates and flags.
    minimum, maximum : float or None
        Plausible range; None is open.
    direction : int
        +1 when more is better for value, −1 when less is, 0 when neither.
    aggregate : Aggregate
        How facilities of one customer become one value.
    personal : Personal
        Personal-data class; `protected` never enters price, tier or limit.
    known_when : KnownWhen
        Earliest moment the value can be known; only `application` and
        `booking` may predict default.
    synonyms : tuple of str
        Other headers, English and Chinese.
    lost_en, lost_zh : str
        What is lost when the column is absent; empty when nothing is.
    levels : tuple of str
        The closed vocabulary, when there is one.
    actionable : Direction or None
        Which way a customer can move the value by what it does from now on; None for what
        is given: identity, protected facts, history, outcomes, and the lender's own judgement.
    reach : float or None
        How far within about a year, as a share of the value itself; None is to the end of
        the range. Own assumptions, visible wherever a change is proposed.
    reach_of : str
        Column whose value the reach is a share of, when not the column's own.
    """

    name: str
    kind: Kind
    role: Role
    label_en: str
    label_zh: str
    meaning: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    direction: int = 0
    aggregate: Aggregate = "first"
    personal: Personal = "none"
    known_when: KnownWhen = "application"
    synonyms: tuple[str, ...] = ()
    lost_en: str = ""
    lost_zh: str = ""
    levels: tuple[str, ...] = ()
    actionable: Direction | None = None
    reach: float | None = None
    reach_of: str = ""

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers."""
        return self.kind in NUMERIC_KINDS
