"""What would lift a customer, and what a deal would get: the pages by AppTest."""

from __future__ import annotations

import pandas as pd
from streamlit.testing.v1 import AppTest

import pipeline
from reports.applicants import tier_counts
from reports.escape import spreadsheet
from tests.pages.test_pages import run_page, texts


def page(section: str, name: str, language: str = "en") -> AppTest:
    app = AppTest.from_function(run_page, default_timeout=120, args=(section, name))
    app.query_params["lang"] = language
    return app.run()


def test_a_customer_s_page_says_what_would_lift_it_or_why_nothing_does(opened: pipeline.House) -> None:
    scored = pipeline.open_scored(opened, pipeline.list_snapshots(opened)[0].snapshot_id)
    policy = pipeline.policy_in_force(opened)
    person = pipeline.Person("tester", frozenset({"admin"}))
    everybody = pipeline.search_customers(opened, scored, "", policy, person)
    ordinary = everybody[everybody["tier"] == "Core"]["customer_id"].iloc[0]
    app = page("understand", "customers")
    app.text_input(key="w_search").set_value(str(ordinary)).run()
    assert "What would lift it?" in texts(app)
    assert "what the model in force would say" not in texts(app)
    app.button(key="w_find_lift").click().run()
    assert not app.exception
    shown = texts(app)
    assert ("what the model in force would say" in shown) != ("Nothing the customer can move" in shown)


def test_a_deal_is_answered_and_its_mistakes_are_named(opened: pipeline.House) -> None:
    app = page("decide", "applicants")
    labels = [field.label for field in app.number_input]
    assert {"Amount asked for", "Interest rate, %", "Term, months", "Months with us"} <= set(labels)
    assert not [label for label in labels if "past due" in label]
    app.button[-1].click().run()
    assert "Exposure: is blank" in app.error[0].value.replace("\\", "")
    next(field for field in app.number_input if field.label.startswith("Amount")).set_value(250_000.0)
    next(field for field in app.number_input if field.label == "Probability of default, %").set_value(1.2)
    next(field for field in app.number_input if field.label.startswith("EBITDA")).set_value(90_000.0)
    app.button[-1].click().run()
    assert not app.exception
    assert not app.error
    shown = texts(app)
    assert "under the policy in force" in shown
    assert "1.20" in shown
    assert "No interest rate was told" in shown


def test_hostile_answers_leave_as_an_inert_csv() -> None:
    rows = pd.DataFrame({"customer_id": ["=cmd|' /C calc'!A0"], "tier": ["Core"], "limit_proposed": [None]})
    written = pipeline.inert_csv(rows, spreadsheet).decode("utf-8-sig").splitlines()[1]
    assert not written.startswith("=")
    assert tier_counts(["Core", "Work-out", "Core"], "zh") == "2 核心客户、1 清收"
