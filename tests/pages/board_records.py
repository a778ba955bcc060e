"""What the board in the browser must answer, worked out on the server: one form for both."""

from __future__ import annotations

from typing import Any

from pages.parts.board.board import as_record
from segmentation.policy import Policy
from segmentation.returns.ratios import ReturnsSettings
from segmentation.returns.treatment import MEASURES
from segmentation.tiers import Money, TierBoard, TierSummary

RETURNS = ReturnsSettings()


def record(policy: Policy) -> dict[str, Any]:
    return as_record(policy)


def expected(board: TierBoard, returns: ReturnsSettings = RETURNS) -> dict[str, Any]:
    return {
        "rows": [_row(summary, returns) for summary in (*board.tiers, board.total)],
        "moves": [list(row) for row in board.moves],
        "exposureMoves": [list(row) for row in board.exposure_moves],
    }


def answered(answer: dict[str, Any]) -> dict[str, Any]:
    """The browser's answer with its whole numbers as such: large ones come as text."""
    rows = [
        {name: value if name in ("tier", "now", "asItIs") else _whole(value) for name, value in row.items()}
        for row in answer["rows"]
    ]
    for row in rows:
        for name in ("now", "asItIs"):
            row[name] = row[name] | {"profit": int(row[name]["profit"])}
    return {"rows": rows, **{name: _whole(answer[name]) for name in ("moves", "exposureMoves")}}


def _whole(value: Any) -> Any:
    return [_whole(one) for one in value] if isinstance(value, list) else int(value)


def _row(summary: TierSummary, returns: ReturnsSettings) -> dict[str, Any]:
    return {
        "tier": summary.tier,
        "customers": summary.customers,
        "customersWithoutPd": summary.customers_without_pd,
        "asIs": _amounts(summary.as_is),
        "asIsWithoutPd": _amounts(summary.as_is.unrated),
        "treated": _amounts(summary.treated),
        "treatedWithoutPd": _amounts(summary.treated.unrated),
        "now": _ratios(summary.treated, returns),
        "asItIs": _ratios(summary.as_is, returns),
    }


def _amounts(money: Money | None) -> list[int]:
    return [getattr(money, name) if money else 0 for name in MEASURES]


def _ratios(money: Money, returns: ReturnsSettings) -> dict[str, Any]:
    return {
        "profit": money.profit,
        "roi": money.roi,
        "raroc": money.raroc(returns),
        "lossRate": money.loss_rate,
    }
