"""How much is lent, how much more may be drawn, and how much is at risk in default."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

import narwhals as nw

from segmentation.frame import Frame, without
from segmentation.risk.checks import outside, refuse

MONEY = ("exposure_at_default", "exposure", "outstanding_balance", "credit_limit")


@dataclass(frozen=True, slots=True)
class ExposureSettings:
    """What is assumed of money not drawn yet.

    Attributes
    ----------
    credit_conversion_factor : float
        Share (0–1) of the undrawn limit that is drawn by the time of default; 40 % is the
        supervisory value for commitments (Basel framework, CRE20 and CRE32).

    Examples
    --------
    >>> ExposureSettings().to_dict()
    {'credit_conversion_factor': 0.4}
    """

    credit_conversion_factor: float = 0.40

    def __post_init__(self) -> None:
        refuse(outside("credit_conversion_factor", self.credit_conversion_factor, 0, 1))

    def to_dict(self) -> dict[str, float]:
        """Give the settings as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, written: dict[str, float]) -> ExposureSettings:
        """Read the settings back."""
        return cls(**written)


def with_exposure(frame: Frame, settings: ExposureSettings, absent_columns: Collection[str] = ()) -> Frame:
    """Add `drawn`, `undrawn`, the filled `exposure_at_default` and `exposure_source`.

    Exposure at default is the value given (`given`), else `exposure` (`exposure`), else
    drawn + CCF · undrawn (`converted`). Drawn is `outstanding_balance`, else `exposure`,
    else `exposure_at_default`, else 0. Undrawn is what the limit leaves, never below 0,
    and 0 without a limit. When no amount is known at all, the exposure is null (`none`).

    Parameters
    ----------
    frame : Frame
        Portfolio with all contract columns; money in the portfolio's units.
    settings : ExposureSettings
        The credit conversion factor.
    absent_columns : collection of str
        Money columns that hold nothing but zeros and blanks and so count as absent.

    Examples
    --------
    >>> import duckdb
    >>> from data.contract import column
    >>> from segmentation.frame import with_absent_columns
    >>> frame = nw.from_native(duckdb.sql("select 60::double outstanding_balance, 100::double credit_limit"))
    >>> frame = with_absent_columns(frame, [column(name) for name in MONEY])
    >>> filled = with_exposure(frame, ExposureSettings())
    >>> filled.select("drawn", "undrawn", "exposure_at_default").collect().row(0)
    (60.0, 40.0, 76.0)
    """
    given, exposure, balance, limit = (_amount(name, absent_columns) for name in MONEY)
    has_amount = ~(balance.is_null() & limit.is_null())
    drawn, undrawn = nw.col("drawn"), nw.col("undrawn")
    staged = (
        frame.with_columns(
            given.alias("_given"), exposure.alias("_exposure"),
            nw.coalesce(balance, exposure, given, nw.lit(0.0)).alias("drawn"),
        )
        .with_columns((limit - drawn).clip(0.0, None).fill_null(0.0).alias("undrawn"))
        .with_columns(
            nw.when(~nw.col("_given").is_null()).then(nw.lit("given"))
            .when(~nw.col("_exposure").is_null()).then(nw.lit("exposure"))
            .when(has_amount).then(nw.lit("converted"))
            .otherwise(nw.lit("none")).alias("exposure_source"),
            nw.coalesce(
                nw.col("_given"),
                nw.col("_exposure"),
                nw.when(has_amount).then(drawn + undrawn * settings.credit_conversion_factor),
            ).alias("exposure_at_default"),
        )
    )  # fmt: skip
    return without(staged, ["_given", "_exposure"])


def _amount(name: str, absent_columns: Collection[str]) -> nw.Expr:
    return nw.lit(None).cast(nw.Float64) if name in absent_columns else nw.col(name)
