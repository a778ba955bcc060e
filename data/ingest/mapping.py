"""Which source header is which contract column: the one face of the mapping.

Four looks at a header, from sure to unsure: its exact name, a known synonym, a
near spelling, and whether the cells below it contradict all that
(`data.ingest.matching`). What stays unsure is asked, never silently taken: a
wrong customer key, exposure or default flag does more harm than none.
"""

from __future__ import annotations

from data.ingest.confirm import as_rows, to_confirm
from data.ingest.mapped import (
    ASK_BELOW,
    CAREFUL,
    NULL_BELOW,
    Mapping,
    MappingEntry,
    Timing,
    numbered,
    with_choice,
    with_scale,
    with_timing,
    without_amounts,
)
from data.ingest.propose import propose_mapping

__all__ = [
    "ASK_BELOW",
    "CAREFUL",
    "NULL_BELOW",
    "Mapping",
    "MappingEntry",
    "Timing",
    "as_rows",
    "numbered",
    "propose_mapping",
    "to_confirm",
    "with_choice",
    "with_scale",
    "with_timing",
    "without_amounts",
]
