"""Which columns customers may be compared by, and which are a good first choice.

*May* a column be a feature (:func:`admissible_features`, every refusal with a
reason), and *which* to begin with when nobody has chosen
(:func:`default_features`). How a feature becomes a number is the business of
:mod:`segmentation.features`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from data.contract import Column, Kind, KnownWhen, Personal, Role
from segmentation.features import (
    RARE_SHARE,
    SHOWN_LEVELS,
    FeatureKind,
    FeatureSpec,
    Transform,
    as_plain,
    fit_features,
)
from segmentation.frame import Frame
from segmentation.sample import Fetch

MOST_FEATURES = 10
LEAST_COVERAGE = 0.5
MOST_LEVELS = 100
"""A text with more distinct values than this is free text, not a category."""
LEAST_SHOWN_SHARE = 0.5
"""A category is a good first choice when the levels that are shown cover half the customers."""
TWINS = 0.95
"""Two numbers correlated more than this say the same thing: the first choice takes one."""

ROLE_ORDER: tuple[Role, ...] = (
    "scale", "finance", "demography", "behaviour", "psychographic", "industry", "exposure", "pricing",
    "credit", "project", "geography", "custom",
)  # fmt: skip
"""The first choice takes one column of each role in turn, in this order."""


@dataclass(frozen=True, slots=True)
class ColumnTraits:
    """What decides whether a column may be a feature.

    Examples
    --------
    >>> from data.contract import column
    >>> ColumnTraits.of(column("age")).personal
    'protected'
    """

    kind: Kind
    role: Role
    personal: Personal = "none"
    known_when: KnownWhen = "application"

    @classmethod
    def of(cls, column: Column) -> ColumnTraits:
        """Read the traits off a column of the contract."""
        return cls(column.kind, column.role, column.personal, column.known_when)


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What the sample says of a column: share filled in, and distinct values."""

    coverage: float
    distinct: int


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a column may be a feature.

    Attributes
    ----------
    column : str
        Its name.
    kind : FeatureKind
        How it would be treated.
    role : Role
        Its role in the contract.
    reason : str or None
        None when admitted, else why not: a key of :data:`REFUSALS`, `empty`,
        `constant` or `free_text`.
    """

    column: str
    kind: FeatureKind
    role: Role
    reason: str | None

    @property
    def is_admitted(self) -> bool:
        """Whether it may be a feature."""
        return self.reason is None


REFUSALS: tuple[tuple[str, Mapping[str, frozenset[str]]], ...] = (
    ("outcome", {"role": frozenset({"outcome"})}),
    ("protected", {"personal": frozenset({"protected"})}),
    ("identifier", {"role": frozenset({"identity"}), "personal": frozenset({"identifier"})}),
    ("late_known", {"known_when": frozenset({"later", "after_default"})}),
    ("date", {"kind": frozenset({"date"})}),
)
"""Reason and the traits that lead to it; the first that fits is given."""


def column_facts(sample: Frame, names: Sequence[str], fetch: Fetch) -> dict[str, ColumnFacts]:
    """Count filled-in and distinct values of columns, in one scan of the sample.

    Examples
    --------
    >>> import duckdb
    >>> rows = nw.from_native(duckdb.sql("select * from (values ('a'), (null)) t(city)"))
    >>> column_facts(rows, ["city"], lambda frame: frame.to_native().df())
    {'city': ColumnFacts(coverage=0.5, distinct=1)}
    """
    if not names:
        return {}
    counted = fetch(
        sample.select(
            nw.len().alias("rows"),
            *(nw.col(name).count().alias(f"filled {at}") for at, name in enumerate(names)),
            # Narwhals counts null as a value of its own.
            *(nw.col(name).n_unique().alias(f"distinct {at}") for at, name in enumerate(names)),
        )
    ).iloc[0]
    rows = int(counted["rows"])

    def facts(at: int) -> ColumnFacts:
        filled = int(counted[f"filled {at}"])
        distinct = int(counted[f"distinct {at}"]) - (filled < rows)
        return ColumnFacts(filled / max(rows, 1), distinct)

    return {name: facts(at) for at, name in enumerate(names)}


def admissible_features(
    traits: Mapping[str, ColumnTraits], facts: Mapping[str, ColumnFacts]
) -> list[Admission]:
    """Say of each column whether it may be a feature, and if not, why.

    Outcomes, protected and identifying columns, whatever is known only later,
    dates and free text may not; empty and constant columns say nothing.

    Examples
    --------
    >>> from data.contract import column
    >>> names = ["annual_revenue", "defaulted"]
    >>> traits = {name: ColumnTraits.of(column(name)) for name in names}
    >>> admissions = admissible_features(traits, {name: ColumnFacts(1.0, 9) for name in names})
    >>> [(admission.column, admission.reason) for admission in admissions]
    [('annual_revenue', None), ('defaulted', 'outcome')]
    """
    return [
        Admission(name, _feature_kind(trait), trait.role, _refusal(trait, facts[name]))
        for name, trait in traits.items()
    ]


def may_be_feature(traits: ColumnTraits) -> bool:
    """Whether a column's traits allow it as a feature, whatever its cells hold.

    Examples
    --------
    >>> may_be_feature(ColumnTraits("text", "industry")), may_be_feature(ColumnTraits("date", "custom"))
    (True, False)
    """
    return _refusal(traits, ColumnFacts(1.0, 2)) is None


def _feature_kind(traits: ColumnTraits) -> FeatureKind:
    return "category" if traits.kind == "text" else "number"


def _refusal(traits: ColumnTraits, facts: ColumnFacts) -> str | None:
    for reason, wanted in REFUSALS:
        if any(getattr(traits, trait) in values for trait, values in wanted.items()):
            return reason
    if facts.distinct == 0:
        return "empty"
    if facts.distinct == 1:
        return "constant"
    if traits.kind == "text" and facts.distinct > MOST_LEVELS:
        return "free_text"
    return None


def feature_spec(column: str, traits: ColumnTraits, weight: float = 1.0) -> FeatureSpec:
    """Choose the usual transform of a column by its kind.

    Money and counts spread over orders of magnitude and are taken by logarithm.

    Examples
    --------
    >>> feature_spec("annual_revenue", ColumnTraits("money", "scale")).transform
    'log1p'
    >>> feature_spec("region", ColumnTraits("text", "geography")).transform
    'onehot'
    """
    kind = _feature_kind(traits)
    usual: Transform = "log1p" if traits.kind == "money" or traits.role == "scale" else "zscore"
    return FeatureSpec(column, kind, "onehot" if kind == "category" else usual, weight)


def default_features(
    admissions: Iterable[Admission],
    traits: Mapping[str, ColumnTraits],
    facts: Mapping[str, ColumnFacts],
    sample: Frame,
    fetch: Fetch,
) -> list[FeatureSpec]:
    """Choose up to ten informative features, each role in turn.

    Taken is what is admitted, filled in for half the customers or more, not
    (nearly) constant, and no twin of a number already taken (rank correlation
    above 0.95: limit and exposure, say, would count double).

    Parameters
    ----------
    admissions : iterable of Admission
        What :func:`admissible_features` gave.
    traits, facts : mapping by column
        What it was given.
    sample : Frame
        The portfolio or a seeded sample of it.
    fetch : Fetch
        Runs a lazy frame.
    """
    filled = [x for x in admissions if x.is_admitted and facts[x.column].coverage >= LEAST_COVERAGE]
    specs = {entry.column: feature_spec(entry.column, traits[entry.column]) for entry in filled}
    silent = {column for column, _ in fit_features(sample, list(specs.values()), fetch).dropped}
    telling = [entry for entry in filled if entry.column not in silent]
    if not telling:
        return []
    names = [entry.column for entry in telling]
    rows = fetch(sample.select(as_plain(specs[name]).alias(f"c{at}") for at, name in enumerate(names)))
    rows.columns = pd.Index(names)
    ranks = rows[[entry.column for entry in telling if entry.kind == "number"]].rank()
    chosen: list[str] = []
    for entry in _by_role_in_turn(telling):
        is_clear = entry.kind == "number" or _is_category(rows[entry.column])
        if is_clear and len(chosen) < MOST_FEATURES and not _has_twin(entry.column, chosen, ranks):
            chosen.append(entry.column)
    return [specs[name] for name in chosen]


def _is_category(values: pd.Series) -> bool:
    """Whether the levels that would be shown cover enough customers."""
    shown = values.value_counts(normalize=True, dropna=False).head(SHOWN_LEVELS)
    return float(shown[shown >= RARE_SHARE].sum()) >= LEAST_SHOWN_SHARE


def _by_role_in_turn(admissions: Sequence[Admission]) -> list[Admission]:
    """Take the first column of each role, then the second of each, and so on."""
    places: dict[Role, int] = {}
    keyed = []
    for admission in admissions:
        turn = places[admission.role] = places.get(admission.role, -1) + 1
        keyed.append(((turn, ROLE_ORDER.index(admission.role)), admission))
    return [admission for _, admission in sorted(keyed, key=lambda pair: pair[0])]


def _has_twin(column: str, chosen: Sequence[str], ranks: pd.DataFrame) -> bool:
    """Whether a number already chosen rises and falls with this one."""
    if column not in ranks:
        return False
    others = [name for name in chosen if name in ranks]
    return any(abs(ranks[column].corr(ranks[name])) > TWINS for name in others)
