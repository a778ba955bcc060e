"""The cube as the browser gets it: sums of all rectangles a policy may draw are made there.

Segments are added up, because no threshold and no gate asks for them, and so is whatever no
policy at hand tells apart: the tier held before while none is sticky, anything else of a
customer whose tier a person has set. What remains are sorted cells, each measure in the
fewest bytes that hold it, deflated. The browser inflates it, adds it up once
(`pages/parts/board/exact.mjs`) and answers every policy to the last hundredth.

Layout: the identity (12 characters), the length of the head (4 bytes, little-endian), the head
(JSON), then the body, deflated: the code of every cell (4 bytes each), then measure by measure the cells' values as signed
integers of 1, 2, 4 or 8 bytes.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from data.identity import short
from segmentation.corners import STATES
from segmentation.cube import ALL_MEASURES, NO_TIER, RISK_BANDS, Cube, Integers, band_of_steps
from segmentation.policy import HIGHEST_STEP
from segmentation.risk.ladder import LADDER, STEPS, UNKNOWN_STEP

COLUMNS = STEPS + 1
"""Risk steps of the ladder, then the unknown one."""
SAFE_SUM = 2.0**49
"""Hundredths up to which a measure's sums stay ordinary numbers; above, the browser takes pairs of them."""
WIDTHS = ((1, 2**7), (2, 2**15), (4, 2**31), (8, 2**63))


@dataclass(frozen=True, slots=True)
class BoardPayload:
    """A cube packed for the browser.

    Attributes
    ----------
    identity : str
        Hash of the content; the browser keeps payloads by it.
    content : bytes
        As the module says.
    cells : int
        Number of cells in it.
    """

    identity: str
    content: bytes
    cells: int


def pack_cube(cube: Cube, *, has_exits: bool = True) -> BoardPayload:
    """Pack a cube for the browser.

    Parameters
    ----------
    cube : Cube
        The cells.
    has_exits : bool
        Whether a policy at hand has exit lines of its own (`exit_steps`, `exit_rungs`).

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"value_step": [150], "risk_step": [3]} | {name: [7] for name in ALL_MEASURES})
    >>> pack_cube(Cube.from_rows(rows)).cells
    1
    """
    is_in = cube.keys["is_workout"] == 0
    states, code = _codes(cube, is_in, has_exits=has_exits)
    order = np.argsort(code, kind="stable")
    cells, starts = np.unique(code[order], return_index=True)
    sums = [_added(cube.measures[name][is_in][order], starts) for name in ALL_MEASURES]
    widths = [_width(values) for values in sums]
    body = cells.astype("<u4").tobytes() + b"".join(
        values.astype(f"<i{width}").tobytes() for values, width in zip(sums, widths, strict=True)
    )
    head = json.dumps(_head(cube, states, len(cells), widths)).encode()
    content = struct.pack("<I", len(head)) + head + zlib.compress(body, 1)
    identity = short(hashlib.sha256(content).hexdigest())
    return BoardPayload(identity, identity.encode() + content, len(cells))


def _codes(cube: Cube, is_in: Integers, *, has_exits: bool) -> tuple[list[list[int]], Integers]:
    """Give the planes there are, and each cell's place: plane, value step, risk step."""
    keys = _told_apart(cube.keys, has_exits=has_exits)
    code = np.zeros(cube.cells, dtype=np.int64)
    for name, size in STATES:
        code = code * size + keys[name]
    present, plane = np.unique(code[is_in], return_inverse=True)
    risk = np.where(keys["risk_step"] == UNKNOWN_STEP, STEPS, keys["risk_step"])[is_in]
    place = (plane * (HIGHEST_STEP + 1) + keys["value_step"][is_in]) * COLUMNS + risk
    return [_state(code) for code in present.tolist()], place


def _told_apart(keys: dict[str, Integers], *, has_exits: bool) -> dict[str, Integers]:
    """Give keys that differ only where a policy at hand tells customers apart."""
    keys = dict(keys)
    is_bound = ((keys["is_staying"] == 1) | (keys["was_staying"] == 1)) & (keys["held"] != NO_TIER)
    for name in ("is_staying", "was_staying"):
        keys[name] = np.where(is_bound, keys[name], 0)
    # Only Strategic and Core have lines to leave by.
    is_heeded = is_bound | (has_exits & (keys["held"] < 2))
    keys["held"] = np.where(is_heeded, keys["held"], NO_TIER)
    for name, _ in STATES:
        if name != "forced":
            keys[name] = np.where(keys["forced"] == NO_TIER, keys[name], 0)
    return keys


def _state(code: int) -> list[int]:
    values = []
    for _, size in reversed(STATES):
        code, value = divmod(code, size)
        values.append(value)
    return values[::-1]


def _added(values: Integers, starts: Integers) -> Integers:
    return np.add.reduceat(values, starts) if len(starts) else values[:0]


def _width(values: Integers) -> int:
    largest = max(int(values.max(initial=0)), -int(values.min(initial=0)))
    return next(width for width, limit in WIDTHS if largest < limit)


def _head(cube: Cube, states: list[list[int]], cells: int, widths: list[int]) -> dict[str, object]:
    keys = cube.keys
    is_out = keys["is_workout"] == 1
    is_unknown = keys["risk_step"] == UNKNOWN_STEP
    workout, unrated = (
        [cube.measures[name][which].sum() for name in ALL_MEASURES] for which in (is_out, is_out & is_unknown)
    )
    return {
        "cells": cells,
        "measures": list(ALL_MEASURES),
        "widths": widths,
        "states": states,
        "isSmall": _is_small(cube),
        # As text: JSON's numbers lose the last digits of large ones.
        "workout": [str(value) for value in workout],
        "workoutWithoutPd": [str(value) for value in unrated],
        "ladder": list(LADDER),
        "bands": band_of_steps(np.array([*range(STEPS), UNKNOWN_STEP])).tolist(),
        "bandCount": len(RISK_BANDS) + 2,
    }


def _is_small(cube: Cube) -> bool:
    """Whether the browser's ordinary numbers hold every sum, and sums of a few of these (below 2^53)."""
    return all(np.abs(amounts.astype(np.float64)).sum() < SAFE_SUM for amounts in cube.measures.values())
