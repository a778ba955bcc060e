"""A back-test in a real browser: its figures are those of a hand-written query over the files."""

from __future__ import annotations

import json
from urllib.parse import quote

import duckdb
import pytest
from playwright.sync_api import Page, expect

from data.samples.catalogue import HERE
from settings import Settings
from tests.browser.server import settled

pytestmark = pytest.mark.browser

SLOW = 60_000
MATURE = {"lifecycle": ["mature"]}

BY_HAND = """
WITH rungs(lifecycle, strategic, core) AS (
  VALUES ('startup', 27, 38), ('growth', 30, 41), ('mature', 32, 43), ('unknown', 30, 41)
), tiers AS (
  SELECT customer_id, CASE
    WHEN value_step >= 130 AND risk_step <= strategic AND days_past_due <= 30 AND value_coverage >= 0.3 THEN 'Strategic'
    WHEN value_step >= 100 AND risk_step <= core THEN 'Core'
    ELSE 'Ordinary' END AS tier
  FROM february JOIN rungs USING (lifecycle)
  WHERE NOT is_defaulted AND ({wanted})
)
SELECT tier, count(*), count(*) FILTER (march.defaulted OR march.days_past_due > 90)
FROM tiers JOIN march USING (customer_id) GROUP BY tier
"""


def by_hand(wanted: str = "true") -> dict[str, tuple[str, str]]:
    """Customers and default rate of each tier of February by March's file, as the page writes them."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{Settings().samples_file}' AS samples (READ_ONLY)")
        (table,) = connection.execute(
            "SELECT 'scored_' || scored_id[:12] FROM samples.scored JOIN samples.snapshot USING (snapshot_id) "
            "WHERE name LIKE '%February 2026'"
        ).fetchall()[0]
        connection.execute(f"CREATE VIEW february AS SELECT * FROM samples.{table}")
        connection.execute(f"CREATE VIEW march AS FROM '{HERE / 'simulated-2026-03.parquet'}'")
        rows = connection.execute(BY_HAND.format(wanted=wanted)).fetchall()
    return {tier: (f"{customers:,}", f"{100 * bad / customers:.1f}%") for tier, customers, bad in rows}


def judge(page: Page) -> None:
    page.get_by_role("button", name="Judge these tiers").click()
    expect(page.get_by_text("customers judged").first).to_be_visible(timeout=SLOW)
    settled(page)


def on_the_page(page: Page) -> dict[str, tuple[str, str]]:
    """Customers and default rate of the tiers under test, from the table of every rule."""
    card = page.locator(".st-key-card-outcome-rules")
    card.get_by_text("Show every tier of every rule").click()
    rows = card.locator("details table tr", has_text="the tiers under test").all()
    found = {}
    for row in rows:
        tier, customers, rate = ("".join(cell.split()) for cell in row.locator("td").all_inner_texts()[:3])
        found[tier] = (customers, rate.split("%")[0] + "%")
    return found


def test_a_later_snapshot_judges_the_tiers_as_a_query_over_its_file_does(page: Page, server: str) -> None:
    page.goto(f"{server}/backtest")
    settled(page)
    judge(page)
    expect(
        page.get_by_text("Tiers as the policy in force sets them on what was known on 28 February 2026")
    ).to_be_visible()
    expected = by_hand()
    assert set(expected) == {"Strategic", "Core", "Ordinary"}
    assert on_the_page(page) == expected


def test_the_filter_narrows_who_is_judged(page: Page, server: str) -> None:
    page.goto(f"{server}/backtest?filter={quote(json.dumps(MATURE))}")
    settled(page)
    expect(page.get_by_text("Judged are the customers who fit the filter above")).to_be_visible()
    judge(page)
    expected = by_hand("lifecycle = 'mature'")
    assert on_the_page(page) == expected
    assert expected != by_hand()
