"""A scoring model: everything that turns a row into its figures, as one frozen record.

Written as one JSON file. It is fitted once, on a sample (`segmentation.fit`); a new snapshot,
an applicant or a what-if is scored by the model in force, row by row (`segmentation.score`),
so nobody's score moves because others arrived.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from data.contract import BY_NAME, Kind, KnownWhen, Personal, Role
from data.errors import ModelInvalid, Problem
from data.identity import content_hash
from segmentation.clustering.model import SegmentModel
from segmentation.feature_choice import ColumnTraits
from segmentation.returns.ratios import ReturnsSettings
from segmentation.risk.capital import CapitalSettings
from segmentation.risk.exposure import ExposureSettings
from segmentation.risk.hazard import HazardModel
from segmentation.risk.ladder import LADDER
from segmentation.risk.loss import LossTable
from segmentation.risk.probability import ProbabilitySettings
from segmentation.scorecard.fit import Scorecard
from segmentation.scorecard.horizon import Horizon
from segmentation.value import ValueReference
from segmentation.value_weights import EQUAL, ValueWeights

VERSION = 2
DEFAULT_CLUSTERS = 5


@dataclass(frozen=True, slots=True)
class PortfolioColumn:
    """A column as this portfolio has it: the contract's facts, or an extra column's.

    Attributes
    ----------
    name, header : str
        In the portfolio, and in its source.
    kind, role, personal, known_when
        As in the contract; extra columns have the role `custom`.
    """

    name: str
    header: str
    kind: Kind
    role: Role = "custom"
    personal: Personal = "none"
    known_when: KnownWhen = "application"

    @property
    def traits(self) -> ColumnTraits:
        """What decides whether it may be a feature."""
        return ColumnTraits(self.kind, self.role, self.personal, self.known_when)


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What a person may choose before a model is fitted.

    Attributes
    ----------
    clusters : int or None
        Segments asked for; None for `DEFAULT_CLUSTERS`: the best silhouette often says two, which
        tells nobody anything, so it is only shown as a suggestion.
    features : tuple of str or None
        Columns of the segments; None for the first choice.
    feature_weights : dict
        Weight of a feature, 1 when not named.
    scorecard_features : tuple of str or None
        Columns of the scorecard; None for all that may enter.
    accepted : frozenset of str
        Features accepted although the leak guard refuses them, or because a person says that an
        extra column that looks late is known in time; names or headers.
    seed : int
        Of everything random.
    horizon_months : float or None
        Months the outcome covers, when a person knows.
    as_of : datetime.date or None
        Fit as if today were this day: what came later is not used, and outcomes are those
        of a performance window.
    window_months : int or None
        Length of that window; None for 36 with `as_of`, and for the flag as it is without.
    returns : ReturnsSettings
        Assumed prices.
    weights : ValueWeights
        How much each component and input of the value score counts, and which way is better.
    reference : ValueReference or None
        The value score's scale to go on with; None takes one from the portfolio.
    """

    clusters: int | None = None
    features: tuple[str, ...] | None = None
    feature_weights: dict[str, float] = field(default_factory=dict)
    scorecard_features: tuple[str, ...] | None = None
    accepted: frozenset[str] = frozenset()
    seed: int = 0
    horizon_months: float | None = None
    as_of: date | None = None
    window_months: int | None = None
    returns: ReturnsSettings = field(default_factory=ReturnsSettings)
    weights: ValueWeights = EQUAL
    reference: ValueReference | None = None


@dataclass(frozen=True, slots=True)
class ScoringModel:
    """Everything that turns a row into its figures.

    Attributes
    ----------
    columns : tuple of PortfolioColumn
        What the portfolio it was fitted on had.
    mapping : dict
        How its source was read; a second file is read the same way.
    currency : str or None
        Code of the amounts where no column says it.
    exposure, probability, capital, returns
        Settings of the formulas.
    loss_table : LossTable
        Observed losses by group.
    scorecard : Scorecard or None
        None when outcomes do not carry one.
    horizon : Horizon
        Months the outcome covered.
    hazard : HazardModel or None
        When customers default, where outcomes are dated; it replaces the horizon's conversion.
    reference : ValueReference
        Frozen scale of the value score.
    segments : SegmentModel
        Frozen segments.
    quality, refused, flagged
        What the fit said of itself, as plain values.
    seed : int
        Of everything random.
    """

    columns: tuple[PortfolioColumn, ...]
    mapping: dict[str, Any]  # Any: plain JSON
    currency: str | None
    exposure: ExposureSettings
    probability: ProbabilitySettings
    capital: CapitalSettings
    returns: ReturnsSettings
    loss_table: LossTable
    scorecard: Scorecard | None
    horizon: Horizon
    hazard: HazardModel | None
    reference: ValueReference
    segments: SegmentModel
    quality: dict[str, Any]  # Any: plain JSON
    refused: tuple[dict[str, Any], ...]  # Any: plain JSON
    flagged: tuple[dict[str, Any], ...]  # Any: plain JSON
    seed: int

    @property
    def identity(self) -> str:
        """Content hash of the model."""
        return content_hash(self.to_dict())

    def to_dict(self) -> dict[str, Any]:  # Any: plain JSON
        """Plain values for the JSON file."""
        return {
            "version": VERSION,
            "columns": [asdict(column) for column in self.columns],
            "mapping": self.mapping,
            "currency": self.currency,
            "exposure": self.exposure.to_dict(),
            "probability": self.probability.to_dict(),
            "capital": self.capital.to_dict(),
            "returns": self.returns.to_dict(),
            "loss_table": self.loss_table.to_dict(),
            "scorecard": self.scorecard.to_dict() if self.scorecard else None,
            "horizon": self.horizon.to_dict(),
            "hazard": self.hazard.to_dict() if self.hazard else None,
            "reference": self.reference.to_dict(),
            "segments": self.segments.to_dict(),
            "ladder": list(LADDER),
            "quality": self.quality,
            "refused": list(self.refused),
            "flagged": list(self.flagged),
            "seed": self.seed,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any], source: str = "the model") -> ScoringModel:  # Any: plain JSON
        """Read :meth:`to_dict`'s values.

        Raises
        ------
        ModelInvalid
            When it is no scoring model, or of another version or ladder.
        """
        if values.get("version") != VERSION:
            problem = Problem(source, f"is no scoring model of version {VERSION}", "Fit a model anew.")
            raise ModelInvalid.from_problems([problem])
        if values.get("ladder") != list(LADDER):
            problem = Problem(source, "was made on another risk ladder", "Fit a model anew.")
            raise ModelInvalid.from_problems([problem])
        try:
            return cls(
                columns=tuple(PortfolioColumn(**row) for row in values["columns"]),
                mapping=values["mapping"],
                currency=values["currency"],
                exposure=ExposureSettings.from_dict(values["exposure"]),
                probability=ProbabilitySettings.from_dict(values["probability"]),
                capital=CapitalSettings.from_dict(values["capital"]),
                returns=ReturnsSettings(**values["returns"]),
                loss_table=LossTable.from_dict(values["loss_table"]),
                scorecard=Scorecard.from_dict(values["scorecard"]) if values["scorecard"] else None,
                horizon=Horizon(**values["horizon"]),
                hazard=HazardModel.from_dict(values["hazard"]) if values["hazard"] else None,
                reference=ValueReference.from_dict(values["reference"]),
                segments=SegmentModel.from_dict(values["segments"]),
                quality=values["quality"],
                refused=tuple(values["refused"]),
                flagged=tuple(values["flagged"]),
                seed=values["seed"],
            )
        except (KeyError, TypeError, ValueError) as error:
            problem = Problem(source, f"a part is missing or odd ({error})", "Fit a model anew.")
            raise ModelInvalid.from_problems([problem]) from None


def portfolio_columns(
    kinds: dict[str, Kind],
    headers: dict[str, str],
    is_protected: Callable[[str], bool],
    is_late: Callable[[str], bool],
) -> tuple[PortfolioColumn, ...]:
    """Describe a portfolio's columns: the contract's facts, and for extra ones what their header or a person tells."""
    found = []
    for name, kind in kinds.items():
        header = headers.get(name, name)
        known = BY_NAME.get(name)
        if known is not None:
            found.append(PortfolioColumn(name, header, kind, known.role, known.personal, known.known_when))
        elif name.startswith("x_"):
            personal: Personal = "protected" if is_protected(header) else "none"
            found.append(
                PortfolioColumn(
                    name, header, kind, "custom", personal, "later" if is_late(header) else "application"
                )
            )
    return tuple(found)
