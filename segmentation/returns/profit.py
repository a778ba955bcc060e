"""What a customer earns in a year, before and after risk."""

from __future__ import annotations

import narwhals as nw

from segmentation.frame import Frame
from segmentation.returns.ratios import ReturnsSettings

ASSUMABLE: tuple[tuple[str, str], ...] = (
    ("interest_rate", "interest_rate"),
    ("funding_rate", "funding_rate"),
    ("servicing_rate", "servicing_cost"),
)
"""Setting that stands in → column it stands in for, row by row."""


def with_returns(frame: Frame, settings: ReturnsSettings) -> Frame:
    """Add `lending_income`, `cost`, `risk_adjusted_profit`, `roi` and `raroc`.

    income = drawn · rate + undrawn · commitment fee + fees; cost = drawn · funding
    rate + servicing; risk-adjusted profit = income − cost − EL, all money a year.
    ROI is over funds lent (drawn), RAROC after tax over economic capital
    (:func:`segmentation.returns.ratios.raroc`). Without a PD there is no expected
    loss and so no profit, ROI or RAROC; nor a ROI where nothing is drawn, nor a
    RAROC where there is no capital: these stay null.

    Parameters
    ----------
    frame : Frame
        With `drawn`, `undrawn`, `expected_loss`, `economic_capital` and the
        pricing columns of the contract.
    settings : ReturnsSettings
        What stands in where a price is blank.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 1000.0::double drawn, 0.0::double undrawn, 10.0::double expected_loss, 50.0::double economic_capital,"
    ...     " 0.08::double interest_rate, null::double commitment_fee, null::double fee_income,"
    ...     " null::double funding_rate, null::double servicing_cost"))
    >>> with_returns(frame, ReturnsSettings()).select("lending_income", "cost", "risk_adjusted_profit").collect().row(0)
    (80.0, 35.0, 35.0)
    """
    income, cost, loss, capital = (
        nw.col(name) for name in ("lending_income", "cost", "expected_loss", "economic_capital")
    )
    profit, drawn, undrawn = nw.col("risk_adjusted_profit"), nw.col("drawn"), nw.col("undrawn")
    return (
        frame.with_columns(
            yearly_income(drawn, undrawn, settings).alias("lending_income"),
            yearly_cost(drawn, settings).alias("cost"),
        )
        .with_columns((income - cost - loss).alias("risk_adjusted_profit"))
        .with_columns(
            nw.when(drawn > 0).then(profit / drawn).alias("roi"),
            nw.when(capital > 0)
            .then((profit + capital * settings.risk_free_rate) * (1 - settings.tax_rate) / capital)
            .alias("raroc"),
        )
    )


def yearly_income(
    drawn: nw.Expr, undrawn: nw.Expr, settings: ReturnsSettings, price_change: float = 0.0
) -> nw.Expr:
    """Income of a year = drawn · (rate + price change) + undrawn · commitment fee + fees.

    Parameters
    ----------
    drawn, undrawn : Expr
        Money lent and money still open.
    settings : ReturnsSettings
        The rate where a customer's own is blank.
    price_change : float
        Change of the yearly rate, a fraction.
    """
    rate = nw.col("interest_rate").fill_null(settings.interest_rate) + price_change
    fee = nw.col("commitment_fee").fill_null(0.0)
    return drawn * rate + undrawn * fee + nw.col("fee_income").fill_null(0.0)


def yearly_cost(drawn: nw.Expr, settings: ReturnsSettings, service_rate: float = 0.0) -> nw.Expr:
    """Cost of a year = drawn · funding rate + servicing + drawn · the tier's service rate.

    Servicing is the customer's own cost, whatever is drawn; where that is blank, a
    rate on the drawn balance.

    Parameters
    ----------
    drawn : Expr
        Money lent.
    settings : ReturnsSettings
        Funding and servicing rates where the customer's own are blank.
    service_rate : float
        Service of a tier, a fraction of the drawn balance.
    """
    funding = drawn * nw.col("funding_rate").fill_null(settings.funding_rate)
    servicing = nw.coalesce(nw.col("servicing_cost"), drawn * settings.servicing_rate)
    return funding + servicing + drawn * service_rate


def assumption_measures() -> list[nw.Expr]:
    """Give the expressions that sum the exposure each assumption stands in for.

    Named `assumed_<setting>`; together with `assumed_exposure`, the whole, they
    give the shares. A row rests on an assumption when its column is blank.
    """
    exposure = nw.col("exposure_at_default").fill_null(0.0)
    sums = [
        nw.when(nw.col(column).is_null())
        .then(exposure)
        .otherwise(nw.lit(0.0))
        .sum()
        .alias(f"assumed_{setting}")
        for setting, column in ASSUMABLE
    ]
    return [*sums, exposure.sum().alias("assumed_exposure")]
