"""Credit limits from what customers can carry, and the collateral they owe."""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from data.engines.functions import Frame, fetch, frame_of
from data.people import Person
from data.warehouse import judgements
from segmentation.limits import (
    LimitRules,
    LimitSummary,
    limit_summaries,
    with_collateral_gap,
    with_proposed_limit,
)
from segmentation.policy import TIERS, Policy
from steps.files import masked
from steps.house import House
from steps.scoring import Scored
from steps.tiers import tiered_frame


def limit_rules(house: House) -> LimitRules:
    """Give the limit rules in force; until somebody sets them, the default ones."""
    with house.warehouse.cursor() as cursor:
        body = judgements.setting_in_force(cursor, "limit_rules")
    return LimitRules.from_dict(body) if body else LimitRules()


def set_limit_rules(house: House, rules: LimitRules, person: Person) -> None:
    """Put other limit rules in force."""
    person.require("edit_policy")
    house.warehouse.retried(
        lambda cursor: judgements.keep_setting(cursor, "limit_rules", rules.to_dict(), person.name)
    )


LIMIT_COLUMNS = (
    "customer_id", "name", "tier", "lifecycle", "limit_today", "limit_proposed", "capacity_source",
    "debt_service_cover_asked", "limit_bound_by", "collateral_asked", "collateral_value", "collateral_gap",
)  # fmt: skip


def _limited(scored: Scored, frame: Frame, policy: Policy, rules: LimitRules) -> Frame:
    cover = {tier: policy.treatments[tier].collateral_cover for tier in TIERS}
    proposed = with_proposed_limit(tiered_frame(frame, policy), rules, scored.model.returns)
    return with_collateral_gap(proposed, cover)


def limits_by_tier(
    house: House, scored: Scored, policy: Policy, rules: LimitRules
) -> tuple[LimitSummary, ...]:
    """Sum proposed limits and collateral gaps by tier."""
    with house.warehouse.cursor() as cursor:
        return limit_summaries(_limited(scored, frame_of(cursor, scored.table), policy, rules), fetch)


def limit_list(
    house: House, scored: Scored, policy: Policy, rules: LimitRules, person: Person, *, order: str, most: int
) -> pd.DataFrame:
    """List customers by the size of a limit's change, or of the collateral gap.

    Parameters
    ----------
    order : {"change", "gap"}
        What is sorted by, largest first; rows without one are left out.
    most : int
        Rows.

    Returns
    -------
    pandas.DataFrame
        `LIMIT_COLUMNS`; names are None where the person may not see them. Texts are hostile.
    """
    change = (nw.col("limit_proposed") - nw.col("limit_today")).abs()
    size = change if order == "change" else nw.col("collateral_gap")
    with house.warehouse.cursor() as cursor:
        rows = fetch(
            _limited(scored, frame_of(cursor, scored.table), policy, rules)
            .with_columns(size.alias("_size"))
            .filter(nw.col("_size") > 0)
            .select(*LIMIT_COLUMNS, "_size")
            .sort("_size", "customer_id", descending=[True, False])
            .head(most)
        ).drop(columns="_size")
    return masked(rows, person)
