"""The order of things: file → snapshot → scored table → cube → what pages and exports show.

The one place where `data` and `segmentation` meet. The doors and the pages call
the verbs below and get plain records back; none of them sees SQL or a formula.
"""

from __future__ import annotations

import getpass
import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from data.contract import BY_NAME, COLUMNS
from data.engines.functions import Frame, check_engine, fetch, frame_of, hash_sample, materialise, ranked_sums
from data.engines.sql import quote_identifier
from data.errors import (
    Cancelled,
    InputRefused,
    ModelInvalid,
    Problem,
    StratumError,
    UsageError,
    WarehouseBusy,
)
from data.identity import content_hash, short
from data.ingest.account import Account, Finding, write_quarantine
from data.ingest.headers import is_protected, looks_late
from data.ingest.limits import IngestLimits, IsCancelled, Progress, Report, never, silent, stop_if
from data.ingest.mapping import Mapping, as_rows, propose_mapping, to_confirm, with_choice
from data.ingest.readers import Source, open_source
from data.ingest.stage import stage_files
from data.people import Person, masked_columns
from data.samples.catalogue import SAMPLES
from data.upload_desk import Upload, UploadDesk
from data.warehouse import records, snapshots
from data.warehouse.house import WORKING_TABLE, EngineSettings, Warehouse
from data.warehouse.snapshots import Snapshot
from reports.naming import segment_title
from segmentation.clustering.model import SegmentModel
from segmentation.clustering.profile import SegmentProfile, segment_profiles
from segmentation.clustering.projection import SegmentMap, map_segments
from segmentation.cube import Cube, Integers, build_cube, histogram, with_capped
from segmentation.feature_choice import may_be_feature
from segmentation.overview import Assumption, PortfolioFacts, assumption_facts, portfolio_facts
from segmentation.policy import Policy, built_in_policy
from segmentation.returns.treatment import with_treated
from segmentation.score import (
    PortfolioColumn,
    ScoreOptions,
    ScoringModel,
    fit_scoring_model,
    fit_segments_of,
    portfolio_columns,
    score,
)
from segmentation.tiers import TierBoard, TierSummary, tier_board, with_tier, with_treated_of_tier
from settings import Settings

__all__ = [
    "Account",
    "Assumption",
    "BatchOptions",
    "Cancelled",
    "Finding",
    "House",
    "InputRefused",
    "Inspection",
    "Mapping",
    "Person",
    "Policy",
    "PortfolioFacts",
    "Progress",
    "ScoreOptions",
    "Scored",
    "SegmentProfile",
    "Snapshot",
    "StratumError",
    "Upload",
    "UsageError",
    "WarehouseBusy",
    "apply_policy",
    "batch_run",
    "check_engine",
    "contract_columns",
    "cube_of",
    "current_house",
    "delete_snapshot",
    "dry_run",
    "find_snapshot",
    "house_is_open",
    "import_file",
    "inbox_files",
    "ingest_path",
    "inspect_file",
    "list_snapshots",
    "masked_columns",
    "open_house",
    "open_scored",
    "policy_in_force",
    "possible_features",
    "preview_segments",
    "quarantine_download",
    "read_mapping",
    "read_model",
    "read_policy",
    "rename_snapshot",
    "score_histogram",
    "score_snapshot",
    "segment_map",
    "use_segments",
    "with_choice",
]  # fmt: skip

FIT_SEED = 0
PROFIT_STEPS = 100
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
        return _limits(self.settings)

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


_CURRENT: list[House] = []
_OPENING = threading.Lock()


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


# ---------------------------------------------------------------- files in


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file looked at but not taken in.

    Attributes
    ----------
    path : Path
        Where its bytes lie.
    name : str
        What people call it; hostile text.
    mapping : Mapping
        Proposal.
    questions : tuple of dict
        What a person should confirm.
    examples : dict
        Header → first values, for the questions; hostile text.
    """

    path: Path
    name: str
    mapping: Mapping
    questions: tuple[dict[str, object], ...]
    examples: dict[str, tuple[str, ...]]


def inspect_file(house: House, path: Path, name: str) -> Inspection:
    """Look at a file: what it is, how it maps, what must be asked.

    Raises
    ------
    InputRefused
        When it is no table we read.
    """
    source = open_source(path, name=name, limits=house.limits)
    return _inspection(source)


def _inspection(source: Source) -> Inspection:
    sample = source.sample()
    mapping = propose_mapping(source.header, sample)
    examples = {
        header: tuple(str(cell) for cell in sample.iloc[:5, place].tolist() if cell is not None)
        for place, header in enumerate(source.header)
    }
    return Inspection(source.path, source.info.name, mapping, tuple(to_confirm(mapping)), examples)


def import_file(
    house: House,
    paths: Sequence[Path],
    *,
    mapping: Mapping,
    name: str,
    person: Person,
    origin: str = "upload",
    names: Sequence[str] = (),
    report: Report = silent,
    is_cancelled: IsCancelled = never,
) -> tuple[Snapshot, bool]:
    """Take files in as one snapshot and score it; all of it or nothing.

    Parameters
    ----------
    house : House
        Where to.
    paths : sequence of Path
        Parts of one snapshot.
    mapping : Mapping
        How the first file is read; the others are mapped by their own headers.
    name : str
        Of the snapshot.
    person : Person
        Who does it.
    origin : str
        ``upload``, ``inbox``, ``sample`` or ``simulated``.
    names : sequence of str
        What people call the files; by default the paths' own names.

    Returns
    -------
    Snapshot, bool
        The snapshot, and whether it is new.
    """
    person.require("import")
    opened = [
        open_source(path, name=label, limits=house.limits)
        for path, label in zip(paths, names or [path.name for path in paths], strict=True)
    ]
    work = f"{WORKING_TABLE}{threading.get_ident()}_{datetime.now(UTC):%H%M%S%f}"
    with house.warehouse.transaction() as cursor:
        snapshot, is_new = _commit(
            cursor, opened, mapping, work, name, person, origin, house.limits, report, is_cancelled
        )
    if is_new:
        score_snapshot(house, snapshot.snapshot_id, ScoreOptions())
    return snapshot, is_new


def _commit(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[Source],
    mapping: Mapping,
    work: str,
    name: str,
    person: Person,
    origin: str,
    limits: IngestLimits,
    report: Report,
    is_cancelled: IsCancelled,
) -> tuple[Snapshot, bool]:
    parts = [(opened[0], mapping)]
    parts += [(source, propose_mapping(source.header, source.sample())) for source in opened[1:]]
    staged = stage_files(
        cursor,
        parts,
        table=work,
        quarantine_table=f"{work}_aside",
        limits=limits,
        report=report,
        is_cancelled=is_cancelled,
    )
    stop_if(is_cancelled)
    sources = [
        {"file": source.info.name, "format": source.info.format, "encoding": source.info.encoding,
         "content": source.content_hash}
        for source in opened
    ]  # fmt: skip
    snapshot, is_new = snapshots.commit(
        cursor,
        staged,
        table=work,
        quarantine_table=f"{work}_aside",
        name=name,
        person=person.name,
        origin=origin,
        currency=mapping.currency,
        sources=sources,
        mapping=mapping,
    )
    if is_new:
        records.note(
            cursor, person.name, "import", snapshot.snapshot_id, json.dumps(staged.account.to_dict())
        )
    return snapshot, is_new


def contract_columns() -> tuple[str, ...]:
    """Names of the columns a portfolio may have, in the contract's order."""
    return tuple(BY_NAME)


def inbox_files(house: House) -> list[Path]:
    """List the files waiting in the inbox folder, oldest first."""
    files = [
        path
        for path in house.settings.inbox_path.iterdir()
        if path.is_file() and not path.name.startswith(".")
    ]
    return sorted(files, key=lambda path: path.stat().st_mtime)


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


def list_snapshots(house: House) -> list[Snapshot]:
    """List the snapshots: a person's own first, then the samples."""
    with house.warehouse.cursor() as cursor:
        return snapshots.listed(cursor)


def find_snapshot(house: House, snapshot_id: str | None) -> Snapshot | None:
    """Find a snapshot by its identity, whole or shortened; without one, the first of the list."""
    with house.warehouse.cursor() as cursor:
        found = snapshots.find(cursor, snapshot_id) if snapshot_id else None
        if found is not None:
            return found
        listed = snapshots.listed(cursor)
        return listed[0] if listed else None


def rename_snapshot(house: House, snapshot_id: str, name: str, person: Person) -> None:
    """Give a snapshot another name."""
    person.require("rename")

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        snapshots.rename(cursor, snapshot_id, name)
        records.note(cursor, person.name, "rename", snapshot_id)

    house.warehouse.retried(work)


def delete_snapshot(house: House, snapshot_id: str, person: Person) -> None:
    """Remove a snapshot and all that was computed from it."""
    person.require("delete")

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        snapshots.delete(cursor, snapshots.get(cursor, snapshot_id))
        records.note(cursor, person.name, "delete", snapshot_id)

    house.warehouse.retried(work)


def quarantine_download(house: House, snapshot: Snapshot) -> bytes:
    """Give the rows set aside as a CSV that is harmless in a spreadsheet."""
    with tempfile.TemporaryDirectory() as folder, house.warehouse.cursor() as cursor:
        path = Path(folder) / "quarantine.csv"
        write_quarantine(
            path, snapshots.quarantined(cursor, snapshot.quarantine_table), spreadsheet_safe=True
        )
        return path.read_bytes()


# ---------------------------------------------------------------- scoring


@dataclass(frozen=True, slots=True)
class Scored:
    """A snapshot scored by a model, ready to be asked.

    Attributes
    ----------
    scored_id : str
        Identity: snapshot and model.
    snapshot : Snapshot
        What was scored.
    model : ScoringModel
        By what.
    facts : PortfolioFacts
        What the overview says.
    assumptions : tuple of Assumption
        What rests on what, with the share of exposure.
    profiles : tuple of SegmentProfile
        One a segment.
    """

    scored_id: str
    snapshot: Snapshot
    model: ScoringModel
    facts: PortfolioFacts
    assumptions: tuple[Assumption, ...]
    profiles: tuple[SegmentProfile, ...]

    @property
    def table(self) -> str:
        """Table of the scored customers."""
        return f"scored_{short(self.scored_id)}"


def _columns_of(snapshot: Snapshot) -> tuple[PortfolioColumn, ...]:
    headers = {entry.target: entry.header for entry in snapshot.mapping.entries}
    return portfolio_columns(snapshot.kinds, headers, is_protected, looks_late)


def _keeper(cursor: duckdb.DuckDBPyConnection, prefix: str) -> Callable[[Frame], Frame]:
    """Make the function that runs a frame once and keeps it as a temporary table of the cursor."""
    counter = [0]

    def keep(frame: Frame) -> Frame:
        counter[0] += 1
        name = f"{prefix}_{counter[0]}"
        materialise(cursor, frame, name, temporary=True)
        return frame_of(cursor, name)

    return keep


def _fit(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, options: ScoreOptions, sample_rows: int
) -> ScoringModel:
    sample = "model_sample"
    query = hash_sample(cursor, snapshot.table, sample_rows, options.seed)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {sample} AS {query}").fetchall()
    return fit_scoring_model(
        frame_of(cursor, sample),
        _columns_of(snapshot),
        options,
        mapping=snapshot.mapping.to_dict(),
        currency=snapshot.currency,
        fetch=fetch,
        keep=_keeper(cursor, "fit"),
    )


def score_snapshot(
    house: House, snapshot_id: str, options: ScoreOptions, model: ScoringModel | None = None
) -> str:
    """Score a snapshot, with a model given or fitted on it; a twin of earlier work is recognised.

    Returns
    -------
    str
        Identity of the scored table.
    """
    with house.lock_for(f"score {snapshot_id}"), house.warehouse.transaction() as cursor:
        snapshot = snapshots.get(cursor, snapshot_id)
        used = model or _fit(cursor, snapshot, options, house.settings.sample_rows)
        return _score(cursor, snapshot, used)


def _score(cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, model: ScoringModel) -> str:
    scored_id = content_hash({"snapshot": snapshot.snapshot_id, "model": model.identity})
    if records.scored_row(cursor, scored_id) is not None:
        return scored_id
    table = f"scored_{short(scored_id)}"
    keep = _keeper(cursor, "score")
    frame = score(frame_of(cursor, snapshot.table), model, keep)
    materialise(cursor, frame, table)
    records.keep_model(cursor, model.identity, model.to_dict())
    facts: dict[str, object] = {}
    records.keep_scored(cursor, records.ScoredRow(scored_id, snapshot.snapshot_id, model.identity, facts))
    return scored_id


def open_scored(house: House, snapshot_id: str) -> Scored:
    """Open the newest scoring of a snapshot; score it when there is none.

    Raises
    ------
    InputRefused
        When the snapshot is gone.
    """
    with house.warehouse.cursor() as cursor:
        row = records.latest_scored(cursor, snapshot_id)
    if row is None:
        score_snapshot(house, snapshot_id, ScoreOptions())
    with house.warehouse.cursor() as cursor:
        row = records.latest_scored(cursor, snapshot_id)
        if row is None:
            raise InputRefused.because(
                "it could not be scored", file=short(snapshot_id), remedy="Import it again."
            )
        body = records.model_body(cursor, row.model_id)
        model = ScoringModel.from_dict(body or {}, "the stored model")
        return _scored(cursor, snapshots.get(cursor, snapshot_id), model, row.scored_id)


def _scored(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, model: ScoringModel, scored_id: str
) -> Scored:
    table = f"scored_{short(scored_id)}"
    frame = frame_of(cursor, table)
    return Scored(
        scored_id,
        snapshot,
        model,
        portfolio_facts(
            frame, model, fetch, ranked_sums(cursor, table, "risk_adjusted_profit", PROFIT_STEPS)
        ),
        assumption_facts(
            frame, model, fetch, key=snapshot.customer_key, exposure_rule=snapshot.mapping.exposure_rule
        ),
        segment_profiles(frame, model.segments, model.returns, fetch),
    )


def _treated_frame(frame: Frame, model: ScoringModel, policy: Policy) -> Frame:
    treated = with_treated(
        frame,
        policy.treatments,
        credit_conversion_factor=model.exposure.credit_conversion_factor,
        funding_rate=model.returns.funding_rate,
        interest_rate=model.returns.interest_rate,
        servicing_rate=model.returns.servicing_rate,
    )
    return with_capped(treated, policy)


def cube_of(house: House, scored: Scored, policy: Policy) -> Cube:
    """Build the cube of a scored table under a policy's treatments, or give the one built before."""
    key = (scored.scored_id, policy.cube_identity)
    with house.lock_for(f"cube {key}"):
        cube = house._cubes.get(key)
        if cube is None:
            with house.warehouse.cursor() as cursor:
                frame = _treated_frame(frame_of(cursor, scored.table), scored.model, policy)
                cube = Cube.from_rows(fetch(build_cube(frame)))
            house.keep_cube(key, cube)
    return cube


def policy_in_force(house: House) -> Policy:
    """Give the policy in force today; until one is approved, the built-in one."""
    with house.warehouse.cursor() as cursor:
        row = records.policy_in_force(cursor, datetime.now(UTC).date())
    return Policy.from_toml(row.body, row.name) if row is not None else built_in_policy()


def apply_policy(house: House, scored: Scored, policy: Policy, other: Policy | None = None) -> TierBoard:
    """Say what each tier holds under a policy, and who moves against another; no row is read."""
    return tier_board(cube_of(house, scored, policy), policy, other)


def score_histogram(house: House, scored: Scored, policy: Policy) -> Integers:
    """Exposure in hundredths by value score (one point a row) and risk band; no row is read."""
    return histogram(cube_of(house, scored, policy))


# ---------------------------------------------------------------- segments


def preview_segments(house: House, scored: Scored, options: ScoreOptions) -> SegmentModel:
    """Fit segments on the sample with other features, weights or number; nothing is kept."""
    with house.warehouse.cursor() as cursor:
        query = hash_sample(cursor, scored.table, house.settings.sample_rows, options.seed)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE segment_sample AS {query}").fetchall()
        return fit_segments_of(frame_of(cursor, "segment_sample"), scored.model.columns, options, fetch)


def possible_features(scored: Scored) -> list[str]:
    """List the columns customers may be compared by, in the portfolio's order."""
    return [column.name for column in scored.model.columns if may_be_feature(column.traits)]


def use_segments(house: House, scored: Scored, segments: SegmentModel, person: Person) -> str:
    """Make other segments the portfolio's: a new model, the same in all else."""
    person.require("import")
    model = replace(scored.model, segments=segments)
    return score_snapshot(house, scored.snapshot.snapshot_id, ScoreOptions(), model)


def segment_map(house: House, scored: Scored, rows: int = 2_000) -> SegmentMap:
    """Place a sample of customers and the segments' centres on a flat map."""
    with house.warehouse.cursor() as cursor:
        query = hash_sample(cursor, scored.table, rows, FIT_SEED)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE map_sample AS {query}").fetchall()
        return map_segments(frame_of(cursor, "map_sample"), scored.model.segments, fetch)


# ---------------------------------------------------------------- batch


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file."""
    return Mapping.from_toml(_text(path), path.name)


def read_policy(path: Path) -> Policy:
    """Read a policy file."""
    return Policy.from_toml(_text(path), path.name)


def read_model(path: Path) -> ScoringModel:
    """Read a scoring model file.

    Raises
    ------
    ModelInvalid
        When it is no scoring model.
    """
    try:
        values = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise ModelInvalid.from_problems(
            [Problem(path.name, f"not valid JSON ({error})", "Use a model.json.")]
        ) from None
    return ScoringModel.from_dict(values if isinstance(values, dict) else {}, path.name)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputRefused.because("not UTF-8 text", file=path.name, remedy="Save it as UTF-8.") from None


def dry_run(path: Path, mapping: Mapping | None, settings: Settings) -> dict[str, Any]:  # Any: plain JSON
    """Say how a file would be read, and its account; nothing is kept."""
    source = open_source(path, limits=_limits(settings))
    used = mapping or propose_mapping(source.header, source.sample())
    with tempfile.TemporaryDirectory(prefix="stratum-") as folder:
        warehouse = Warehouse(
            Path(folder) / "dry.duckdb", EngineSettings(settings.memory_limit, settings.threads)
        )
        try:
            with warehouse.cursor() as cursor:
                staged = stage_files(
                    cursor,
                    [(source, used)],
                    table="dry",
                    quarantine_table="dry_aside",
                    limits=_limits(settings),
                )
        finally:
            warehouse.close()
    account = staged.account
    return {
        "mapping": as_rows(used),
        "account": {
            "rows_read": account.rows_read,
            "rows_accepted": account.rows_accepted,
            "rows_quarantined": account.rows_quarantined,
        },
        "to_confirm": to_confirm(used),
    }


def ingest_path(house: House, path: Path, mapping: Mapping | None, name: str | None) -> tuple[Snapshot, bool]:
    """Take a file from the path door into the warehouse."""
    source = open_source(path, limits=house.limits)
    used = mapping or propose_mapping(source.header, source.sample())
    person = Person(getpass.getuser(), frozenset(house.settings.roles))
    return import_file(house, [path], mapping=used, name=name or path.name, person=person, origin="inbox")


def _limits(settings: Settings) -> IngestLimits:
    return IngestLimits(
        max_rows=settings.max_rows, max_columns=settings.max_columns, max_cell_length=settings.max_cell_length
    )


OUTPUT_COLUMNS = (
    "customer_id", "segment", "value_score", "value_step", "value_coverage", "probability_of_default",
    "probability_source", "probability_of_default_scorecard", "risk_step", "loss_given_default", "loss_source",
    "exposure_at_default", "exposure_source", "drawn", "undrawn", "expected_loss", "asset_class", "capital_requirement",
    "economic_capital", "risk_weight", "lending_income", "cost", "risk_adjusted_profit", "roi", "raroc", "lifecycle",
    "is_defaulted", "tier",
)  # fmt: skip
"""Columns of customers.parquet that scoring makes; contract columns pass through beside them."""

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
    score: ScoreOptions = field(default_factory=ScoreOptions)


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
    limits = _limits(settings)
    sources = [open_source(path, limits=limits) for path in options.files]
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
            mapping = _stretched(mapping, sources[0], missing)
    snapshot, _ = _commit(
        cursor, sources, mapping, f"{WORKING_TABLE}batch", "batch", person, "batch", limits, silent, never
    )
    model = options.model or _fit(cursor, snapshot, options.score, settings.sample_rows)
    policy = options.policy or built_in_policy()
    scored_id = _score(cursor, snapshot, model)
    scored = _scored(cursor, snapshot, model, scored_id)
    treated = with_treated_of_tier(
        with_tier(_treated_frame(frame_of(cursor, scored.table), model, policy), policy)
    )
    materialise(cursor, treated, "batch_customers")
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
    summary = _summary(snapshot, scored, policy, tier_board(cube, policy))
    (aside / "summary.json").write_text(json.dumps(summary, indent=1, ensure_ascii=False), encoding="utf-8")
    return summary


def _stretched(mapping: Mapping, source: Source, missing: Sequence[str]) -> Mapping:
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
        "features_refused": list(scored.model.refused),
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
