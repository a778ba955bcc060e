"""Applicants: one deal or a file of them, scored by the stored model; nothing is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from data.contract import BY_NAME, EXPOSURE_COLUMNS
from data.engines.functions import fetch, frame_of, materialise
from data.engines.sql import first_row, quote_identifier
from data.errors import InputRefused, Problem
from data.ingest.account import Account, Finding
from data.ingest.mapping import Mapping as HeaderMapping
from data.ingest.mapping import propose_mapping
from data.ingest.readers import Source, open_source
from data.ingest.stage import stage_files
from data.warehouse.house import EngineSettings, Warehouse
from segmentation.applicants import (
    FACTS,
    TERMS,
    askable_names,
    asked_columns,
    with_deal,
    with_prospect_value,
    with_terms,
)
from segmentation.explain import Standing, TierReason, tier_reason
from segmentation.lifetime import Churn, observed_churn
from segmentation.policy import Policy
from segmentation.scorecard.points import Reason, reasons
from steps.batch import stretched
from steps.house import House
from steps.limits import limit_rules
from steps.rescoring import NUMBER, ROWS, SCORED, asked_kinds, open_rows, put_row, put_rows, score_rows
from steps.scoring import Scored

MOST_APPLICANTS = 100_000
"""Rows a page takes; more go through ``cli.py run --model``."""
MOST_LEVELS = 100
NEVER_ABSENT = 2.0


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    Attributes
    ----------
    name, header : str
        Column; what the portfolio's source calls it (hostile text).
    kind : str
        As in the contract.
    role : str
        As in the contract; ``custom`` for the portfolio's own columns.
    levels : tuple of str
        Texts to choose from; hostile.
    unit : str
        As in the contract.
    """

    name: str
    header: str
    kind: str
    role: str
    levels: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What an applicant told of amounts.

    Attributes
    ----------
    asked : float or None
        Amount asked for: the largest of limit, exposure and balance.
    acquisition_cost : float or None
        What winning it costs; None when blank.
    has_rate : bool
        Whether an interest rate was told; the assumed one stands in otherwise.
    """

    asked: float | None
    acquisition_cost: float | None
    has_rate: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What applicants would get.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row an applicant, by key: `customer_id`, `name`, `FACTS`, `TERMS` under
        the policy in force, and under the draft as `<term>_draft`. Texts are hostile.
    told : pandas.DataFrame
        What was told of each, by column, as the model read it; for the reasons.
    acquisition_cost : float or None
        What stood in where an applicant's own was blank: the portfolio's mean.
    account : Account or None
        Of a file: rows read, in, set aside.
    findings : tuple of Finding
        Of a file.
    left_out : tuple of str
        Headers of a file that were not used: known only later, outcomes, protected (hostile).
    set_aside : pandas.DataFrame
        Rows of a file that were set aside, at most 100: line, column, reason.
    """

    rows: pd.DataFrame
    told: pd.DataFrame
    acquisition_cost: float | None
    account: Account | None = None
    findings: tuple[Finding, ...] = ()
    left_out: tuple[str, ...] = ()
    set_aside: pd.DataFrame | None = None


def applicant_fields(house: House, scored: Scored) -> tuple[Field, ...]:
    """Say what the form asks, with the levels of texts that the portfolio knows."""
    headers = {column.name: column.header for column in scored.model.columns}
    kinds, present = asked_kinds(scored.model), scored.snapshot.kinds
    fields = []
    with house.warehouse.cursor() as cursor:
        for name in asked_columns(scored.model):
            known = BY_NAME.get(name)
            levels = known.levels if known else ()
            if kinds[name] == "text" and not levels and name in present:
                levels = _levels(cursor, scored.snapshot.table, name)
            fields.append(
                Field(
                    name, headers.get(name, name), kinds[name], known.role if known else "custom", levels,
                    known.unit if known else "",
                )
            )  # fmt: skip
    return tuple(fields)


def _levels(cursor: duckdb.DuckDBPyConnection, table: str, name: str) -> tuple[str, ...]:
    column = quote_identifier(name)
    rows = cursor.execute(
        f"SELECT {column} FROM {quote_identifier(table)} WHERE {column} IS NOT NULL "
        f"GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT {MOST_LEVELS}"
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def answer_deal(
    house: House, scored: Scored, values: Mapping[str, Any], in_force: Policy, draft: Policy
) -> Answers:  # Any: typed cells
    """Answer one deal told in a form; nothing is stored.

    Parameters
    ----------
    values : mapping
        Column → typed value; what is unknown is left out or None.
    in_force, draft : Policy
        Under which.

    Raises
    ------
    InputRefused
        Naming every field that can't be used.
    """
    given = {name: value for name, value in values.items() if value is not None and value != ""}
    _check_deal(given, askable_names(scored.model))
    with house.warehouse.cursor() as cursor:
        open_rows(cursor, scored.model)
        put_row(cursor, {"customer_id": "deal", **given})
        return _answers(house, cursor, scored, in_force, draft, _today())


def _today() -> date:
    return datetime.now(UTC).date()


def _check_deal(given: Mapping[str, Any], askable: frozenset[str]) -> None:  # Any: typed cells
    """Collect what is wrong with a form: no amount, odd numbers, fields that may not be told."""
    problems = [
        Problem(
            BY_NAME[name].label_en if name in BY_NAME else name,
            "is not asked of an applicant",
            "Leave it out.",
        )
        for name in given
        if name not in askable
    ]
    if not any(name in given for name in EXPOSURE_COLUMNS):
        problems.append(Problem("Exposure", "is blank", "Enter the amount asked for, or a credit limit."))
    for name, value in given.items():
        known = BY_NAME.get(name)
        if known is None or not known.is_numeric or isinstance(value, str):
            continue
        low, high = known.minimum, known.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            least = "" if low is None else f"from {low:g}"
            most = "" if high is None else f"up to {high:g}"
            problems.append(
                Problem(
                    known.label_en, f"is {value:g}", f"Give a number {' '.join(filter(None, (least, most)))}."
                )
            )
    if problems:
        raise InputRefused.from_problems(problems)


def answer_file(
    house: House, scored: Scored, path: Path, name: str, in_force: Policy, draft: Policy
) -> Answers:
    """Answer a file of applicants, read like any portfolio; it is staged in a database that is thrown away.

    Parameters
    ----------
    path : Path
        Where the file lies; it is left there.
    name : str
        What people call it.

    Raises
    ------
    InputRefused
        When it is no table, names no amount, or has too many rows.
    """
    limits = replace(
        house.limits,
        max_rows=min(MOST_APPLICANTS, house.limits.max_rows),
        rows_remedy="Split the file, or run cli.py run FILE --model MODEL.json --out DIR.",
    )
    source = open_source(path, name=name, limits=limits)
    mapping = _file_mapping(source, scored)
    settings = house.settings
    with tempfile.TemporaryDirectory(prefix="stratum-") as folder:
        engine = EngineSettings(settings.memory_limit, settings.threads)
        aside = Warehouse(Path(folder) / "applicants.duckdb", engine)
        try:
            with aside.cursor() as cursor:
                staged = stage_files(
                    cursor, [(source, mapping)], table="applicants", quarantine_table="applicants_aside",
                    limits=limits, absent_share=NEVER_ABSENT,
                )  # fmt: skip
                askable = askable_names(scored.model)
                used = [column for column in staged.kinds if column in askable]
                open_rows(cursor, scored.model)
                put_rows(cursor, "applicants", used, "customer_id")
                found = _answers(house, cursor, scored, in_force, draft, _today())
                set_aside = cursor.execute(
                    "SELECT line, column_name, reason FROM applicants_aside ORDER BY line LIMIT 100"
                ).df()
        finally:
            aside.close()
    left = tuple(
        entry.header
        for entry in mapping.entries
        if entry.target not in askable and entry.target in staged.kinds
    )
    return replace(
        found, account=staged.account, findings=staged.findings, left_out=left, set_aside=set_aside
    )


def _file_mapping(source: Source, scored: Scored) -> HeaderMapping:
    """Read a file as the portfolio was read where the headers agree, by its own headers elsewhere."""
    own = HeaderMapping.from_dict(scored.model.mapping, "the model")
    known = {entry.header for entry in own.entries}
    mapping = stretched(own, source, [header for header in source.header if header not in known])
    targets = {entry.target for entry in mapping.entries}
    if not targets & set(EXPOSURE_COLUMNS):
        raise InputRefused.because(
            "no column says what amount is asked for",
            file=source.info.name,
            line=1,
            remedy="Add a column “exposure” or “credit limit”.",
        )
    key = (
        "mapped" if "customer_id" in targets else propose_mapping(source.header, source.sample()).customer_key
    )
    return replace(mapping, exposure_rule="mapped", customer_key=key)


def _answers(
    house: House,
    cursor: duckdb.DuckDBPyConnection,
    scored: Scored,
    in_force: Policy,
    draft: Policy,
    today: date,
) -> Answers:
    """Score the rows asked for and give each what both policies give it."""
    model, rules = scored.model, limit_rules(house)
    materialise(cursor, with_deal(frame_of(cursor, ROWS), nw.lit(today)), "asked_deals", temporary=True)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {ROWS} AS SELECT * FROM asked_deals").fetchall()
    score_rows(house, cursor, model)
    churn, cost = _experience(house, scored)
    worth = with_prospect_value(frame_of(cursor, SCORED), churn, model.returns, cost)
    materialise(cursor, worth, "asked_worth", temporary=True)
    frame = frame_of(cursor, "asked_worth")
    facts = fetch(frame.select(NUMBER, "customer_id", "name", *FACTS).sort(NUMBER))
    for policy, suffix in ((in_force, ""), (draft, "_draft")):
        terms = fetch(with_terms(frame, policy, rules, model.returns).select(NUMBER, *TERMS).sort(NUMBER))
        facts = facts.join(terms[list(TERMS)].add_suffix(suffix))
    told = fetch(frame.select(NUMBER, *_reason_columns(scored)).sort(NUMBER))
    return Answers(facts.drop(columns=NUMBER), told.drop(columns=NUMBER), cost)


def _reason_columns(scored: Scored) -> list[str]:
    """Columns the scorecard reads, and the amounts told, without repetition."""
    card = scored.model.scorecard
    read = [feature.column for feature in card.features] if card else []
    return list(dict.fromkeys([*read, *EXPOSURE_COLUMNS, "acquisition_cost", "interest_rate"]))


def told_of(answers: Answers, place: int) -> Told:
    """Give what one applicant told of amounts."""
    row = answers.told.iloc[place]
    amounts = [float(row[name]) for name in EXPOSURE_COLUMNS if pd.notna(row[name])]
    cost = row["acquisition_cost"]
    return Told(
        max(amounts, default=None),
        float(cost) if pd.notna(cost) else None,
        bool(pd.notna(row["interest_rate"])),
    )


def _experience(house: House, scored: Scored) -> tuple[Churn, float | None]:
    """What the portfolio itself says of leaving, and of the cost of winning a customer."""
    with house.warehouse.cursor() as cursor:
        churn = observed_churn(
            frame_of(cursor, scored.table).select("churned", "segment"), scored.model.returns, fetch
        )
        row = first_row(cursor, f"SELECT avg(acquisition_cost) FROM {quote_identifier(scored.table)}")
    return churn, None if row is None or row[0] is None else float(row[0])


def deal_reasons(
    scored: Scored, answers: Answers, place: int, policy: Policy
) -> tuple[TierReason, tuple[Reason, ...]]:
    """Say why one applicant gets its tier, and what its score is made of, costliest first.

    Parameters
    ----------
    place : int
        Row of the answers.
    policy : Policy
        The one in force, or the draft.
    """
    row = answers.rows.iloc[place]
    standing = Standing(
        int(row["value_step"]), int(row["risk_step"]), str(row["lifecycle"] or "unknown"),
        bool(row["value_coverage"] < policy.coverage_gate), bool(row["is_defaulted"]),
        probability=None if pd.isna(row["probability_of_default"]) else float(row["probability_of_default"]),
    )  # fmt: skip
    card = scored.model.scorecard
    told = {name: None if pd.isna(cell) else cell for name, cell in answers.told.iloc[place].items()}
    return tier_reason(standing, policy), reasons(card, {str(k): v for k, v in told.items()}) if card else ()
