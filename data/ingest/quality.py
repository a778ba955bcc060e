"""The quality report of a portfolio: each column's coverage, shape and outliers, and what can't be true."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from data.contract import BY_NAME, Kind
from data.engines.sql import quote_identifier
from data.ingest.quality_rules import GOOD_TO_KNOW, IMPOSSIBLE, SERIOUS, WORTH_A_LOOK, rules_for
from data.ingest.quality_scans import (
    FILLED_AFTER,
    FILLED_BEFORE,
    OUTLIER_RULE,
    RANGED_RULE,
    WELL_FILLED,
    ColumnQuality,
    QualityFinding,
    QualityReport,
    column_of,
    counted,
    fingerprint,
    outlier_condition,
    outside_range,
    with_quantiles,
    with_shape,
    with_top,
)

__all__ = ["ColumnQuality", "QualityFinding", "QualityReport", "quality_report", "rows_query"]


def quality_report(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    kinds: Mapping[str, Kind],
    headers: Mapping[str, str],
    late: frozenset[str] = frozenset(),
) -> QualityReport:
    """Look a portfolio over.

    Parameters
    ----------
    cursor : DuckDBPyConnection
        The caller's.
    table : str
        Of customers.
    kinds : mapping
        Column → kind.
    headers : mapping
        Column → source header.
    late : frozenset of str
        Headers of extra columns known only later.
    """
    shown = {name: kind for name, kind in kinds.items() if name not in ("customer_id", "facilities")}
    counts = counted(cursor, table, shown, kinds, headers)
    columns = [column_of(name, kind, headers, counts) for name, kind in shown.items()]
    columns = with_shape(cursor, table, with_quantiles(cursor, table, columns, counts["rows"]))
    columns = with_top(cursor, table, columns)
    order = {name: place for place, name in enumerate(BY_NAME)}
    columns.sort(key=lambda column: order.get(column.name, len(order)))
    found = [*_broken_rules(counts, kinds, headers), *_of_columns(columns, counts, late)]
    found.sort(key=lambda item: (-item.severity, -item.count, item.column))
    return QualityReport(counts["rows"], tuple(found), tuple(columns))


def _broken_rules(
    counts: Mapping[str, int], kinds: Mapping[str, Kind], headers: Mapping[str, str]
) -> list[QualityFinding]:
    found = [
        QualityFinding(key, rule.severity, count=counts[f"rule {key}"])
        for key, (rule, _) in rules_for(kinds, headers).items()
        if counts[f"rule {key}"]
    ]
    if counts.get("alike"):
        found.append(QualityFinding("alike", SERIOUS, count=counts["alike"]))
    if counts.get("same_name"):
        found.append(QualityFinding("same_name", WORTH_A_LOOK, "name", counts["same_name"]))
    return found


def _of_columns(
    columns: list[ColumnQuality], counts: Mapping[str, int], late: frozenset[str]
) -> list[QualityFinding]:
    rows, found = counts["rows"], []
    for column in columns:
        name = column.name
        if outside := counts.get(f"outside {name}", 0):
            found.append(QualityFinding(RANGED_RULE, IMPOSSIBLE, name, outside))
        if _is_late(column, counts):
            found.append(QualityFinding("late_by_cells", SERIOUS, name, column.filled, has_rows=False))
        elif _is_known_late(column, late):
            found.append(QualityFinding("late", GOOD_TO_KNOW, name, column.filled, has_rows=False))
        if column.filled < WELL_FILLED * rows and not _is_blank_by_nature(name):
            severity = WORTH_A_LOOK if name in BY_NAME else GOOD_TO_KNOW
            found.append(QualityFinding("missing", severity, name, rows - column.filled))
        if column.outliers:
            found.append(QualityFinding(OUTLIER_RULE, WORTH_A_LOOK, name, column.outliers))
        if name == "currency" and len(column.top) > 1:
            found.append(QualityFinding("several_currencies", SERIOUS, name, column.levels, has_rows=False))
        if column.levels == 1 and column.filled == rows > 1:
            found.append(QualityFinding("constant", GOOD_TO_KNOW, name, rows, has_rows=False))
    return found


def _is_blank_by_nature(name: str) -> bool:
    """Whether a column is filled for the defaulted only."""
    known = BY_NAME.get(name)
    return known is not None and known.known_when == "after_default"


def _is_known_late(column: ColumnQuality, late: frozenset[str]) -> bool:
    known = BY_NAME.get(column.name)
    if known is None:
        return column.header in late
    # That an outcome is known late needs no saying.
    return known.role != "outcome" and known.known_when == "later"


def _is_late(column: ColumnQuality, counts: Mapping[str, int]) -> bool:
    """Whether an extra column is filled for the defaulted and for next to nobody else."""
    defaults, rows = counts.get("defaults", 0), counts["rows"]
    if column.name in BY_NAME or not defaults or defaults == rows:
        return False
    after = counts[f"after {column.name}"]
    before = column.filled - after
    return after >= FILLED_AFTER * defaults and before <= FILLED_BEFORE * (rows - defaults)


def rows_query(
    table: str,
    report: QualityReport,
    finding: QualityFinding,
    kinds: Mapping[str, Kind],
    headers: Mapping[str, str],
    limit: int,
) -> str:
    """Give the query of the customers a finding is about; empty when it names none.

    Parameters
    ----------
    table : str
        Of customers.
    report, finding
        The report and one of its findings.
    kinds, headers : mapping
        As the report was made with.
    limit : int
        Most rows.
    """
    source = f"SELECT * FROM {quote_identifier(table)}"
    shown = {name: kind for name, kind in kinds.items() if name not in ("customer_id", "facilities")}
    if not finding.has_rows:
        return ""
    if finding.key == "alike":
        key = fingerprint(shown)
        return f"{source} QUALIFY count(*) OVER (PARTITION BY {key}) > 1 ORDER BY {key}, customer_id LIMIT {limit}"
    if finding.key == "same_name":
        key = "lower(trim(name))"
        return (
            f"{source} WHERE name IS NOT NULL QUALIFY count(*) OVER (PARTITION BY {key}) > 1 "
            f"ORDER BY {key}, customer_id LIMIT {limit}"
        )
    condition = _condition(report, finding, kinds, headers)
    return f"{source} WHERE {condition} ORDER BY customer_id LIMIT {limit}" if condition else ""


def _condition(
    report: QualityReport, finding: QualityFinding, kinds: Mapping[str, Kind], headers: Mapping[str, str]
) -> str:
    if finding.key == RANGED_RULE:
        return outside_range(finding.column)
    if finding.key == "missing":
        return f"{quote_identifier(finding.column)} IS NULL"
    if finding.key == OUTLIER_RULE:
        column = next(entry for entry in report.columns if entry.name == finding.column)
        return outlier_condition(column)
    known = rules_for(kinds, headers).get(finding.key)
    return known[1] if known else ""
