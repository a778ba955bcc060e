"""The quality report: each rule on a portfolio written out by hand, columns counted by pandas."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from data.contract import BY_NAME, Kind
from data.ingest.quality import QualityReport, quality_report, rows_query
from data.ingest.quality_rules import RULES, rules_for
from reports.words import has_words

KINDS: dict[str, Kind] = {
    "customer_id": "text", "name": "text", "defaulted": "flag", "loss_amount": "money", "exposure": "money",
    "originated_on": "date", "defaulted_on": "date", "age": "number", "x_maturity": "date", "x_closed": "text",
    "facilities": "integer",
}  # fmt: skip
HEADERS = {"x_maturity": "Maturity Date", "x_closed": "结清日期"}
ROWS = [
    ("a", "Ann", False, 0.0, 100.0, "2020-01-01", None, 40, "2025-01-01", None, 1),
    ("b", "Ben", False, 5.0, 100.0, "2020-01-01", None, -1, "2025-01-01", None, 1),  # paid with a loss; age
    ("c", "Cat", True, 200.0, 100.0, "2020-01-01", "2019-01-01", 50, "2025-01-01", "yes", 1),  # loss; early
    ("d", "ann ", None, None, 100.0, "2020-01-01", None, 131, "2019-01-01", None, 1),  # no outcome; age; end
    ("e", "Ben", False, 0.0, 100.0, "2020-01-01", "2021-01-01", 40, "2025-01-01", None, 1),  # date, no default
    ("f", "Ann", False, 0.0, 100.0, "2020-01-01", None, 40, "2025-01-01", None, 1),  # equals a
]  # fmt: skip


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    types = {
        "text": "VARCHAR",
        "flag": "BOOLEAN",
        "money": "DOUBLE",
        "number": "DOUBLE",
        "date": "DATE",
        "integer": "BIGINT",
    }
    columns = ", ".join(f'"{name}" {types[kind]}' for name, kind in KINDS.items())
    made.execute(f"CREATE TABLE t ({columns})")
    made.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(KINDS))})", ROWS)
    return made


@pytest.fixture
def report(connection: duckdb.DuckDBPyConnection) -> QualityReport:
    return quality_report(connection, "t", KINDS, HEADERS)


EXPECTED = {
    ("paid_with_loss", ""): (3, 1, "b"),
    ("loss_above_exposure", ""): (3, 1, "c"),
    ("early_default", ""): (3, 1, "c"),
    ("maturity_before_start", ""): (3, 1, "d"),
    ("date_without_default", ""): (3, 1, "e"),
    ("outside_range", "age"): (3, 2, "bd"),
    ("outcome_missing", ""): (2, 1, "d"),
    ("alike", ""): (2, 1, "af"),
    ("same_name", "name"): (1, 3, "abdef"),
    ("missing", "loss_amount"): None,
}


def test_each_rule_counts_what_was_planted_and_lists_whom(
    connection: duckdb.DuckDBPyConnection, report: QualityReport
) -> None:
    found = {(item.key, item.column): item for item in report.findings}
    for key, expected in EXPECTED.items():
        if expected is None:
            assert key not in found  # a loss is blank by nature for who did not default
            continue
        severity, count, whom = expected
        assert (found[key].severity, found[key].count) == (severity, count)
        query = rows_query("t", report, found[key], KINDS, HEADERS, 100)
        assert sorted(row[0] for row in connection.execute(query).fetchall()) == list(whom)


def test_a_column_filled_for_the_defaulted_only_is_found_by_its_cells(report: QualityReport) -> None:
    late = [item for item in report.findings if item.key == "late_by_cells"]
    assert [(item.column, item.severity) for item in late] == [("x_closed", 2)]


def test_the_worst_comes_first(report: QualityReport) -> None:
    order = [(-item.severity, -item.count) for item in report.findings]
    assert order == sorted(order)
    assert report.findings[0].key == "outside_range"


def test_a_report_kept_and_read_again_is_the_same(report: QualityReport) -> None:
    assert QualityReport.from_dict(report.to_dict()) == report


def test_columns_are_counted_as_pandas_counts_them() -> None:
    rng = np.random.default_rng(7)
    amounts = np.exp(rng.normal(10, 1, 5_000))
    amounts[:3] = 1e12  # far beyond three quartile ranges of the logarithm
    frame = pd.DataFrame(
        {
            "customer_id": [f"k{i}" for i in range(5_000)],
            "exposure": amounts,
            "city": rng.choice(["Rome", "Oslo"], 5_000),
        }
    )
    frame.loc[:999, "city"] = None
    connection = duckdb.connect()
    connection.register("t", frame)
    made = quality_report(connection, "t", {"customer_id": "text", "exposure": "money", "city": "text"}, {})
    exposure, city = (next(c for c in made.columns if c.name == name) for name in ("exposure", "city"))
    assert (exposure.filled, city.filled, city.levels) == (5_000, 4_000, 2)
    assert exposure.median == pytest.approx(float(np.median(amounts)))
    assert (exposure.low, exposure.high) == pytest.approx(tuple(np.quantile(amounts, [0.01, 0.99])))
    logs = np.log(amounts)
    first, third = np.quantile(amounts, [0.25, 0.75])
    low, high = np.log(first) - 3 * np.log(third / first), np.log(third) + 3 * np.log(third / first)
    assert exposure.outliers == int(((logs < low) | (logs > high)).sum()) == 3
    inside = np.clip(amounts, exposure.low, exposure.high)
    assert sum(exposure.bins) == 5_000
    assert exposure.bins[0] == int((inside < exposure.low + (exposure.high - exposure.low) / 12).sum())
    assert dict(city.top) == frame["city"].value_counts().to_dict()


def test_an_empty_column_and_a_single_row_are_no_trouble() -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE t AS SELECT 'a' AS customer_id, NULL::DOUBLE AS exposure, NULL::DATE AS originated_on"
    )
    kinds: dict[str, Kind] = {"customer_id": "text", "exposure": "money", "originated_on": "date"}
    made = quality_report(connection, "t", kinds, {})
    assert {column.filled for column in made.columns} == {0}


def test_every_rule_has_its_sentence_and_runs_on_columns_of_the_contract() -> None:
    keys = [rule.key for rule in RULES]
    assert len(set(keys)) == len(keys)
    for rule in RULES:
        assert has_words(f"quality.{rule.key}")
        assert rule.needs - {"maturity", "exposure_amounts"} <= BY_NAME.keys()
    kinds: dict[str, Kind] = {column.name: column.kind for column in BY_NAME.values()} | {"x_end": "date"}
    names = ", ".join(
        f"NULL::{'BOOLEAN' if kind == 'flag' else 'DATE' if kind == 'date' else 'VARCHAR' if kind == 'text' else 'DOUBLE'} "
        f'AS "{name}"' for name, kind in kinds.items()
    )  # fmt: skip
    known = rules_for(kinds, {"x_end": "到期日"})
    assert set(known) == set(keys)
    for _, condition in known.values():
        duckdb.sql(f"SELECT count(*) FILTER ({condition}) FROM (SELECT {names})").fetchall()
