"""The one rule by which sums become ratios: page, cube, SQL and deck all ask here.

Sums may be in any unit (the cube's are whole hundredths), as long as it is one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from segmentation.risk.capital import RISK_WEIGHT_OF_CAPITAL


@dataclass(frozen=True, slots=True)
class ReturnsSettings:
    """Assumptions where the portfolio does not say, and the rules of the ratios.

    Attributes
    ----------
    interest_rate, funding_rate, servicing_rate : float
        Yearly, fractions of the drawn balance.
    tax_rate, risk_free_rate, hurdle_rate : float
        Fractions; the hurdle is after tax.
    churn_rate : float
        Share of customers leaving a year.
    discount_rate : float
        Yearly, of lifetime values.
    contact_cost : float
        Cost of one lead or contact, in the portfolio's money; 30 yuan is the market figure the
        product's source article names, turned into the portfolio's currency when a model is
        fitted (:func:`segmentation.returns.acquisition.with_market_cost`).
    """

    interest_rate: float = 0.07
    funding_rate: float = 0.03
    servicing_rate: float = 0.005
    tax_rate: float = 0.25
    risk_free_rate: float = 0.02
    hurdle_rate: float = 0.12
    churn_rate: float = 0.10
    discount_rate: float = 0.12
    contact_cost: float = 30.0

    def to_dict(self) -> dict[str, float]:
        """Plain values for JSON."""
        return asdict(self)


def per_hundred(part: float, whole: float) -> float | None:
    """Part over whole, a fraction; None when there is no whole.

    Examples
    --------
    >>> per_hundred(1, 4), per_hundred(1, 0)
    (0.25, None)
    """
    return part / whole if whole > 0 else None


def return_on_investment(income: float, cost: float, expected_loss: float, drawn: float) -> float | None:
    """ROI = (income − cost − expected loss) / funds lent, a fraction a year.

    None when nothing is drawn.

    Examples
    --------
    >>> return_on_investment(70, 35, 10, 1000)
    0.025
    """
    return per_hundred(income - cost - expected_loss, drawn)


def raroc(
    income: float, cost: float, expected_loss: float, capital: float, settings: ReturnsSettings
) -> float | None:
    """RAROC = (income − cost − EL + capital · risk-free) · (1 − tax) / economic capital.

    The risk-adjusted return on capital after tax (Matten, *Managing Bank Capital*,
    2nd ed., ch. 9: income less cost less expected loss plus the return on
    capital, over economic capital). None when there is no capital.

    Examples
    --------
    >>> round(raroc(70, 35, 10, 100, ReturnsSettings()), 4)
    0.2025
    """
    numerator = (income - cost - expected_loss + capital * settings.risk_free_rate) * (1 - settings.tax_rate)
    return per_hundred(numerator, capital)


def expected_loss_rate(expected_loss: float, exposure: float) -> float | None:
    """Expected loss / exposure at default, a fraction; None without exposure.

    Examples
    --------
    >>> expected_loss_rate(10, 1000)
    0.01
    """
    return per_hundred(expected_loss, exposure)


def risk_weight(capital: float, exposure: float) -> float | None:
    """Risk weight = 12.5 · capital / exposure at default, a fraction (CRE31); None without exposure.

    Examples
    --------
    >>> risk_weight(80, 1000)
    1.0
    """
    return per_hundred(RISK_WEIGHT_OF_CAPITAL * capital, exposure)
