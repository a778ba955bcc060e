"""Who moves between two policies, and which rule moves them."""

from __future__ import annotations

import narwhals as nw

from segmentation.cube import NO_TIER
from segmentation.frame import Frame
from segmentation.policy import TIERS, Policy
from segmentation.tiers import is_worth, passes_gate, tier_under

RULES = ("override", "cap", "threshold_gate", "threshold", "gate", "stay")
"""What may move a customer: a tier set by hand; a watch or too little known; the value line and
the gate together, or one of them; the end of a stay, or of an exit line."""

MOVE_COLUMNS = ("was", "tier", "level", "rule")


def with_move(frame: Frame, policy: Policy, other: Policy) -> Frame:
    """Add the tier under another policy (`was`), under this one (`tier`), and why they differ.

    Who falls, falls because of a condition of the tier lost that the new policy asks and the
    customer does not meet; who rises, because of a condition of the tier won that the other
    policy asked. `level` is that tier, `rule` names the condition; both are null where
    nothing moves.

    Parameters
    ----------
    frame : Frame
        Scored customers with the columns of :func:`~segmentation.cube.with_capped`, made
        with both policies.
    policy, other : Policy
        The policy, and the one in force.
    """
    frame = frame.with_columns(tier_under(other, "was").alias("was"), tier_under(policy).alias("tier"))
    places = {"was": _place("was"), "tier": _place("tier")}
    frame = frame.with_columns(
        *(place.alias(f"_{name}") for name, place in places.items()),
    )
    falls, rises = nw.col("_tier") > nw.col("_was"), nw.col("_tier") < nw.col("_was")
    rule = nw.lit(None).cast(nw.String)
    for place in (0, 1):
        down = falls & (nw.col("_was") == place)
        up = rises & (nw.col("_tier") == place)
        rule = nw.when(down).then(_rule(policy, place, "is")).otherwise(rule)
        rule = nw.when(up).then(_rule(other, place, "was")).otherwise(rule)
    level = nw.lit(None).cast(nw.String)
    for place, tier in enumerate(TIERS[:2]):
        at = (falls & (nw.col("_was") == place)) | (rises & (nw.col("_tier") == place))
        level = nw.when(at).then(nw.lit(tier)).otherwise(level)
    if policy.overrides != other.overrides:
        rule = (
            nw.when((falls | rises) & (nw.col("forced") != NO_TIER)).then(nw.lit("override")).otherwise(rule)
        )
    return frame.with_columns(rule.alias("rule"), level.alias("level")).drop("_was", "_tier")


def _place(column: str) -> nw.Expr:
    place = nw.lit(NO_TIER)
    for number, tier in enumerate(TIERS):
        place = nw.when(nw.col(column) == tier).then(nw.lit(number)).otherwise(place)
    return place


def _rule(policy: Policy, place: int, side: str) -> nw.Expr:
    """Name the condition of a tier that a customer does not meet under a policy."""
    is_poor, is_risky = ~is_worth(policy, place), ~passes_gate(policy, place)
    found = nw.lit("stay")
    found = nw.when(is_risky).then(nw.lit("gate")).otherwise(found)
    found = nw.when(is_poor).then(nw.lit("threshold")).otherwise(found)
    found = nw.when(is_poor & is_risky).then(nw.lit("threshold_gate")).otherwise(found)
    if place == 0:
        is_capped = (nw.col(f"{side}_capped") == 1) & ~is_poor & ~is_risky
        found = nw.when(is_capped).then(nw.lit("cap")).otherwise(found)
    return found
