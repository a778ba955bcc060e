"""A treatment: what a tier gets, as part of a policy. What it does to money is `returns/treatment.py`."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.rules import Rule


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a tier gets; the defaults of the built-in policy are assumptions.

    Attributes
    ----------
    price_change_bp : float
        Change of the yearly rate on the drawn balance, in basis points.
    limit_multiplier : float
        Limit offered over today's limit.
    headroom_use : float
        Share (0–1) of new headroom that is drawn.
    collateral_cover : float
        Collateral asked, its value as a share (0–1) of the exposure.
    service_cost_rate : float
        Yearly cost of the tier's service over the drawn balance, a fraction.
    take_up : float
        Share (0–1) of customers who accept price, limit and collateral.
    review_months : int
        Months between reviews.
    offer : str
        Key of the offer; the words say it.
    churn_change : float
        Change of the share (−1–1) of customers who leave in a year; moves the
        lifetime value, no figure of the year.
    """

    price_change_bp: float = 0.0
    limit_multiplier: float = 1.0
    headroom_use: float = 0.0
    collateral_cover: float = 0.0
    service_cost_rate: float = 0.0
    take_up: float = 1.0
    review_months: int = 12
    offer: str = "none"
    churn_change: float = 0.0

    @property
    def moves(self) -> frozenset[str]:
        """Parts that change a figure of the year: limit, price, collateral, service.

        Examples
        --------
        >>> Treatment(price_change_bp=5, headroom_use=0.5, service_cost_rate=0.001).moves == {"price", "service"}
        True
        >>> NEUTRAL.moves
        frozenset()
        """
        taken = {
            "limit": self.limit_multiplier - 1,
            "price": self.price_change_bp,
            "collateral": self.collateral_cover,
        }
        offered = {part for part, change in taken.items() if change * self.take_up != 0}
        return frozenset(offered | ({"service"} if self.service_cost_rate != 0 else set()))


NEUTRAL = Treatment()
"""Changes no figure: tiers then only re-label customers."""

YEARLY = (
    "price_change_bp",
    "limit_multiplier",
    "headroom_use",
    "collateral_cover",
    "service_cost_rate",
    "take_up",
)
"""Fields of a treatment that move this year's money, and so the cube."""

TREATMENT_RULES: dict[str, Rule] = {
    "price_change_bp": Rule(float, -1000, 1000, "basis points"),
    "limit_multiplier": Rule(float, 0, 5, "times today's limit"),
    "headroom_use": Rule(float, 0, 1),
    "collateral_cover": Rule(float, 0, 1),
    "service_cost_rate": Rule(float, 0, 0.2),
    "take_up": Rule(float, 0, 1),
    "review_months": Rule(int, 1, 120, "months"),
    "offer": Rule(str, 0, 80),
    "churn_change": Rule(float, -1, 1),
}
"""What each field may be; an edit and a file are checked by it alike."""
