"""What the response model is worth on a real campaign: the part of `make evidence` about whom to call.

The Portuguese bank's 41,188 calls (UCI, Moro, Cortez & Rita 2014) go through the product's own
ingest and its own guard; each call is predicted by a fit that has not seen it, and the profit
is counted on what really happened.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from data.engines.functions import fetch, frame_of
from data.ingest.limits import never, silent
from data.ingest.mapping import propose_mapping
from data.ingest.readers import open_source
from data.people import Person
from data.warehouse.house import EngineSettings, Warehouse
from segmentation.response import fit_response, lift_curve, responded, response_candidates
from segmentation.returns.ratios import ReturnsSettings
from segmentation.sample import one_thread
from segmentation.scorecard.fit import fit_on, out_of_fold
from segmentation.scorecard.statistics import discrimination
from settings import Settings
from steps.house import limits_of
from steps.intake import commit_files
from steps.scoring import columns_of

Json = dict[str, Any]  # Any: plain JSON
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

COST = ReturnsSettings().contact_cost
WORTH = 10 * COST
"""Of a yes: the product's own default where no lifetime value is known."""
CALLS = 10_000
EARLIER = 0.6
"""Share of the calls, in the file's order of time, a model is fitted on out of time."""


def campaign_evidence(path: Path, settings: Settings) -> Json:
    """Judge the response model out of fold and out of time."""
    with tempfile.TemporaryDirectory(prefix="stratum-") as folder:
        warehouse = Warehouse(
            Path(folder) / "campaign.duckdb", EngineSettings(settings.memory_limit, settings.threads)
        )
        try:
            with warehouse.cursor() as cursor:
                source = open_source(path, limits=limits_of(settings))
                mapping = propose_mapping(source.header, source.sample())
                snapshot, _ = commit_files(
                    cursor, [source], mapping, "work_campaign", "bank", Person("evidence", frozenset({"admin"})),
                    "batch", limits_of(settings), silent, never,
                )  # fmt: skip
                columns = columns_of(snapshot)
                candidates = response_candidates(columns, "x_y")
                names = [item.name for item in candidates if not item.excluded]
                frame = frame_of(cursor, snapshot.table)
                late = [column.name for column in columns if column.header == "duration"]
                rows = fetch(
                    frame.select("customer_id", *names, *late, responded("x_y", "text").alias("yes")).sort(
                        "customer_id"
                    )
                )
        finally:
            warehouse.close()
    yes = rows["yes"].astype(bool).to_numpy()
    with one_thread():
        model = fit_response(rows, rows["yes"], candidates, "x_y")
        refused = {verdict.column for verdict in model.refused}
        usable = [item for item in candidates if not item.excluded and item.header not in refused]
        predicted = out_of_fold(rows, yes, usable, 0)
        leaking = [
            *usable,
            *(item.__class__(item.name, item.header, True) for item in candidates if item.name in late),
        ]
        with_late = out_of_fold(rows, yes, leaking, 0)
        cut = int(len(yes) * EARLIER)
        older = fit_on(rows.iloc[:cut].reset_index(drop=True), yes[:cut], usable)
        assert older is not None
        later = older.probability(rows.iloc[cut:])
    return {
        "calls": len(yes),
        "rate": float(yes.mean()),
        "features": [item.header for item in usable],
        "refused": [verdict.to_dict() for verdict in model.refused],
        "auc": asdict(discrimination(yes, predicted[None, :], seed=0, resamples=300).auc),
        "auc_with_duration": asdict(discrimination(yes, with_late[None, :], seed=0, resamples=300).auc),
        "lift": [asdict(point) for point in lift_curve(yes, predicted, steps=10)],
        "worth": WORTH,
        "cost": COST,
        "plans": _plans(yes, predicted),
        "out_of_time": {
            "calls": len(later),
            "rate_before": float(yes[:cut].mean()),
            "rate": float(yes[cut:].mean()),
            "auc": asdict(discrimination(yes[cut:], later[None, :], seed=0, resamples=300).auc),
            "plans": _plans(yes[cut:], later, min(CALLS, len(later) // 4)),
        },
    }


def _plans(yes: Flags, predicted: Floats, calls: int = CALLS) -> list[Json]:
    """Count what lists really earned: the next calls, those worth their cost, at random, everybody."""
    order = np.argsort(-predicted, kind="stable")
    paying = int((predicted * WORTH > COST).sum())
    rate = float(yes.mean())

    def row(name: str, count: int, responses: float) -> Json:
        return {
            "plan": name, "calls": count, "responses": responses, "profit": responses * WORTH - count * COST,
        }  # fmt: skip

    return [
        row("next", calls, float(yes[order[:calls]].sum())),
        row("random", calls, calls * rate),
        row("worthwhile", paying, float(yes[order[:paying]].sum())),
        row("everybody", len(yes), float(yes.sum())),
    ]


TITLES = {
    "next": "the likeliest", "random": "as many at random", "worthwhile": "all worth their cost", "everybody": "everybody",
}  # fmt: skip


def campaign_written(found: Json) -> list[str]:
    """Write the section."""

    def interval(part: Json) -> str:
        return f"{part['value']:.4f} ({part['low']:.4f}–{part['high']:.4f})"

    def plans(rows: list[Json]) -> list[str]:
        return [
            "| whom to call | calls | said yes | profit |\n|---|--:|--:|--:|",
            *(
                f"| {TITLES[row['plan']]} | {row['calls']:,} | {row['responses']:,.0f} | {row['profit']:,.0f} |"
                for row in rows
            ),
        ]

    later = found["out_of_time"]
    refused = ", ".join(f"{row['column']} ({row['reason']})" for row in found["refused"])
    tenth = found["lift"][2]
    return [
        "\n## Campaign: whom to call\n",
        f"{found['calls']:,} calls of a Portuguese bank (UCI, CC BY 4.0), {found['rate']:.1%} said yes. Refused before "
        f"any fit: {refused}. Used: {', '.join(found['features'])}.\n",
        f"Out of fold, every bin and weight made anew in each fold, the AUC is {interval(found['auc'])} without `duration`. "
        f"With it, it would pretend to {interval(found['auc_with_duration'])}: a call's length is known when it is over. "
        f"The likeliest fifth holds {tenth['reached']:.0%} of those who said yes.\n",
        f"Profit on what really happened, a yes worth {found['worth']:,.0f} and a call costing {found['cost']:,.0f} (both "
        "assumed: the product's defaults), each call predicted by a fit that has not seen it:\n",
        *plans(found["plans"]),
        f"\nOut of time (the first {EARLIER:.0%} of the calls → the rest, {later['rate_before']:.1%} → {later['rate']:.1%} "
        f"said yes): AUC {interval(later['auc'])}.\n",
        *plans(later["plans"]),
        "\nThe two do not agree, and the second is what a bank would have met: the calls run through 2008 to 2010, four "
        "times as many said yes in the later part, and hardly anything of the order of customers carried over; the list is "
        "then no better than chance and may be worse. So a response model is for the campaign that is running or has just run, fitted anew on its first calls, "
        "and its profit is to be checked against a random part that is always called too.\n",
    ]
