"""Whatever is in a file: a sentence or a snapshot, an account that balances, no row that vanishes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import StratumError
from data.ingest.limits import never, silent
from data.ingest.mapping import propose_mapping
from data.ingest.readers import Source, open_parts
from data.people import Person
from data.warehouse.house import EngineSettings, Warehouse
from data.warehouse.snapshots import Snapshot
from steps.intake import commit_files
from tests.fuzz.hostile import Hostile, hostile_file

FILES = 2_000
A_TEST = 50
PERSON = Person("fuzz", frozenset({"admin"}))


class Enough(Exception):  # ends a transaction, so that nothing of it stays
    """Seen all there is to see."""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    house = Warehouse(tmp_path_factory.mktemp("fuzz") / "w.duckdb", EngineSettings("1GB", 2))
    yield house
    house.close()


def taken_in(warehouse: Warehouse, path: Path) -> tuple[Source, Snapshot, list[int]] | None:
    """Take a file in, count what lies in its tables, and undo it; None when it was refused in a sentence."""
    found: list[tuple[Source, Snapshot, list[int]]] = []
    try:
        opened = open_parts(path)
        mapping = propose_mapping(opened[0].header, opened[0].sample())
        with warehouse.transaction() as cursor:
            snapshot, _ = commit_files(
                cursor,
                opened,
                mapping,
                "work_fuzz",
                "fuzz",
                PERSON,
                "upload",
                opened[0].limits,
                silent,
                never,
            )
            counts = [
                cursor.execute(query).fetchall()[0][0]
                for query in (
                    f'SELECT coalesce(sum(facilities), 0)::BIGINT FROM "{snapshot.table}"',
                    f'SELECT count(*) FROM "{snapshot.table}" WHERE customer_id IS NOT NULL',
                    f'SELECT count(DISTINCT customer_id) FROM "{snapshot.table}"',
                    f'SELECT count(*) FROM "{snapshot.quarantine_table}"',
                    f"SELECT count(*) FROM \"{snapshot.quarantine_table}\" WHERE reason <> '' AND raw IS NOT NULL",
                )
            ]
            found.append((opened[0], snapshot, counts))
            raise Enough
    except Enough:
        return found[0]
    except StratumError as error:
        assert str(error).strip()
        return None


def rows_of(content: bytes, source: Source) -> int | None:
    """Count a plain file's rows in a way of its own; None where it is not plain enough to tell."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if source.info.format != "csv" or source.info.packing or source.info.header_line != 1 or "\0" in text:
        return None
    if source.info.encoding != "utf-8":
        return None
    if '"' not in text and "'" not in text:
        # Without quotes each line that is not blank is a row, however many cells it has.
        ends = "\n" if "\n" in text else "\r"
        lines = [line.removesuffix("\r") if ends == "\n" else line for line in text.split(ends)]
        return sum(1 for line in lines if line) - 1
    if source.info.dialect.quoting.sign != '"' or source.info.dialect.quoting.escape or "\r" in text:
        return None
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=source.info.delimiter, strict=True))
    except csv.Error:
        return None
    rows = [row for row in rows if row]
    return len(rows) - 1 if all(len(row) == len(rows[0]) for row in rows) else None


def check(warehouse: Warehouse, folder: Path, hostile: Hostile) -> str:
    """Take a hostile file in and hold the outcome to the rules; says how it ended."""
    path = folder / hostile.name
    path.write_bytes(hostile.content)
    result = taken_in(warehouse, path)
    if result is None:
        return "refused"
    source, snapshot, (facilities, customers, different, aside, told) = result
    account = snapshot.account
    assert account.rows_read == account.rows_accepted + account.rows_quarantined
    assert facilities == account.rows_accepted
    assert customers == different == account.customers
    assert aside == told == account.rows_quarantined
    expected = rows_of(hostile.content, source)
    assert expected in (None, account.rows_read)
    return "counted" if expected is not None else "taken"


def run(warehouse: Warehouse, folder: Path, numbers: range) -> dict[str, int]:
    ends: dict[str, int] = {}
    wrong: list[str] = []
    for number in numbers:
        hostile = hostile_file(number)
        try:
            end = check(warehouse, folder, hostile)
        except Exception as error:  # all of them are shown together
            wrong.append(f"{number} {' + '.join(hostile.story)}: {type(error).__name__}: {str(error)[:300]}")
            continue
        ends[end] = ends.get(end, 0) + 1
    assert not wrong, f"{len(wrong)} of {len(numbers)}:\n" + "\n".join(wrong)
    return ends


def test_forty_hostile_files(warehouse: Warehouse, tmp_path: Path) -> None:
    ends = run(warehouse, tmp_path, range(40))
    assert ends["counted"] >= 3 and ends["taken"] >= 5 and ends["refused"] >= 2


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, FILES, A_TEST))
def test_two_thousand_hostile_files(warehouse: Warehouse, tmp_path: Path, first: int) -> None:
    run(warehouse, tmp_path, range(first, first + A_TEST))
