"""Stratum's totals against the ledger's: each difference taken apart, the rest said plainly.

The items explain by what Stratum knows to do differently from a ledger. What they leave is
`unexplained`; it is shown, never spread over the items.
"""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.returns.ratios import per_hundred

MEASURES = ("exposure", "income", "provisions")
SMALL = 0.005
"""Unexplained share of the ledger's total up to which the two are said to agree."""


@dataclass(frozen=True, slots=True)
class OwnTotals:
    """What Stratum says, and the parts a ledger counts otherwise; money in the portfolio's units.

    Attributes
    ----------
    exposure, drawn : float
        Exposure at default, and the balance drawn.
    income, assumed_income : float
        Of a year, and the part that rests on the assumed interest rate.
    unrated_exposure : float
        Of customers without a PD: no loss is provided for them.
    expected_loss : float
        Of twelve months.
    expected_credit_loss : float or None
        IFRS 9; None where no stage can be told.
    overlays : float
        What overlays in force add to the expected loss.
    set_aside_rows : int
        Rows in quarantine: their amounts are in the ledger and not here.
    """

    exposure: float
    drawn: float
    income: float
    assumed_income: float
    unrated_exposure: float
    expected_loss: float
    expected_credit_loss: float | None
    overlays: float
    set_aside_rows: int


@dataclass(frozen=True, slots=True)
class Item:
    """One reason for a difference; None where its size can't be known."""

    key: str
    amount: float | None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A ledger total, ours, and the way from one to the other.

    Attributes
    ----------
    measure : str
        One of `MEASURES`.
    ledger, own : float
        Totals.
    items : tuple of Item
        They add up, with `unexplained`, to own − ledger.
    unexplained : float
        What no item explains.
    """

    measure: str
    ledger: float
    own: float
    items: tuple[Item, ...]
    unexplained: float

    @property
    def difference(self) -> float:
        """Own less ledger."""
        return self.own - self.ledger

    @property
    def agrees(self) -> bool:
        """Whether what stays unexplained is small."""
        share = per_hundred(abs(self.unexplained), abs(self.ledger))
        return self.unexplained == 0 if share is None else share <= SMALL


def reconcile(measure: str, ledger: float, own: OwnTotals) -> Reconciliation:
    """Take the difference between the ledger's total and ours apart.

    An item is counted where Stratum knows its size, and named without a size where it
    does not (rows set aside: their amounts were not read).

    Parameters
    ----------
    measure : str
        ``exposure`` (the ledger's is the balance drawn), ``income`` of a year, or
        ``provisions`` (the ledger's stock of loan-loss allowances).
    ledger : float
        As entered.
    own : OwnTotals
        Ours.

    Examples
    --------
    >>> own = OwnTotals(110.0, 100.0, 7.0, 0.0, 0.0, 1.0, 2.5, 0.0, 0)
    >>> found = reconcile("exposure", 100.0, own)
    >>> found.difference, found.items, found.unexplained, found.agrees
    (10.0, (Item(key='undrawn', amount=10.0),), 0.0, True)
    """
    total, items = _items(measure, own)
    known = sum(item.amount or 0.0 for item in items)
    return Reconciliation(measure, ledger, total, tuple(items), total - ledger - known)


def _items(measure: str, own: OwnTotals) -> tuple[float, list[Item]]:
    aside = [Item("set_aside", None)] if own.set_aside_rows else []
    if measure == "exposure":
        undrawn = own.exposure - own.drawn
        return own.exposure, ([Item("undrawn", undrawn)] if undrawn else []) + aside
    if measure == "income":
        # Named without a size: how far the assumed rate is from the true one, only the ledger knows.
        assumed = [Item("assumed_rate", None)] if own.assumed_income else []
        return own.income, assumed + aside
    # The allowance is of IFRS 9; where no stage can be told, the loss of twelve months stands for it.
    total = own.expected_loss if own.expected_credit_loss is None else own.expected_credit_loss
    items = [Item("overlays", -own.overlays)] if own.overlays else []
    items += [Item("twelve_months", None)] if own.expected_credit_loss is None else []
    items += [Item("unrated", None)] if own.unrated_exposure else []
    return total, items + aside
