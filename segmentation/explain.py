"""Why one customer stands in its tier, and what would lift it: the row rule of tiers, told step by step."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segmentation.cube import NO_TIER
from segmentation.policy import CLOSED, LIFECYCLES, TIERS, TOP_RUNG, WORKOUT, Policy
from segmentation.risk.ladder import LADDER, UNKNOWN_STEP, bound


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides a customer's tier.

    Attributes
    ----------
    value_step : int
        Value score in half points.
    risk_step : int
        Rung of the ladder; 255 unknown.
    lifecycle : str
        One of `LIFECYCLES`.
    is_capped, is_defaulted : bool
        Watched or too little known; in default.
    held, forced : int
        Tier held before, and tier a person has set: 0 Strategic, 1 Core, 2 Ordinary, 3 none.
    is_staying : bool
        Within the minimum stay.
    probability : float or None
        Its own 12-month PD; of what is slotted, and where it was not asked for, None.
    """

    value_step: int
    risk_step: int
    lifecycle: str
    is_capped: bool
    is_defaulted: bool
    held: int = NO_TIER
    forced: int = NO_TIER
    is_staying: bool = False
    probability: float | None = None

    @property
    def shown_probability(self) -> float | None:
        """The PD that stands on the customer's rung: its own, else the rung's bound; None when unknown.

        Examples
        --------
        >>> Standing(140, 20, "mature", False, False, probability=0.0038).shown_probability
        0.0038
        >>> Standing(140, 20, "mature", False, False).shown_probability == bound(20)
        True
        """
        if self.risk_step == UNKNOWN_STEP:
            return None
        own = self.probability
        # A slotting grade sets the rung of a project whatever PD the file has.
        is_own = own is not None and bisect_left(LADDER, own) == self.risk_step
        return own if is_own else bound(self.risk_step)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Standing:  # Any: cells have the types of their columns
        """Take the standing of a row of :func:`~segmentation.cube.with_capped`."""
        return cls(
            int(row["value_step"]),
            int(row["risk_step"]),
            str(row["lifecycle"] or "unknown"),
            bool(row["is_capped"]),
            bool(row["is_defaulted"]),
            int(row["held"]),
            int(row["forced"]),
            bool(row["is_staying"]),
            _known(row.get("probability_of_default")),
        )


def _known(cell: Any) -> float | None:  # Any: a cell
    return None if cell is None or cell != cell else float(cell)


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a tier.

    Attributes
    ----------
    rule : str
        ``threshold``, ``gate`` or ``cap``.
    passed : bool
        Whether the customer meets it.
    needed, actual : float or None
        Of the threshold in points, of the gate as 12-month PD (fractions; None: nobody
        passes, or unknown); None of the cap.
    """

    rule: str
    passed: bool
    needed: float | None
    actual: float | None


@dataclass(frozen=True, slots=True)
class TierReason:
    """Why a tier, and what stands between the customer and the next one.

    Attributes
    ----------
    tier : str
        As the policy gives it.
    bound_by : str
        The rule that keeps it from the next tier: ``threshold``, ``gate``, ``cap``,
        ``default``, ``override`` or ``stay``; empty at the top.
    next_tier : str
        The tier above; empty at the top and in work-out.
    checks : tuple of Check
        Conditions of the next tier, or of the own one at the top.
    """

    tier: str
    bound_by: str
    next_tier: str
    checks: tuple[Check, ...]


def tier_reason(standing: Standing, policy: Policy) -> TierReason:
    """Explain a customer's tier under a policy.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> reason = tier_reason(Standing(140, 60, "mature", False, False), built_in_policy())
    >>> reason.tier, reason.bound_by, reason.next_tier
    ('Ordinary', 'gate', 'Core')
    """
    if standing.is_defaulted:
        return TierReason(WORKOUT, "default", "", ())
    if standing.forced != NO_TIER:
        return _decided("override", standing.forced)
    strategic, core = (_checks(standing, policy, tier) for tier in TIERS[:2])
    if standing.is_staying and standing.held != NO_TIER:
        return _decided("stay", max(standing.held, 1 if standing.is_capped else 0))
    if all(check.passed for check in strategic):
        return TierReason(TIERS[0], "", "", strategic)
    if all(check.passed for check in core):
        return TierReason(TIERS[1], _first_failed(strategic), TIERS[0], strategic)
    return TierReason(TIERS[2], _first_failed(core), TIERS[1], core)


def _decided(rule: str, place: int) -> TierReason:
    """Explain a tier that neither value nor risk decides."""
    return TierReason(TIERS[place], rule, "", ())


def tier_checks(standing: Standing, policy: Policy, tier: str) -> tuple[Check, ...]:
    """Give the conditions of Strategic or Core and whether a customer meets each.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> checks = tier_checks(Standing(140, 60, "mature", False, False), built_in_policy(), "Strategic")
    >>> [(check.rule, check.passed) for check in checks]
    [('threshold', True), ('gate', False), ('cap', True)]
    """
    return _checks(standing, policy, tier)


def lines_for(standing: Standing, policy: Policy, tier: str) -> tuple[int, int]:
    """Give the value step a customer must reach and the rung it may not pass for Strategic or Core.

    Who held the tier before, or a better one, is held to the exit lines. A rung of 255 lets
    everybody through, −1 nobody.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from segmentation.policy import built_in_policy
    >>> sticky = replace(built_in_policy(), exit_steps=6, exit_rungs=2)
    >>> new, holder = (Standing(120, 20, "mature", False, False, held) for held in (NO_TIER, 0))
    >>> lines_for(new, sticky, "Strategic"), lines_for(holder, sticky, "Strategic")
    ((130, 32), (124, 34))
    """
    is_top = tier == TIERS[0]
    holds_it = standing.held <= TIERS.index(tier)
    threshold = policy.strategic_step if is_top else policy.core_step
    threshold = max(0, threshold - (policy.exit_steps if holds_it else 0))
    if not policy.gates_on:
        return threshold, UNKNOWN_STEP
    gate = policy.gates[standing.lifecycle if standing.lifecycle in LIFECYCLES else LIFECYCLES[-1]]
    rung = gate.strategic if is_top else gate.core
    if holds_it and rung != CLOSED:
        rung = min(rung + policy.exit_rungs, TOP_RUNG)
    return threshold, rung


def _checks(standing: Standing, policy: Policy, tier: str) -> tuple[Check, ...]:
    threshold, rung = lines_for(standing, policy, tier)
    found = [Check("threshold", standing.value_step >= threshold, threshold / 2, standing.value_step / 2)]
    if policy.gates_on:
        needed = None if rung == CLOSED else bound(rung)
        found.append(Check("gate", standing.risk_step <= rung, needed, standing.shown_probability))
    if tier == TIERS[0]:
        found.append(Check("cap", not standing.is_capped, None, None))
    return tuple(found)


def _first_failed(checks: tuple[Check, ...]) -> str:
    return next(check.rule for check in checks if not check.passed)
