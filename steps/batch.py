"""The batch door's line: files in, four files out, all replaced together."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from data.contract import BY_NAME, COLUMNS
from data.engines.functions import fetch, frame_of, materialise
from data.engines.sql import quote_identifier
from data.errors import InputRefused, StratumError
from data.ingest.account import write_quarantine
from data.ingest.limits import IngestLimits, Report, never, silent
from data.ingest.mapping import Mapping, propose_mapping, to_confirm
from data.ingest.mend import refuse_mending
from data.ingest.quality import quality_report
from data.ingest.readers import Source, open_parts
from data.ingest.sniff import AS_FOUND, ReadOptions
from data.people import Person
from data.warehouse import snapshots
from data.warehouse.faults import in_sentences
from data.warehouse.house import WORKING_TABLE, EngineSettings, Warehouse
from data.warehouse.snapshots import Snapshot
from reports.naming import segment_title
from segmentation.clustering.profile import SegmentProfile
from segmentation.cube import Cube, build_cube
from segmentation.lifetime import observed_churn, with_lifetime_value
from segmentation.policy import Policy, built_in_policy
from segmentation.risk.impairment import INPUTS, ImpairmentSettings, with_impairment
from segmentation.scorecard.guard import Verdict
from segmentation.scoring_model import ScoreOptions, ScoringModel
from segmentation.tiers import TierBoard, TierSummary, tier_board, with_tier, with_treated_of_tier
from settings import Settings
from steps.house import limits_of
from steps.intake import commit_files
from steps.quality import headers_of
from steps.scoring import Scored, fit_model, score_table, scored_of
from steps.tiers import treated_frame

OUTPUT_COLUMNS = (
    "customer_id", "segment", "value_score", "value_step", "value_coverage", "probability_of_default",
    "probability_source", "probability_of_default_scorecard", "risk_step", "loss_given_default", "loss_source",
    "exposure_at_default", "exposure_source", "drawn", "undrawn", "expected_loss", "asset_class", "capital_requirement",
    "economic_capital", "risk_weight", "lending_income", "cost", "risk_adjusted_profit", "roi", "raroc", "lifecycle",
    "is_defaulted", "tier", "probability_of_default_lifetime", "impairment_stage", "expected_credit_loss", "customer_lifetime_value",
)  # fmt: skip
"""Columns of customers.parquet that scoring makes; contract columns pass through beside them."""

AHEAD = ("impairment_stage", "expected_credit_loss")
"""What IFRS 9 adds, by the default settings and scenario weights."""

OUTPUT_FILES = ("customers.parquet", "summary.json", "quarantine.csv", "model.json")


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What the batch door was asked for."""

    files: tuple[Path, ...]
    out: Path
    mapping: Mapping | None = None
    policy: Policy | None = None
    model: ScoringModel | None = None
    strict: bool = False
    reading: ReadOptions = AS_FOUND
    score: ScoreOptions = field(default_factory=ScoreOptions)
    report: Report = silent


@in_sentences()
def batch_run(options: BatchOptions, settings: Settings) -> dict[str, Any]:  # Any: plain JSON
    """Run files through the whole line into a folder; its four files are replaced together.

    Returns
    -------
    dict
        What summary.json holds.

    Raises
    ------
    InputRefused
        When nothing can be made of the input; quarantine.csv is left when rows
        were read, and no summary.json.
    """
    options.out.mkdir(parents=True, exist_ok=True)
    limits = limits_of(settings)
    sources = [
        part for path in options.files for part in open_parts(path, options=options.reading, limits=limits)
    ]
    for source in sources:
        refuse_mending(source)
    mapping = _batch_mapping(sources[0], options)
    with tempfile.TemporaryDirectory(prefix="stratum-", dir=options.out) as folder:
        warehouse = Warehouse(
            Path(folder) / "run.duckdb", EngineSettings(settings.memory_limit, settings.threads)
        )
        aside = Path(folder) / "out"
        aside.mkdir()
        try:
            with warehouse.cursor() as cursor:
                summary = _batch_line(cursor, sources, mapping, options, limits, settings, aside)
        except StratumError:
            _leave_quarantine(warehouse, aside, options.out)
            raise
        finally:
            warehouse.close()
        for name in OUTPUT_FILES:
            (aside / name).replace(options.out / name)
    return summary


def _batch_mapping(source: Source, options: BatchOptions) -> Mapping:
    if options.model is not None:
        return Mapping.from_dict(options.model.mapping, "the model")
    if options.mapping is not None:
        return options.mapping
    mapping = propose_mapping(source.header, source.sample())
    doubts = [
        row for row in to_confirm(mapping) if row["column"] in ("customer_id", "exposure") or row["header"]
    ]
    if options.strict and doubts:
        first = doubts[0]
        raise InputRefused.because(
            f"{len(doubts)} columns are not sure; first: {first['question']}",
            file=source.info.name,
            line=1,
            remedy="Answer by --mapping, or leave --strict out to take the best guess.",
        )
    return mapping


def _batch_line(
    cursor: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    mapping: Mapping,
    options: BatchOptions,
    limits: IngestLimits,
    settings: Settings,
    aside: Path,
) -> dict[str, Any]:  # Any: plain JSON
    person = Person("batch", frozenset({"admin"}))
    if options.model is not None:
        known = {entry.header for entry in mapping.entries}
        missing = [header for header in sources[0].header if header not in known]
        if missing:
            mapping = stretched(mapping, sources[0], missing)
    snapshot, _ = commit_files(
        cursor,
        sources,
        mapping,
        f"{WORKING_TABLE}batch",
        "batch",
        person,
        "batch",
        limits,
        options.report,
        never,
    )
    model = options.model or fit_model(cursor, snapshot, options.score, settings.sample_rows)
    policy = options.policy or built_in_policy()
    scored_id = score_table(cursor, snapshot, model)
    scored = scored_of(cursor, snapshot, model, scored_id)
    treated = with_treated_of_tier(
        with_tier(treated_frame(frame_of(cursor, scored.table), model, policy), policy)
    )
    materialise(cursor, treated, "batch_treated")
    settings_ahead = ImpairmentSettings()
    ahead = with_impairment(frame_of(cursor, "batch_treated").select("customer_id", *INPUTS), settings_ahead)
    materialise(cursor, ahead.select("customer_id", *AHEAD), "batch_ahead")
    scored_frame = frame_of(cursor, scored.table)
    churn = observed_churn(scored_frame, model.returns, fetch)
    worth = with_lifetime_value(scored_frame, churn, model.returns).select(
        "customer_id", "customer_lifetime_value"
    )
    materialise(cursor, worth, "batch_worth")
    cursor.execute(
        "CREATE VIEW batch_customers AS SELECT * FROM batch_treated JOIN batch_ahead USING (customer_id) "
        "JOIN batch_worth USING (customer_id)"
    ).fetchall()
    _write_customers(cursor, "batch_customers", aside / "customers.parquet")
    write_quarantine(
        aside / "quarantine.csv",
        snapshots.quarantined(cursor, snapshot.quarantine_table),
        spreadsheet_safe=False,
    )
    (aside / "model.json").write_text(
        json.dumps(model.to_dict(), indent=1, ensure_ascii=False), encoding="utf-8"
    )
    cube = Cube.from_rows(fetch(build_cube(frame_of(cursor, "batch_customers"))))
    looked_over = quality_report(cursor, snapshot.table, snapshot.kinds, headers_of(snapshot))
    summary = _summary(snapshot, scored, policy, tier_board(cube, policy))
    summary["quality"] = looked_over.to_dict()["findings"]
    (aside / "summary.json").write_text(json.dumps(summary, indent=1, ensure_ascii=False), encoding="utf-8")
    return summary


def stretched(mapping: Mapping, source: Source, missing: Sequence[str]) -> Mapping:
    """Let a second file of a model have other headers: those it knows by name, else extra columns it does not use."""
    proposed = propose_mapping(source.header, source.sample())
    taken = {entry.target for entry in mapping.entries if entry.header in source.header}
    entries = [entry for entry in mapping.entries if entry.header in source.header]
    for entry in proposed.entries:
        if entry.header in missing and entry.target not in taken:
            entries.append(entry)
    return replace(proposed, entries=tuple(entries), currency=mapping.currency)


def _write_customers(cursor: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Write customers.parquet batch by batch: the engine itself may not touch files."""
    import pyarrow.parquet as pq

    present = cursor.table(quote_identifier(table)).columns
    treated = [name for name in present if name.endswith("_treated")]
    passed = [column.name for column in COLUMNS if column.name not in OUTPUT_COLUMNS]
    extras = [name for name in present if name.startswith("x_")]
    names = [*OUTPUT_COLUMNS, *treated, *passed, *extras]
    select = ", ".join(quote_identifier(name) for name in names)
    reader = cursor.sql(f"SELECT {select} FROM {quote_identifier(table)}").to_arrow_reader(100_000)
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def _leave_quarantine(warehouse: Warehouse, aside: Path, out: Path) -> None:
    """After a refusal: the rows set aside stay for the person, an older summary does not."""
    (out / "summary.json").unlink(missing_ok=True)
    with warehouse.cursor() as cursor:
        tables = {row[0] for row in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        table = f"{WORKING_TABLE}batch_aside"
        if table in tables:
            path = aside / "quarantine.csv"
            write_quarantine(path, snapshots.quarantined(cursor, table), spreadsheet_safe=False)
            shutil.move(path, out / "quarantine.csv")


def _summary(
    snapshot: Snapshot, scored: Scored, policy: Policy, board: TierBoard
) -> dict[str, Any]:  # Any: plain JSON
    returns = scored.model.returns

    def tier(summary: TierSummary) -> dict[str, Any]:  # Any: plain JSON
        money: dict[str, float | None] = {}
        is_unknown = 0 < summary.customers == summary.customers_without_pd
        for suffix, source in (("", summary.as_is), ("_treated", summary.treated)):
            for name in ("exposure", "drawn", "income", "cost", "expected_loss", "capital", "profit"):
                needs_risk = name in ("expected_loss", "capital", "profit")
                money[f"{name}{suffix}"] = None if needs_risk and is_unknown else getattr(source, name) / 100
            money[f"roi{suffix}"] = None if is_unknown else source.roi
            money[f"raroc{suffix}"] = None if is_unknown else source.raroc(returns)
        unknown = {"customers_without_pd": summary.customers_without_pd}
        return {"tier": summary.tier, "customers": summary.customers, **money, **unknown}

    total = tier(board.total)
    account = {
        name: getattr(snapshot.account, name) for name in ("rows_read", "rows_accepted", "rows_quarantined")
    }
    return {
        "account": {**account, "customers": snapshot.account.customers},
        "tiers": [tier(summary) for summary in board.tiers],
        "segments": [_segment_row(profile) for profile in scored.profiles if profile.number > 0],
        "totals": {key: value for key, value in total.items() if key != "tier"},
        "model_quality": scored.model.quality,
        "horizon": scored.model.horizon.to_dict(),
        "assumptions": [entry.to_dict() for entry in scored.assumptions],
        "features_refused": _features_refused(scored),
        "features_flagged": list(scored.model.flagged),
        "mapping": [
            {"header": entry.header, "column": entry.target if entry.target in BY_NAME else None,
             "confidence": round(entry.confidence, 3)}
            for entry in snapshot.mapping.entries
        ],
        "to_confirm": to_confirm(snapshot.mapping),
        "findings": [finding.to_dict() for finding in snapshot.findings],
        "identities": {
            "snapshot": snapshot.snapshot_id,
            "model": scored.model.identity,
            "policy": policy.identity,
            "sources": list(snapshot.sources),
        },
    }  # fmt: skip


def _features_refused(scored: Scored) -> list[dict[str, Any]]:  # Any: plain JSON
    """List what was refused as a feature: by the scorecard's guard, and extra columns that look late."""
    refused = list(scored.model.refused)
    named = {str(verdict["column"]) for verdict in refused}
    late = [
        Verdict(column.header, "contract", None, None, "known_later").to_dict()
        for column in scored.model.columns
        if column.role == "custom" and column.known_when == "later" and column.header not in named
    ]
    return refused + late


def _segment_row(profile: SegmentProfile) -> dict[str, object]:
    return {
        "segment": profile.number,
        "name": segment_title(profile.name, profile.title, "en"),
        "customers": profile.customers,
        "share_of_exposure": profile.share_of_exposure,
        "exposure": profile.exposure,
        "expected_loss": profile.money.expected_loss / 100,
        "expected_loss_rate": profile.expected_loss_rate,
        "roi": profile.roi,
        "raroc": profile.raroc,
        "value_score": profile.value_score,
    }
