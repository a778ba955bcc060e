"""From income to risk-adjusted profit, line by line and group by group; who contributes most.

Every line is a sum over rows; profit and ratios rest on customers whose risk is known,
income and cost of the others stand apart. The ratios are those of
:mod:`segmentation.returns.ratios`, so page, tiers and cube say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce
from operator import add
from typing import Literal, get_args

import narwhals as nw
import pandas as pd

from segmentation.frame import Frame
from segmentation.returns.ratios import ReturnsSettings, per_hundred, raroc, return_on_investment
from segmentation.sample import Fetch

Dimension = Literal["tier", "segment", "industry", "region", "customer_class", "channel"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

LINES = ("interest", "commitment_fees", "fees", "funding", "servicing", "expected_loss")
"""Steps of the waterfall from nothing to risk-adjusted profit."""
SIGNS = {
    "interest": 1,
    "commitment_fees": 1,
    "fees": 1,
    "funding": -1,
    "servicing": -1,
    "expected_loss": -1,
}
LOSS_PARTS = ("loss_guaranteed", "loss_defaulted", "loss_slotted")
"""What of the expected loss is not a customer's own PD · LGD · EAD: a guarantor's PD in the covered
part, the best estimate in default, a project slot's own rate."""
SUMS = (*LINES, "exposure", "drawn", "capital", *LOSS_PARTS)
PARTS_OF = {"income": ("interest", "commitment_fees", "fees"), "cost": ("funding", "servicing")}
"""Figures that are sums of lines."""
TOP = 3


def with_lines(frame: Frame, settings: ReturnsSettings) -> Frame:
    """Add each line of the statement as `line_<name>`, money a year; null where it can't be said.

    Parameters
    ----------
    frame : Frame
        Scored up to the returns.
    settings : ReturnsSettings
        Rates where a customer's own are blank, the same the returns were worked out with.
    """
    drawn = nw.col("drawn")
    funding = drawn * nw.col("funding_rate").fill_null(settings.funding_rate)
    amounts = {
        "interest": drawn * nw.col("interest_rate").fill_null(settings.interest_rate),
        "commitment_fees": nw.col("undrawn") * nw.col("commitment_fee").fill_null(0.0),
        "fees": nw.col("fee_income").fill_null(0.0),
        "funding": funding,
        "servicing": nw.col("cost") - funding,
        "expected_loss": nw.col("expected_loss"),
        **_loss_parts(),
        "exposure": nw.col("exposure_at_default"),
        "drawn": drawn,
        "capital": nw.col("economic_capital"),
    }
    return frame.with_columns(amount.alias(f"line_{name}") for name, amount in amounts.items())


def _loss_parts() -> dict[str, nw.Expr]:
    """Split the expected loss by how it is worked out, as in `with_expected_loss`; each row has one way."""
    loss, is_slotted = nw.col("expected_loss"), ~nw.col("slotting_grade").is_null()
    is_defaulted = nw.col("is_defaulted").fill_null(False)
    is_covered = (nw.col("covered_share") > 0).fill_null(False)
    ways = {
        "loss_guaranteed": ~is_slotted & ~is_defaulted & is_covered,
        "loss_defaulted": ~is_slotted & is_defaulted,
        "loss_slotted": is_slotted,
    }
    return {name: nw.when(way).then(loss).otherwise(nw.lit(0.0)) for name, way in ways.items()}


def dimension_key(dimension: Dimension) -> nw.Expr:
    """Give the text a dimension groups by; an industry goes by its name where it has one."""
    if dimension == "industry":
        return nw.coalesce(nw.col("industry_name"), nw.col("industry")).cast(nw.String)
    return nw.col(dimension).cast(nw.String)


@dataclass(frozen=True, slots=True)
class Statement:
    """A group's year, money in the portfolio's units; lines rest on customers whose risk is known.

    Attributes
    ----------
    key : str
        Level of the dimension, hostile text; empty when unknown or for the whole.
    customers, unrated : int
        How many, and how many of them without a PD.
    interest, commitment_fees, fees, funding, servicing, expected_loss : float
        Lines of the rated customers, all as positive amounts.
    exposure, drawn, capital : float
        Of the rated customers.
    unrated_exposure, unrated_income, unrated_cost : float
        Left out above: nobody knows what they will lose.
    loss_guaranteed, loss_defaulted, loss_slotted : float
        Parts of the expected loss that are not PD · LGD · EAD of the customer itself.
    """

    key: str
    customers: int
    unrated: int
    interest: float
    commitment_fees: float
    fees: float
    funding: float
    servicing: float
    expected_loss: float
    exposure: float
    drawn: float
    capital: float
    unrated_exposure: float
    unrated_income: float
    unrated_cost: float
    loss_guaranteed: float = 0.0
    loss_defaulted: float = 0.0
    loss_slotted: float = 0.0

    @property
    def loss_of_own(self) -> float:
        """Expected loss by the customers' own PD · LGD · EAD."""
        return self.expected_loss - self.loss_guaranteed - self.loss_defaulted - self.loss_slotted

    @property
    def is_unrated(self) -> bool:
        """Whether no customer has a PD: then there is an income and a cost, but no profit after risk."""
        return self.unrated == self.customers

    @property
    def income(self) -> float:
        """Interest and fees of a year."""
        return self.interest + self.commitment_fees + self.fees

    @property
    def cost(self) -> float:
        """Funding and servicing of a year."""
        return self.funding + self.servicing

    @property
    def profit(self) -> float:
        """Risk-adjusted profit: income − cost − expected loss."""
        return self.income - self.cost - self.expected_loss

    @property
    def roi(self) -> float | None:
        """ROI, a fraction; None when nothing is drawn."""
        return return_on_investment(self.income, self.cost, self.expected_loss, self.drawn)

    def raroc(self, settings: ReturnsSettings) -> float | None:
        """RAROC, a fraction; None without capital."""
        return raroc(self.income, self.cost, self.expected_loss, self.capital, settings)

    def is_below_hurdle(self, settings: ReturnsSettings) -> bool:
        """Whether RAROC is known and below the hurdle."""
        own = self.raroc(settings)
        return own is not None and own < settings.hurdle_rate

    def shortfall(self, settings: ReturnsSettings) -> float:
        """Yearly profit before tax that is missing to the hurdle; 0 when there is none.

        RAROC = (profit + capital · risk-free)·(1 − tax)/capital, solved for the profit at
        which it is the hurdle.
        """
        if not self.is_below_hurdle(settings):
            return 0.0
        needed = self.capital * (settings.hurdle_rate / (1 - settings.tax_rate) - settings.risk_free_rate)
        return needed - self.profit


def _sum(lines: Sequence[str]) -> nw.Expr:
    first, *others = (nw.col(f"line_{name}") for name in lines)
    return reduce(add, others, first)


def statements(frame: Frame, dimension: Dimension | None, fetch: Fetch) -> tuple[Statement, ...]:
    """Sum the lines by group in one scan, largest exposure first; the whole without a dimension.

    Parameters
    ----------
    frame : Frame
        With :func:`with_lines`'s columns, and `tier` when asked by tier.
    dimension : str or None
        One of `DIMENSIONS`.
    fetch : Fetch
        Runs a lazy frame.
    """
    is_rated = ~nw.col("line_expected_loss").is_null()
    nothing = nw.lit(0.0)

    def total(name: str, condition: nw.Expr) -> nw.Expr:
        return nw.when(condition).then(nw.col(f"line_{name}")).otherwise(nothing).sum()

    key = dimension_key(dimension) if dimension else nw.lit("")
    names = [f"line_{name}" for name in SUMS]
    income, cost = _sum(PARTS_OF["income"]), _sum(PARTS_OF["cost"])
    grouped = (
        frame.with_columns(key.fill_null("").alias("_key"))
        .select("_key", *names)
        .with_columns(
            nw.when(is_rated).then(nothing).otherwise(income).alias("_unrated_income"),
            nw.when(is_rated).then(nothing).otherwise(cost).alias("_unrated_cost"),
            nw.when(is_rated).then(nw.lit(0)).otherwise(nw.lit(1)).alias("_unrated"),
            nw.when(is_rated).then(nothing).otherwise(nw.col("line_exposure")).alias("_unrated_exposure"),
        )
        .group_by("_key")
        .agg(
            nw.len().alias("customers"),
            nw.col("_unrated").sum().alias("unrated"),
            *(total(name, is_rated).alias(name) for name in SUMS),
            nw.col("_unrated_exposure").sum().alias("unrated_exposure"),
            nw.col("_unrated_income").sum().alias("unrated_income"),
            nw.col("_unrated_cost").sum().alias("unrated_cost"),
        )
    )
    rows = fetch(grouped).rename(columns={"_key": "key"})
    found = [_statement({str(name): value for name, value in row.items()}) for row in rows.to_dict("records")]
    return tuple(sorted(found, key=lambda entry: (-entry.exposure - entry.unrated_exposure, entry.key)))


def _statement(row: dict[str, object]) -> Statement:
    def plain(name: str, kind: str) -> object:
        value = row[name]
        if kind == "str":
            return str(value)
        number = 0.0 if pd.isna(value) else float(value)  # type: ignore[arg-type,call-overload]  # a number of the engine
        return int(number) if kind == "int" else number

    return Statement(**{entry.name: plain(entry.name, str(entry.type)) for entry in fields(Statement)})  # type: ignore[arg-type]  # each by its field's type


@dataclass(frozen=True, slots=True)
class Contributor:
    """A customer's part of a line; key and name are hostile text."""

    customer_id: str
    name: str
    amount: float
    share: float | None


def top_contributors(frame: Frame, line: str, fetch: Fetch, most: int = TOP) -> tuple[Contributor, ...]:
    """Name the customers with the largest part of a figure, by its size whatever its sign.

    Only customers whose risk is known count, as in the statement: the shares are of its figure.

    Parameters
    ----------
    frame : Frame
        With :func:`with_lines`'s columns.
    line : str
        One of `LINES`, ``income``, ``cost``, ``exposure``, ``drawn``, ``capital`` or ``profit``.
    fetch : Fetch
        Runs a lazy frame.
    most : int
        How many.
    """
    amount = nw.col("risk_adjusted_profit") if line == "profit" else _sum(PARTS_OF.get(line, (line,)))
    rated = frame.filter(~nw.col("line_expected_loss").is_null())
    kept = rated.select("customer_id", "name", amount.alias("_amount"))
    whole = float(fetch(kept.select(nw.col("_amount").sum().alias("total")))["total"].fillna(0.0).iloc[0])
    rows = fetch(
        kept.filter(~nw.col("_amount").is_null())
        .with_columns(nw.col("_amount").abs().alias("_size"))
        .sort("_size", "customer_id", descending=[True, False])
        .head(most)
    )
    return tuple(
        Contributor(
            str(key), "" if pd.isna(name) else str(name), float(value), per_hundred(float(value), whole)
        )
        for key, name, value in zip(rows["customer_id"], rows["name"], rows["_amount"], strict=True)
    )
