"""The only module that touches session state and the address line.

What a person sets lives in the session under `Settings of a visit`; the address
carries the same values, so that a link can be shared. A new visit takes them
from the address; within a visit the session is right and the address follows,
which is why the browser's Back button does not undo a threshold.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Literal, TypeVar, cast

import streamlit as st

import pipeline
from reports.escape import markdown
from reports.marks import keys_from
from segmentation.policy import LIFECYCLES, Gate, Policy
from segmentation.treatment import Treatment

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
UNITS = ("auto", "1", "1e3", "1e6", "1e9")
MOST_ANSWERS = 30
"""Answers a visit keeps; each is a handful of rows."""
Answer = TypeVar("Answer")
TREATMENT_NAMES = tuple(entry.name for entry in fields(Treatment))


def _get(key: str, default: object) -> Any:  # Any: the session holds whatever was put there
    return st.session_state.get(key, default)


def begin_run() -> None:
    """Adopt the address on the first run of a visit; call once at the top of the shell."""
    if "visited" in st.session_state:
        return
    st.session_state["visited"] = True
    asked = st.query_params
    if asked.get("lang") in LANGUAGES:
        st.session_state["language"] = asked["lang"]
    if asked.get("unit") in UNITS:
        st.session_state["unit"] = asked["unit"]
    if asked.get("snapshot"):
        st.session_state["snapshot"] = asked["snapshot"]
    if asked.get("k", "").isdigit():
        st.session_state["clusters"] = max(2, min(10, int(asked["k"])))
    if asked.get("filter"):
        st.session_state["selection"] = pipeline.Selection.from_text(asked["filter"])
    if asked.get("about"):
        ask_about(keys_from(asked["about"]))
    _take_up_draft(_policy_from_address(asked.to_dict()))


def _take_up_draft(from_address: Policy | None) -> None:
    """Go on with the draft kept for the person; a shared link that says something else comes first.

    A link holds thresholds and gates only: where these are the kept draft's own (the page was
    loaded again), the draft comes back whole, treatments included.
    """
    kept = pipeline.last_draft(house(), person())
    policy = kept.policy if kept is not None else None
    if from_address is None or (policy is not None and _same_lines(policy, from_address)):
        if kept is not None and policy is not None:
            st.session_state["draft"] = policy
            st.session_state["draft_handle"] = kept.handle
        return
    st.session_state["draft"] = from_address


def _same_lines(one: Policy, other: Policy) -> bool:
    lines = [(policy.strategic_step, policy.core_step, policy.gates) for policy in (one, other)]
    return lines[0] == lines[1]


def about() -> tuple[str, ...]:
    """Assumptions a visitor has asked about, by a click on the mark of a figure."""
    return cast("tuple[str, ...]", _get("about", ()))


def ask_about(keys: tuple[str, ...]) -> None:
    """Let the register of assumptions begin with these; none for the register as it is."""
    st.session_state["about"] = keys


def write_address(*, with_policy: bool, with_about: bool = False) -> None:
    """Make the address say what the session holds, as far as it differs from a first visit.

    Each change of the address is a step of the browser's Back button, so a page
    says only what it shows: thresholds and gates stand in the address of Tiers.
    """
    wanted: dict[str, str] = {}
    if language() != house().settings.language:
        wanted["lang"] = language()
    if _get("snapshot", None):
        wanted["snapshot"] = str(_get("snapshot", ""))[:12]
    if unit() != "auto":
        wanted["unit"] = unit()
    if selection():
        wanted["filter"] = selection().to_text()
    if "clusters" in st.session_state:
        wanted["k"] = str(_get("clusters", ""))
    draft = cast("Policy | None", _get("draft", None))
    if with_policy and draft is not None:
        wanted |= {"t1": str(draft.strategic_step), "t2": str(draft.core_step)}
        wanted["gates"] = "-".join(
            f"{draft.gates[name].strategic}.{draft.gates[name].core}" for name in LIFECYCLES
        )
    if with_about and about():
        wanted["about"] = ",".join(about())
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def _policy_from_address(asked: dict[str, str]) -> Policy | None:
    """Read thresholds and gates of a shared link, snapped to the grid; None when they are no policy."""
    base = pipeline.policy_in_force(house())
    try:
        first, second = int(asked["t1"]), int(asked["t2"])
        pairs = [pair.split(".") for pair in asked["gates"].split("-")]
        gates = {
            name: Gate(min(max(int(a), -1), 63), min(max(int(b), -1), 63))
            for name, (a, b) in zip(LIFECYCLES, pairs, strict=True)
        }
    except (KeyError, ValueError):
        return None
    first = min(max(first, 0), 200)
    second = min(max(second, 0), first)
    gates = {name: Gate(gate.strategic, max(gate.strategic, gate.core)) for name, gate in gates.items()}
    return replace(base, strategic_step=first, core_step=second, gates=gates)


def house() -> pipeline.House:
    """Give the open warehouse."""
    return pipeline.current_house()


def language() -> Language:
    """Language of this visit."""
    return cast("Language", _get("language", house().settings.language))


def unit() -> str:
    """Unit of money: ``auto`` or a factor as text."""
    return str(_get("unit", "auto"))


def theme() -> Literal["light", "dark"]:
    """Theme the browser shows."""
    return "dark" if st.context.theme.type == "dark" else "light"


def person() -> pipeline.Person:
    """Who is at the page: named by a trusted proxy, else the operating system's user."""
    settings = house().settings
    named = st.context.headers.get(settings.user_header) if settings.user_header else None
    return pipeline.Person(named or getpass.getuser(), frozenset(settings.roles))


def snapshot_id() -> str | None:
    """Snapshot chosen in this visit; None when nothing was chosen."""
    return cast("str | None", _get("snapshot", None))


def choose_snapshot(identity: str) -> None:
    """Make a snapshot the one all pages speak of."""
    st.session_state["snapshot"] = identity


def selection() -> pipeline.Selection:
    """Which customers all pages speak of."""
    return cast("pipeline.Selection", _get("selection", pipeline.Selection()))


def select(chosen: pipeline.Selection) -> None:
    """Make all pages speak of part of the customers."""
    st.session_state["selection"] = chosen


def draft(in_force: Policy) -> Policy:
    """Policy as it is being moved; the one in force until something is moved.

    Tiers set by hand are nobody's draft: they are always those of today.
    """
    moved = cast("Policy", _get("draft", in_force))
    return moved if moved.overrides == in_force.overrides else replace(moved, overrides=in_force.overrides)


def set_draft(policy: Policy) -> None:
    """Keep a moved policy, in the visit and in the warehouse: a closed browser loses nothing."""
    st.session_state["draft"] = policy
    st.session_state["draft_handle"] = pipeline.keep_draft(house(), person(), policy, draft_handle())


def draft_handle() -> pipeline.DraftHandle | None:
    """What this visit knows of the draft it moves; None until something is moved."""
    return cast("pipeline.DraftHandle | None", _get("draft_handle", None))


def replace_draft(policy: Policy | None) -> None:
    """Take another draft, None for the policy in force; its widgets begin anew from it."""
    if policy is None:
        put_draft_away()
    else:
        set_draft(policy)
    _forget_policy_widgets()


def put_draft_away() -> None:
    """Begin anew from the policy in force; the draft stays on its person's list."""
    handle = draft_handle()
    if handle is not None:
        pipeline.put_draft_away(house(), person(), handle)
    st.session_state.pop("draft", None)
    st.session_state.pop("draft_handle", None)


def begin_draft(policy: Policy, line_id: str = "", line_revision: int = 0) -> None:
    """Begin another draft from a policy; the one before stays on its person's list."""
    put_draft_away()
    set_draft(policy)
    if line_id:
        follow_line(line_id, line_revision)
    _forget_policy_widgets()


def follow_line(line_id: str, line_revision: int) -> None:
    """Note which version of which named policy the draft goes on from."""
    handle = draft_handle()
    if handle is not None:
        st.session_state["draft_handle"] = pipeline.follow_line(
            house(), person(), handle, line_id, line_revision
        )


def continue_draft(kept: pipeline.KeptDraft) -> None:
    """Go on with a draft kept before."""
    if kept.policy is not None:
        put_draft_away()
        st.session_state["draft_handle"] = kept.handle
        set_draft(kept.policy)
        _forget_policy_widgets()


def _forget_policy_widgets() -> None:
    """Let the widgets of a policy begin anew from the draft."""
    policy_widgets = (
        "w_strategic",
        "w_core",
        "w_gate_",
        "w_coverage_gate",
        "w_exit_",
        "w_stay_",
        *(f"w_{name}_" for name in TREATMENT_NAMES),
    )
    for key in [key for key in st.session_state if str(key).startswith(policy_widgets)]:
        del st.session_state[key]


def seed_widget(key: str, value: object) -> None:
    """Give a widget its value before it is drawn, once a visit to its page."""
    if key not in st.session_state:
        st.session_state[key] = value


def put_widget(key: str, value: object) -> None:
    """Give a widget another value before it is drawn."""
    st.session_state[key] = value


def widget(key: str) -> Any:  # Any: each widget has its own type
    """Value of a widget by its key."""
    return st.session_state.get(key)


def forget_widgets(prefix: str) -> None:
    """Let widgets begin anew."""
    for key in [key for key in st.session_state if str(key).startswith(prefix)]:
        del st.session_state[key]


def clusters() -> int | None:
    """Number of segments asked for in this visit; None for the suggestion."""
    return cast("int | None", _get("clusters", None))


def set_clusters(count: int) -> None:
    """Keep the number of segments asked for."""
    st.session_state["clusters"] = count


def keep(key: str, value: object) -> None:
    """Keep something of a page for the rest of the visit."""
    st.session_state[f"page_{key}"] = value


def kept(key: str, default: object = None) -> Any:  # Any: pages keep records of their own
    """Read something a page kept."""
    return st.session_state.get(f"page_{key}", default)


def forget(key: str) -> None:
    """Forget something a page kept."""
    st.session_state.pop(f"page_{key}", None)


def once(key: tuple[object, ...], work: Callable[[], Answer]) -> Answer:
    """Give an answer worked out before in this visit, else work it out.

    A page runs anew at every click; what depends only on a scored table and a policy does not
    have to. The key names all an answer depends on, the person's sight included.
    """
    answers: dict[tuple[object, ...], Any] = st.session_state.setdefault(
        "page_answers", {}
    )  # Any: of every kind
    whole = (*key, *sorted(pipeline.masked_columns(person())))
    if whole not in answers:
        answers[whole] = work()
        while len(answers) > MOST_ANSWERS:
            del answers[next(iter(answers))]
    return cast("Answer", answers[whole])


def on_change(key: str, store: Callable[[Any], None]) -> Callable[[], None]:
    """Make a widget's callback that stores its value."""
    return lambda: store(st.session_state[key])


def set_language(value: str | None) -> None:
    """Keep the language; a second click on the same one changes nothing."""
    if value in LANGUAGES:
        st.session_state["language"] = value


def set_unit(value: str) -> None:
    """Keep the unit of money."""
    st.session_state["unit"] = value


def drop_snapshot(identity: str) -> None:
    """Speak of another snapshot when the one spoken of is gone."""
    if snapshot_id() == identity:
        st.session_state.pop("snapshot", None)
    imported = kept("imported")
    if imported is not None and imported.snapshot_id == identity:
        forget("imported")


def safe_option(text: str) -> str:
    """Escape an option of a radio group, which Streamlit reads as markdown."""
    return markdown(text)


def remember_page(name: str, page: Any) -> None:  # Any: Streamlit's page objects have no public type
    """Keep a page of the menu, so that others can link to it."""
    st.session_state[f"menu_{name}"] = page


def page(name: str) -> Any:  # Any: as above
    """A page of the menu, for links."""
    return st.session_state[f"menu_{name}"]


def has_page(name: str) -> bool:
    """Say whether a page is in the menu."""
    return f"menu_{name}" in st.session_state
