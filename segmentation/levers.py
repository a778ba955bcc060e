"""What a customer can move, how far, and what follows from it of itself.

Which columns, which way and how far stands in the contract (`data/contract`): never what is
given (identity, protected facts, history, outcomes) nor what the lender decides (price, limit).
It can't know what this one customer could really do: the reach is an assumption for all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.contract import Column
from segmentation.ecdf import MidRankCurve, read_curve

FOLLOWS_BALANCE = ("exposure", "utilisation")
POINTS = 20
"""Values tried a column between its own and the furthest."""

Plan = dict[str, float]
"""Column → value; what is not named stays."""
Row = Mapping[str, Any]  # Any: cells of a table


@dataclass(frozen=True, slots=True)
class Lever:
    """A column this customer can move.

    Attributes
    ----------
    column : str
        Which.
    own, furthest : float
        Where it is, and the furthest plausible value.
    points : tuple of float
        Values to try, nearest first; the last is the furthest.
    curve : MidRankCurve or None
        How customers are spread along it, for the cost of a change.
    is_whole : bool
        Whether only whole numbers make sense.
    """

    column: str
    own: float
    furthest: float
    points: tuple[float, ...]
    curve: MidRankCurve | None
    is_whole: bool

    def cost(self, value: float) -> float:
        """Share (0–1) of customers the change passes; without a curve the relative change."""
        if self.curve is None:
            return abs(value - self.own) / max(abs(self.own), 1.0)
        return abs(read_curve(value, self.curve) - read_curve(self.own, self.curve)) / 100


def levers_of(row: Row, columns: Sequence[Column], curves: Mapping[str, MidRankCurve]) -> tuple[Lever, ...]:
    """List the columns a customer can move, with the values to try.

    Parameters
    ----------
    row : mapping
        The customer as ingested, and `drawn`: what it owes us.
    columns : sequence of Column
        Of the contract; those that are not actionable, unknown of this customer or at their
        end already give no lever.
    curves : mapping of str to MidRankCurve
        How customers are spread along each column.

    Examples
    --------
    >>> from data.contract import column
    >>> (lever,) = levers_of({"days_past_due": 3}, [column("days_past_due"), column("age")], {})
    >>> lever.points
    (2.0, 1.0, 0.0)
    """
    found = []
    for column in columns:
        own = _known(row.get(column.name))
        if column.actionable is None or own is None:
            continue
        # Exposure and use of the limit follow from the balance, where that is known.
        if column.name in FOLLOWS_BALANCE and _known(row.get("outstanding_balance")) is not None:
            continue
        furthest = _furthest(column, own, row)
        points = _points(own, furthest, curves.get(column.name), column.kind == "integer")
        if points:
            is_whole = column.kind == "integer"
            found.append(Lever(column.name, own, furthest, points, curves.get(column.name), is_whole))
    return tuple(found)


def _known(cell: Any) -> float | None:  # Any: a cell
    return None if cell is None or pd.isna(cell) or isinstance(cell, str) else float(cell)


def _furthest(column: Column, own: float, row: Row) -> float:
    """The furthest value in the column's direction; where that lies behind, its own."""
    of = _known(row.get(column.reach_of)) if column.reach_of else own
    if column.actionable == "up":
        end = math.inf if column.maximum is None else column.maximum
        if column.reach is not None:
            base = abs(of or 0.0) * column.reach
            end = min(end, base if column.reach_of else own + base)
        return max(own, end) if math.isfinite(end) else own
    end = -math.inf if column.minimum is None else column.minimum
    if column.reach is not None:
        end = max(end, own - abs(of or 0.0) * column.reach)
    if column.name == "total_debt":
        # What it owes us is a lever of its own.
        end = max(end, _known(row.get("drawn")) or 0.0)
    return min(own, end) if math.isfinite(end) else own


def _points(own: float, furthest: float, curve: MidRankCurve | None, is_whole: bool) -> tuple[float, ...]:
    """Values between own (left out) and furthest: half by equal steps, half by equal shares of customers."""
    if own == furthest:
        return ()
    low, high = sorted((own, furthest))
    shares = np.linspace(0.0, 1.0, POINTS // 2 + 1)[1:]
    values = own + (furthest - own) * shares
    if curve is not None:
        first, last = read_curve(own, curve), read_curve(furthest, curve)
        by_rank = np.interp(first + (last - first) * shares, curve.percents, curve.knots)
        values = np.concatenate([values, np.clip(by_rank, low, high), [furthest]])
    if is_whole:
        values = np.ceil(values - 1e-9) if furthest > own else np.floor(values + 1e-9)
        values = np.clip(values, low, high)
    values = np.unique(values[np.abs(values - own) > 1e-9 * max(1.0, abs(own))])
    return tuple((values if furthest > own else values[::-1]).tolist())


def candidate_rows(row: Row, plans: Sequence[Plan], conversion: float) -> pd.DataFrame:
    """Write plans as rows of values, with what follows from a change of itself.

    Paying back a balance (where none is known, the exposure) by Δ lowers the exposure by Δ, the exposure at default by Δ, or by
    Δ·(1 − CCF) under a limit that stays open, the total debt by Δ, and the use of the limit in
    proportion. Interest paid follows the total debt in proportion, unless it is moved itself.

    Parameters
    ----------
    row : mapping
        The customer as ingested.
    plans : sequence of Plan
        What to change.
    conversion : float
        Credit conversion factor of what is undrawn.

    Returns
    -------
    pandas.DataFrame
        One row a plan; NaN where the customer's own value stays.

    Examples
    --------
    >>> row = {"outstanding_balance": 100.0, "total_debt": 300.0, "exposure": 100.0}
    >>> candidate_rows(row, [{"outstanding_balance": 80.0}], 0.4).iloc[0].to_dict()
    {'outstanding_balance': 80.0, 'exposure': 80.0, 'total_debt': 280.0}
    """
    columns = sorted({name for plan in plans for name in plan})
    rows = pd.DataFrame(list(plans), columns=columns, dtype="float64")
    balance = next((name for name in ("outstanding_balance", "exposure") if name in rows), None)
    if balance is not None:
        own = float(row[balance])
        paid = (own - rows[balance]).fillna(0.0)
        limit = _known(row.get("credit_limit"))
        stays_open = limit is not None and limit >= own
        if balance != "exposure":
            _lower(rows, "exposure", row, paid)
        _lower(rows, "exposure_at_default", row, paid * (1 - conversion if stays_open else 1.0))
        _lower(rows, "total_debt", row, paid)
        used = _known(row.get("utilisation"))
        if used is not None and own > 0 and "utilisation" not in columns:
            rows["utilisation"] = (used * rows[balance] / own).fillna(used)
    debt, interest = _known(row.get("total_debt")), _known(row.get("interest_expense"))
    if "total_debt" in rows and debt and interest is not None:
        follows = (interest * rows["total_debt"] / debt).fillna(interest)
        rows["interest_expense"] = (
            rows["interest_expense"].fillna(follows) if "interest_expense" in rows else follows
        )
    return rows


def _lower(rows: pd.DataFrame, name: str, row: Row, by: pd.Series) -> None:
    """Lower a column by amounts, from where the plan or the customer has it; unknown stays unknown."""
    own = _known(row.get(name))
    if own is not None:
        before = rows[name].fillna(own) if name in rows else own
        rows[name] = (before - by).clip(lower=0.0)
