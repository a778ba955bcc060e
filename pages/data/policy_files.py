"""A policy's files: TOML in, test cases in, and what came of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import pipeline
from pages.parts import cards, errors, state
from reports import escape
from reports.escape import plain
from reports.formats import Language
from reports.policies import aside_rows, case_rows, policy_title, why_text
from reports.words import say

MOST_SHOWN = 50


def bring_in(language: Language) -> None:
    """A policy file: all that is wrong with it, or what it changes; the draft stays until a person says so."""
    with cards.card(say("file.title", language), say("file.subtitle", language), key="policy-file"):
        given = st.file_uploader(say("file.choose", language), type=["toml"], key="w_policy_file")
        if given is None:
            return
        name = plain(given.name, 80)
        try:
            policy = pipeline.parse_policy(given.getvalue(), name)
        except pipeline.StratumError as error:
            cards.quiet(say("file.refused", language, file=name))
            errors.tell(error)
            return
        changes = pipeline.differences(pipeline.policy_in_force(state.house()), policy)
        cards.quiet(say("file.says", language, file=name, n=sum(change.decides for change in changes)))
        if st.button(say("file.take", language), key="take-policy-file"):
            state.begin_draft(policy)
            state.keep("policy_said", say("file.taken", language, name=policy_title(policy, language)))
            st.rerun()


def cases(scored: pipeline.Scored, line: pipeline.PolicyLine, language: Language) -> None:
    """The customers a policy must keep where they are, and whether it does."""
    house = state.house()
    kept = pipeline.cases_of(house, line.line_id)
    name = policy_title(line.policy, language)
    with cards.card(
        say("cases.title", language), say("cases.subtitle", language, name=name), key="policy-cases"
    ):
        if kept:
            _results(pipeline.check_cases(house, scored, kept, line.policy), language)
        else:
            cards.quiet(say("cases.none", language))
        if line.standing in ("draft", "proposed") and state.person().may("edit_policy"):
            _upload(line, len(kept), language)


def _results(results: tuple[pipeline.CaseResult, ...], language: Language) -> None:
    failing = sum(not result.passed for result in results)
    verdict = (
        say("cases.fail", language, fail=failing, n=len(results))
        if failing
        else say("cases.all_pass", language, n=len(results))
    )
    cards.answer(verdict)
    heads, rows = case_rows(results, language)
    cards.data_table(heads, rows[:MOST_SHOWN], caption=say("cases.title", language))
    if len(rows) > MOST_SHOWN:
        cards.quiet(say("cases.more", language, n=MOST_SHOWN))
    table = pd.DataFrame(
        {
            "customer_id": [result.case.customer_id for result in results],
            "expected": [result.case.tier for result in results],
            "tier": [result.tier for result in results],
            "passed": [str(result.passed).lower() for result in results],
            "why": [why_text(result, language) for result in results],
            "reason": [result.case.reason for result in results],
        }
    )
    st.download_button(
        say("cases.download", language), data=pipeline.inert_csv(table, escape.spreadsheet),
        file_name="test-cases.csv", mime="text/csv", on_click="ignore", key="cases-csv",
    )  # fmt: skip


def _upload(line: pipeline.PolicyLine, kept: int, language: Language) -> None:
    """A file of test cases: its account, what was set aside, and the button that keeps the rest.

    Once kept, the picker begins anew: its key holds how many are kept.
    """
    given = st.file_uploader(
        say("cases.choose", language), type=["csv", "xlsx"], key=f"w_cases_{line.line_id[:12]}_{kept}"
    )
    if given is None:
        return
    with errors.shown():
        file = pipeline.read_cases(state.house(), given.getvalue(), plain(given.name, 80))
        cards.quiet(
            say(
                "cases.account", language, file=plain(given.name, 80), read=file.rows_read,
                accepted=len(file.cases), aside=len(file.set_aside),
            )
        )  # fmt: skip
        if file.set_aside:
            found = [(row.line, row.column, row.key, row.detail) for row in file.set_aside]
            heads, rows = aside_rows(found[:MOST_SHOWN], language)
            cards.data_table(heads, rows, caption=say("cases.problem", language))
            if len(found) > MOST_SHOWN:
                cards.quiet(say("cases.more", language, n=MOST_SHOWN))
        if file.cases and st.button(say("cases.keep", language), key="keep-cases"):
            pipeline.set_cases(state.house(), line.line_id, file.cases, state.person())
            state.keep("policy_said", say("cases.kept", language, n=len(file.cases), name=line.row.name))
            st.rerun()
