"""A guaranteed share of an exposure takes the guarantor's risk.

The substitution approach (Basel II, June 2006, §§ 300–305; in the Basel framework the
chapter on credit risk mitigation under the foundation approach): the covered part of an
exposure gets the guarantor's probability of default and risk-weight function, the rest
keeps the borrower's. The loss given default stays that of the exposure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import narwhals as nw

from segmentation.frame import Frame
from segmentation.risk.ratings import rated

GUARANTOR_COLUMNS = ("guarantor_probability_of_default", "guarantor_rating")


def knows_guarantors(columns: Collection[str]) -> bool:
    """Whether a portfolio says how risky its guarantors are; if not, no guarantee changes a figure.

    Examples
    --------
    >>> knows_guarantors(["guarantee_share", "guarantor"])
    False
    """
    return "guarantee_share" in columns and bool(set(GUARANTOR_COLUMNS) & set(columns))


def with_guarantor(frame: Frame, master_scale: Mapping[str, float]) -> Frame:
    """Add `covered_share` and `guarantor_probability`, the 12-month PD of the covered part.

    The guarantor's PD is the one given, else its rating through the master scale. A
    guarantee counts only where it helps: the guarantor's PD must be known and below the
    borrower's, and the borrower not in default, since a claim already called is no longer
    a matter of probability. Elsewhere the covered share is 0.

    Parameters
    ----------
    frame : Frame
        After `with_probability`.
    master_scale : mapping of str to float
        Tidy rating to 12-month PD (fraction).

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 0.04::double probability_of_default, false is_defaulted, 0.5::double guarantee_share,"
    ...     " null::double guarantor_probability_of_default, 'AA' guarantor_rating"))
    >>> with_guarantor(frame, {"aa": 0.0003}).select("covered_share", "guarantor_probability").collect().row(0)
    (0.5, 0.0003)
    """
    given = nw.col("guarantor_probability_of_default")
    known = nw.coalesce(
        nw.when(given.is_between(0.0, 1.0)).then(given), rated(nw.col("guarantor_rating"), master_scale)
    )
    helps = (nw.col("_guarantor") < nw.col("probability_of_default")) & ~nw.col("is_defaulted")
    share = nw.col("guarantee_share").clip(0.0, 1.0)
    return (
        frame.with_columns(known.alias("_guarantor"))
        .with_columns(
            nw.when(helps.fill_null(False))
            .then(share.fill_null(0.0))
            .otherwise(nw.lit(0.0))
            .alias("covered_share"),
            nw.when(helps.fill_null(False)).then(nw.col("_guarantor")).alias("guarantor_probability"),
        )
        .drop("_guarantor")
    )


def without_guarantor(frame: Frame) -> Frame:
    """Add the two columns for a portfolio whose guarantors' risk is unknown: nothing is covered."""
    return frame.with_columns(
        nw.lit(0.0).alias("covered_share"), nw.lit(None).cast(nw.Float64).alias("guarantor_probability")
    )
