"""A scorecard and a policy as SQL that any DuckDB runs: the same figures without Stratum.

Column names and levels come from files and are hostile: they stand as quoted identifiers and
quoted texts only. Numbers are written with all their digits.
"""

from __future__ import annotations

import math

from segmentation.policy import LIFECYCLES, TIERS, WORKOUT, Policy
from segmentation.scorecard.binning import Binning
from segmentation.scorecard.fit import FACTOR, OFFSET, Scorecard


def identifier(name: str) -> str:
    """Quote a column or table.

    Examples
    --------
    >>> identifier("a b")
    '"a b"'
    """
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a text.

    Examples
    --------
    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def number(value: float) -> str:
    """Write a number so that the engine reads the very same double.

    Examples
    --------
    >>> number(0.1), number(-3.0)
    ("'0.1'::DOUBLE", "'-3.0'::DOUBLE")
    """
    if not math.isfinite(value):
        return f"'{'nan' if math.isnan(value) else 'inf' if value > 0 else '-inf'}'::DOUBLE"
    return f"'{float(value)!r}'::DOUBLE"


def scorecard_sql(scorecard: Scorecard, table: str) -> str:
    """Write a scorecard as a query over a table of customers.

    Parameters
    ----------
    scorecard : Scorecard
        Fitted.
    table : str
        Name of the table; quoted here.

    Returns
    -------
    str
        A query giving `customer_id`, `log_odds` (of good), `points` and `probability` (of
        default over the outcome's own horizon), a line a characteristic.
    """
    names = [f"woe_{number_}" for number_ in range(len(scorecard.features))]
    cases = ",\n    ".join(
        f"{_case(feature)} AS {name}" for feature, name in zip(scorecard.features, names, strict=True)
    )
    total = " + ".join(
        [number(scorecard.intercept)]
        + [f"{name} * {number(value)}" for name, value in zip(names, scorecard.coefficients, strict=True)]
    )
    return (
        f"WITH weights AS (\n  SELECT customer_id,\n    {cases}\n  FROM {identifier(table)}\n),\n"
        f"scored AS (SELECT customer_id, {total} AS log_odds FROM weights)\n"
        f"SELECT customer_id, log_odds, log_odds * {number(float(FACTOR))} + {number(float(OFFSET))} AS points,\n"
        "  1 / (1 + exp(log_odds)) AS probability\nFROM scored\n"
    )


def _case(binning: Binning) -> str:
    column = identifier(binning.column)
    lines = [f"WHEN {column} IS NULL THEN {number(binning.missing.woe)}"]
    if binning.is_numeric:
        # In the engine NaN is larger than every number; for a scorecard it is missing.
        lines.append(f"WHEN isnan({column}::DOUBLE) THEN {number(binning.missing.woe)}")
        for special, item in zip(binning.specials, binning.special_bins, strict=True):
            lines.append(f"WHEN {column} = {number(special)} THEN {number(item.woe)}")
        for upper, item in zip(binning.breaks, binning.bins, strict=False):
            lines.append(f"WHEN {column} <= {number(upper)} THEN {number(item.woe)}")
        last = binning.bins[-1].woe
    else:
        for group, item in zip(binning.groups, binning.bins, strict=True):
            lines.append(
                f"WHEN {column} IN ({', '.join(text(level) for level in group)}) THEN {number(item.woe)}"
            )
        last = binning.other.woe
    inside = "\n      ".join(lines)
    return f"CASE\n      {inside}\n      ELSE {number(last)} END"


def policy_sql(policy: Policy, table: str) -> str:
    """Write a policy's row rule as a query giving `customer_id` and `tier`.

    The table needs what a scored one has: `value_step`, `risk_step`, `lifecycle`,
    `is_capped` (0 or 1) and `is_defaulted`.
    """

    def passes(part: str) -> str:
        if not policy.gates_on:
            return "TRUE"
        cases = " ".join(
            f"WHEN {text(name)} THEN {int(getattr(policy.gates[name], part))}" for name in LIFECYCLES[:-1]
        )
        return (
            f"risk_step <= CASE lifecycle {cases} ELSE {int(getattr(policy.gates[LIFECYCLES[-1]], part))} END"
        )

    strategic, core, ordinary = (text(name) for name in TIERS)
    return (
        f"SELECT customer_id, CASE\n  WHEN is_defaulted THEN {text(WORKOUT)}\n"
        f"  WHEN value_step >= {int(policy.strategic_step)} AND {passes('strategic')} AND is_capped = 0 THEN {strategic}\n"
        f"  WHEN value_step >= {int(policy.core_step)} AND {passes('core')} THEN {core}\n"
        f"  ELSE {ordinary} END AS tier\nFROM {identifier(table)}\n"
    )
