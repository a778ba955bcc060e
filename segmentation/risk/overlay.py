"""Overlays: what people know and the model does not, kept apart from the model.

An overlay changes PD or LGD of a group by a factor, or adds to its expected loss at a share
of exposure. It has a reason, an author, an approver who is somebody else, and a day it ends
(IFRS 9, paragraph B5.5.52 asks for adjustments by judgement to be consistent with what is
observed; the European Banking Authority's guidelines on loan origination ask for them to be
documented). The model's own figures never change: an overlay is shown beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

import narwhals as nw

from data.errors import Problem
from segmentation.frame import Frame
from segmentation.risk.capital import CapitalSettings, with_capital, with_expected_loss
from segmentation.risk.checks import outside, refuse
from segmentation.sample import Fetch

Target = Literal["probability_of_default", "loss_given_default", "expected_loss"]
TARGETS: tuple[Target, ...] = ("probability_of_default", "loss_given_default", "expected_loss")
GROUP_COLUMNS = (
    "all",
    "industry",
    "region",
    "country",
    "customer_class",
    "lifecycle",
    "asset_class",
    "segment",
)
NEEDED = (
    "probability_of_default", "loss_given_default", "exposure_at_default", "expected_loss", "economic_capital",
    "is_defaulted", "slotting_grade", "covered_share", "guarantor_probability", "best_estimate_of_loss",
    "customer_class", "collateral_type", "annual_revenue", "currency", "remaining_months", "product",
)  # fmt: skip
"""What expected loss and capital are worked out from."""
LARGEST = {"probability_of_default": 20.0, "loss_given_default": 5.0, "expected_loss": 1.0}


@dataclass(frozen=True, slots=True)
class Overlay:
    """One adjustment.

    Attributes
    ----------
    target : str
        ``probability_of_default`` and ``loss_given_default`` are multiplied by `amount`;
        ``expected_loss`` grows by `amount` times exposure.
    column, key : str
        Whom it concerns: customers whose column holds the key; ``all`` for everybody.
    amount : float
        A factor, or a share of exposure.
    reason : str
        Why; at least ten characters.
    author : str
        Who asks for it.
    expires_on : str
        ISO date from which it no longer counts.
    approver : str
        Who agreed; empty until then. Never the author.

    Raises
    ------
    ModelInvalid
        With every problem.
    """

    target: Target
    column: str
    key: str
    amount: float
    reason: str
    author: str
    expires_on: str
    approver: str = ""

    def __post_init__(self) -> None:
        problems = []
        if self.target not in TARGETS:
            problems.append(
                Problem("target", f"“{self.target}” can't be adjusted", f"Choose {', '.join(TARGETS)}.")
            )
        else:
            problems += outside("amount", self.amount, 0, LARGEST[self.target])
        if self.column not in GROUP_COLUMNS:
            problems.append(
                Problem("group", f"“{self.column}” is no group", f"Choose {', '.join(GROUP_COLUMNS)}.")
            )
        if self.column != "all" and not self.key:
            problems.append(Problem("group", "no level is named", "Say whom it concerns."))
        if len(self.reason.strip()) < 10:
            problems.append(
                Problem("reason", "it is too short", "Say in a sentence why the model is not enough.")
            )
        if not self.author:
            problems.append(Problem("author", "nobody is named", "Name who asks for it."))
        if self.approver and self.approver == self.author:
            problems.append(Problem("approver", "it is the author", "Somebody else must approve it."))
        try:
            date.fromisoformat(self.expires_on)
        except ValueError:
            problems.append(
                Problem("expires_on", f"“{self.expires_on}” is no date", "Write it as 2027-03-31.")
            )
        refuse(problems)

    def is_in_force(self, on: date) -> bool:
        """Whether it counts on a day: approved, and not yet expired.

        Examples
        --------
        >>> overlay = Overlay("expected_loss", "all", "", 0.01, "floods in the valley", "a", "2027-01-01", "b")
        >>> overlay.is_in_force(date(2026, 12, 31)), overlay.is_in_force(date(2027, 1, 1))
        (True, False)
        """
        return bool(self.approver) and on < date.fromisoformat(self.expires_on)

    def to_dict(self) -> dict[str, object]:
        """Give the overlay as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, written: Mapping[str, object]) -> Overlay:
        """Read the overlay back."""
        return cls(**written)  # type: ignore[arg-type]  # __post_init__ checks the values


@dataclass(frozen=True, slots=True)
class Effect:
    """What one overlay adds, after those before it.

    Attributes
    ----------
    customers : int
        Whom it touches: in its group, with a PD, not in default.
    exposure : float
        Theirs.
    expected_loss, capital : float
        Change, money.
    """

    customers: int
    exposure: float
    expected_loss: float
    capital: float


def overlay_effects(
    frame: Frame, overlays: Sequence[Overlay], settings: CapitalSettings, fetch: Fetch
) -> tuple[Effect, ...]:
    """Work out what each overlay adds to expected loss and capital, one after the other.

    Customers in default, and those in a project slot, whose loss and capital are the
    slot's, are left as they are.

    Parameters
    ----------
    frame : Frame
        Scored.
    overlays : sequence of Overlay
        In the order in which they apply.
    settings : CapitalSettings
        Of the model.
    fetch : callable
        Runs a lazy frame; called once an overlay.
    """
    inputs = [*NEEDED, *(column for column in GROUP_COLUMNS if column not in ("all", *NEEDED))]
    current = frame.select(*inputs).with_columns(nw.lit(0.0).alias("_added"))
    effects = []
    for overlay in overlays:
        marked = _marked(current, overlay)
        changed = _changed(marked, overlay, settings)
        row = fetch(
            changed.filter(nw.col("_touched")).select(
                nw.len().alias("customers"),
                nw.col("exposure_at_default").sum().alias("exposure"),
                (nw.col("expected_loss") - nw.col("_loss_before")).sum().alias("loss"),
                (nw.col("economic_capital") - nw.col("_capital_before")).sum().alias("capital"),
            )
        ).iloc[0]
        money = [0.0 if row[name] is None or row[name] != row[name] else float(row[name])
                 for name in ("exposure", "loss", "capital")]  # fmt: skip
        effects.append(Effect(int(row["customers"]), *money))
        current = changed.drop("_touched", "_loss_before", "_capital_before")
    return tuple(effects)


def _marked(frame: Frame, overlay: Overlay) -> Frame:
    """Add whom an overlay touches, and what stood there before it."""
    everybody = overlay.column == "all"
    named = nw.lit(True) if everybody else nw.col(overlay.column).cast(nw.String) == overlay.key
    sound = ~nw.col("is_defaulted") & nw.col("slotting_grade").is_null() & ~nw.col("expected_loss").is_null()
    return frame.with_columns(
        (named & sound).fill_null(False).alias("_touched"),
        nw.col("expected_loss").alias("_loss_before"),
        nw.col("economic_capital").alias("_capital_before"),
    )


def _changed(frame: Frame, overlay: Overlay, settings: CapitalSettings) -> Frame:
    touched, amount = nw.col("_touched"), overlay.amount
    if overlay.target == "expected_loss":
        added = nw.when(touched).then(nw.col("exposure_at_default") * amount).otherwise(nw.lit(0.0))
        return frame.with_columns(
            (nw.col("expected_loss") + added).alias("expected_loss"),
            (nw.col("_added") + added).alias("_added"),
        )
    scaled = nw.when(touched).then((nw.col(overlay.target) * amount).clip(0.0, 1.0))
    changed = frame.with_columns(scaled.otherwise(nw.col(overlay.target)).alias(overlay.target))
    worked_out = with_capital(with_expected_loss(changed), settings, guaranteed=True)
    # What an earlier overlay added as a sum stays when the product is worked out anew.
    return worked_out.with_columns((nw.col("expected_loss") + nw.col("_added")).alias("expected_loss"))
