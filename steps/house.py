"""The open house: one warehouse, one upload desk, the cubes kept in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from data.ingest.limits import IngestLimits
from data.upload_desk import UploadDesk
from data.warehouse.house import EngineSettings, Warehouse
from segmentation.cube import Cube
from settings import Settings

MOST_CUBES = 16


@dataclass(slots=True)
class House:
    """The open warehouse and what belongs to it.

    Attributes
    ----------
    settings : Settings
        As the door read them.
    warehouse : Warehouse
        The one DuckDB file.
    desk : UploadDesk
        Uploads under way.
    """

    settings: Settings
    warehouse: Warehouse
    desk: UploadDesk
    _cubes: dict[tuple[str, str], Cube] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def limits(self) -> IngestLimits:
        """Sizes a file may have."""
        return limits_of(self.settings)

    def kept_cube(self, key: tuple[str, str]) -> Cube | None:
        """Give a cube kept before."""
        with self._guard:
            return self._cubes.get(key)

    def keep_cube(self, key: tuple[str, str], cube: Cube) -> None:
        """Keep a cube; the oldest goes when there are many, for each treatment edit makes one."""
        with self._guard:
            self._cubes[key] = cube
            for old in list(self._cubes)[:-MOST_CUBES]:
                del self._cubes[old]

    def lock_for(self, thing: str) -> threading.Lock:
        """Give the lock under which a thing is made once."""
        with self._guard:
            return self._locks.setdefault(thing, threading.Lock())

    def close(self) -> None:
        """Close the warehouse."""
        self.warehouse.close()


def open_house(settings: Settings) -> House:
    """Open the warehouse a setting names, with its inbox and upload desk.

    Raises
    ------
    WarehouseBusy
        When another process holds it.
    """
    engine = EngineSettings(settings.memory_limit, settings.threads)
    warehouse = Warehouse(settings.warehouse_path, engine)
    settings.inbox_path.mkdir(parents=True, exist_ok=True)
    return House(settings, warehouse, UploadDesk(settings.incoming_path, settings.max_upload_mb * 1_000_000))


def limits_of(settings: Settings) -> IngestLimits:
    """Give the sizes a file may have."""
    return IngestLimits(
        max_rows=settings.max_rows, max_columns=settings.max_columns, max_cell_length=settings.max_cell_length
    )
