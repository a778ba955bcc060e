"""Tiers set on what was known, judged by what happened: the part of `make evidence` about value.

The product's own line on the SBA file: a scoring model fitted on approvals up to 2003, the value
score of the loans approved in 2004–2006 from what was known when they were applied for, tiers by
its order (the best tenth, the next three, the rest), and then the losses that really came.

How many rows a model is fitted on and what the value score weighs are settings. Which of them
to use is decided on older loans only: fitted on approvals up to 2000, judged on 2001–2003.
The loans of 2004–2006 are looked at once, with the settings chosen.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
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
from segmentation.backtest import Judged, RuleOutcome, TierOutcome, against_others, by_shares
from segmentation.fit import fit_scoring_model
from segmentation.policy import TIERS
from segmentation.returns.ratios import ReturnsSettings
from segmentation.score import score
from segmentation.scoring_model import PortfolioColumn, ScoreOptions, ScoringModel
from segmentation.value_reference import reweighted
from segmentation.value_weights import EQUAL, ValueWeights
from settings import Settings
from steps.house import limits_of
from steps.intake import commit_files
from steps.scoring import columns_of

Json = dict[str, Any]  # Any: plain JSON

MARGIN = 0.05
"""Of the approved amount, once: what the comparison gives every lender."""
SHARES = (0.1, 0.3)
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
PER_UNIT = ValueWeights(inputs={"roi": 1.0, "risk_adjusted_profit": 0.0})
"""What a unit lent earns instead of what a customer earns."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that might serve: rows the model is fitted on, and what the value score weighs."""

    name: str
    rows: int
    weights: ValueWeights


TRIALS = (
    Trial("profit of a customer, 100,000 loans", 100_000, EQUAL),
    Trial("profit of a unit lent, 100,000 loans", 100_000, PER_UNIT),
    Trial("profit of a customer, all loans", 1_000_000, EQUAL),
    Trial("profit of a unit lent, all loans", 1_000_000, PER_UNIT),
)
"""From the defaults on; a later one must be better on 2001–2003 to be taken."""
CHOSEN_ON, JUDGED_ON = (2000, 2001, 2003), (2003, 2004, 2006)
"""Last year of the fit, first and last year of the tiers."""


def backtest_evidence(path: Path, settings: Settings, out: Path) -> Json:
    """Choose settings on loans up to 2003, set tiers on 2004–2006 by them; write who got which."""
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
                tried = _tried(cursor, snapshot)
                best = max(range(len(TRIALS)), key=lambda at: tried[at]["net_share_of_approved"])
                trial = TRIALS[best]
                model = _fitted(cursor, snapshot, JUDGED_ON, trial.rows)
                rows, judged = _judged(cursor, snapshot, model, trial.weights)
        finally:
            warehouse.close()
    rules = against_others(judged)
    _write(rows, out)
    return {
        "tiers": [_tier(tier) for tier in rules[0].tiers],
        "against": _against(rules),
        "loans": len(rows),
        "tried": tried,
        "chosen": trial.name,
    }


def _tried(cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> list[Json]:
    """Judge each choice of settings on 2001–2003: its best tenth."""
    found, models = [], {}
    for trial in TRIALS:
        if trial.rows not in models:
            models[trial.rows] = _fitted(cursor, snapshot, CHOSEN_ON, trial.rows)
        _, judged = _judged(cursor, snapshot, models[trial.rows], trial.weights)
        found.append({"settings": trial.name, **_tier(against_others(judged)[0].tiers[0])})
    return found


def _fitted(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, years: tuple[int, int, int], sample_rows: int
) -> ScoringModel:
    """Fit on the old loans; leave the new ones as table `new`, and with every outcome blanked as `applied`."""
    table = snapshot.table
    loan = next(entry.target for entry in snapshot.mapping.entries if entry.header == "LoanNr_ChkDgt")
    year = "year(x_approval_date) - CASE WHEN year(x_approval_date) > 2014 THEN 100 ELSE 0 END"
    present = [name for name in NOT_AT_APPLICATION if name in snapshot.kinds]
    exclude = ", ".join(f'"{name}"' for name in present)
    # The amount approved is the amount at stake: what was paid out is known only later.
    known = f"* EXCLUDE ({exclude}), {AMOUNT} AS exposure, {loan} AS loan"
    until, first, last = years
    for name, when in (("old", f"<= {until}"), ("new", f"BETWEEN {first} AND {last}")):
        cursor.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT {known} FROM {table} WHERE defaulted IS NOT NULL AND {year} {when}"
        ).fetchall()
    outcomes = [
        name
        for name in ("defaulted", "defaulted_on", "loss_amount", "recovered_amount")
        if name in snapshot.kinds
    ]
    replaced = ", ".join(f"CAST(NULL AS {_kind(cursor, name)}) AS {name}" for name in outcomes)
    cursor.execute(f"CREATE OR REPLACE TABLE applied AS SELECT * REPLACE ({replaced}) FROM new").fetchall()
    columns = tuple(
        column for column in columns_of(snapshot) if column.name not in present or column.name == "exposure"
    )
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE drawn AS {hash_sample(cursor, 'old', sample_rows, 0)}"
    ).fetchall()
    return fit_scoring_model(
        frame_of(cursor, "drawn"),
        tuple(column for column in columns if _is_usable(column)),
        # The outcome is that of the whole loan, and the margin is paid once: one period, the loan's life.
        ScoreOptions(
            clusters=1,
            features=(),
            horizon_months=12.0,
            returns=ReturnsSettings(interest_rate=MARGIN, funding_rate=0.0, servicing_rate=0.0),
        ),
        mapping=snapshot.mapping.to_dict(),
        currency=snapshot.currency,
        fetch=fetch,
        keep=_keeper(cursor, "fit"),
    )


def _judged(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, model: ScoringModel, weights: ValueWeights
) -> tuple[pd.DataFrame, Judged]:
    """Score the new loans, set tiers by count, lay the truth beside them; in order of loan number."""
    valued = replace(model, reference=reweighted(model.reference, weights))
    found = fetch(
        score(frame_of(cursor, "applied"), valued, _keeper(cursor, "score")).select(
            "customer_id", "value_score", "probability_of_default"
        )
    )
    truth = cursor.execute(
        "SELECT customer_id, loan, defaulted, exposure AS approved, coalesce(loss_amount, 0) AS loss FROM new"
    ).df()
    rows = found.merge(truth, on="customer_id", validate="one_to_one").sort_values("loan", ignore_index=True)
    value = rows["value_score"].to_numpy(dtype=np.float64, na_value=np.nan)
    places = by_shares(value, SHARES)
    bad, approved = rows["defaulted"].to_numpy(dtype=bool), rows["approved"].to_numpy(dtype=np.float64)
    rows["tier"] = [TIERS[place] for place in places]
    judged = Judged(
        tier=places, amount=approved, value=value, defaulted=bad,
        probability=rows["probability_of_default"].to_numpy(dtype=np.float64, na_value=np.nan),
        # A loan paid in full has cost nothing, whatever the field says.
        loss=np.where(bad, rows["loss"].to_numpy(dtype=np.float64), 0.0), income=MARGIN * approved,
    )  # fmt: skip
    return rows, judged


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


def _tier(outcome: TierOutcome) -> Json:
    """Write what became of a tier; rates are fractions."""
    assert outcome.default_rate is not None and outcome.net is not None and outcome.net_rate is not None
    return {
        "tier": outcome.tier, "customers": outcome.customers, "default_rate": outcome.default_rate.value,
        "approved": outcome.amount, "net": outcome.net.value, "net_share_of_approved": outcome.net_rate.value,
        "default_rate_interval": [outcome.default_rate.low, outcome.default_rate.high],
        "net_share_interval": [outcome.net_rate.low, outcome.net_rate.high],
    }  # fmt: skip


def _against(rules: tuple[RuleOutcome, ...]) -> Json:
    """Give the best tier of the same size by amount, by PD, and at random."""
    best = {rule.rule: _tier(rule.tiers[0]) for rule in rules}
    return {"by_amount": best["amount"], "by_pd": best["pd"], "random": best["random"]}


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
        low, high = row["net_share_interval"]
        bad_low, bad_high = row["default_rate_interval"]
        return (
            f"| {title} | {row['customers']:,} | {row['default_rate']:.2%} ({bad_low:.2%}–{bad_high:.2%}) | "
            f"{row['approved'] / 1e6:,.0f} | {row['net_share_of_approved']:+.2%} ({low:+.2%} to {high:+.2%}) |"
        )

    heads = "| loans | charged off | approved, m | net of approved |\n|---|--:|--:|--:|--:|"
    return [
        "\n## Back-test: tiers of 2004–2006 by a model of 2003\n",
        f"{found['loans']:,} loans approved in 2004–2006 whose outcome is known, ranked by the product's value score: model and "
        "scale fitted on approvals up to 2003 with the file's outcomes, from what was known at application (not the amount "
        "paid out, not `Term`, no calendar). Ties by loan number. Net is 5 % of the approved amount less the charged-off "
        "principal. Intervals are 95 %: Wilson's for rates, the bootstrap for money. `docs/evidence/sba_tiers.csv.gz` says "
        "who got which tier.\n",
        f"| tier {heads}",
        *(line(row["tier"], row) for row in found["tiers"]),
        line("best tenth by PD alone", against["by_pd"]),
        line("largest tenth by amount", against["by_amount"]),
        line("a tenth at random (middle 95 % of draws)", against["random"]),
        "\n### How its settings were chosen\n",
        "Only on loans up to 2003: fitted on approvals up to 2000, the best tenth of 2001–2003 by value score judged by net of "
        f"approved. The best line was taken ({found['chosen']}), and 2004–2006 ranked by it; "
        "the one earlier look at them was by the default settings (docs/decisions/0015).\n",
        f"| settings, best tenth of 2001–2003 {heads}",
        *(line(row["settings"], row) for row in found["tried"]),
        "\nA score that weighs the profit of a customer prefers large loans: few of them fail, but a large one that fails "
        "costs more than many small ones earn. Weighing the profit of a unit lent instead (on the Value page, or "
        "`cli.py run --value-weights roi=1,risk_adjusted_profit=0`) asks what a lender asks whose money is short. How many "
        "loans a model is fitted on is the setting `STRATUM_SAMPLE_ROWS`; more tell rare banks and towns apart.\n",
    ]
