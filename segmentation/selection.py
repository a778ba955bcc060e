"""A selection of customers: which levels of which columns are looked at.

What a page shows can be narrowed to part of a portfolio. A selection is a record, so that
everything worked out for it can be kept under its identity.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw

from data.contract import COLUMNS
from data.identity import content_hash
from segmentation.frame import Frame

OWN_COLUMNS = ("segment", "lifecycle", "asset_class")
"""Columns that scoring makes and that customers may be selected by."""
SELECTABLE = OWN_COLUMNS + tuple(
    column.name
    for column in COLUMNS
    if column.kind == "text"
    and column.role not in ("identity", "outcome")
    and column.personal not in ("personal", "protected")
    and column.name not in OWN_COLUMNS
)
"""Columns customers may be selected by; never by what identifies or protects a person."""
MOST_LEVELS = 200
"""Levels a selection may name; a longer list is no selection any more."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which customers are looked at; without a condition all of them.

    Attributes
    ----------
    levels : tuple of (str, tuple of str)
        Column and the levels that stay, in order of the columns; a customer must fit all
        of them. The empty text stands for a blank cell.
    """

    levels: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, chosen: Mapping[str, object]) -> Selection:
        """Take what was chosen; columns and levels that can't be selected by are left out.

        Examples
        --------
        >>> Selection.of({"region": ["North"], "sex": ["f"], "industry": []})
        Selection(levels=(('region', ('North',)),))
        """
        kept = []
        for column in SELECTABLE:
            levels = chosen.get(column)
            if isinstance(levels, list | tuple) and levels:
                texts = sorted({str(level)[:200] for level in levels})
                kept.append((column, tuple(texts[:MOST_LEVELS])))
        return cls(tuple(kept))

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.levels)

    @property
    def identity(self) -> str:
        """Hash of the conditions."""
        return content_hash([list(map(list, self.levels))])

    def to_text(self) -> str:
        """Write the selection for an address line."""
        return json.dumps(dict(self.levels), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Selection:
        """Read :meth:`to_text`'s text; anything else selects everybody.

        Examples
        --------
        >>> Selection.from_text('{"region":["North"]}').levels
        (('region', ('North',)),)
        >>> Selection.from_text("nonsense")
        Selection(levels=())
        """
        try:
            chosen = json.loads(text)
        except (ValueError, RecursionError):
            return cls()
        return cls.of(chosen) if isinstance(chosen, dict) else cls()


def selected(frame: Frame, selection: Selection) -> Frame:
    """Keep the customers of a selection.

    Parameters
    ----------
    frame : Frame
        Scored customers.
    selection : Selection
        Which of them.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select unnest(['North', 'South', null]) as region"))
    >>> len(selected(frame, Selection.of({"region": ["North", ""]})).collect())
    2
    """
    for column, levels in selection.levels:
        text = nw.col(column).cast(nw.String)
        fits = text.is_in([level for level in levels if level])
        frame = frame.filter((fits | text.is_null()) if "" in levels else fits)
    return frame
