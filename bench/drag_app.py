"""The Tiers page's board on a cube from a file, for `python -m bench.drag`: the same parts, no warehouse rows.

`STRATUM_DRAG_CUBE` names a Parquet file of the cube's cells.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import pandas as pd  # noqa: E402  (after the path is set)
import streamlit as st  # noqa: E402

from pages.parts import cards, state  # noqa: E402
from pages.parts.board.board import board  # noqa: E402
from reports.charts.tiers import bubbles  # noqa: E402
from reports.formats import money_unit  # noqa: E402
from reports.marks import NOTHING  # noqa: E402
from segmentation.board import BoardPayload, pack_cube  # noqa: E402
from segmentation.cube import Cube  # noqa: E402
from segmentation.policy import TIERS, built_in_policy  # noqa: E402
from segmentation.returns.ratios import ReturnsSettings  # noqa: E402
from segmentation.tiers import tier_board  # noqa: E402

RETURNS = ReturnsSettings()


@st.cache_resource
def packed() -> tuple[Cube, BoardPayload]:
    """Read the cube once and pack it for the browser."""
    cube = Cube.from_rows(pd.read_parquet(os.environ["STRATUM_DRAG_CUBE"]))
    return cube, pack_cube(cube, has_exits=False)


@st.fragment
def show() -> None:
    """Lay out the board and one chart that follows when a line is let go."""
    in_force = built_in_policy()
    policy = state.draft(in_force)
    cube, payload = packed()
    now, base = tier_board(cube, policy, in_force), tier_board(cube, in_force, in_force)
    board(
        payload, policy, in_force, base, payload_in_force=payload.identity, scope="bench", returns=RETURNS.to_dict(),
        unit=money_unit(base.total.treated.exposure / 100, "en"), currency="EUR", note="", assumed=NOTHING, links={}, can_propose=False,
    )  # fmt: skip
    points = [
        (row.tier, row.tier, row.treated.loss_rate, row.treated.raroc(RETURNS), row.treated.exposure / 100)
        for row in now.tiers
        if row.tier in TIERS
    ]
    cards.chart(
        bubbles(points, hurdle=RETURNS.hurdle_rate, theme="light", language="en"), "en", key="bubbles"
    )
    st.html("<h1>Ready</h1>")


st.set_page_config(layout="wide")
cards.styles()
show()
