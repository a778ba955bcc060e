"""What a mapping leaves for a person to confirm, and the mapping as the dry run prints it."""

from __future__ import annotations

from data.contract import BY_NAME
from data.ingest.mapped import ASK_BELOW, Mapping, MappingEntry

DOUBTS = {
    "thousands": "“{header}” is small for the people employed: is it in thousands or millions?",
    "years": "“{header}” never exceeds 30: is it in months, or in years?",
}
LATE = "“{header}” sounds known only afterwards and is kept out of segments and models: is it known before a decision?"


def to_confirm(mapping: Mapping) -> list[dict[str, object]]:
    """List what a person should confirm, each with candidates and a question.

    Returns
    -------
    list of dict
        Keys `header` (or None), `column`, `confidence`, `candidates`, `question`.
    """
    rows = _of_the_whole(mapping)
    late = mapping.late_headers
    for entry in mapping.entries:
        is_late = entry.header in late and entry.known_when is None
        question = _question(entry) or (LATE.format(header=entry.header) if is_late else "")
        if question:
            is_unsure = entry.confidence < ASK_BELOW
            confidence = entry.candidates[0][1] if is_unsure and entry.candidates else entry.confidence
            rows.append(_row(entry.header, entry.column, confidence, entry.candidates, question))
    return rows


def _of_the_whole(mapping: Mapping) -> list[dict[str, object]]:
    """The three questions that no header answers: who, how much, in which currency."""
    rows: list[dict[str, object]] = []
    if mapping.customer_key != "mapped":
        stand_in = mapping.customer_key.removeprefix("unique:")
        how = (
            "rows are numbered"
            if stand_in == "numbered"
            else f"“{stand_in}” stands in: each row is one customer"
        )
        rows.append(_row(None, "customer_id", 0.5, (), f"Who is the customer? No column says so; {how}."))
    if mapping.exposure_rule != "mapped":
        question = "Which amount is at risk? No column says so; each counts as 1."
        rows.append(_row(None, "exposure", 0.5, (), question))
    if mapping.currency is None and "currency" not in mapping.by_target():
        rows.append(_row(None, "currency", 0.5, (), "Which currency are the amounts in?"))
    return rows


def _question(entry: MappingEntry) -> str:
    """What to ask about one header; empty when nothing is unsure."""
    if entry.is_unsure:
        best = entry.candidates[0][0]
        return f"Is “{entry.header}” the {BY_NAME[best].label_en.lower()}?"
    if entry.column is None:
        return ""
    if entry.kind in ("rate", "share") and entry.scale == 0.01:
        return f"“{entry.header}” holds values above 1: read as percent?"
    if entry.kind == "money" and entry.scale != 1.0:
        return f"“{entry.header}” is read in units of {entry.scale:,.0f}: right?"
    if entry.scale == 12.0:
        return f"“{entry.header}” is read in years and becomes months: right?"
    return DOUBTS[entry.doubt].format(header=entry.header) if entry.doubt else ""


def _row(
    header: str | None,
    column: str | None,
    confidence: float,
    candidates: tuple[tuple[str, float], ...],
    question: str,
) -> dict[str, object]:
    return {
        "header": header,
        "column": column,
        "confidence": round(confidence, 3),
        "candidates": [{"column": name, "confidence": value} for name, value in candidates],
        "question": question,
    }


def as_rows(mapping: Mapping) -> list[dict[str, object]]:
    """Give the mapping as the dry run prints it: one entry a header, in file order."""
    return [
        {"header": entry.header, "column": entry.column, "confidence": round(entry.confidence, 3)}
        for entry in mapping.entries
    ]
