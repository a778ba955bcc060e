"""What a risk officer asks of a scored table: where risk comes from, limits, concentration, overlays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import duckdb
import narwhals as nw

from data.engines.functions import Frame, fetch, frame_of, materialise, ranked_sums
from data.people import Person
from data.warehouse import judgements
from segmentation.risk.appetite import HIGH_RISK, Appetite, Reading, readings
from segmentation.risk.breakdown import Slice, slices
from segmentation.risk.concentration import Concentration, Dimension, concentration, exposures_by
from segmentation.risk.grades import with_grade
from segmentation.risk.overlay import Effect, Overlay, overlay_effects
from steps.house import House
from steps.scoring import Scored

LORENZ_STEPS = 100


@dataclass(frozen=True, slots=True)
class RiskPicture:
    """Where exposure, loss and capital come from.

    Attributes
    ----------
    by_source, by_loss_source, by_asset_class, by_grade : tuple of Slice
        Source of PD, source of LGD, row of the capital formula, grade of the master scale.
    """

    by_source: tuple[Slice, ...]
    by_loss_source: tuple[Slice, ...]
    by_asset_class: tuple[Slice, ...]
    by_grade: tuple[Slice, ...]


def risk_picture(house: House, scored: Scored) -> RiskPicture:
    """Break a scored table down by what its risk figures rest on."""
    with house.warehouse.cursor() as cursor:
        frame = frame_of(cursor, scored.table)
        return RiskPicture(
            slices(frame, "probability_source", fetch),
            slices(frame, "loss_source", fetch),
            slices(frame, "asset_class", fetch),
            slices(with_grade(frame), "grade", fetch),
        )


def concentration_of(house: House, scored: Scored, dimension: Dimension) -> Concentration:
    """Say how concentrated a portfolio is along a dimension."""
    with house.warehouse.cursor() as cursor:
        return _concentration(cursor, frame_of(cursor, scored.table), dimension)


def _concentration(cursor: duckdb.DuckDBPyConnection, frame: Frame, dimension: Dimension) -> Concentration:
    table = "concentration_parts"
    materialise(cursor, exposures_by(frame, dimension), table, temporary=True)
    ranked = ranked_sums(cursor, table, "exposure", LORENZ_STEPS, key="part")
    return concentration(frame_of(cursor, table), dimension, ranked, fetch)


# ---------------------------------------------------------------- appetite


def appetite_in_force(house: House) -> Appetite:
    """Give the limits in force; until somebody sets them, the default ones."""
    with house.warehouse.cursor() as cursor:
        body = judgements.setting_in_force(cursor, "appetite")
    return Appetite.from_dict(body) if body else Appetite()


def set_appetite(house: House, appetite: Appetite, person: Person) -> None:
    """Put other limits in force."""
    person.require("edit_appetite")
    house.warehouse.retried(
        lambda cursor: judgements.keep_setting(cursor, "appetite", appetite.to_dict(), person.name)
    )


def appetite_readings(house: House, scored: Scored, appetite: Appetite) -> tuple[Reading, ...]:
    """Hold a portfolio against the limits."""
    facts = scored.facts
    exposure = nw.col("exposure_at_default")
    chance = nw.col("probability_of_default")
    with house.warehouse.cursor() as cursor:
        frame = frame_of(cursor, scored.table)
        row = fetch(
            frame.select(
                nw.when((chance >= HIGH_RISK) & ~nw.col("is_defaulted")).then(exposure).sum().alias("high"),
                nw.when(nw.col("is_defaulted")).then(exposure).sum().alias("defaulted"),
                nw.when(chance.is_null()).then(exposure).sum().alias("unknown"),
            )
        ).iloc[0].fillna(0.0)  # fmt: skip
        by_name, by_group, by_industry, by_country = (
            _concentration(cursor, frame, dimension) for dimension in ("name", "group", "industry", "country")
        )
    total = facts.exposure
    known = bool(facts.known_risk)

    def share(amount: float) -> float | None:
        return amount / total if total > 0 else None

    def largest(found: Concentration) -> float | None:
        named = [part for part in found.largest if part.key]
        return named[0].share if named and found.known_share > 0 else None

    group = by_group.largest[0].exposure if by_group.largest else 0.0
    values = {
        "expected_loss_rate": share(facts.expected_loss) if known else None,
        "capital_rate": share(facts.capital) if known else None,
        "default_share": share(float(row["defaulted"])),
        "high_risk_share": share(float(row["high"])) if known else None,
        "unknown_risk_share": share(float(row["unknown"])),
        "top_20_share": by_name.top_share,
        "industry_share": largest(by_industry),
        "country_share": largest(by_country),
        "largest_group": group / appetite.own_funds if appetite.own_funds else None,
    }
    names = {
        "industry_share": next((part.label for part in by_industry.largest if part.key), ""),
        "country_share": next((part.label for part in by_country.largest if part.key), ""),
        "largest_group": by_group.largest[0].label if by_group.largest else "",
    }
    return readings(appetite, values, names)


# ---------------------------------------------------------------- overlays


@dataclass(frozen=True, slots=True)
class OverlayLine:
    """An overlay, where it stands, and what it adds.

    Attributes
    ----------
    overlay_id : str
        Its identity.
    overlay : Overlay
        What was asked for.
    status : str
        ``proposed``, ``approved``, ``withdrawn`` or ``expired``.
    effect : Effect or None
        Of those in force; None of others.
    """

    overlay_id: str
    overlay: Overlay
    status: str
    effect: Effect | None


def overlay_lines(house: House, scored: Scored, on: date | None = None) -> tuple[OverlayLine, ...]:
    """List a portfolio's overlays with what those in force add to the model's figures."""
    today = on or datetime.now(UTC).date()
    with house.warehouse.cursor() as cursor:
        rows = judgements.overlays_of(cursor, scored.snapshot.snapshot_id)
        read = [(row, Overlay.from_dict(row.body)) for row in rows]
        counted = [
            overlay for row, overlay in read if row.status == "approved" and overlay.is_in_force(today)
        ]
        frame = frame_of(cursor, scored.table)
        effects = iter(overlay_effects(frame, counted, scored.model.capital, fetch) if counted else ())
    lines = []
    for row, overlay in read:
        in_force = row.status == "approved" and overlay.is_in_force(today)
        over = row.status == "approved" and not in_force
        lines.append(
            OverlayLine(
                row.overlay_id,
                overlay,
                "expired" if over else row.status,
                next(effects) if in_force else None,
            )
        )
    return tuple(lines)


def propose_overlay(house: House, scored: Scored, overlay: Overlay, person: Person) -> str:
    """Ask for an overlay; it counts once somebody else has approved it."""
    person.require("propose_overlay")
    asked = replace(overlay, author=person.name, approver="")
    return house.warehouse.retried(
        lambda cursor: judgements.propose_overlay(
            cursor, scored.snapshot.snapshot_id, asked.to_dict(), person.name
        )
    )


def approve_overlay(house: House, line: OverlayLine, person: Person) -> None:
    """Approve an overlay somebody else asked for.

    Raises
    ------
    ModelInvalid
        When the person is its author.
    """
    person.require("approve_overlay")
    approved = replace(line.overlay, approver=person.name)
    house.warehouse.retried(
        lambda cursor: judgements.settle_overlay(
            cursor, line.overlay_id, "approved", approved.to_dict(), person.name
        )
    )


def withdraw_overlay(house: House, line: OverlayLine, person: Person) -> None:
    """Withdraw an overlay; it stays on the list, and no longer counts."""
    person.require("propose_overlay")
    house.warehouse.retried(
        lambda cursor: judgements.settle_overlay(
            cursor, line.overlay_id, "withdrawn", line.overlay.to_dict(), person.name
        )
    )


def group_levels(house: House, scored: Scored, column: str, most: int = 200) -> list[str]:
    """List the levels of a column an overlay may concern, largest exposure first; hostile text."""
    with house.warehouse.cursor() as cursor:
        parts = slices(frame_of(cursor, scored.table), column, fetch)
    return [part.key for part in parts if part.key][:most]
