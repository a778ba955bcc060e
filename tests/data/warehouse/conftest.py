from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.warehouse.house import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    opened = Warehouse(tmp_path / "home" / "stratum.duckdb")
    yield opened
    opened.close()
