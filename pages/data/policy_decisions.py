"""Propose and approve: what is put forward, what waits, who may sign it."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

import pipeline
from pages.data import policy_files, policy_merge
from pages.parts import cards, errors, state
from reports.escape import plain
from reports.formats import MISSING, Language, day, percent
from reports.html import Cell, Head, Row
from reports.policies import caution_sentence, difference_rows, distinct, policy_title, signed_by
from reports.words import say

OPEN = ("proposed", "draft", "scheduled")
"""What waits, in the order of the list: a signature first."""
Lines = tuple[pipeline.PolicyLine, ...]


def show(scored: pipeline.Scored, lines: Lines, language: Language) -> None:
    """Lay out the view: the draft, what waits, one of them, a file."""
    said = state.kept("policy_said")
    if said:
        cards.quiet(said)
        state.forget("policy_said")
    if policy_merge.show(language):
        return
    is_mine_to_propose = _propose(lines, language)
    waiting = tuple(line for standing in OPEN for line in lines if line.standing == standing)
    chosen = _waiting(scored, waiting, language)
    if chosen is not None:
        _act(scored, chosen, language, is_primary=not is_mine_to_propose)
        policy_files.cases(scored, chosen, language)
    policy_files.bring_in(language)


def tell(sentence: str) -> None:
    """Run the page anew and say what was done."""
    state.keep("policy_said", sentence)
    st.rerun()


def _propose(lines: Lines, language: Language) -> bool:
    """The draft and what may become of it; give whether there is one to put forward."""
    house, person = state.house(), state.person()
    in_force = pipeline.policy_in_force(house)
    draft = state.draft(in_force)
    changes = [change for change in pipeline.differences(in_force, draft) if change.decides]
    title = say("propose.title", language)
    if not changes:
        cards.card(title, say("propose.none", language), key="propose")
        return False
    with cards.card(title, say("propose.subtitle", language, n=len(changes)), key="propose"):
        followed = _followed(lines)
        if followed is not None:
            handle = state.draft_handle()
            revision = handle.line_revision if handle is not None else followed.row.revision
            cards.quiet(say("propose.follows", language, name=followed.row.name, revision=revision))
        left, right = st.columns([1, 2])
        name = left.text_input(say("propose.name", language), max_chars=120, key="w_policy_name")
        note = right.text_input(say("propose.note", language), max_chars=2_000, key="w_policy_note")
        may = person.may("propose_policy")
        if not may:
            cards.quiet(say("propose.no_role", language))
        with st.container(horizontal=True):
            propose = st.button(
                say("propose.submit", language), type="primary", key="propose-policy", disabled=not may
            )
            keep = st.button(
                say("propose.keep", language), key="keep-policy", disabled=not may,
                help=say("propose.keep_help", language),
            )  # fmt: skip
            save = followed is not None and st.button(
                say("propose.save", language, name=state.safe_option(plain(followed.row.name, 40))),
                key="save-policy",
                disabled=not may,
            )
    with errors.shown():
        if propose:
            made = pipeline.propose_policy(house, draft, name, note, person)
            state.put_draft_away()
            tell(say("propose.proposed", language, name=made.row.name))
        if keep:
            made = pipeline.keep_policy(house, draft, name, note, person)
            state.follow_line(made.line_id, made.row.revision)
            tell(say("propose.kept", language, name=made.row.name))
        if save and followed is not None:
            policy_merge.save(followed, draft, note, language)
    return may


def _followed(lines: Lines) -> pipeline.PolicyLine | None:
    """The named draft the person's draft goes on from, while it can still change."""
    handle = state.draft_handle()
    open_lines = (line for line in lines if handle is not None and line.line_id == handle.line_id)
    return next((line for line in open_lines if line.standing == "draft"), None)


def _waiting(scored: pipeline.Scored, waiting: Lines, language: Language) -> pipeline.PolicyLine | None:
    """The list of open policies, and the one a person looks at."""
    title = say("lines.title", language)
    if not waiting:
        cards.card(title, say("lines.none", language), key="waiting")
        return None
    heads = [
        *(Head(say(f"lines.{name}", language), "left") for name in ("name", "status")),
        Head(say("lines.changes", language), hint=say("lines.changes_help", language)),
        *(Head(say(f"lines.{name}", language), "left") for name in ("author", "proposed", "approved", "from", "cases", "note")),
    ]  # fmt: skip
    with cards.card(title, say("lines.subtitle", language), key="waiting"):
        cards.data_table(heads, [_row(scored, line, language) for line in waiting], caption=title)
        by_id = {line.line_id: line for line in waiting}
        labels = distinct({identity: _option(line, language) for identity, line in by_id.items()})
        chosen = st.selectbox(
            say("act.choose", language),
            list(by_id),
            format_func=lambda identity: labels.get(identity, ""),
            key=f"w_policy_line_{language}",
            width=430,
        )
    return by_id.get(chosen)


def _option(line: pipeline.PolicyLine, language: Language) -> str:
    return f"{policy_title(line.policy, language)} · {say(f'standing.{line.standing}', language)}"


def _row(scored: pipeline.Scored, line: pipeline.PolicyLine, language: Language) -> Row:
    row, house = line.row, state.house()
    changes = pipeline.differences(pipeline.policy_in_force(house), line.policy)
    results = _results(scored, line)
    cases = MISSING
    if results:
        passed = sum(result.passed for result in results)
        cases = say("lines.cases_value", language, passed=passed, n=len(results))
    return Row(
        [
            Cell(
                policy_title(line.policy, language),
                note=say("lines.version", language, revision=row.revision),
            ),
            say(f"standing.{line.standing}", language),
            str(sum(change.decides for change in changes)),
            signed_by(row.author, row.created_at, language),
            signed_by(row.proposed_by, row.proposed_at, language),
            signed_by(row.approved_by, row.approved_at, language),
            day(row.valid_from, language),
            cases,
            plain(row.note, 160) or MISSING,
        ]
    )


def _results(scored: pipeline.Scored, line: pipeline.PolicyLine) -> tuple[pipeline.CaseResult, ...]:
    house = state.house()
    return pipeline.check_cases(house, scored, pipeline.cases_of(house, line.line_id), line.policy)


def _act(scored: pipeline.Scored, line: pipeline.PolicyLine, language: Language, *, is_primary: bool) -> None:
    """What may be done with one open policy."""
    house, person, row = state.house(), state.person(), line.row
    key = line.line_id[:12]
    title = say("act.title", language, name=policy_title(line.policy, language))
    with cards.card(title, plain(row.note, 300), key=f"act-{key}"):
        in_force = pipeline.policy_in_force(house)
        words = difference_rows([(policy_title(line.policy, language), line.policy)], in_force, language)
        cards.data_table(*words, caption=say("compare.words_title", language))
        _consequences(scored, line, in_force, language)
        if line.standing == "proposed":
            _approve(scored, line, language, is_primary=is_primary)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if st.button(say("act.open", language), key=f"open-{key}"):
                state.begin_draft(line.policy, row.line_id if line.standing == "draft" else "", row.revision)
                tell(say("act.opened", language, name=row.name))
            st.download_button(
                say("act.download", language), data=row.body, file_name="policy.toml", mime="application/toml",
                on_click="ignore", key=f"toml-{key}",
            )  # fmt: skip
            put_forward = line.standing == "draft" and st.button(
                say("act.propose", language), key=f"forward-{key}", disabled=not person.may("propose_policy")
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            reason = st.text_input(
                say("act.reason", language), max_chars=300, key=f"w_withdraw_{key}", width=320
            )
            withdraw = st.button(say("act.withdraw", language), key=f"withdraw-{key}")
    with errors.shown():
        if put_forward:
            pipeline.propose_line(house, line.line_id, row.revision, person)
            tell(say("propose.proposed", language, name=row.name))
        if withdraw:
            pipeline.withdraw_policy(house, line.line_id, person, reason)
            tell(say("act.withdrawn", language, name=row.name))


def _consequences(
    scored: pipeline.Scored, line: pipeline.PolicyLine, in_force: pipeline.Policy, language: Language
) -> None:
    """What a signature would set in motion, and what may not be meant by it."""
    (entry,) = pipeline.compare_policies(state.house(), scored, [line.policy], in_force)
    moved, exposure = entry.board.exposure_moved, entry.board.total.as_is.exposure
    share = percent(moved / exposure if exposure else None)
    cards.quiet(say("act.moves", language, n=entry.board.customers_moved, share=share))
    for caution in entry.cautions:
        cards.answer("", caution_sentence(policy_title(line.policy, language), caution, language))


def _approve(
    scored: pipeline.Scored, line: pipeline.PolicyLine, language: Language, *, is_primary: bool
) -> None:
    """The second signature: a day, and a reason when test cases fail."""
    house, person, key = state.house(), state.person(), line.line_id[:12]
    failing = sum(not result.passed for result in _results(scored, line))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        today = datetime.now(UTC).date()
        begins = st.date_input(
            say("act.from", language),
            value=today,
            min_value=today,
            key=f"w_from_{key}",
            width=160,
            format="YYYY-MM-DD",
        )
        in_spite = ""
        if failing:
            label = say("act.in_spite", language)
            in_spite = st.text_input(label, max_chars=500, key=f"w_spite_{key}", width=420)
        approve = st.button(
            say("act.approve", language), key=f"approve-{key}",
            disabled=not person.may("approve_policy") or pipeline.wrote(house, line, person),
            type="primary" if is_primary else "secondary",
        )  # fmt: skip
    if not person.may("approve_policy"):
        cards.quiet(say("act.no_role", language))
    elif pipeline.wrote(house, line, person):
        cards.quiet(say("act.own", language))
    with errors.shown():
        if approve:
            pipeline.approve_policy(house, line.line_id, begins, person, scored, in_spite)
            tell(say("act.approved", language, name=line.row.name, date=day(begins, language)))
