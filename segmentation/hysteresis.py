"""Tiers that do not flip: what a customer held before, carried from one snapshot to the next.

Entry and exit lines lie apart (hysteresis, as in a Schmitt trigger, Schmitt 1938): who holds
a tier leaves it only `exit_steps` below the threshold or `exit_rungs` above the gate. Within
a minimum stay a tier is not changed at all. Both need to know the tier before, which is the
tier the same policy gave on the snapshot before, and so on back to the first one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import narwhals as nw

from segmentation.cube import NO_TIER, with_capped
from segmentation.frame import Frame, day_number
from segmentation.policy import TIERS, Policy
from segmentation.tiers import with_tier

DAYS_A_MONTH = 365.25 / 12
STANDING = ("customer_id", "held", "since", "before", "changes", "returns")
"""What is known of a customer after a snapshot: tier held (0–2, 3 none) and since when, the
tier before that, how often it has changed, how often it came back to the tier before."""


@dataclass(frozen=True, slots=True)
class Flips:
    """How restless the tiers were over the snapshots of a portfolio.

    Attributes
    ----------
    as_of : date
        Of the snapshot.
    customers : int
        Those seen on the snapshot before as well, outside work-out on both.
    changes : int
        Of these, whose tier is another than before.
    returns : int
        Of these, who came back to the tier they had before the last change: flip-flops.
    """

    as_of: date
    customers: int
    changes: int
    returns: int


def without_stickiness(policy: Policy) -> Policy:
    """Give the same policy without exit lines and minimum stay.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> sticky = replace(built_in_policy(), exit_steps=6)
    >>> without_stickiness(sticky) == built_in_policy()
    True
    """
    return replace(policy, exit_steps=0, exit_rungs=0, stay_months=0)


def with_months_held(frame: Frame, as_of: date) -> Frame:
    """Add `months_held`: months from `since` to a day; null where it is not known since when.

    Parameters
    ----------
    frame : Frame
        With `since`.
    as_of : date
        Day of the snapshot.
    """
    today = as_of.year * 365.25 + as_of.timetuple().tm_yday
    months = (nw.lit(today) - day_number(nw.col("since"))) / DAYS_A_MONTH
    return frame.with_columns(months.alias("months_held"))


def next_standing(scored: Frame, standing: Frame | None, policy: Policy, as_of: date) -> Frame:
    """Carry what is known of each customer over one more snapshot.

    Parameters
    ----------
    scored : Frame
        The snapshot's scored customers.
    standing : Frame or None
        `STANDING` after the snapshot before; None at the first.
    policy : Policy
        Whose tiers.
    as_of : date
        Day of the snapshot.

    Returns
    -------
    Frame
        `STANDING`, and `is_comparable`, `has_changed`, `has_returned` of this step.
    """
    if standing is None:
        blank = {
            "held": nw.lit(NO_TIER),
            "before": nw.lit(NO_TIER),
            "changes": nw.lit(0),
            "returns": nw.lit(0),
        }
        known = scored.with_columns(
            *(value.cast(nw.Int64).alias(name) for name, value in blank.items()),
            nw.lit(None).cast(nw.Date).alias("since"),
        )
    else:
        known = scored.join(standing.select(*STANDING), on="customer_id", how="left").with_columns(
            *(nw.col(name).fill_null(NO_TIER) for name in ("held", "before")),
            *(nw.col(name).fill_null(0) for name in ("changes", "returns")),
        )
    tiered = with_tier(with_capped(with_months_held(known, as_of), policy), policy)
    tier = nw.lit(NO_TIER)
    for place, name in enumerate(TIERS):
        tier = nw.when(nw.col("tier") == name).then(nw.lit(place)).otherwise(tier)
    tiered = tiered.with_columns(tier.cast(nw.Int64).alias("_tier"))
    was_known, is_known = nw.col("held") != NO_TIER, nw.col("_tier") != NO_TIER
    has_changed = was_known & is_known & (nw.col("held") != nw.col("_tier"))
    tiered = tiered.with_columns(
        (was_known & is_known).alias("is_comparable"),
        has_changed.alias("has_changed"),
        (has_changed & (nw.col("before") == nw.col("_tier"))).alias("has_returned"),
    )
    # Who is new has held the tier since nobody knows when; a minimum stay binds from the first change on.
    since = nw.when(nw.col("has_changed")).then(nw.lit(as_of)).otherwise(nw.col("since"))
    return tiered.select(
        "customer_id",
        nw.col("_tier").alias("held"),
        since.cast(nw.Date).alias("since"),
        nw.when(nw.col("has_changed")).then(nw.col("held")).otherwise(nw.col("before")).alias("before"),
        (nw.col("changes") + nw.when(nw.col("has_changed")).then(nw.lit(1)).otherwise(nw.lit(0))).alias(
            "changes"
        ),
        (nw.col("returns") + nw.when(nw.col("has_returned")).then(nw.lit(1)).otherwise(nw.lit(0))).alias(
            "returns"
        ),
        "is_comparable",
        "has_changed",
        "has_returned",
    )


def flip_sums(standing: Frame) -> Frame:
    """Count a step of :func:`next_standing`: `customers`, `changes`, `returns`."""
    flags = {"customers": "is_comparable", "changes": "has_changed", "returns": "has_returned"}
    return standing.select(
        nw.when(nw.col(flag)).then(nw.lit(1)).otherwise(nw.lit(0)).sum().cast(nw.Int64).alias(name)
        for name, flag in flags.items()
    )
