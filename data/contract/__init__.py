"""The one list of columns a portfolio may have.

Everything that knows a column by name reads it here: mapping, validation,
aggregation of facilities, masking, formulas and documents.
"""

from __future__ import annotations

from data.contract.columns import credit, identity, money, people
from data.contract.model import NUMERIC_KINDS, Aggregate, Column, Direction, Kind, KnownWhen, Personal, Role
from data.errors import ColumnNotFound

__all__ = [
    "BY_NAME", "COLUMNS", "EXPOSURE_COLUMNS", "FLAG_FALSE", "FLAG_TRUE", "MISSING", "NUMERIC_KINDS", "Aggregate", "Column",
    "Direction", "Kind", "KnownWhen", "Personal", "Role", "column",
]  # fmt: skip

COLUMNS: tuple[Column, ...] = identity.COLUMNS + people.COLUMNS + credit.COLUMNS + money.COLUMNS
BY_NAME: dict[str, Column] = {entry.name: entry for entry in COLUMNS}

EXPOSURE_COLUMNS = ("exposure_at_default", "exposure", "outstanding_balance", "credit_limit")
"""Any one of these says how much is at risk."""

FLAG_TRUE = frozenset(
    {"1", "1.0", "y", "yes", "true", "t", "是", "有", "bad", "default", "defaulted", "chgoff", "charged off",
     "charged-off", "npl", "违约", "不良", "已违约"}
)  # fmt: skip
FLAG_FALSE = frozenset(
    {"0", "0.0", "n", "no", "false", "f", "否", "没有", "good", "performing", "paid", "paid in full", "p i f", "pif",
     "non-default", "正常", "未违约"}
)  # fmt: skip
MISSING = frozenset(
    {"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "–", "—", "unknown", "?", ".", "无", "空", "缺失",
     "未知", "nat"}
)  # fmt: skip
"""Texts that mean "no value", lower-cased and trimmed."""


def column(name: str) -> Column:
    """Look a column up by its canonical name.

    Raises
    ------
    ColumnNotFound
        With the nearest known name.

    Examples
    --------
    >>> column("dscr").unit
    'ratio'
    """
    try:
        return BY_NAME[name]
    except KeyError:
        raise ColumnNotFound.from_missing([name], BY_NAME) from None
