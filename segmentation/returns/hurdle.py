"""Who earns less than its capital asks: customers below the hurdle, and how many of them a group has."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from segmentation.frame import Frame
from segmentation.returns.ratios import ReturnsSettings
from segmentation.sample import Fetch


def with_missing(frame: Frame, settings: ReturnsSettings) -> Frame:
    """Add `missing`: the yearly profit before tax that a customer below the hurdle lacks; null for others.

    RAROC = (profit + capital · risk-free)·(1 − tax)/capital, solved for the profit at which it is
    the hurdle, less the profit there is.

    Parameters
    ----------
    frame : Frame
        With `raroc`, `economic_capital`, `risk_adjusted_profit`.
    settings : ReturnsSettings
        Hurdle, tax and risk-free rate.

    Examples
    --------
    >>> import duckdb
    >>> row = nw.from_native(duckdb.sql(
    ...     "select 0.09::double raroc, 100.0::double economic_capital, 10.0::double risk_adjusted_profit"))
    >>> round(with_missing(row, ReturnsSettings()).collect()["missing"][0], 9)  # 100 · (12 %/75 % − 2 %) − 10
    4.0
    """
    needed = nw.col("economic_capital") * (
        settings.hurdle_rate / (1 - settings.tax_rate) - settings.risk_free_rate
    )
    is_below = nw.col("raroc") < settings.hurdle_rate
    return frame.with_columns(
        nw.when(is_below).then(needed - nw.col("risk_adjusted_profit")).alias("missing")
    )


@dataclass(frozen=True, slots=True)
class HurdleGroup:
    """How many of a group lie below the hurdle, money in the portfolio's units.

    Attributes
    ----------
    key : str
        Level of the dimension, hostile text; empty when unknown.
    rated, below : int
        Customers whose RAROC is known, and of them below the hurdle.
    exposure, missing : float
        Of those below: exposure at default, and profit missing to the hurdle.
    """

    key: str
    rated: int
    below: int
    exposure: float
    missing: float


def hurdle_groups(frame: Frame, fetch: Fetch) -> tuple[HurdleGroup, ...]:
    """Count those below the hurdle by `_group`, most missing first; groups without one are left out.

    Parameters
    ----------
    frame : Frame
        With :func:`with_missing`'s column and `_group`, a text.
    fetch : Fetch
        Runs a lazy frame.
    """
    is_below = ~nw.col("missing").is_null()

    def ones(condition: nw.Expr, name: str) -> nw.Expr:
        return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).alias(name)

    rows = fetch(
        frame.with_columns(
            ones(~nw.col("raroc").is_null(), "rated"), ones(is_below, "below"),
            nw.when(is_below).then(nw.col("exposure_at_default")).otherwise(nw.lit(0.0)).alias("exposure"),
            nw.col("missing").fill_null(0.0),
        )
        .group_by("_group")
        .agg(*(nw.col(name).sum() for name in ("rated", "below", "exposure", "missing")))
    )  # fmt: skip
    found = [
        HurdleGroup(
            str(row["_group"]),
            int(row["rated"]),
            int(row["below"]),
            float(row["exposure"]),
            float(row["missing"]),
        )
        for row in rows.to_dict("records")
        if row["below"]
    ]
    return tuple(sorted(found, key=lambda group: (-group.missing, group.key)))
