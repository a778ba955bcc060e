"""Two people saved the same policy: both versions side by side, and a choice field by field."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

import pipeline
from pages.parts import cards, errors, state
from reports.formats import Language
from reports.html import Cell, Head, Row
from reports.policies import field_label, value_text
from reports.words import say
from segmentation.policy import Policy


@dataclass(frozen=True, slots=True)
class Conflict:
    """A save that came second.

    Attributes
    ----------
    line_id : str
        The policy.
    seen : int
        Version the person had open.
    mine : Policy
        What the person wanted to save.
    """

    line_id: str
    seen: int
    mine: Policy


def save(line: pipeline.PolicyLine, draft: Policy, note: str, language: Language) -> None:
    """Save a draft into the named policy it goes on from; ask to merge when somebody was quicker."""
    handle = state.draft_handle()
    seen = handle.line_revision if handle is not None else line.row.revision
    before = pipeline.version_of(state.house(), line.line_id, seen)
    mine = replace(draft, name=before.name, note=note.strip() or before.note)
    try:
        saved = pipeline.save_policy(state.house(), line.line_id, seen, mine, state.person())
    except pipeline.ChangedMeanwhile:
        state.keep("policy_conflict", Conflict(line.line_id, seen, mine))  # the next run asks, and says who
        st.rerun()
    _done(saved, language)


def _done(saved: pipeline.PolicyLine, language: Language) -> None:
    state.forget("policy_conflict")
    state.replace_draft(saved.policy)
    state.follow_line(saved.line_id, saved.row.revision)
    sentence = say("propose.saved", language, name=saved.row.name, revision=saved.row.revision)
    state.keep("policy_said", sentence)
    st.rerun()


def show(language: Language) -> bool:
    """Lay out the choice while a save waits for it; give whether there is one."""
    conflict: Conflict | None = state.kept("policy_conflict")
    if conflict is None:
        return False
    house = state.house()
    newest = pipeline.revisions_of(house, conflict.line_id)[0]
    base = pipeline.version_of(house, conflict.line_id, conflict.seen)
    theirs = pipeline.version_of(house, conflict.line_id, newest.revision)
    found = pipeline.differences(theirs, conflict.mine)
    subtitle = say(
        "merge.subtitle", language, person=newest.person, revision=newest.revision, seen=conflict.seen
    )
    title = say("merge.title", language)
    with cards.card(title, subtitle, key="merge"):
        if not found:
            cards.quiet(say("merge.same", language))
        _table(found, base, conflict.mine, theirs, language)
        sides = _choices(found, base, conflict.mine, theirs, newest.revision, language)
        with st.container(horizontal=True):
            keep = st.button(say("merge.save", language), type="primary", key="merge-save")
            if st.button(say("merge.later", language), key="merge-later"):
                state.forget("policy_conflict")
                st.rerun()
    with errors.shown():
        if keep:
            merged = pipeline.merged_policy(conflict.mine, theirs, sides)
            try:
                saved = pipeline.save_policy(house, conflict.line_id, newest.revision, merged, state.person())
            except pipeline.ChangedMeanwhile:
                # A third version came in while this one was being chosen: what was chosen is mine now.
                state.keep("policy_conflict", Conflict(conflict.line_id, newest.revision, merged))
                st.rerun()
            _done(saved, language)
    return True


def _table(
    found: tuple[pipeline.Difference, ...], base: Policy, mine: Policy, theirs: Policy, language: Language
) -> None:
    """Both versions and the one before, a field a row."""
    heads = [
        Head(say("merge.field", language), "left"),
        *(Head(say(f"merge.{name}", language)) for name in ("base", "mine", "theirs")),
    ]
    clashes = pipeline.fields_in_conflict(base, mine, theirs)
    rows = [
        Row(
            [
                Cell(
                    field_label(entry.field, language),
                    note=say("merge.both_changed", language) if entry.field in clashes else "",
                ),
                *(
                    value_text(entry.field, pipeline.value_of(policy, entry.field), language)
                    for policy in (base, mine, theirs)
                ),
            ],
            is_marked=entry.field in clashes,
        )
        for entry in found
    ]
    if rows:
        cards.data_table(heads, rows, caption=say("merge.title", language))


def _choices(
    found: tuple[pipeline.Difference, ...],
    base: Policy,
    mine: Policy,
    theirs: Policy,
    revision: int,
    language: Language,
) -> dict[str, pipeline.Side]:
    """Ask for each field whose value to take; whoever changed it is chosen already."""
    sides = pipeline.proposed_sides(base, mine, theirs)
    chosen: dict[str, pipeline.Side] = {}
    columns = st.columns(2)
    options: tuple[pipeline.Side, ...] = ("mine", "theirs")
    for place, entry in enumerate(found):
        key = f"w_merge_{revision}_{entry.field}"
        state.seed_widget(key, sides[entry.field])
        side = columns[place % 2].segmented_control(
            state.safe_option(field_label(entry.field, language)),
            options,
            format_func=lambda name: say(f"merge.{name}", language),
            key=key,
            required=True,
        )
        chosen[entry.field] = side or sides[entry.field]
    return chosen
