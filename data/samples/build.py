"""Write the sample portfolios into this folder: ``python -m data.samples.build``.

The real ones are taken from the folder of real portfolios
(``STRATUM_SHARED``); provenance and licence stand in ``README.md`` beside them.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.engines.sql import quote_text
from data.samples.simulate import MONTHS, simulate

HERE = Path(__file__).resolve().parent
SBA_ROWS = 20_000
SEED = 1


def build(shared: Path) -> None:
    """Write all samples."""
    source = quote_text(str(shared / "data/sba/SBAnational.csv.gz"))
    target = quote_text(str(HERE / "sba-sample.csv.gz"))
    # By a hash of the loan number, so that the same loans are drawn whoever draws them.
    duckdb.sql(
        f"COPY (SELECT * FROM read_csv({source}, all_varchar = true) "
        f"ORDER BY md5(LoanNr_ChkDgt || ':{SEED}') LIMIT {SBA_ROWS}) TO {target} (HEADER, COMPRESSION gzip)"
    )
    shutil.copyfile(shared / "data/ibrd/ibrd-2023-05-31.csv.gz", HERE / "ibrd-2023-05-31.csv.gz")
    for number, month in enumerate(MONTHS):
        # What is planted stays out of the file: tests ask the simulator for it.
        frame = simulate(number).drop(columns=["planted_group", "planted_pd"])
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pq.write_table(table, HERE / f"simulated-{month:%Y-%m}.parquet", compression="zstd")


if __name__ == "__main__":
    build(Path(os.environ.get("STRATUM_SHARED", "../shared")))
