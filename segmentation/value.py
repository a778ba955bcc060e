"""Customer value analysis: one score from 0 to 100, by a frozen reference.

Four components: what a customer earns us (contribution), can carry
(repayment capacity), how it behaves (credit conduct), how near it stands
(loyalty). Each rests on inputs, the rows of :mod:`segmentation.value_inputs`. An input becomes
the share of the *reference* customers it beats, by a curve fitted once
(:mod:`segmentation.ecdf`), so a score does not move because other customers
arrived, and a recession lowers scores instead of hiding in a percentile.

Probability of default enters three times and that is meant: through expected
loss in the profit, as an input of conduct, and through the gates of the
policy. Protected columns are not among the inputs.

The score can't say what a customer *will* earn over its life (that is the
customer lifetime value) and is no probability of anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import narwhals as nw
import numpy as np

from data.errors import ModelInvalid, Problem
from segmentation.ecdf import MidRankCurve, fit_curve, on_curve, read_curve
from segmentation.frame import Frame, without
from segmentation.sample import Fetch, Matrix, as_matrix
from segmentation.value_inputs import COMPONENTS, INPUT_BY_KEY, Component, ValueInput
from segmentation.value_weights import (
    EQUAL,
    ValueWeights,
    direction_of,
    direction_problems,
    effective_weights,
    weight_of,
)

LEAST_KNOWN = 0.01
"""An input known for fewer customers than one in a hundred counts as absent."""
STEPS_A_POINT = 2
TOP_STEP = 200
NEUTRAL = 50.0
"""Score of everybody when the portfolio has no input at all: the middle, with coverage 0."""


@dataclass(frozen=True, slots=True)
class ReferenceInput:
    """One input as frozen: its curve, direction, weight and the median's percentage.

    Attributes
    ----------
    key : str
        Row of :data:`VALUE_INPUTS`.
    component : Component
        Where it counts.
    direction : int
        +1 or −1; may differ from its row's where that is open.
    weight : float
        Share of the whole score, all inputs together 1.
    median_percent : float
        What a customer gets whose value is missing, direction applied.
    share_known : float
        Share of the reference that had a value.
    curve : MidRankCurve
        Value to percentage, before direction.
    """

    key: str
    component: Component
    direction: int
    weight: float
    median_percent: float
    share_known: float
    curve: MidRankCurve

    @property
    def is_turned(self) -> bool:
        """Whether a person has turned its direction round."""
        return self.direction != INPUT_BY_KEY[self.key].direction

    def percent_of(self, value: float) -> float:
        """Share (0–100) of the reference a value beats, direction applied."""
        return directed(read_curve(value, self.curve), self.direction)

    def to_dict(self) -> dict[str, object]:
        """Write as plain JSON types."""
        return {
            "key": self.key,
            "component": self.component,
            "direction": self.direction,
            "weight": self.weight,
            "median_percent": self.median_percent,
            "share_known": self.share_known,
            "curve": self.curve.to_dict(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> ReferenceInput:  # Any: parsed JSON
        """Read what :meth:`to_dict` wrote."""
        return cls(**{**stored, "curve": MidRankCurve.from_dict(stored["curve"])})


@dataclass(frozen=True, slots=True)
class ValueReference:
    """The frozen scale of the value score.

    Attributes
    ----------
    inputs : tuple of ReferenceInput
        Inputs in use.
    absent : tuple of (str, str)
        Inputs left out, with the reason: `missing` (known for fewer than one
        in a hundred), `constant` (the same for everybody), `weight` (weighs 0).
    customers : int
        Customers in the reference.
    baseline : str
        Identity of the snapshot it was taken from; empty when unknown.
    as_of : str
        That snapshot's date (ISO); empty when it has none.
    """

    inputs: tuple[ReferenceInput, ...]
    absent: tuple[tuple[str, str], ...]
    customers: int
    baseline: str = ""
    as_of: str = ""

    @property
    def active(self) -> tuple[ReferenceInput, ...]:
        """Inputs that count: an input weighing 0 keeps its curve, so that it can come back."""
        return tuple(entry for entry in self.inputs if entry.weight > 0)

    @property
    def components(self) -> tuple[Component, ...]:
        """Components in use, in their fixed order."""
        used = {entry.component for entry in self.active}
        return tuple(name for name in COMPONENTS if name in used)

    @property
    def absent_components(self) -> tuple[Component, ...]:
        """Components renormalised away."""
        return tuple(name for name in COMPONENTS if name not in self.components)

    def to_dict(self) -> dict[str, object]:
        """Write as plain JSON types."""
        return {
            "inputs": [entry.to_dict() for entry in self.inputs],
            "absent": [list(pair) for pair in self.absent],
            "customers": self.customers,
            "baseline": self.baseline,
            "as_of": self.as_of,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> ValueReference:  # Any: parsed JSON
        """Read what :meth:`to_dict` wrote; a model of a later version is refused.

        Raises
        ------
        ModelInvalid
            When the reference names an input this version does not know, or turns one that is closed.
        """
        unknown = [entry["key"] for entry in stored["inputs"] if entry["key"] not in INPUT_BY_KEY]
        if unknown:
            raise ModelInvalid.from_problems(
                [Problem("value reference", f"unknown input “{key}”", "Fit it anew.") for key in unknown]
            )
        problems = direction_problems({entry["key"]: entry["direction"] for entry in stored["inputs"]})
        if problems:
            raise ModelInvalid.from_problems(problems)
        return cls(
            inputs=tuple(ReferenceInput.from_dict(entry) for entry in stored["inputs"]),
            absent=tuple((key, reason) for key, reason in stored["absent"]),
            customers=stored["customers"],
            baseline=stored.get("baseline", ""),
            as_of=stored.get("as_of", ""),
        )


def fit_value_reference(sample: Frame, fetch: Fetch, weights: ValueWeights = EQUAL) -> ValueReference:
    """Freeze the scale of the value score on a reference portfolio.

    Components weigh the same and so do inputs within one, and each input keeps its
    direction, unless `weights` says otherwise. What the whole portfolio lacks is left out and the rest
    renormalised; the reference says so in `absent`.

    Parameters
    ----------
    sample : Frame
        The reference, or a seeded sample of it, scored up to the returns; an
        input whose columns it lacks is missing.
    fetch : Fetch
        Runs a lazy frame.
    weights : ValueWeights
        Editable weights and directions.

    Examples
    --------
    >>> import duckdb
    >>> portfolio = nw.from_native(duckdb.sql("select i as risk_adjusted_profit from range(9) t(i)"))
    >>> reference = fit_value_reference(portfolio, lambda frame: frame.to_native().df())
    >>> reference.components, reference.absent_components
    (('contribution',), ('capacity', 'conduct', 'loyalty'))
    """
    keys = list(INPUT_BY_KEY)
    rows = fetch(sample.select(raw_inputs(sample, keys)))
    columns = dict(zip(keys, as_matrix(rows, keys).T, strict=True))
    curves = {key: fit_curve(values) for key, values in columns.items()}
    shares = {key: float(np.isfinite(values).sum()) / max(len(rows), 1) for key, values in columns.items()}
    reasons = {key: _reason(key, curves[key], shares[key], weights) for key in keys}
    shown = effective_weights([key for key in keys if reasons[key] is None], weights)
    return ValueReference(
        inputs=tuple(
            _freeze(key, curve, columns[key], shares[key], shown.get(key, 0.0), direction_of(key, weights))
            for key, curve in curves.items()
            if reasons[key] is None and curve is not None
        ),
        absent=tuple((key, reason) for key, reason in reasons.items() if reason is not None),
        customers=len(rows),
    )


def raw_inputs(frame: Frame, keys: Sequence[str]) -> list[nw.Expr]:
    """Give the expressions of inputs' numbers, named by their keys; null where a frame lacks their columns."""
    present = set(frame.collect_schema().names())
    return [_raw(INPUT_BY_KEY[key], present).alias(key) for key in keys]


def _raw(entry: ValueInput, present: AbstractSet[str]) -> nw.Expr:
    """Give an input's number; null when the frame lacks a column it reads."""
    expression = entry.expression if set(entry.columns) <= present else nw.lit(None)
    return expression.cast(nw.Float64)


def _reason(key: str, curve: MidRankCurve | None, share: float, weights: ValueWeights) -> str | None:
    """Say why an input is left out, None when it stays."""
    if curve is None or share < LEAST_KNOWN:
        return "missing"
    if len(curve.knots) == 1:
        return "constant"
    if weight_of(key, weights) == 0 and not _awaits_weight(key, weights):
        return "weight"
    return None


def _awaits_weight(key: str, weights: ValueWeights) -> bool:
    """Say whether an input weighs nothing only because nobody has asked for it yet."""
    return INPUT_BY_KEY[key].weight == 0 and key not in weights.inputs


def _freeze(
    key: str, curve: MidRankCurve, values: Matrix, share: float, weight: float, direction: int
) -> ReferenceInput:
    median = float(np.median(values[np.isfinite(values)]))
    return ReferenceInput(
        key=key,
        component=INPUT_BY_KEY[key].component,
        direction=direction,
        weight=weight,
        median_percent=directed(read_curve(median, curve), direction),
        share_known=share,
        curve=curve,
    )


def directed(percent: float, direction: int) -> float:
    """Turn a percentage round where less is better.

    Examples
    --------
    >>> directed(30.0, 1), directed(30.0, -1)
    (30.0, 70.0)
    """
    return percent if direction > 0 else 100.0 - percent


def with_value_score(frame: Frame, reference: ValueReference) -> Frame:
    """Score each customer's value, 0 to 100, against the frozen reference.

    ``value_score = Σ wᵢ·pᵢ / Σ wᵢ`` with pᵢ the share of the reference the
    customer beats. A missing value counts as the reference's median and lowers
    `value_coverage`, the weight share of the inputs that are known.

    Parameters
    ----------
    frame : Frame
        Customers scored up to the returns; an input whose columns are not
        there is missing.
    reference : ValueReference
        What :func:`fit_value_reference` froze. Without any input everybody
        scores 50 with coverage 0.

    Returns
    -------
    Frame
        With `value_contribution`, `value_capacity`, `value_conduct`,
        `value_loyalty` (null when the portfolio lacks the component),
        `value_score`, `value_coverage` (0 to 1) and `value_step`
        (BIGINT 0 to 200, half points, `floor(2·score + 0.5)`).

    Examples
    --------
    >>> import duckdb
    >>> curve = MidRankCurve((1.0, 2.0), (25.0, 75.0))
    >>> reference = ValueReference((ReferenceInput("dscr", "capacity", 1, 1.0, 50.0, 1.0, curve),), (), 2)
    >>> scored = with_value_score(nw.from_native(duckdb.sql("select 1.5 as dscr")), reference)
    >>> scored.select("value_score", "value_coverage", "value_step").to_native().fetchall()
    [(50.0, 1.0, 100)]
    """
    keys = [entry.key for entry in reference.active]
    staged = (
        _with_percents(frame, reference)
        .with_columns(
            *(_component_score(name, reference).alias(f"value_{name}") for name in COMPONENTS),
            _coverage(reference).alias("value_coverage"),
        )
        .with_columns(_score(reference).alias("value_score"))
    )
    step = (nw.col("value_score") * STEPS_A_POINT + 0.5).floor().clip(0, TOP_STEP).cast(nw.Int64)
    helpers = [f"_{stage}_{key}" for stage in ("raw", "percent") for key in keys]
    return without(staged.with_columns(step.alias("value_step")), helpers)


def _with_percents(frame: Frame, reference: ValueReference) -> Frame:
    """Stage each active input's number as `_raw_<key>` and its percentage as `_percent_<key>`."""
    present = set(frame.collect_schema().names())
    return frame.with_columns(
        _raw(INPUT_BY_KEY[entry.key], present).alias(f"_raw_{entry.key}") for entry in reference.active
    ).with_columns(_percent(entry).alias(f"_percent_{entry.key}") for entry in reference.active)


def _percent(entry: ReferenceInput) -> nw.Expr:
    """Percentage in the input's direction, null when the value is unknown."""
    percent = on_curve(nw.col(f"_raw_{entry.key}"), entry.curve)
    return percent if entry.direction > 0 else 100.0 - percent


def _component_score(component: Component, reference: ValueReference) -> nw.Expr:
    """Weighted mean of a component's percentages, missing ones at the median."""
    inputs = [entry for entry in reference.active if entry.component == component]
    whole = sum(entry.weight for entry in inputs)
    return _total(
        [
            nw.col(f"_percent_{entry.key}").fill_null(entry.median_percent) * (entry.weight / whole)
            for entry in inputs
        ],
        nothing=None,
    )


def _coverage(reference: ValueReference) -> nw.Expr:
    """Weight share of the inputs a customer has."""
    known = [
        (~nw.col(f"_percent_{entry.key}").is_null()).cast(nw.Float64) * entry.weight
        for entry in reference.active
    ]
    # A dozen weights such as 1/12 may add up to a hair above one.
    return _total(known, nothing=0.0).clip(0.0, 1.0)


def _score(reference: ValueReference) -> nw.Expr:
    """Weighted mean of the components."""
    weights = {
        name: sum(entry.weight for entry in reference.active if entry.component == name)
        for name in reference.components
    }
    parts = [nw.col(f"value_{name}") * weight for name, weight in weights.items()]
    return _total(parts, nothing=NEUTRAL).clip(0.0, 100.0)


def _total(parts: Sequence[nw.Expr], *, nothing: float | None) -> nw.Expr:
    """Add expressions up; `nothing` when there are none."""
    return reduce(add, parts) if parts else nw.lit(nothing).cast(nw.Float64)
