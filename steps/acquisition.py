"""Winning customers: what it costs and brings, who says yes, whom to call, what to offer, where to spend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd

from data.engines.functions import Frame, fetch, frame_of, hash_sample, materialise
from data.engines.sql import first_row, quote_identifier
from data.errors import InputRefused
from data.people import Person, masked_columns
from data.warehouse import judgements, records
from segmentation.lifetime import observed_churn, with_lifetime_value
from segmentation.policy import Policy
from segmentation.response import (
    CallPlan,
    ResponseModel,
    call_plan,
    fit_response,
    responded,
    response_candidates,
    response_columns,
    says_who_responded,
    with_response,
)
from segmentation.returns.acquisition import (
    ADDED_BY_A_YES,
    CONTACTS_A_YES,
    OFFERS,
    By,
    Economics,
    OfferRule,
    Spend,
    acquisition_rows,
    economics,
    offers_from,
    offers_to_rows,
    spend_plan,
    with_offer,
)
from steps.house import House
from steps.portfolios import list_snapshots
from steps.returns import lifetime_by
from steps.scoring import Scored, columns_of
from steps.tiers import tiered_frame

MOST_TARGETS = 100_000
RESPONSE = "response"


def acquisition_economics(house: House, scored: Scored, by: By, policy: Policy) -> tuple[Economics, ...]:
    """Put cost and lifetime value of customers together, by segment or channel.

    Who responded is what :func:`answer_column` says, else the contract's own count.
    """
    kinds = {column.name: column.kind for column in scored.model.columns}
    outcome = answer_column(house, scored) or "campaign_responses"
    with house.warehouse.cursor() as cursor:
        answer = responded(outcome, kinds.get(outcome, "integer"))
        rows = fetch(acquisition_rows(frame_of(cursor, scored.table), by, answer))
    values = lifetime_by(house, scored, by, policy)
    return economics(rows, by, values, scored.model.returns.contact_cost)


# ---------------------------------------------------------------- response


def possible_responses(house: House, scored: Scored) -> list[str]:
    """List the columns that say who responded: those with at least one yes and one no."""
    kinds = {column.name: column.kind for column in scored.model.columns}
    names = response_columns(scored.model.columns)
    if not names:
        return []
    with house.warehouse.cursor() as cursor:
        frame = frame_of(cursor, scored.table)
        shares = fetch(frame.select(responded(name, kinds[name]).mean().alias(name) for name in names)).iloc[
            0
        ]
    return [name for name in names if pd.notna(shares[name]) and 0 < float(shares[name]) < 1]


def answer_column(house: House, scored: Scored) -> str:
    """Name the column that says who responded: the response model's, else the likeliest; empty when none does."""
    fitted = response_model_of(house, scored)
    if fitted is not None:
        return fitted.outcome
    saying = {column.name for column in scored.model.columns if says_who_responded(column)}
    return next((name for name in possible_responses(house, scored) if name in saying), "")


def response_model_of(house: House, scored: Scored) -> ResponseModel | None:
    """Give the response model fitted on this portfolio before, or None; a filtered view has its portfolio's.

    It reads the columns of the file and nothing that was scored, so it stays when weights or
    assumptions change.
    """
    with house.warehouse.cursor() as cursor:
        body = records.finding(cursor, scored.snapshot.snapshot_id, RESPONSE)
    return ResponseModel.from_dict(body) if body else None


def fit_response_model(house: House, scored: Scored, outcome: str, person: Person) -> ResponseModel:
    """Fit a response model to a column of this portfolio, and keep it."""
    person.require("fit_model")
    kinds = {column.name: column.kind for column in scored.model.columns}
    candidates = response_candidates(columns_of(scored.snapshot), outcome)
    names = [item.name for item in candidates if not item.excluded]
    with house.warehouse.cursor() as cursor:
        query = hash_sample(cursor, scored.table, house.settings.sample_rows, scored.model.seed)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE response_sample AS {query}").fetchall()
        frame = frame_of(cursor, "response_sample")
        rows = fetch(frame.select(*names, responded(outcome, kinds[outcome]).alias("_responded")))
    found = fit_response(
        rows.drop(columns="_responded"), rows["_responded"], candidates, outcome, seed=scored.model.seed
    )
    house.warehouse.retried(
        lambda cursor: records.keep_finding(cursor, scored.snapshot.snapshot_id, RESPONSE, found.to_dict())
    )
    return found


@dataclass(frozen=True, slots=True)
class BorrowedModel:
    """A response model fitted on another snapshot whose columns this one has."""

    snapshot: str
    model: ResponseModel


def borrowed_models(house: House, scored: Scored) -> tuple[BorrowedModel, ...]:
    """List response models of other snapshots that can score this one: a campaign's model, new prospects."""
    present = {column.name for column in scored.model.columns}
    found = []
    for other in list_snapshots(house):
        if other.snapshot_id == scored.snapshot.snapshot_id:
            continue
        with house.warehouse.cursor() as cursor:
            body = records.finding(cursor, other.snapshot_id, RESPONSE)
        model = ResponseModel.from_dict(body) if body else None
        if model and model.card and {feature.column for feature in model.card.features} <= present:
            found.append(BorrowedModel(other.name, model))
    return tuple(found)


# ---------------------------------------------------------------- whom to call


@dataclass(frozen=True, slots=True)
class Campaign:
    """Whom to call next, against calling everybody and calling at random.

    Attributes
    ----------
    chosen, everybody, at_random : CallPlan
        The list; all who may be called; as many as on the list, drawn at random (expected).
    open : int
        Customers who may be called: those who have not said yes.
    targets : pandas.DataFrame
        The list's customers, largest expected profit first, as far as asked for: customer_id, name,
        segment, tier, offer, response_probability, worth (of a yes), expected_profit. Texts are hostile.
    spend : tuple of Spend
        The budget by segment where the next unit brings most.
    """

    chosen: CallPlan
    everybody: CallPlan
    at_random: CallPlan
    open: int
    targets: pd.DataFrame
    spend: tuple[Spend, ...]


GAIN_STEPS = 50
"""Parts a segment is divided into for the spend plan, best first."""


def plan_campaign(
    house: House,
    scored: Scored,
    model: ResponseModel,
    policy: Policy,
    offers: Sequence[OfferRule],
    *,
    calls: int,
    value: float,
    own_values: bool,
    contact_cost: float,
    added: float = ADDED_BY_A_YES,
    budget: float,
    person: Person,
    most: int = 200,
) -> Campaign:
    """Choose whom to call: the largest expected profit first, as long as a call is worth its cost.

    Parameters
    ----------
    calls : int
        At most so many.
    value, contact_cost : float
        Of a response, and of a call.
    own_values : bool
        Whether the part of a customer's own lifetime value stands for `value` where that is known.
    added : float
        Part of a lifetime value that a yes adds.
    budget : float
        For the spend plan by segment.
    most : int
        Rows of `targets`; never above 100,000.
    """
    kinds = {column.name: column.kind for column in scored.model.columns}
    with house.warehouse.cursor() as cursor:
        frame = frame_of(cursor, scored.table)
        worth = nw.lit(value)
        if own_values:
            churn = observed_churn(frame, scored.model.returns, fetch)
            frame = with_lifetime_value(frame, churn, scored.model.returns)
            worth = (nw.col("customer_lifetime_value") * added).fill_null(value)
        frame = frame.with_columns(worth.alias("worth"))
        if model.outcome in kinds:
            # Who has said yes already needs no call.
            answer = responded(model.outcome, kinds[model.outcome])
            frame = frame.filter((answer != 1).fill_null(True))
        chances = with_response(frame, model, ["customer_id", "segment", "worth"]).filter(
            ~nw.col("response_probability").is_null()
        )
        materialise(cursor, chances, "chances", temporary=True)
        best = cursor.execute(
            "SELECT customer_id, response_probability, worth FROM chances "
            "ORDER BY response_probability * worth DESC, customer_id LIMIT ?",
            [min(max(int(calls), 0), MOST_TARGETS)],
        ).df()
        open_calls, answers, gains = first_row(
            cursor,
            "SELECT count(*), sum(response_probability), sum(response_probability * worth) FROM chances",
        )
        chosen = call_plan(best["response_probability"].to_numpy(), best["worth"].to_numpy(), contact_cost)
        buckets = cursor.execute(
            "SELECT segment, count(*) AS customers, avg(gain) AS gain FROM (SELECT segment, gain, ntile(?) OVER "
            "(PARTITION BY segment ORDER BY gain DESC, customer_id) AS part FROM (SELECT customer_id, segment, "
            "response_probability * worth AS gain FROM chances)) GROUP BY segment, part ORDER BY segment, part",
            [GAIN_STEPS],
        ).df()
        targets = _targets(cursor, scored, policy, offers, best.head(min(chosen.calls, most)), contact_cost)
    hidden = [name for name in targets.columns if name in masked_columns(person)]
    everybody = CallPlan(
        int(open_calls), float(answers or 0.0), int(open_calls) * contact_cost, float(gains or 0.0)
    )
    share = chosen.calls / everybody.calls if everybody.calls else 0.0
    return Campaign(
        chosen,
        everybody,
        CallPlan(chosen.calls, everybody.responses * share, chosen.cost, everybody.value * share),
        everybody.calls,
        targets.assign(**dict.fromkeys(hidden)),
        spend_plan(buckets, budget, contact_cost),
    )


def _targets(
    cursor: duckdb.DuckDBPyConnection,
    scored: Scored,
    policy: Policy,
    offers: Sequence[OfferRule],
    best: pd.DataFrame,
    contact_cost: float,
) -> pd.DataFrame:
    """Add who the customers on the list are, and what to offer them."""
    cursor.register("best_calls", best)
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE called AS SELECT * FROM {quote_identifier(scored.table)} "
        "JOIN best_calls USING (customer_id)"
    ).fetchall()
    cursor.unregister("best_calls")
    frame: Frame = frame_of(cursor, "called")
    rows = fetch(
        with_offer(tiered_frame(frame, policy), offers).select(
            "customer_id", "name", "segment", "tier", "offer", "response_probability", "worth"
        )
    )
    rows["expected_profit"] = rows["response_probability"] * rows["worth"] - contact_cost
    return rows.sort_values(["expected_profit", "customer_id"], ascending=[False, True]).reset_index(
        drop=True
    )


# ---------------------------------------------------------------- offers


def offer_rules(house: House) -> tuple[OfferRule, ...]:
    """Give the offer rules in force; until somebody edits them, the default ones."""
    with house.warehouse.cursor() as cursor:
        body = judgements.setting_in_force(cursor, "offers")
    return offers_from(body["rules"]) if body else OFFERS  # type: ignore[arg-type]  # plain JSON, checked there


def set_offers(house: House, rules: Sequence[OfferRule], person: Person) -> None:
    """Put other offer rules in force."""
    person.require("edit_policy")
    if not rules:
        raise InputRefused.because("there is no rule left", file="offers", remedy="Keep at least one row.")
    house.warehouse.retried(
        lambda cursor: judgements.keep_setting(
            cursor, "offers", {"rules": offers_to_rows(rules)}, person.name
        )
    )


def default_response_value(economics_found: Sequence[Economics], contact_cost: float) -> tuple[float, bool]:
    """Propose what a response is worth: a part of the mean lifetime value, else ten times a contact's cost.

    Who is called is a customer already, so a yes can't bring a whole lifetime anew; how much it
    adds, `ADDED_BY_A_YES`, is an own assumption.

    Returns
    -------
    float, bool
        The value, and whether it is only an assumption.
    """
    known = [(entry.value, entry.customers) for entry in economics_found if entry.value is not None]
    customers = sum(count for _, count in known)
    mean = sum(value * count for value, count in known) / customers if customers else 0.0
    is_known = np.isfinite(mean) and mean > 0
    return (ADDED_BY_A_YES * mean, False) if is_known else (CONTACTS_A_YES * contact_cost, True)
