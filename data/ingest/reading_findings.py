"""What a person should know of how a portfolio was read; what its figures say of themselves is `quality.py`'s."""

from __future__ import annotations

from data.contract import Kind
from data.ingest.account import Finding
from data.ingest.aside import Tally
from data.ingest.mapping import Mapping


def reading_findings(
    kinds: dict[str, Kind],
    tally: Tally,
    absent: dict[str, int],
    mapping: Mapping,
    key: str,
    accepted: int,
    customers: int,
) -> tuple[Finding, ...]:
    """Gather what a person should know, worst first."""
    found: list[Finding] = list(tally.notes)
    headers = {entry.target: entry.header for entry in mapping.entries}
    if key == "numbered":
        found.append(Finding("rows_numbered", count=customers, severity=3))
    elif key != "mapped":
        found.append(
            Finding("key_stands_in", headers.get(key.removeprefix("unique:"), ""), customers, severity=2)
        )
    if mapping.exposure_rule == "one_each":
        found.append(Finding("one_each", count=customers, severity=3))
    for name, count in absent.items():
        found.append(Finding("column_counts_as_absent", headers.get(name, name), count, severity=2))
    for header, (count, example) in tally.unparsed.items():
        found.append(Finding("cells_unread", header, count, example[:80], severity=2))
    if customers < accepted:
        found.append(Finding("facilities_united", count=accepted - customers, severity=1))
    extras = [name for name in kinds if name.startswith("x_")]
    if extras:
        found.append(Finding("extra_columns", count=len(extras), detail=", ".join(extras[:8]), severity=0))
    return tuple(sorted(found, key=lambda item: (-item.severity, -item.count)))
