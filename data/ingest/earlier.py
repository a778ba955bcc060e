"""A snapshot taken up again: its accepted rows come first, then those that were mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from data.contract import Kind
from data.engines.sql import quote_identifier
from data.ingest.cells import CellStyle


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier import leaves to the next.

    Attributes
    ----------
    rows_table : str
        Its accepted rows: united ones where each customer was one row anyway.
    quarantine_table : str
        Its rows set aside.
    kinds : dict
        Column → kind of `rows_table`.
    is_before_union : bool
        Whether `rows_table` holds the rows as they were before they were united.
    returned : frozenset of (str, int)
        File and line of the rows that came back; the others stay set aside.
    rows_accepted : int
        Rows behind `rows_table`.
    styles : dict
        Header → how its cells were read.
    """

    rows_table: str
    quarantine_table: str
    kinds: Mapping[str, Kind]
    is_before_union: bool
    returned: frozenset[tuple[str, int]]
    rows_accepted: int
    styles: Mapping[str, CellStyle]

    def bring(
        self,
        cursor: duckdb.DuckDBPyConnection,
        stage: str,
        quarantine: str,
        kinds: Mapping[str, Kind],
        reasons: dict[str, int],
    ) -> int:
        """Copy the accepted rows to the stage and the rows still set aside to the quarantine.

        Parameters
        ----------
        cursor : DuckDBPyConnection
            The caller's.
        stage, quarantine : str
            Where to.
        kinds : mapping
            Columns of the stage.
        reasons : dict
            Reason → rows; the rows still set aside are added.

        Returns
        -------
        int
            Rows brought, of both kinds.
        """
        self._bring_accepted(cursor, stage, kinds)
        return self.rows_accepted + self._bring_set_aside(cursor, quarantine, reasons)

    def _bring_accepted(
        self, cursor: duckdb.DuckDBPyConnection, stage: str, kinds: Mapping[str, Kind]
    ) -> None:
        names = [name for name in kinds if name in self.kinds]
        columns = ", ".join(map(quote_identifier, names))
        order, where = ("_file, _line", "WHERE _reason IS NULL") if self.is_before_union else ("rowid", "")
        cursor.execute(
            f"INSERT INTO {quote_identifier(stage)} (_file, _line, {columns}) "
            f"SELECT -1, row_number() OVER (ORDER BY {order}), {columns} "
            f"FROM {quote_identifier(self.rows_table)} {where}"
        ).fetchall()

    def _bring_set_aside(
        self, cursor: duckdb.DuckDBPyConnection, quarantine: str, reasons: dict[str, int]
    ) -> int:
        files, lines = zip(*sorted(self.returned), strict=True) if self.returned else ((), ())
        cursor.register(
            "returned_rows",
            pa.table({"file": pa.array(files, pa.string()), "line": pa.array(lines, pa.int64())}),
        )
        left = (
            f"FROM {quote_identifier(self.quarantine_table)} AS aside "
            "ANTI JOIN returned_rows USING (file, line)"
        )
        cursor.execute(f"INSERT INTO {quote_identifier(quarantine)} SELECT aside.* {left}").fetchall()
        rows = cursor.execute(f"SELECT reason, count(*) {left} GROUP BY reason").fetchall()
        cursor.unregister("returned_rows")
        for reason, count in rows:
            reasons[reason] = reasons.get(reason, 0) + int(count)
        return sum(int(count) for _, count in rows)
