"""What is asked of a portfolio's own scorecard: its validation, its bins edited, its export."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from data.engines.functions import fetch, frame_of, hash_sample
from data.engines.sql import quote_identifier
from data.errors import InputRefused
from data.people import Person
from data.warehouse import records
from segmentation.fit import usable_candidates
from segmentation.policy import Policy
from segmentation.risk.hazard import can_be_dated, last_day_seen
from segmentation.scorecard.export import policy_sql, scorecard_sql
from segmentation.scorecard.fit import Scorecard, refit
from segmentation.scorecard.points import points_table
from segmentation.scorecard.validation import MOST_ROWS, Validation, validate
from segmentation.scorecard.vintage import Vintage, vintages
from segmentation.scoring_model import ScoreOptions
from steps.house import House
from steps.scoring import Scored, score_snapshot

Report = Callable[[int, int], None]


def validation_of(house: House, scored: Scored) -> Validation | None:
    """Give the validation made before, or None."""
    with house.warehouse.cursor() as cursor:
        body = records.finding(cursor, scored.scored_id, "validation")
    return Validation.from_dict(body) if body else None


def run_validation(house: House, scored: Scored, report: Report = lambda done, total: None) -> Validation:
    """Validate the way this portfolio's scorecard was made, and keep what was found."""
    with house.warehouse.cursor() as cursor:
        query = hash_sample(cursor, scored.snapshot.table, MOST_ROWS, scored.model.seed)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE validation_sample AS {query}").fetchall()
        frame = frame_of(cursor, "validation_sample")
        present = set(frame.collect_schema().names())
        candidates = [item for item in usable_candidates(scored.model) if item.name in present]
        if "defaulted" not in present:
            found = validate(
                frame_of(cursor, "validation_sample").head(0).collect().to_pandas(),
                np.zeros(0, dtype=bool),
                [],
            )
        else:
            dated = ["originated_on"] if "originated_on" in present else []
            rows = fetch(
                frame.select(
                    "defaulted", *dated, *(item.name for item in candidates if item.name not in dated)
                )
            )
            rows = rows[rows["defaulted"].notna()].reset_index(drop=True)
            bad = rows["defaulted"].astype(bool).to_numpy()
            dates = rows["originated_on"] if dated else None
            found = validate(rows, bad, candidates, dates=dates, seed=scored.model.seed, report=report)
    house.warehouse.retried(
        lambda cursor: records.keep_finding(cursor, scored.scored_id, "validation", found.to_dict())
    )
    return found


def vintages_of(house: House, scored: Scored) -> tuple[Vintage, ...]:
    """Give the portfolio's vintages; none when outcomes have no dates."""
    if not can_be_dated(set(scored.snapshot.kinds)):
        return ()
    with house.warehouse.cursor() as cursor:
        frame = frame_of(cursor, scored.table)
        as_of = last_day_seen(frame, fetch)
        return vintages(frame, as_of, fetch) if as_of else ()


@dataclass(frozen=True, slots=True)
class ScorecardExport:
    """A scorecard and a policy as files: nothing of them is lost.

    Attributes
    ----------
    json, sql, policy_sql : str
        The scorecard as JSON and as a query, the policy's row rule as a query.
    points : str
        The points table as CSV, harmless in a spreadsheet.
    """

    json: str
    sql: str
    policy_sql: str
    points: str


def export_scorecard(
    scored: Scored, policy: Policy, inert: Callable[[object], str]
) -> ScorecardExport | None:
    """Write the scorecard out; None when there is none."""
    card = scored.model.scorecard
    if card is None:
        return None
    table = points_table(card)
    for name in ("feature", "bin"):
        table[name] = [inert(value) for value in table[name]]
    return ScorecardExport(
        json.dumps(card.to_dict(), indent=1, ensure_ascii=False),
        scorecard_sql(card, "customers"),
        policy_sql(policy, "customers"),
        table.to_csv(index=False),
    )


def use_scorecard(house: House, scored: Scored, edited: Scorecard, person: Person) -> str:
    """Weigh a scorecard anew with bins a person has set, and score the portfolio by it.

    Raises
    ------
    InputRefused
        When no edited characteristic is left that tells good from bad.
    """
    person.require("fit_model")
    with house.warehouse.cursor() as cursor:
        query = hash_sample(cursor, scored.snapshot.table, house.settings.sample_rows, scored.model.seed)
        names = ["defaulted", *(feature.column for feature in edited.features)]
        chosen = ", ".join(quote_identifier(name) for name in names)
        rows = cursor.execute(f"SELECT {chosen} FROM ({query}) WHERE defaulted IS NOT NULL").df()
    card = refit(rows, rows["defaulted"].astype(bool).to_numpy(), edited.features)
    if card is None:
        raise InputRefused.because(
            "no characteristic is left that tells good from bad",
            file=scored.snapshot.name,
            remedy="Put some of the breaks back.",
        )
    quality = {**scored.model.quality, "edited_by": person.name, "edited_on": date.today().isoformat()}
    model = replace(scored.model, scorecard=card, quality=quality)
    return score_snapshot(house, scored.snapshot.snapshot_id, ScoreOptions(), model)
