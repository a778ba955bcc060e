"""The samples a new warehouse starts with, a row each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample portfolio.

    Attributes
    ----------
    file : Path
        Its rows.
    name : str
        What people see; a simulated one says so.
    origin : str
        ``sample`` for real, ``simulated`` for made-up rows.
    currency : str
        Code of its amounts.
    """

    file: Path
    name: str
    origin: Literal["sample", "simulated"]
    currency: str


SAMPLES: tuple[Sample, ...] = (
    Sample(HERE / "simulated-2026-03.parquet", "Simulated lender · March 2026", "simulated", "EUR"),
    Sample(HERE / "simulated-2026-02.parquet", "Simulated lender · February 2026", "simulated", "EUR"),
    Sample(HERE / "simulated-2026-01.parquet", "Simulated lender · January 2026", "simulated", "EUR"),
    Sample(HERE / "sba-sample.csv.gz", "US small-business loans (SBA, sample of 20,000)", "sample", "USD"),
    Sample(HERE / "ibrd-2023-05-31.csv.gz", "World Bank project loans (IBRD, May 2023)", "sample", "USD"),
)
"""In the order they are read: the first is what a new user sees."""
