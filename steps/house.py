"""The open house: one warehouse, one upload desk, what was worked out once and is kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from data.ingest.limits import IngestLimits
from data.upload_desk import UploadDesk
from data.warehouse.house import EngineSettings, Warehouse
from settings import Settings

MOST_KEPT = 12
"""Things of a kind kept in memory; a cube with its sums takes some tens of megabytes."""

Thing = TypeVar("Thing")


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
    _kept: dict[tuple[str, ...], Any] = field(default_factory=dict)  # Any: of many kinds, each its key's own
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def limits(self) -> IngestLimits:
        """Sizes a file may have."""
        return limits_of(self.settings)

    def kept(self, key: tuple[str, ...], work: Callable[[], Thing]) -> Thing:
        """Give what was worked out before under a key, else work it out once and keep it.

        The key names its kind and all it depends on. Of each kind, what has not been asked for
        the longest goes first.
        """
        with self.lock_for(str(key)):
            with self._guard:
                if key in self._kept:
                    self._kept[key] = self._kept.pop(key)
                    return cast("Thing", self._kept[key])
            made = work()
            with self._guard:
                self._kept[key] = made
                for old in [other for other in self._kept if other[0] == key[0]][:-MOST_KEPT]:
                    del self._kept[old]
            return made

    def is_kept(self, key: tuple[str, ...]) -> bool:
        """Whether something worked out before lies under a key."""
        with self._guard:
            return key in self._kept

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
