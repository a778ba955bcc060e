"""Tiers set on what was known, judged by what happened: the part of `make evidence` about value.

The product's own line on the SBA file: a scoring model fitted on approvals up to 2003, the value
score of the loans approved in 2004–2006 from what was known when they were applied for, tiers by
its order (the best tenth, the next three, the rest), and then the losses that really came.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from data.engines.functions import Frame, fetch, frame_of, hash_sample, materialise
from data.ingest.limits import never, silent
from data.ingest.mapping import propose_mapping
from data.ingest.readers import open_source
from data.people import Person
from data.warehouse.house import EngineSettings, Warehouse
from data.warehouse.snapshots import Snapshot
from segmentation.fit import fit_scoring_model
from segmentation.returns.ratios import ReturnsSettings
from segmentation.score import score
from segmentation.scoring_model import PortfolioColumn, ScoreOptions
from settings import Settings
from steps.house import limits_of
from steps.intake import commit_files
from steps.scoring import columns_of

Json = dict[str, Any]  # Any: plain JSON

MARGIN = 0.05
"""Of the approved amount, once: what the comparison gives every lender."""
TIERS = (("Strategic", 0.1), ("Core", 0.3), ("Ordinary", 0.6))
NOT_AT_APPLICATION = (
    "exposure",
    "term_months",
    "remaining_months",
    "originated_on",
    "x_approval_fy",
    "x_disbursement_date",
)
"""Known only at booking, rewritten later, or a calendar that can't repeat itself."""
AMOUNT = "x_gr_appv"
DRAWS = 200


def backtest_evidence(path: Path, settings: Settings, out: Path) -> Json:
    """Set tiers on 2004–2006 by a model fitted on approvals up to 2003; write who got which."""
    with tempfile.TemporaryDirectory(prefix="stratum-") as folder:
        warehouse = Warehouse(
            Path(folder) / "backtest.duckdb", EngineSettings(settings.memory_limit, settings.threads)
        )
        try:
            with warehouse.cursor() as cursor:
                source = open_source(path, limits=limits_of(settings))
                mapping = propose_mapping(source.header, source.sample())
                snapshot, _ = commit_files(
                    cursor, [source], mapping, "work_backtest", "SBA", Person("evidence", frozenset({"admin"})),
                    "batch", limits_of(settings), silent, never,
                )  # fmt: skip
                rows = _scored(cursor, snapshot, settings)
        finally:
            warehouse.close()
    rows = rows.sort_values(["value_score", "loan"], ascending=[False, True]).reset_index(drop=True)
    rows["tier"] = _by_count(len(rows))
    _write(rows, out)
    return {"tiers": _tiers(rows), "against": _against(rows), "loans": len(rows)}


def _scored(cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, settings: Settings) -> pd.DataFrame:
    """Fit on the old loans, score the new ones with every outcome blanked."""
    table = snapshot.table
    loan = next(entry.target for entry in snapshot.mapping.entries if entry.header == "LoanNr_ChkDgt")
    year = "year(x_approval_date) - CASE WHEN year(x_approval_date) > 2014 THEN 100 ELSE 0 END"
    present = [name for name in NOT_AT_APPLICATION if name in snapshot.kinds]
    exclude = ", ".join(f'"{name}"' for name in present)
    # The amount approved is the amount at stake: what was paid out is known only later.
    known = f"* EXCLUDE ({exclude}), {AMOUNT} AS exposure"
    cursor.execute(
        f"CREATE TABLE old AS SELECT {known} FROM {table} WHERE defaulted IS NOT NULL AND {year} <= 2003"
    ).fetchall()
    cursor.execute(
        f"CREATE TABLE new AS SELECT {known} FROM {table} WHERE defaulted IS NOT NULL AND {year} BETWEEN 2004 AND 2006"
    ).fetchall()
    outcomes = [
        name
        for name in ("defaulted", "defaulted_on", "loss_amount", "recovered_amount")
        if name in snapshot.kinds
    ]
    replaced = ", ".join(f"CAST(NULL AS {_kind(cursor, name)}) AS {name}" for name in outcomes)
    cursor.execute(f"CREATE TABLE applied AS SELECT * REPLACE ({replaced}) FROM new").fetchall()
    columns = tuple(
        column for column in columns_of(snapshot) if column.name not in present or column.name == "exposure"
    )
    cursor.execute(
        f"CREATE TEMP TABLE drawn AS {hash_sample(cursor, 'old', settings.sample_rows, 0)}"
    ).fetchall()
    model = fit_scoring_model(
        frame_of(cursor, "drawn"),
        tuple(column for column in columns if _is_usable(column)),
        # The outcome is that of the whole loan, and the margin is paid once: one period, the loan's life.
        ScoreOptions(
            horizon_months=12.0,
            returns=ReturnsSettings(interest_rate=MARGIN, funding_rate=0.0, servicing_rate=0.0),
        ),
        mapping=snapshot.mapping.to_dict(),
        currency=snapshot.currency,
        fetch=fetch,
        keep=_keeper(cursor, "fit"),
    )
    found = fetch(
        score(frame_of(cursor, "applied"), model, _keeper(cursor, "score")).select(
            "customer_id", "value_score", "probability_of_default", "risk_adjusted_profit"
        )
    )
    truth = cursor.execute(
        f"SELECT customer_id, {loan} AS loan, defaulted, exposure AS approved, coalesce(loss_amount, 0) AS loss FROM new"
    ).df()
    return found.merge(truth, on="customer_id", validate="one_to_one")


def _is_usable(column: PortfolioColumn) -> bool:
    return column.name != AMOUNT


def _kind(cursor: duckdb.DuckDBPyConnection, name: str) -> str:
    rows = cursor.execute(
        "SELECT data_type FROM duckdb_columns() WHERE table_name = 'new' AND column_name = ?", [name]
    ).fetchall()
    return str(rows[0][0])


def _keeper(cursor: duckdb.DuckDBPyConnection, prefix: str) -> Callable[[Frame], Frame]:
    counter = [0]

    def keep(frame: Frame) -> Frame:
        counter[0] += 1
        materialise(cursor, frame, f"{prefix}_{counter[0]}", temporary=True)
        return frame_of(cursor, f"{prefix}_{counter[0]}")

    return keep


def _by_count(loans: int) -> list[str]:
    bounds = [round(loans * share) for share in np.cumsum([share for _, share in TIERS])]
    return [TIERS[int(np.searchsorted(bounds, place, side="right"))][0] for place in range(loans)]


def _net(rows: pd.DataFrame) -> pd.Series:
    """Margin less the charged-off principal, nothing for a loan paid in full."""
    return MARGIN * rows["approved"] - rows["loss"].where(rows["defaulted"].astype(bool), 0.0)


def _tiers(rows: pd.DataFrame) -> list[Json]:
    """Default rate, approved money and net result of each tier, best first."""
    net = _net(rows)
    found = []
    for name, _ in TIERS:
        mine = (rows["tier"] == name).to_numpy()
        approved, result = float(rows["approved"][mine].sum()), float(net[mine].sum())
        found.append(
            {
                "tier": name, "customers": int(mine.sum()), "default_rate": float(rows["defaulted"][mine].mean()),
                "approved": approved, "net": result, "net_share_of_approved": result / approved,
            }
        )  # fmt: skip
    return found


def _against(rows: pd.DataFrame) -> Json:
    """The best tier of the same size by amount, by PD, and at random."""
    random = np.random.default_rng(0)
    tiers = rows["tier"].to_numpy()

    def best(order: pd.DataFrame) -> Json:
        return _tiers(order.assign(tier=tiers))[0]

    drawn = [best(rows.iloc[random.permutation(len(rows))])["net_share_of_approved"] for _ in range(DRAWS)]
    return {
        "by_amount": best(rows.sort_values(["approved", "loan"], ascending=[False, True])),
        "by_pd": best(rows.sort_values(["probability_of_default", "loan"])),
        "random": {"net_share_of_approved": float(np.mean(drawn)), "low": float(np.quantile(drawn, 0.025)),
                   "high": float(np.quantile(drawn, 0.975))},
    }  # fmt: skip


def _write(rows: pd.DataFrame, out: Path) -> None:
    """Write who got which tier, the same bytes for the same tiers."""
    out.parent.mkdir(parents=True, exist_ok=True)
    text = (
        rows[["loan", "tier"]]
        .rename(columns={"loan": "LoanNr_ChkDgt"})
        .sort_values("LoanNr_ChkDgt")
        .to_csv(index=False)
    )
    with out.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        packed.write(text.encode("utf-8"))


def backtest_written(found: Json) -> list[str]:
    """Write the section."""
    against = found["against"]

    def line(title: str, row: Json) -> str:
        return f"| {title} | {row['customers']:,} | {row['default_rate']:.1%} | {row['approved'] / 1e6:,.0f} | {row['net_share_of_approved']:+.2%} |"

    return [
        "\n## Back-test: tiers of 2004–2006 by a model of 2003\n",
        f"{found['loans']:,} loans approved in 2004–2006 whose outcome is known, ranked by the product's value score: model and "
        "scale fitted on approvals up to 2003 with the file's outcomes, from what was known at application (not the amount "
        "paid out, not `Term`, no calendar). Ties by loan number. Net is 5 % of the approved amount less the charged-off "
        "principal. `docs/evidence/sba_tiers.csv.gz` says who got which tier.\n",
        "| tier | loans | charged off | approved, m | net of approved |\n|---|--:|--:|--:|--:|",
        *(line(row["tier"], row) for row in found["tiers"]),
        line("best tenth by PD alone", against["by_pd"]),
        line("largest tenth by amount", against["by_amount"]),
        f"| a tenth at random | | | | {against['random']['net_share_of_approved']:+.2%} "
        f"({against['random']['low']:+.2%} to {against['random']['high']:+.2%}) |",
        "\nThe value score weighs money earned as much as risk, so its best tenth holds larger loans than the tenth safest by "
        "PD: as few of them fail, but large ones among them, and a unit lent earns less. A lender who wants the most per "
        "unit lent gives conduct more weight on the Value page.\n",
    ]
