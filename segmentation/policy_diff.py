"""How two policies differ, field by field, and how two versions become one.

A difference is a field and its two values: facts, not sentences. `reports` says them in
words; a merge takes each field from one side and lets the policy's own rules judge the
result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from segmentation.policy import GATE_RULES, LIFECYCLES, TIERS, TOP_RULES, Policy
from segmentation.treatment import TREATMENT_RULES

Value = str | int | float | bool
Side = Literal["mine", "theirs"]
WORDING = ("name", "note")
"""Fields that decide nothing; who wrote a version is no field to choose."""
FIELDS: tuple[str, ...] = (
    *(name for name in TOP_RULES if name != "author"),
    *(f"gates.{lifecycle}.{part}" for lifecycle in LIFECYCLES for part in GATE_RULES),
    *(f"treatments.{tier}.{name}" for tier in TIERS for name in TREATMENT_RULES),
)
"""Every field of a policy by its path in the file, in the file's order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two policies differ.

    Attributes
    ----------
    field : str
        One of `FIELDS`.
    before, after : str, int, float or bool
        Its two values, as the policy stores them.
    """

    field: str
    before: Value
    after: Value

    @property
    def decides(self) -> bool:
        """Whether it changes what the policy decides, not only its name or note."""
        return self.field not in WORDING


def value_of(policy: Policy, field: str) -> Value:
    """Read a field by its path.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> value_of(built_in_policy(), "gates.mature.core"), value_of(built_in_policy(), "strategic_step")
    (43, 130)
    """
    section, _, rest = field.partition(".")
    value = getattr(policy, section)
    if rest:
        row, _, name = rest.partition(".")
        value = getattr(value[row], name)
    result: Value = value
    return result


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """List the fields in which two policies differ, in the file's order.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> policy = built_in_policy()
    >>> differences(policy, policy.with_threshold(strategic=140).with_gate("mature", strategic=33))
    (Difference(field='strategic_step', before=130, after=140), Difference(field='gates.mature.strategic', before=32, after=33))
    """
    pairs = ((field, value_of(before, field), value_of(after, field)) for field in FIELDS)
    return tuple(Difference(field, old, new) for field, old, new in pairs if old != new)


def proposed_sides(base: Policy, mine: Policy, theirs: Policy) -> dict[str, Side]:
    """Propose for each field that differs between two versions which to take.

    Whoever changed it since the common version; where both did, `mine`, for a person to
    look at.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> base = built_in_policy()
    >>> proposed_sides(base, base.with_threshold(strategic=140), base.with_gate("mature", core=44))
    {'strategic_step': 'mine', 'gates.mature.core': 'theirs'}
    """
    untouched = {
        difference.field
        for difference in differences(mine, theirs)
        if value_of(mine, difference.field) == value_of(base, difference.field)
    }
    return {
        difference.field: "theirs" if difference.field in untouched else "mine"
        for difference in differences(mine, theirs)
    }


def fields_in_conflict(base: Policy, mine: Policy, theirs: Policy) -> frozenset[str]:
    """Fields both sides changed since the common version, to different values."""
    return frozenset(
        difference.field
        for difference in differences(mine, theirs)
        if value_of(base, difference.field) not in (difference.before, difference.after)
    )


def merged_policy(mine: Policy, theirs: Policy, sides: Mapping[str, Side]) -> Policy:
    """Take `theirs` with the fields chosen from `mine`.

    Parameters
    ----------
    mine, theirs : Policy
        The two versions.
    sides : mapping of str to {'mine', 'theirs'}
        For each field that differs; what is not named stays as `theirs` has it.

    Raises
    ------
    PolicyInvalid
        When the choice crosses thresholds or gates.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> base = built_in_policy()
    >>> mine, theirs = base.with_threshold(strategic=140), base.with_threshold(core=90)
    >>> both = merged_policy(mine, theirs, {"strategic_step": "mine", "core_step": "theirs"})
    >>> both.strategic_step, both.core_step
    (140, 90)
    """
    taken = {field: value_of(mine, field) for field, side in sides.items() if side == "mine"}
    top = {field: value for field, value in taken.items() if "." not in field}
    rows: dict[str, dict[str, dict[str, Value]]] = {"gates": {}, "treatments": {}}
    for field, value in taken.items():
        if "." in field:
            section, row, name = field.split(".")
            rows[section].setdefault(row, {})[name] = value
    gates = {name: replace(gate, **rows["gates"].get(name, {})) for name, gate in theirs.gates.items()}  # type: ignore[arg-type]  # values come from the same fields
    treatments = {
        tier: replace(treatment, **rows["treatments"].get(tier, {}))  # type: ignore[arg-type]  # as above
        for tier, treatment in theirs.treatments.items()
    }
    return replace(theirs, gates=gates, treatments=treatments, **top)  # type: ignore[arg-type]  # as above
