"""Where a firm stands in its life: startup, growth or mature.

Not to be confused with the phase of a project or the impairment stage of a loan.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import narwhals as nw

from segmentation.frame import Frame, look_up, tidy_text, without
from segmentation.risk.checks import outside, refuse

LIFECYCLES: tuple[str, ...] = ("startup", "growth", "mature")
"""In the order of `lifecycle_key`: 0, 1, 2."""
UNKNOWN_KEY = 3


@dataclass(frozen=True, slots=True)
class LifecycleSettings:
    """From which age on a firm is in growth, and from which it is mature.

    Attributes
    ----------
    growth_years, mature_years : float
        Years in business.

    Examples
    --------
    >>> LifecycleSettings().to_dict()
    {'growth_years': 3.0, 'mature_years': 10.0}
    """

    growth_years: float = 3.0
    mature_years: float = 10.0

    def __post_init__(self) -> None:
        refuse(
            outside("growth_years", self.growth_years, 0, self.mature_years)
            + outside("mature_years", self.mature_years, 0, 500)
        )

    def to_dict(self) -> dict[str, float]:
        """Give the settings as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, written: dict[str, float]) -> LifecycleSettings:
        """Read the settings back."""
        return cls(**written)


def with_lifecycle(
    frame: Frame, settings: LifecycleSettings | None = None, as_of: date | None = None
) -> Frame:
    """Fill `lifecycle` and add `lifecycle_key`: 0 startup, 1 growth, 2 mature, 3 unknown.

    The stage given counts; else it follows from `years_in_business`, else from the whole
    years between `established_on` and `snapshot_date`. No clock is read: rows without a
    snapshot date use `as_of`, and without that stay unknown.

    Parameters
    ----------
    frame : Frame
        With `lifecycle`, `years_in_business`, `established_on` and `snapshot_date`.
    settings : LifecycleSettings, optional
        The two ages; 3 and 10 years by default.
    as_of : date, optional
        Date of the portfolio where a row has none.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select null::varchar lifecycle, null::double years_in_business,"
    ...     " date '2020-06-30' established_on, date '2024-06-29' snapshot_date"))
    >>> with_lifecycle(frame).select("lifecycle", "lifecycle_key").collect().row(0)
    ('growth', 1)
    """
    settings = settings or LifecycleSettings()
    given, years = tidy_text(nw.col("lifecycle")), nw.col("_years")
    keys = {stage: key for key, stage in enumerate(LIFECYCLES)}
    staged = (
        frame.with_columns(nw.coalesce("snapshot_date", nw.lit(as_of).cast(nw.Date)).alias("_today"))
        .with_columns(_whole_years("established_on", "_today").alias("_years"))
        .with_columns(nw.coalesce("years_in_business", "_years").alias("_years"))
        .with_columns(
            nw.when(given.is_in(LIFECYCLES)).then(given)
            .when((years >= 0) & (years < settings.growth_years)).then(nw.lit("startup"))
            .when((years >= 0) & (years < settings.mature_years)).then(nw.lit("growth"))
            .when(years >= settings.mature_years).then(nw.lit("mature")).alias("lifecycle")
        )
        .with_columns(
            look_up(nw.col("lifecycle"), keys, nw.Int64, default=UNKNOWN_KEY).alias("lifecycle_key")
        )
    )  # fmt: skip
    return without(staged, ["_today", "_years"])


def _whole_years(start: str, end: str) -> nw.Expr:
    """Count the anniversaries between two dates; engines differ on subtracting dates, not on this."""
    first, last = nw.col(start).dt, nw.col(end).dt
    is_before_anniversary = last.month() * 100 + last.day() < first.month() * 100 + first.day()
    return (last.year() - first.year() - is_before_anniversary.cast(nw.Int64)).cast(nw.Float64)
