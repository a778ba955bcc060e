"""Write the data dictionary from the contract: ``python -m data.contract.dictionary``.

A test holds docs/data-dictionary.md to what this writes, so the document can't lag.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from data.contract import COLUMNS, EXPOSURE_COLUMNS, Aggregate, Column, KnownWhen, Personal

PATH = Path(__file__).resolve().parent.parent.parent / "docs" / "data-dictionary.md"

RULES: dict[Aggregate, str] = {
    "sum": "added up",
    "exposure_weighted_mean": "mean weighted by the amount at risk",
    "max": "the highest",
    "min": "the lowest",
    "any": "yes when any row says so",
    "first": "the first that is there",
    "last": "the last that is there",
}
KNOWN: dict[KnownWhen, str] = {
    "application": "when somebody applies",
    "booking": "when the money goes out",
    "later": "only later: never predicts default",
    "after_default": "only after a default: never predicts it",
}
PERSONAL: dict[Personal, str] = {
    "none": "",
    "identifier": "identifies",
    "personal": "personal: hidden from roles that may not see names",
    "protected": "protected: never in price, tier or limit",
}

HEAD = """# Data dictionary

Made from the contract by `python -m data.contract.dictionary`; do not edit it by hand.

A portfolio is one row a customer; several rows of one customer are united, each column by its own rule.
Needed: who the customer is (`customer_id`), and one of {exposures}. Without the first
rows are numbered, without the second each customer counts as one; both are marked wherever a figure rests on them.
Every other column may be absent: below stands what is then lost. Columns that match none of these are kept as
extra columns. Rates and shares are fractions (0.05 is 5 %); money is in the portfolio's own currency, in units.
"""


def dictionary() -> str:
    """Write the data dictionary as Markdown."""
    parts = [HEAD.format(exposures=", ".join(f"`{name}`" for name in EXPOSURE_COLUMNS))]
    for role, columns in groupby(sorted(COLUMNS, key=_role_place), key=lambda entry: entry.role):
        parts.append(f"\n## {role.capitalize()}\n")
        parts += [_entry(column) for column in columns]
    return "".join(parts)


def _role_place(entry: Column) -> int:
    """Roles in the order the contract first names them."""
    return [column.role for column in COLUMNS].index(entry.role)


def _entry(column: Column) -> str:
    facts = {
        "Type": column.kind + (f", {column.unit}" if column.unit and column.unit != column.kind else ""),
        "Range": _range(column),
        "One of": ", ".join(f"`{level}`" for level in column.levels),
        "Several rows": RULES[column.aggregate],
        "Known": KNOWN[column.known_when],
        "Privacy": PERSONAL[column.personal],
        "Without it": " ".join(filter(None, (column.lost_en, column.lost_zh))),
        "Also called": ", ".join(column.synonyms),
    }
    lines = "".join(f"- {name}: {text}\n" for name, text in facts.items() if text)
    return f"\n### {column.name}\n\n{column.label_en} · {column.label_zh}. {column.meaning}\n\n{lines}"


def _range(column: Column) -> str:
    """Write the plausible range; nothing for one that is open at both ends.

    Examples
    --------
    >>> from data.contract import column
    >>> _range(column("age")), _range(column("city"))
    ('0 to 130', '')
    """
    if column.minimum is None and column.maximum is None:
        return ""
    low = "any" if column.minimum is None else f"{column.minimum:g}"
    return f"{low} and above" if column.maximum is None else f"{low} to {column.maximum:g}"


if __name__ == "__main__":
    PATH.write_text(dictionary(), encoding="utf-8")
