"""Map a file as one before it was mapped, as far as the headers are the same."""

from __future__ import annotations

from dataclasses import replace

from data.ingest.headers import read_header
from data.ingest.mapped import Mapping, MappingEntry, customer_key_of, exposure_rule_of


def reused(saved: Mapping, proposed: Mapping) -> Mapping:
    """Take each header's target from a mapping used before; headers it does not know are proposed.

    A header that is only nearly the same keeps the unit it names itself.

    Parameters
    ----------
    saved : Mapping
        Used before.
    proposed : Mapping
        What the file's own headers and cells say.
    """
    verbatim = {entry.header: entry for entry in saved.entries}
    by_meaning = {read_header(entry.header).meaning: entry for entry in saved.entries}
    known = {
        entry.header: verbatim.get(entry.header) or by_meaning.get(read_header(entry.header).meaning)
        for entry in proposed.entries
    }
    settled = {entry.target for entry in known.values() if entry is not None}
    entries: list[MappingEntry] = []
    for entry in proposed.entries:
        before = known[entry.header]
        if before is None:
            entries.append(_aside(entry) if entry.target in settled else entry)
        else:
            scale = before.scale if before.header == entry.header else entry.scale
            settled_entry = replace(before, header=entry.header, confidence=1.0, scale=scale)
            # What else it might be stays on offer, though it is not asked again.
            entries.append(replace(settled_entry, candidates=entry.candidates))
    entries = _each_target_once(entries)
    mapping = replace(proposed, entries=tuple(entries), currency=saved.currency or proposed.currency)
    return replace(mapping, customer_key=_key(saved, mapping), exposure_rule=exposure_rule_of(mapping))


def _aside(entry: MappingEntry) -> MappingEntry:
    """Keep a header as an extra column: the one it would fill is filled as before."""
    name = "x_" + "_".join(read_header(entry.header).words.split())
    return replace(entry, target=name, column=None, confidence=0.0)


def _each_target_once(entries: list[MappingEntry]) -> list[MappingEntry]:
    """Number extra columns that came to the same name."""
    taken: set[str] = set()
    once: list[MappingEntry] = []
    for entry in entries:
        target, number = entry.target, 2
        while target in taken:
            target, number = f"{entry.target}_{number}", number + 1
        taken.add(target)
        column = entry.column if target == entry.target else None
        once.append(replace(entry, target=target, column=column))
    return once


def _key(saved: Mapping, mapping: Mapping) -> str:
    """Who the customer was before, when this file can say it too."""
    headers = {entry.header for entry in mapping.entries}
    stands_in = saved.customer_key.removeprefix("unique:")
    if saved.customer_key in ("mapped", "numbered") or stands_in not in headers:
        return "numbered" if saved.customer_key == "numbered" else customer_key_of(mapping, frozenset())
    return saved.customer_key
