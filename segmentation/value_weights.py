"""What a person may set of the value score: weights, and which way is better where that is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from data.errors import ModelInvalid, Problem
from segmentation.value_inputs import COMPONENTS, INPUT_BY_KEY, Component


@dataclass(frozen=True, slots=True)
class ValueWeights:
    """How much each component counts, each input within its component, and which way is better.

    Whatever is not named is as its row says: it weighs 1 (0 the inputs one chooses between) and
    keeps its direction; weight 0 takes it out.

    Attributes
    ----------
    components, inputs : mapping of str to float
        Weights.
    directions : mapping of str to int
        Input → +1 when more is better, −1 when less is. Only inputs whose row is open may
        differ from it.
    """

    components: Mapping[str, float] = field(default_factory=dict)
    inputs: Mapping[str, float] = field(default_factory=dict)
    directions: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse unknown names, weights that are negative or no numbers, and directions that are closed."""
        problems = [
            *_problems("components", self.components, COMPONENTS),
            *_problems("inputs", self.inputs, tuple(INPUT_BY_KEY)),
            *direction_problems(self.directions),
        ]
        if problems:
            raise ModelInvalid.from_problems(problems)


def weights_from(named: Mapping[str, float], directions: Mapping[str, int] | None = None) -> ValueWeights:
    """Sort weights by name into those of components and those of inputs; unknown names are refused.

    Examples
    --------
    >>> weights_from({"conduct": 2.0, "roi": 1.0}).inputs
    {'roi': 1.0}
    """
    components: dict[str, float] = {name: weight for name, weight in named.items() if name in COMPONENTS}
    return ValueWeights(
        components,
        {name: weight for name, weight in named.items() if name not in components},
        directions or {},
    )


def _problems(where: str, weights: Mapping[str, float], known: Sequence[str]) -> list[Problem]:
    unknown = [
        Problem(f"value weights, {where}", f"“{name}” is not known", f"Known: {', '.join(known)}.")
        for name in weights
        if name not in known
    ]
    odd = [
        Problem(f"value weights, {where}", f"the weight of “{name}” is {weight}", "Give 0 or more.")
        for name, weight in weights.items()
        if not (np.isfinite(weight) and weight >= 0)
    ]
    return unknown + odd


def direction_problems(directions: Mapping[str, int]) -> list[Problem]:
    """Say which directions are no directions, of no input, or not for a person to turn."""
    unknown = _problems(
        "directions", dict.fromkeys(set(directions) - set(INPUT_BY_KEY), 0.0), tuple(INPUT_BY_KEY)
    )
    known = {key: way for key, way in directions.items() if key in INPUT_BY_KEY}
    odd = [
        Problem("value directions", f"the direction of “{key}” is {way}", "Give 1 (more is better) or -1.")
        for key, way in known.items()
        if way not in (1, -1)
    ]
    closed = [
        Problem(
            "value directions",
            f"“{key}” can't be turned round: its meaning says which way is better",
            f"Open are: {', '.join(entry.key for entry in INPUT_BY_KEY.values() if entry.is_open)}.",
        )
        for key, way in known.items()
        if way == -INPUT_BY_KEY[key].direction and not INPUT_BY_KEY[key].is_open
    ]
    return unknown + odd + closed


EQUAL = ValueWeights()


def weight_of(key: str, weights: ValueWeights) -> float:
    """Weight of an input as asked for: its own times its component's; 0 takes it out."""
    return _component_weight(INPUT_BY_KEY[key].component, weights) * _input_weight(key, weights)


def _component_weight(component: Component, weights: ValueWeights) -> float:
    return weights.components.get(component, 1.0)


def _input_weight(key: str, weights: ValueWeights) -> float:
    return weights.inputs.get(key, INPUT_BY_KEY[key].weight)


def direction_of(key: str, weights: ValueWeights) -> int:
    """Direction of an input as asked for, else its row's."""
    return weights.directions.get(key, INPUT_BY_KEY[key].direction)


def effective_weights(keys: Sequence[str], weights: ValueWeights) -> dict[str, float]:
    """Give each input's share of the whole score: its component's share times its share within it.

    Inputs of weight 0 are left out.

    Examples
    --------
    >>> effective_weights(["dscr", "llcr", "tenure_months"], EQUAL)
    {'dscr': 0.25, 'llcr': 0.25, 'tenure_months': 0.5}
    """
    keys = [key for key in keys if weight_of(key, weights) > 0]
    within: dict[Component, float] = {}
    for key in keys:
        component = INPUT_BY_KEY[key].component
        within[component] = within.get(component, 0.0) + _input_weight(key, weights)
    whole = sum(_component_weight(component, weights) for component in within)
    return {
        key: _component_weight(component, weights) / whole * _input_weight(key, weights) / within[component]
        for key in keys
        for component in (INPUT_BY_KEY[key].component,)
    }
