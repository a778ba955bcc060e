"""The board: a score histogram that is the control of thresholds and gates, answered in the browser.

Two components: one takes in the cube's bytes, with the modules that answer them, and shows
nothing; the other is the board's frame. The first is the same from run to run while only lines
move, so Streamlit sends it once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

import pipeline
from pages.parts import state
from reports.board import board_base, board_colours, board_words
from reports.formats import MoneyUnit, unit_label
from reports.marks import Assumed, address, rests_on
from reports.theme import palette
from segmentation.policy import CLOSED, HIGHEST_STEP, LIFECYCLES, TOP_RUNG, Gate, Policy

HERE = Path(__file__).resolve().parent
FRAME = ("store", "frame")
CUBE = ("store", "exact", "formats", "moves", "labels", "paint", "words", "elements", "board", "cube")
"""Modules of each component, whoever is imported first; a component takes one text."""
KEY = "tier-board"


@cache
def script(modules: tuple[str, ...]) -> str:
    """Join modules into the one text a component takes; the last one's exports stay."""
    texts = []
    for name in modules:
        text = (HERE / f"{name}.mjs").read_text(encoding="utf-8")
        text = re.sub(r"^import [^;]*;\n", "", text, flags=re.MULTILINE)
        texts.append(text if name == modules[-1] else re.sub(r"^export ", "", text, flags=re.MULTILINE))
    return "\n".join(texts)


def board(
    payload: pipeline.BoardPayload,
    policy: Policy,
    in_force: Policy,
    base: pipeline.TierBoard,
    *,
    payload_in_force: str,
    scope: str,
    returns: Mapping[str, float],
    unit: MoneyUnit,
    currency: str | None,
    note: str,
    assumed: Assumed,
    links: Mapping[str, str],
    can_propose: bool,
) -> str | None:
    """Show the board; what a hand lets go of becomes the draft.

    Parameters
    ----------
    payload : BoardPayload
        The cube under the draft's treatments.
    policy, in_force : Policy
        The draft, and the policy it is compared with.
    base : TierBoard
        What the tiers hold under the policy in force.
    payload_in_force : str
        Identity of the cube under its treatments.
    scope : str
        What the figures speak of besides the policy: another word for another portfolio.
    returns : mapping of str to float
        `risk_free_rate` and `tax_rate`.
    unit, currency : MoneyUnit, str or None
        What money is shown in.
    note : str
        A line below the gates that follows when a hand lets go.
    assumed : Assumed
        What the ratios rest on, for their mark.
    links : mapping of str to str
        Pages the board leads on to, and what their buttons say.
    can_propose : bool
        Whether there is a page to propose the policy on.

    Returns
    -------
    str or None
        Page the visitor asked for: one of `links`, or ``policies`` to propose the policy.
    """
    language = state.language()
    treated = rests_on(language, "treatments")
    cube = st.components.v2.component("stratum_cube", html="<span hidden></span>", js=script(CUBE))
    component = st.components.v2.component(
        "stratum_board",
        html=(HERE / "board.html").read_text(encoding="utf-8"),
        css=(HERE / "board.css").read_text(encoding="utf-8"),
        js=script(FRAME),
    )
    known = {rest_of(one): one for one in (in_force, policy)}
    state.keep("board_known", {**state.kept("board_known", {}), **known})
    with st.container(gap=None, key="board"):
        cube(key=f"{KEY}-cube", data=payload.content)
        shown = component(
            key=KEY,
            data={
                "seq": state.kept("board_seq", 0),
                "scope": f"{scope} {in_force.identity} ",
                "cubes": {rest_of(in_force): payload_in_force, rest_of(policy): payload.identity},
                "policy": as_record(policy),
                "inForce": as_record(in_force),
                "base": board_base(base),
                "returns": {"riskFreeRate": returns["risk_free_rate"], "taxRate": returns["tax_rate"]},
                "unit": {"scale": unit.scale, "word": unit.word(language)},
                "words": {
                    **board_words(unit_label(currency, unit, language), language),
                    "markHint": assumed.words,
                    "markAddress": address(assumed.keys),
                    "markKeys": ",".join(assumed.keys),
                    "treatedHint": treated.words,
                    "treatedAddress": address(treated.keys),
                    "treatedKeys": ",".join(treated.keys),
                },
                "colours": board_colours(palette(state.theme())),
                "note": note,
                "links": [{"page": page, "label": label} for page, label in links.items()],
                "canPropose": can_propose,
            },
            on_commit_change=lambda: _adopt(policy, in_force),
            on_go_change=lambda: None,
        )
    asked = shown.get("go")
    return asked if asked in links or (can_propose and asked == "policies") else None


def rest_of(policy: Policy) -> str:
    """Name all of a policy but its lines and gates: these move in the browser, the rest does not."""
    blank = dict.fromkeys(LIFECYCLES, Gate(CLOSED, CLOSED))
    return replace(policy, strategic_step=0, core_step=0, gates=blank).identity[:12]


def as_record(policy: Policy) -> dict[str, object]:
    """Write a policy as the browser moves it."""
    return {
        "strategic": policy.strategic_step,
        "core": policy.core_step,
        "gates": {name: [policy.gates[name].strategic, policy.gates[name].core] for name in LIFECYCLES},
        "gatesOn": policy.gates_on,
        "exitSteps": policy.exit_steps,
        "exitRungs": policy.exit_rungs,
        "rest": rest_of(policy),
    }


def _adopt(shown: Policy, in_force: Policy) -> None:
    """Make what the browser committed the draft; it holds numbers of the grid or nothing happens."""
    sent: Any = getattr(state.widget(KEY), "commit", None)  # Any: from a browser
    now = state.draft(shown)
    policy = policy_from(sent, state.kept("board_known", {}), now)
    if policy is None:
        return
    state.keep("board_seq", int(sent["seq"]))
    if policy.identity == in_force.identity:
        state.replace_draft(None)
    elif rest_of(policy) != rest_of(now):
        state.replace_draft(policy)
    else:
        state.set_draft(policy)


def policy_from(sent: Any, known: Mapping[str, Policy], now: Policy) -> Policy | None:  # Any: from a browser
    """Read a policy a browser sent: its lines and gates, on a policy known by its rest.

    Parameters
    ----------
    sent : object
        ``{seq, strategic, core, gates: {lifecycle: [strategic, core]}, rest}``.
    known : mapping of str to Policy
        Policies of this visit by :func:`rest_of`.
    now : Policy
        Taken when the rest is not among them.

    Returns
    -------
    Policy or None
        None when it is no such record, or its numbers are none of the grid.
    """
    try:
        gates = {name: Gate(*map(int, sent["gates"][name])) for name in LIFECYCLES}
        first, second, _ = int(sent["strategic"]), int(sent["core"]), int(sent["seq"])
        base = known.get(str(sent["rest"]), now)
    except (KeyError, OverflowError, TypeError, ValueError):
        return None
    is_sound = 0 <= second <= first <= HIGHEST_STEP and all(
        CLOSED <= gate.strategic <= gate.core <= TOP_RUNG for gate in gates.values()
    )
    return replace(base, strategic_step=first, core_step=second, gates=gates) if is_sound else None
