"""What was known at a day: a model fitted "as of" it may use nothing that came later.

Labels ripen slowly: of the loans that will fail only some have failed by any given day, and
a young loan without a default is not a good one, it is one not yet known. So an outcome as
of a day is that of a fixed performance window (Siddiqi, *Credit Risk Scorecards*, 2006, ch.
3): default within so many months of origination, judged only for those old enough.
"""

from __future__ import annotations

from datetime import date

import narwhals as nw

from segmentation.frame import Frame, day_number, without

DAYS_A_MONTH = 30.4375
DEFAULT_WINDOW_MONTHS = 36

LATER_COLUMNS = ("loss_amount", "recovered_amount", "realised_income", "best_estimate_of_loss")
"""Known only after a default or at the end of a year; blank where the default is not known yet."""


def known_as_of(frame: Frame, as_of: date) -> Frame:
    """Show a portfolio as it could be known on a day.

    Rows originated after the day are left out. A default after it has not happened: its
    flag becomes false and its date, loss and recovery blank. A default without a date can't
    be placed, so its outcome is blank; so is that of a row without origination, which is
    left out with those too young, for nobody can say whether it existed.

    Parameters
    ----------
    frame : Frame
        With `originated_on`, `defaulted` and `defaulted_on`.
    as_of : datetime.date
        The day.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select date '2001-03-01' originated_on, true defaulted, date '2005-01-01' defaulted_on"))
    >>> known_as_of(frame, date(2003, 12, 31)).collect()["defaulted"][0]
    False
    """
    day = nw.lit(as_of).cast(nw.Date)
    happened_later = (nw.col("defaulted_on") > day).fill_null(False)
    undated = nw.col("defaulted").fill_null(False) & nw.col("defaulted_on").is_null()
    present = set(frame.collect_schema().names())
    hidden = [name for name in LATER_COLUMNS if name in present]
    seen = frame.filter((nw.col("originated_on") <= day).fill_null(False))
    return seen.with_columns(
        nw.when(undated).then(None).when(happened_later).then(nw.lit(False))
        .otherwise(nw.col("defaulted")).alias("defaulted"),
        nw.when(~happened_later).then(nw.col("defaulted_on")).alias("defaulted_on"),
        *(nw.when(~happened_later).then(nw.col(name)).alias(name) for name in hidden),
    )  # fmt: skip


def with_windowed_outcome(frame: Frame, as_of: date, months: int = DEFAULT_WINDOW_MONTHS) -> Frame:
    """Replace `defaulted` by default within a performance window, null where it is not ripe.

    True when the default came within the window; false when the window had passed by
    `as_of` without one; null for the rest.

    Parameters
    ----------
    frame : Frame
        As :func:`known_as_of` gives it, or one whose outcomes are all known.
    as_of : datetime.date
        Last day seen.
    months : int
        Length of the window from origination.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select date '2003-03-01' originated_on, false defaulted, null::date defaulted_on"))
    >>> with_windowed_outcome(frame, date(2003, 12, 31), 36).collect()["defaulted"][0] is None
    True
    """
    start = day_number(nw.col("originated_on"))
    staged = frame.with_columns(
        ((day_number(nw.col("defaulted_on")) - start) / DAYS_A_MONTH).alias("_until_default"),
        ((day_number(nw.lit(as_of).cast(nw.Date)) - start) / DAYS_A_MONTH).alias("_seen"),
    )
    within = (nw.col("defaulted") & (nw.col("_until_default") <= months)).fill_null(False)
    ripe = ((nw.col("_seen") >= months) & ~nw.col("defaulted").is_null()).fill_null(False)
    outcome = nw.when(within).then(nw.lit(True)).when(ripe).then(nw.lit(False))
    return without(staged.with_columns(outcome.alias("defaulted")), ["_until_default", "_seen"])
