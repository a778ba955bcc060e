"""The whole real portfolios through the batch door, totals checked by independent queries (`make test-real`)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

import cli
from settings import Settings

pytestmark = pytest.mark.real
DATA = Settings().shared / "data"


def run(file: str, out: Path) -> dict:
    assert (DATA / file).is_file(), (
        f"{DATA / file} is missing: set STRATUM_SHARED to the folder of real portfolios"
    )
    assert cli.main(["run", str(DATA / file), "--out", str(out)]) == 0
    return json.loads((out / "summary.json").read_text(encoding="utf-8"))


def test_the_whole_sba_file_balances_and_its_totals_are_the_raw_ones(tmp_path: Path) -> None:
    made = run("sba/SBAnational.csv.gz", tmp_path)
    money = "CAST(replace(replace(trim({}), '$', ''), ',', '') AS DECIMAL(18, 2))"
    raw = duckdb.sql(
        f"SELECT count(*), sum({money.format('DisbursementGross')}), count(*) FILTER (MIS_Status = 'CHGOFF') "
        f"FROM read_csv('{DATA / 'sba/SBAnational.csv.gz'}', all_varchar = true)"
    ).fetchall()[0]
    account = made["account"]
    assert account["rows_read"] == 899_164 == raw[0]
    assert account["rows_accepted"] + account["rows_quarantined"] == 899_164
    assert made["totals"]["exposure"] == pytest.approx(float(raw[1]), abs=0.01)
    assert next(t for t in made["tiers"] if t["tier"] == "Work-out")["customers"] == raw[2]
    assert "Term" in [row["column"] for row in made["features_refused"]]


def test_the_ibrd_book_goes_in_and_says_that_risk_is_unknown(tmp_path: Path) -> None:
    made = run("ibrd/ibrd-2023-05-31.csv.gz", tmp_path)
    raw = duckdb.sql(
        f"""SELECT count(*), count(*) FILTER ("Borrower's Obligation" < 0), sum("Borrower's Obligation")
        FILTER ("Borrower's Obligation" >= 0) FROM read_csv('{DATA / "ibrd/ibrd-2023-05-31.csv.gz"}')"""
    ).fetchall()[0]
    assert made["account"]["rows_read"] == raw[0]
    assert made["account"]["rows_quarantined"] == raw[1]
    assert made["totals"]["exposure"] == pytest.approx(float(raw[2]), rel=1e-9)
    assert made["model_quality"]["reason"] == "no_outcome"


def test_the_ifc_s_millions_become_dollars(tmp_path: Path) -> None:
    made = run("ifc/ifc-projects.csv.gz", tmp_path)
    column = "Total IFC investment as approved by Board(Million - USD)"
    raw = duckdb.sql(
        f"""SELECT count(*), sum(TRY_CAST("{column}" AS DOUBLE)) FILTER (TRY_CAST("{column}" AS DOUBLE) >= 0)
        FROM read_csv('{DATA / "ifc/ifc-projects.csv.gz"}', all_varchar = true)"""
    ).fetchall()[0]
    assert made["account"]["rows_read"] == raw[0]
    assert made["totals"]["exposure"] == pytest.approx(float(raw[1]) * 1e6, rel=1e-6)


def told_of_real_files() -> list[tuple[str, int, int, int]]:
    """File, rows read, in, set aside, as docs/real-files.md tells."""
    text = (Path(__file__).resolve().parent.parent / "docs" / "real-files.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| ([\d,]+) = ([\d,]+) \+ ([\d,]+) \|", text, re.MULTILINE)
    return [(file, *(int(number.replace(",", "")) for number in numbers)) for file, *numbers in rows]


@pytest.mark.parametrize(("file", "read", "kept", "aside"), told_of_real_files())
def test_each_real_file_goes_in_as_its_page_tells(
    file: str, read: int, kept: int, aside: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ingest", str(DATA / file), "--dry-run"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["account"] == {"rows_read": read, "rows_accepted": kept, "rows_quarantined": aside}
    assert (read, len(told_of_real_files())) == (kept + aside, 7)
