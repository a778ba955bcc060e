"""The process's one house, and the samples a new one starts with."""

from __future__ import annotations

import shutil
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import duckdb

from data.ingest.mapping import propose_mapping
from data.ingest.readers import open_source
from data.people import Person
from data.samples.catalogue import SAMPLES
from data.warehouse import snapshots
from settings import Settings
from steps.house import House, open_house
from steps.intake import import_file

_CURRENT: list[House] = []
_OPENING = threading.Lock()


def current_house() -> House:
    """Give the process's one house; open it, with the first sample, when nobody has yet."""
    with _OPENING:
        if not _CURRENT:
            settings = Settings()
            template = settings.samples_file
            if settings.samples and template.is_file() and not settings.warehouse_path.exists():
                settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(template, settings.warehouse_path)
            house = open_house(settings)
            _CURRENT.append(house)
            if house.settings.samples:
                _take_samples(house)
    return _CURRENT[0]


def house_is_open() -> bool:
    """Whether the process has opened its house."""
    return bool(_CURRENT)


def close_current_house() -> None:
    """Close the process's house, so that another may be opened (tests, shutdown)."""
    with _OPENING:
        while _CURRENT:
            _CURRENT.pop().close()


def _take_samples(house: House) -> None:
    """Put the samples into a new warehouse; the first at once, the others beside the first page."""
    with house.warehouse.cursor() as cursor:
        if snapshots.listed(cursor):
            return
    person = Person("Stratum", frozenset({"admin"}))
    _take_sample(house, 0, person)

    def rest() -> None:
        for number in range(1, len(SAMPLES)):
            try:
                _take_sample(house, number, person)
            except (duckdb.ConnectionException, duckdb.InterruptException):
                return  # the house was closed meanwhile: the next start sees a warehouse that has samples

    threading.Thread(target=rest, name="samples", daemon=True).start()


def _take_sample(house: House, number: int, person: Person) -> None:
    sample = SAMPLES[number]
    source = open_source(sample.file, limits=house.limits)
    mapping = replace(propose_mapping(source.header, source.sample()), currency=sample.currency)
    import_file(house, [sample.file], mapping=mapping, name=sample.name, person=person, origin=sample.origin)


def build_samples(settings: Settings, target: Path) -> None:
    """Make a warehouse that holds the samples, scored: a new home starts with a copy of it."""
    with tempfile.TemporaryDirectory(prefix="stratum-") as folder:
        home = Path(folder)
        house = open_house(settings.model_copy(update={"home": home, "warehouse": None, "inbox": None}))
        person = Person("Stratum", frozenset({"admin"}))
        try:
            for number in range(len(SAMPLES)):
                _take_sample(house, number, person)
        finally:
            house.close()
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        shutil.copyfile(home / "stratum.duckdb", part)
        part.replace(target)
