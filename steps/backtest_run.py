"""The batch door of the back-test: a file in, what became of its tiers out."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data.ingest.limits import never, silent
from data.ingest.mapping import Mapping, propose_mapping
from data.ingest.readers import open_source
from data.people import Person
from data.warehouse.house import WORKING_TABLE, EngineSettings, Warehouse
from reports.escape import spreadsheet
from segmentation.policy import TIERS
from settings import Settings
from steps.backtest import BackTestSpec, backtest_rows
from steps.backtest_judged import BackTest
from steps.files import inert_csv
from steps.house import limits_of
from steps.intake import commit_files

LISTED = (
    "customer_id", "tier", "value_score", "probability_of_default", "amount", "outcome_defaulted", "outcome_loss",
    "outcome_income",
)  # fmt: skip
"""Columns of tiers.csv."""


@dataclass(frozen=True, slots=True)
class BackTestRun:
    """What the batch door was asked for."""

    file: Path
    out: Path
    spec: BackTestSpec
    mapping: Mapping | None = None


def backtest_run(run: BackTestRun, settings: Settings) -> dict[str, Any]:  # Any: plain JSON
    """Back-test a file into a folder: backtest.json with every tier of every rule, tiers.csv with who got which.

    Raises
    ------
    InputRefused
        When it can't be run; the sentence says why, and nothing is written.
    """
    run.out.mkdir(parents=True, exist_ok=True)
    limits = limits_of(settings)
    source = open_source(run.file, limits=limits)
    mapping = run.mapping or propose_mapping(source.header, source.sample())
    with tempfile.TemporaryDirectory(prefix="stratum-", dir=run.out) as folder:
        warehouse = Warehouse(
            Path(folder) / "run.duckdb", EngineSettings(settings.memory_limit, settings.threads)
        )
        try:
            with warehouse.cursor() as cursor:
                snapshot, _ = commit_files(
                    cursor, [source], mapping, f"{WORKING_TABLE}backtest", run.file.name,
                    Person("batch", frozenset({"admin"})), "batch", limits, silent, never,
                )  # fmt: skip
                found, rows = backtest_rows(cursor, snapshot, run.spec, settings.sample_rows)
        finally:
            warehouse.close()
    rows["tier"] = rows["place"].map(dict(enumerate(TIERS)))
    summary = plain_backtest(found)
    (run.out / "tiers.csv").write_bytes(inert_csv(rows.loc[:, list(LISTED)], spreadsheet))
    (run.out / "backtest.json").write_text(
        json.dumps(summary, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return summary


def plain_backtest(found: BackTest) -> dict[str, Any]:  # Any: plain JSON
    """Write a back-test as plain values: rates are fractions, money in the portfolio's units."""

    def day(value: object) -> str | None:
        return str(value) if value is not None else None

    return {
        "set_on": day(found.set_on),
        "tiers_from": day(found.tiers_from),
        "tiers_to": day(found.tiers_to),
        "outcomes_until": day(found.until),
        "by_count": found.by_count,
        "margin": found.margin,
        "customers": found.customers,
        "left_out": dict(found.left_out),
        "losses_assumed": found.losses_assumed,
        "model_quality": dict(found.quality),
        "rules": [
            {"rule": rule.rule, "tiers": [asdict(tier) for tier in rule.tiers]} for rule in found.rules
        ],
    }
