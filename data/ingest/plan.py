"""How one file's columns become the columns of the table of customers, as expressions of the engine."""

from __future__ import annotations

from collections.abc import Mapping as TypedMapping
from collections.abc import Sequence
from dataclasses import dataclass

from data.contract import BY_NAME, EXPOSURE_COLUMNS, Kind
from data.engines.sql import quote_identifier, quote_text
from data.errors import InputRefused
from data.ingest import cells
from data.ingest.account import Finding
from data.ingest.columns import column_styles, style_findings
from data.ingest.mapping import Mapping, MappingEntry
from data.ingest.readable import Readable

LARGEST_AMOUNT = 1e15
"""An amount above it can't be a customer's, and its hundredths would not fit whole numbers."""

Styles = TypedMapping[str, cells.CellStyle]


@dataclass(frozen=True, slots=True)
class Plan:
    """How one file's columns become the table's, worked out once a file."""

    file: str
    entries: tuple[tuple[int, MappingEntry, str, str], ...]
    targets: tuple[str, ...]
    checks: str
    styles: dict[str, cells.CellStyle]
    notes: tuple[Finding, ...]

    @classmethod
    def of(
        cls,
        source: Readable,
        mapping: Mapping,
        kinds: dict[str, Kind],
        known_styles: Styles,
    ) -> Plan:
        """Plan how a file is read under its mapping.

        Raises
        ------
        InputRefused
            When the mapping leaves a header out.
        """
        by_header = {entry.header: entry for entry in mapping.entries}
        unknown = [header for header in source.header if header not in by_header]
        if unknown:
            raise InputRefused.because(
                f"the mapping does not name the column “{unknown[0]}”",
                file=source.info.name,
                line=source.info.header_line,
                remedy="Add it to the mapping, or map this file anew.",
            )
        read_as = [kinds[by_header[header].target] for header in source.header]
        styles = _styles(source, {place: read_as[place] for place in source.text_places()}, known_styles)
        rows, notes = [], []
        for place, header in enumerate(source.header):
            entry = by_header[header]
            kind = read_as[place]
            cell, name = f"c{place}", quote_identifier(entry.target)
            settled = name
            if place in styles:
                known = BY_NAME.get(entry.target)
                style = styles[place]
                notes += style_findings(header, kind, style)
                keep_na = entry.target == "customer_id" or "country" in header.lower()
                expression = cells.typed(
                    cell,
                    kind,
                    style,
                    scale=entry.scale,
                    levels=known.levels if known else (),
                    keep_na=keep_na,
                )
                settled = cells.settle(name, kind, style, keep_na)
            else:
                expression = cells.already_typed(cell, kind, entry.scale)
            rows.append((place, entry, expression, settled))
        targets = tuple(entry.target for _, entry, _, _ in rows)
        noted = {source.header[place]: style for place, style in styles.items()}
        return cls(
            source.info.name, tuple(rows), targets, _checks(mapping, targets, kinds), noted, tuple(notes)
        )


def _styles(source: Readable, kinds: dict[int, Kind], known: Styles) -> dict[int, cells.CellStyle]:
    """How each text column is written: as it was read before, else as its cells show."""
    if set(source.header) <= known.keys():
        return {place: known[source.header[place]] for place in kinds}
    return column_styles(source, kinds)


def _checks(mapping: Mapping, targets: Sequence[str], kinds: dict[str, Kind]) -> str:
    """CASE arms of the rules a row must keep, as (column, reason) pairs; first match wins."""
    headers = {entry.target: entry.header for entry in mapping.entries}
    arms: list[tuple[str, str, str]] = []
    if "customer_id" in targets:
        arms.append(
            (
                f"{quote_identifier('customer_id')} IS NULL",
                headers["customer_id"],
                "the customer key is blank",
            )
        )
    elif "customer_id" in kinds:
        arms.append(("true", "customer_id", "the customer key is blank"))
    amounts = [name for name in EXPOSURE_COLUMNS if name in targets]
    if amounts:
        missing = " AND ".join(f"{quote_identifier(name)} IS NULL" for name in amounts)
        arms.append((missing, headers[amounts[0]], "no amount at risk: blank or no number"))
        for name in amounts:
            arms.append((f"{quote_identifier(name)} < 0", headers[name], "the amount at risk is negative"))
            too_large = f"{quote_identifier(name)} > {LARGEST_AMOUNT:.0f}"
            arms.append((too_large, headers[name], "the amount at risk is implausibly large"))
    elif any(name in kinds for name in EXPOSURE_COLUMNS):
        arms.append(("true", "exposure", "no amount at risk: blank or no number"))
    if not arms:
        return "NULL"
    whens = " ".join(
        f"WHEN {test} THEN [{quote_text(column)}, {quote_text(why)}]" for test, column, why in arms
    )
    return f"CASE {whens} END"
