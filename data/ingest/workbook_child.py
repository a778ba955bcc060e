"""A spreadsheet's cells → an Arrow file, in a process of its own.

Run by `workbooks.py` as a script. A spreadsheet of a few kilobytes may claim cells a
million rows apart, or unpack to more than the machine holds, and the parser then ends
the process it runs in. This one may end; the app goes on.
"""

from __future__ import annotations

import json
import sys
from typing import Any

MOST_SHEETS = 64


def _limit(memory: int, seconds: int) -> None:
    """Bound this process where the system can."""
    try:
        import resource
    except ImportError:  # no such limits on Windows; a process of its own is still apart
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(book: Any, name: str) -> tuple[Any, str]:  # Any: the library has no types
    import pyarrow as pa

    # From row 1 on, so that the row numbers are those a person sees.
    sheet = book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
    table = pa.table(sheet.to_arrow())
    return table.rename_columns([f"c{place}" for place in range(table.num_columns)]), sheet.visible


def convert(source: str, target: str, wanted: str | None) -> dict[str, object]:
    """Write the wanted sheet, else the one with most filled cells; list all sheets."""
    import fastexcel
    import pyarrow as pa

    book = fastexcel.read_excel(source)
    names = list(book.sheet_names)
    if wanted is not None and wanted not in names:
        return {"missing": True, "sheets": [[name, 0, 0, True] for name in names]}
    sheets, best, best_cells = [], None, (-1, -1)
    for name in names[:MOST_SHEETS]:
        table, visible = _read(book, name)
        sheets.append([name, table.num_rows, table.num_columns, visible == "visible"])
        filled = sum(len(column) - column.null_count for column in table.columns)
        rank = (int(visible == "visible"), filled)
        if name == wanted or (wanted is None and rank > best_cells):
            best, best_cells = (name, table), rank
        del table
    if best is None and wanted is not None:
        best = (wanted, _read(book, wanted)[0])
    if best is None:
        return {"sheets": sheets, "chosen": ""}
    with pa.OSFile(target, "wb") as sink, pa.ipc.new_file(sink, best[1].schema) as writer:
        writer.write_table(best[1], max_chunksize=131_072)
    return {"sheets": sheets, "chosen": best[0]}


def main() -> int:
    """Read the arguments and the sheet asked for, convert, and print what was found as JSON."""
    source, target, memory, seconds = sys.argv[1:]
    wanted: str | None = json.load(sys.stdin)
    _limit(int(memory), int(seconds))
    try:
        sys.stdout.write(json.dumps(convert(source, target, wanted)))
    except MemoryError:
        return 4
    except Exception as error:  # whatever the parser finds wrong is told to the person, by the parent
        said = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
        sys.stdout.write(json.dumps({"error": said}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
