"""The cube as the browser gets it: sums of all rectangles a policy may draw are made there.

Segments are added up, because no threshold and no gate asks for them; likewise the tier held
before while no policy at hand is sticky. What remains are sorted cells, each measure in the
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
from segmentation.cube import ALL_MEASURES, NAMES, RISK_BANDS, Cube, Integers, band_of_steps
from segmentation.policy import HIGHEST_STEP
from segmentation.risk.ladder import LADDER, STEPS, UNKNOWN_STEP

NOT_HELD = 2
"""`held` of a customer without an earlier tier: 0 Strategic, 1 Core, 2 neither."""
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


def pack_cube(cube: Cube, *, is_sticky: bool = True) -> BoardPayload:
    """Pack a cube for the browser.

    Parameters
    ----------
    cube : Cube
        The cells.
    is_sticky : bool
        Whether a policy at hand lets customers keep a tier they hold (`exit_steps`, `exit_rungs`);
        if not, the tier held before is added up too.

    Examples
    --------
    >>> keys = {"value_step": 150, "risk_step": 3, "lifecycle_key": 2, "segment": 1, "is_capped": 0,
    ...         "was_capped": 0, "is_workout": 0}
    >>> cube = Cube({name: np.array([value]) for name, value in keys.items()},
    ...             {name: np.array([7]) for name in ALL_MEASURES})
    >>> pack_cube(cube).cells
    1
    """
    is_in = cube.keys["is_workout"] == 0
    states, code = _codes(cube, is_in, is_sticky=is_sticky)
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


def _codes(cube: Cube, is_in: Integers, *, is_sticky: bool) -> tuple[list[list[int]], Integers]:
    """Give the planes there are, and each cell's place: plane, value step, risk step."""
    keys = cube.keys
    held = keys.get("held") if is_sticky else None
    held = np.full(cube.cells, NOT_HELD) if held is None else held
    plane = ((keys["lifecycle_key"] * 2 + keys["is_capped"]) * 2 + keys["was_capped"]) * 3 + held
    present, place = np.unique(plane[is_in], return_inverse=True)
    risk = np.where(keys["risk_step"] == UNKNOWN_STEP, STEPS, keys["risk_step"])[is_in]
    code = (place * (HIGHEST_STEP + 1) + keys["value_step"][is_in]) * COLUMNS + risk
    return [[p // 12, p // 6 % 2, p // 3 % 2, p % 3] for p in present.tolist()], code


def _added(values: Integers, starts: Integers) -> Integers:
    return np.add.reduceat(values, starts) if len(starts) else values[:0]


def _width(values: Integers) -> int:
    largest = max(int(values.max(initial=0)), -int(values.min(initial=0)))
    return next(width for width, limit in WIDTHS if largest < limit)


def _head(cube: Cube, states: list[list[int]], cells: int, widths: list[int]) -> dict[str, object]:
    keys = cube.keys
    is_out = keys["is_workout"] == 1
    is_unknown = keys["risk_step"] == UNKNOWN_STEP
    nothing = np.zeros((len(NAMES), len(ALL_MEASURES)), dtype=np.int64)
    fixed, unrated = (np.array(table) for table in getattr(cube, "fixed", (nothing, nothing)))
    # Work-out is as fixed as an override: no threshold moves it.
    fixed[-1] += [cube.measures[name][is_out].sum() for name in ALL_MEASURES]
    unrated[-1] += [cube.measures[name][is_out & is_unknown].sum() for name in ALL_MEASURES]
    return {
        "cells": cells,
        "measures": list(ALL_MEASURES),
        "widths": widths,
        "states": states,
        "isSmall": _is_small(cube, fixed),
        "fixed": _texts(fixed),
        "fixedWithoutPd": _texts(unrated),
        "ladder": list(LADDER),
        "bands": band_of_steps(np.array([*range(STEPS), UNKNOWN_STEP])).tolist(),
        "bandCount": len(RISK_BANDS) + 2,
    }


def _is_small(cube: Cube, fixed: Integers) -> bool:
    """Whether the browser's ordinary numbers hold every sum, and sums of a few of these (below 2^53)."""
    largest = [np.abs(cube.measures[name].astype(np.float64)).sum() for name in ALL_MEASURES]
    return bool(max(largest) + np.abs(fixed.astype(np.float64)).max() < SAFE_SUM)


def _texts(table: Integers) -> list[list[str]]:
    """Whole numbers as text: JSON's numbers lose the last digits of large ones."""
    return [[str(value) for value in row] for row in table.tolist()]
