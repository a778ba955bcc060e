"""What a person should know of a portfolio that went in: doubts of its reading, and figures that contradict."""

from __future__ import annotations

import duckdb

from data.contract import Kind
from data.engines.sql import first_row, quote_identifier
from data.ingest.account import Finding
from data.ingest.aside import Tally
from data.ingest.mapping import Mapping

RULES: tuple[tuple[str, frozenset[str], str], ...] = (
    ("paid_with_loss", frozenset({"defaulted", "loss_amount"}), "defaulted = false AND loss_amount > 0"),
    (
        "defaulted_without_loss",
        frozenset({"defaulted", "loss_amount"}),
        "defaulted AND coalesce(loss_amount, 0) = 0",
    ),
    ("loss_above_exposure", frozenset({"loss_amount", "exposure"}), "loss_amount > exposure"),
    ("outcome_missing", frozenset({"defaulted"}), "defaulted IS NULL"),
    (
        "above_limit",
        frozenset({"outstanding_balance", "credit_limit"}),
        "outstanding_balance > credit_limit",
    ),
    (
        "default_before_origination",
        frozenset({"defaulted_on", "originated_on"}),
        "defaulted_on < originated_on",
    ),
    ("share_outside", frozenset({"probability_of_default"}), "probability_of_default NOT BETWEEN 0 AND 1"),
    ("lgd_outside", frozenset({"loss_given_default"}), "loss_given_default NOT BETWEEN 0 AND 1"),
)
"""Plausibility rules: key of the sentence, columns it needs, condition in SQL."""


def all_findings(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
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
    rules = [(name, test) for name, needs, test in RULES if needs <= kinds.keys()]
    if rules:
        counts = ", ".join(f"count(*) FILTER ({test})" for _, test in rules)
        row = first_row(cursor, f"SELECT {counts} FROM {quote_identifier(table)}")
        for (name, _), count in zip(rules, row or (), strict=True):
            if count:
                found.append(Finding(name, count=int(count), severity=1))
    if customers < accepted:
        found.append(Finding("facilities_united", count=accepted - customers, severity=1))
    extras = [name for name in kinds if name.startswith("x_")]
    if extras:
        found.append(Finding("extra_columns", count=len(extras), detail=", ".join(extras[:8]), severity=0))
    return tuple(sorted(found, key=lambda item: (-item.severity, -item.count)))
