"""Questions to a frozen value reference: other weights, drift, one customer's way to its score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from data.errors import ModelInvalid, Problem
from segmentation.ecdf import MidRankCurve
from segmentation.frame import Frame
from segmentation.sample import Fetch, Matrix, as_matrix
from segmentation.scorecard.statistics import Light, population_stability_index, stability_light
from segmentation.value import (
    ReferenceInput,
    ValueReference,
    directed,
    raw_inputs,
)
from segmentation.value_inputs import COMPONENTS, INPUT_BY_KEY, Component
from segmentation.value_weights import ValueWeights, direction_of, effective_weights


def reweighted(reference: ValueReference, weights: ValueWeights) -> ValueReference:
    """Weigh a reference's inputs anew and set their directions; curves and baseline stay frozen.

    An input turned round gives 100 less what it gave, its median too.

    Parameters
    ----------
    reference : ValueReference
        The frozen one.
    weights : ValueWeights
        Whatever is not named is as its row says. An input of weight 0 keeps its curve.

    Raises
    ------
    ModelInvalid
        When nothing is left that weighs anything.
    """
    shares = effective_weights([entry.key for entry in reference.inputs], weights)
    if not shares:
        problem = Problem("value weights", "weigh nothing", "Give at least one component a weight above 0.")
        raise ModelInvalid.from_problems([problem])
    return replace(
        reference,
        inputs=tuple(
            replace(
                entry,
                weight=shares.get(entry.key, 0.0),
                direction=direction_of(entry.key, weights),
                median_percent=directed(
                    entry.median_percent, entry.direction * direction_of(entry.key, weights)
                ),
            )
            for entry in reference.inputs
        ),
    )


def weights_of(reference: ValueReference) -> ValueWeights:
    """Give what makes a reference what it is: components' shares relative to their mean, inputs likewise, directions.

    Examples
    --------
    >>> curve = MidRankCurve((1.0, 2.0), (25.0, 75.0))
    >>> inputs = (ReferenceInput("dscr", "capacity", 1, 0.75, 50.0, 1.0, curve),
    ...           ReferenceInput("tenure_months", "loyalty", 1, 0.25, 50.0, 1.0, curve))
    >>> weights_of(ValueReference(inputs, (), 2)).components
    {'capacity': 1.5, 'loyalty': 0.5}
    """
    present: list[Component] = [
        name for name in COMPONENTS if any(entry.component == name for entry in reference.inputs)
    ]
    shares = {
        name: sum(entry.weight for entry in reference.inputs if entry.component == name) for name in present
    }
    components: dict[str, float] = {name: round(shares[name] * len(present), 6) for name in present}
    inputs = {}
    for entry in reference.inputs:
        siblings = sum(other.component == entry.component and other.weight > 0 for other in reference.inputs)
        share = shares[entry.component]
        inputs[entry.key] = round(entry.weight / share * siblings, 6) if share else 1.0
    return ValueWeights(components, inputs, {entry.key: entry.direction for entry in reference.inputs})


def delivered(weights: ValueWeights) -> ValueWeights:
    """Give the same parts and inputs the weights and directions the product comes with.

    Examples
    --------
    >>> delivered(ValueWeights({"conduct": 3.0}, {"utilisation": 0.5}, {"utilisation": 1}))
    ValueWeights(components={'conduct': 1.0}, inputs={'utilisation': 1.0}, directions={'utilisation': -1})
    """
    return ValueWeights(
        dict.fromkeys(weights.components, 1.0),
        {key: INPUT_BY_KEY[key].weight for key in weights.inputs},
        {key: INPUT_BY_KEY[key].direction for key in weights.directions},
    )


def is_open(key: str) -> bool:
    """Say whether a person may turn an input's direction round.

    Examples
    --------
    >>> is_open("utilisation"), is_open("probability_of_default")
    (True, False)
    """
    return INPUT_BY_KEY[key].is_open


def turned(before: ValueReference, after: ValueReference) -> tuple[str, ...]:
    """List the inputs of which another direction is better in one reference than in the other.

    Examples
    --------
    >>> curve = MidRankCurve((1.0, 2.0), (25.0, 75.0))
    >>> one = ValueReference((ReferenceInput("utilisation", "conduct", -1, 1.0, 50.0, 1.0, curve),), (), 2)
    >>> turned(one, reweighted(one, ValueWeights(directions={"utilisation": 1})))
    ('utilisation',)
    """
    ways = {entry.key: entry.direction for entry in before.inputs}
    return tuple(
        entry.key for entry in after.inputs if ways.get(entry.key, entry.direction) != entry.direction
    )


@dataclass(frozen=True, slots=True)
class Drift:
    """How far today's customers have moved from the reference along one input.

    Attributes
    ----------
    entry : ReferenceInput
        The frozen input.
    known_now : float
        Share of customers with a value.
    median_now : float or None
        Median's percentage on the frozen scale, direction applied; 50 is where the reference stood.
    index : float or None
        Population stability index over the intervals between knots; None when nobody has a value.
    light : str
        ``green``, ``amber`` or ``red``, with a limit that knows the sample size.
    """

    entry: ReferenceInput
    known_now: float
    median_now: float | None
    index: float | None
    light: Light


def reference_drift(sample: Frame, reference: ValueReference, fetch: Fetch) -> tuple[Drift, ...]:
    """Hold customers against the frozen curves, input by input, largest shift first.

    The frozen mid-ranks at the knots give the reference's share between knots; the same is
    counted of the sample, so that ties are split alike.

    Parameters
    ----------
    sample : Frame
        Scored customers, or a seeded sample.
    reference : ValueReference
        The frozen one.
    fetch : Fetch
        Runs a lazy frame.
    """
    keys = [entry.key for entry in reference.inputs]
    if not keys:
        return ()
    rows = fetch(sample.select(raw_inputs(sample, keys)))
    columns = dict(zip(keys, as_matrix(rows, keys).T, strict=True))
    found = [_drift(entry, columns[entry.key], reference.customers) for entry in reference.inputs]
    return tuple(sorted(found, key=lambda drift: -round(drift.index or 0.0, 3)))


def _drift(entry: ReferenceInput, values: Matrix, customers: int) -> Drift:
    known = np.sort(values[np.isfinite(values)])
    share = known.size / max(len(values), 1)
    if known.size == 0:
        return Drift(entry, 0.0, None, None, "red")
    before = _masses(np.asarray(entry.curve.percents)) * customers * entry.share_known / 100
    now = _masses(_mid_ranks(known, entry.curve)) * known.size / 100
    filled = (before > 0) | (now > 0)
    index = population_stability_index(before[filled], now[filled])
    median = entry.percent_of(float(np.median(known)))
    light = stability_light(index, int(filled.sum()), float(before.sum()) or 1.0, float(known.size))
    return Drift(entry, share, median, index, light)


def _mid_ranks(ordered: Matrix, curve: MidRankCurve) -> Matrix:
    knots = np.asarray(curve.knots)
    below = np.searchsorted(ordered, knots, side="left")
    up_to = np.searchsorted(ordered, knots, side="right")
    return np.asarray(50.0 * (below + up_to) / ordered.size)


def _masses(percents: Matrix) -> Matrix:
    """Percent below the first knot, between knots, above the last one."""
    return np.diff(np.concatenate([[0.0], percents, [100.0]]))


@dataclass(frozen=True, slots=True)
class ValuePart:
    """One input's part of a customer's score.

    Attributes
    ----------
    key : str
        The input.
    component : str
        Where it counts.
    weight : float
        Share of the whole score.
    percent : float or None
        Share of the reference the customer beats, direction applied; None when its value is
        missing and the median stands in.
    points : float
        What it adds to the score of a customer at the median of everything.
    direction : int
        +1 when more is better, −1 when less is.
    is_turned : bool
        Whether a person has turned it round.
    """

    key: str
    component: Component
    weight: float
    percent: float | None
    points: float
    direction: int = 1
    is_turned: bool = False


def value_parts(
    reference: ValueReference, row: Mapping[str, Any]
) -> tuple[float, tuple[ValuePart, ...]]:  # Any: cells
    """Take a customer's score apart: the score at the median of everything, then each input's part.

    Base and parts add up to the score.

    Parameters
    ----------
    reference : ValueReference
        The frozen one.
    row : mapping
        Raw number of each input by its key, None where missing.

    Examples
    --------
    >>> curve = MidRankCurve((1.0, 2.0), (25.0, 75.0))
    >>> inputs = (ReferenceInput("dscr", "capacity", 1, 0.5, 50.0, 1.0, curve),
    ...           ReferenceInput("tenure_months", "loyalty", 1, 0.5, 50.0, 1.0, curve))
    >>> base, parts = value_parts(ValueReference(inputs, (), 2), {"dscr": 2.0, "tenure_months": None})
    >>> base, [part.points for part in parts]
    (50.0, [12.5, 0.0])
    """
    base = sum(entry.weight * entry.median_percent for entry in reference.active)
    parts = []
    for entry in reference.active:
        value = row.get(entry.key)
        percent = None
        if value is not None and not pd.isna(value):
            percent = entry.percent_of(float(value))
        points = 0.0 if percent is None else entry.weight * (percent - entry.median_percent)
        parts.append(
            ValuePart(
                entry.key, entry.component, entry.weight, percent, points, entry.direction, entry.is_turned
            )
        )
    return base, tuple(parts)
