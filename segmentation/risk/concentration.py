"""How unevenly exposure is spread: over names, connected groups, industries, countries, regions.

The parts of a dimension are summed by the engine; only the largest few and the sums come back.

References
----------
O. C. Herfindahl (1950), *Concentration in the U.S. steel industry*; A. O. Hirschman (1964),
*The paternity of an index*, American Economic Review 54; M. O. Lorenz (1905), *Methods of
measuring the concentration of wealth*; Basel Committee (2006), *Studies on credit risk
concentration*, working paper 15; Basel Committee (2014), *Supervisory framework for measuring
and controlling large exposures*, of which the 10 % from which an exposure is large and the
25 % it may not pass are taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import narwhals as nw
import numpy as np
import pandas as pd

from segmentation.frame import Frame
from segmentation.sample import Fetch

Dimension = Literal["name", "group", "industry", "country", "region"]
DIMENSIONS: tuple[Dimension, ...] = ("name", "group", "industry", "country", "region")
TOP_PARTS = 20
LARGE_SHARE_OF_OWN_FUNDS = 0.10


@dataclass(frozen=True, slots=True)
class Part:
    """One of the largest parts.

    Attributes
    ----------
    key, label : str
        What it is grouped by, and what people call it; hostile text. Empty where unknown.
    customers : int
        In it.
    exposure, expected_loss : float
        Money.
    share : float
        Of the whole exposure, a fraction.
    """

    key: str
    label: str
    customers: int
    exposure: float
    expected_loss: float
    share: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """What is said of one dimension.

    Attributes
    ----------
    dimension : str
        One of `DIMENSIONS`.
    parts : int
        With exposure above 0.
    exposure : float
        Their sum, money.
    known_share : float
        Share of exposure whose part is known: 1 for names.
    herfindahl : float or None
        Σ shares², from 1/parts (even) to 1 (all in one); None without exposure.
    top_share : float or None
        Share of the 20 largest.
    largest : tuple of Part
        The 20 largest, largest first.
    lorenz : tuple of (float, float)
        Share of parts and share of exposure, smallest parts first.
    """

    dimension: str
    parts: int
    exposure: float
    known_share: float
    herfindahl: float | None
    top_share: float | None
    largest: tuple[Part, ...]
    lorenz: tuple[tuple[float, float], ...]

    @property
    def effective_number(self) -> float | None:
        """1 / Herfindahl: as concentrated as so many parts of equal size."""
        return 1.0 / self.herfindahl if self.herfindahl else None


def exposures_by(frame: Frame, dimension: Dimension) -> Frame:
    """Sum a scored frame by a dimension: `part`, `label`, `customers`, `exposure`, `expected_loss`.

    A customer in no group is a group of its own. Customers without an industry, country or
    region form one part with the key "".

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select * from (values ('a', 'A', 'g', 3.0::double, 0.1::double), ('b', 'B', 'g', 1.0, 0.1),"
    ...     " ('c', 'C', null, 2.0, null)) t(customer_id, name, group_id, exposure_at_default, expected_loss)"))
    >>> rows = exposures_by(frame, "group").sort("part").collect()
    >>> rows.select("part", "exposure").rows()
    [('c', 2.0), ('g', 4.0)]
    """
    if dimension in ("name", "group"):
        key = nw.col("customer_id") if dimension == "name" else nw.coalesce("group_id", "customer_id")
        label = nw.coalesce("name", "customer_id")
    else:
        key = label = nw.col(dimension).fill_null("")
    staged = frame.select(
        key.alias("part"),
        label.alias("label"),
        nw.col("exposure_at_default").fill_null(0.0).alias("exposure"),
        nw.col("expected_loss").fill_null(0.0).alias("expected_loss"),
    )
    return staged.group_by("part").agg(
        nw.col("label").min().alias("label"),
        nw.len().alias("customers"),
        nw.col("exposure").sum().alias("exposure"),
        nw.col("expected_loss").sum().alias("expected_loss"),
    )


def concentration(parts: Frame, dimension: Dimension, ranked: pd.DataFrame, fetch: Fetch) -> Concentration:
    """Say how concentrated a dimension is.

    Parameters
    ----------
    parts : Frame
        As :func:`exposures_by` gives it, run once.
    dimension : str
        Its name.
    ranked : pandas.DataFrame
        Parts in the order of their exposure, in even steps: `customers` (parts in the step)
        and `total` (their exposure), smallest first.
    fetch : callable
        Runs a lazy frame and gives pandas.
    """
    amount = nw.col("exposure")
    row = fetch(
        parts.select(
            nw.when(amount > 0).then(nw.lit(1)).otherwise(nw.lit(0)).sum().alias("parts"),
            amount.sum().alias("exposure"),
            (amount * amount).sum().alias("squares"),
            nw.when(nw.col("part") == "").then(amount).otherwise(nw.lit(0.0)).sum().alias("unknown"),
        )
    ).iloc[0]
    total = float(row["exposure"] or 0.0)
    if not total > 0:
        return Concentration(dimension, 0, 0.0, 0.0, None, None, (), ())
    top = fetch(parts.sort("exposure", "part", descending=[True, False]).head(TOP_PARTS))
    largest = tuple(
        Part(str(key), str(label), int(customers), float(held), float(loss), float(held) / total)
        for key, label, customers, held, loss in zip(
            top["part"], top["label"], top["customers"], top["exposure"], top["expected_loss"], strict=True
        )
        if held > 0
    )
    return Concentration(
        dimension=dimension,
        parts=int(row["parts"]),
        exposure=total,
        known_share=1.0 - float(row["unknown"]) / total,
        herfindahl=herfindahl_of_sums(total, float(row["squares"])),
        top_share=sum(part.share for part in largest),
        largest=largest,
        lorenz=lorenz_curve(ranked),
    )


def herfindahl_of_sums(total: float, sum_of_squares: float) -> float | None:
    """Give the index from a sum and a sum of squares.

    Examples
    --------
    >>> herfindahl_of_sums(4.0, 4.0)
    0.25
    """
    return sum_of_squares / total**2 if total > 0 else None


def lorenz_curve(ranked: pd.DataFrame) -> tuple[tuple[float, float], ...]:
    """Give the share of exposure held by the smallest share of parts, from (0, 0) to (1, 1).

    Examples
    --------
    >>> lorenz_curve(pd.DataFrame({"customers": [1, 1], "total": [1.0, 3.0]}))
    ((0.0, 0.0), (0.5, 0.25), (1.0, 1.0))
    """
    if ranked.empty or not float(ranked["total"].sum()) > 0:
        return ()
    parts = np.concatenate([[0.0], np.cumsum(ranked["customers"]) / ranked["customers"].sum()])
    held = np.concatenate([[0.0], np.cumsum(ranked["total"]) / ranked["total"].sum()])
    return tuple((float(share), float(of)) for share, of in zip(parts, held, strict=True))
