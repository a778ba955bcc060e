"""The register of assumptions as rows, and their tornado."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.charts.parts import Chart
from reports.charts.waterfall import tornado
from reports.escape import plain
from reports.formats import Language, number, percent, signed
from reports.html import Cell, Head, Row
from reports.theme import Theme
from reports.words import say
from segmentation.assumptions import Sensitivity
from segmentation.lifetime import Churn
from segmentation.overview import Assumption
from segmentation.returns.ratios import ReturnsSettings

EDITABLE: tuple[tuple[str, float, float], ...] = (
    ("interest_rate", 100.0, 100.0), ("funding_rate", 100.0, 100.0), ("servicing_rate", 100.0, 50.0),
    ("tax_rate", 100.0, 90.0), ("risk_free_rate", 100.0, 50.0), ("hurdle_rate", 100.0, 100.0),
    ("churn_rate", 100.0, 100.0), ("discount_rate", 100.0, 100.0), ("contact_cost", 1.0, 1e6),
    ("conversion_factor", 100.0, 100.0),
)  # fmt: skip
"""Setting, factor from what is kept to what is shown, most that may be entered."""

OF_RATIOS = ("tax_rate", "risk_free_rate", "hurdle_rate")
OF_LIFETIMES = ("discount_rate", "contact_cost")
SETTING_OF = {"servicing_cost": "servicing_rate"}
SHOWN_ROWS = 8


def register_rows(
    assumptions: Sequence[Assumption],
    returns: ReturnsSettings,
    churn: Churn,
    set_by: Mapping[str, Mapping[str, str]],
    language: Language,
) -> tuple[list[Head], list[Row]]:
    """List every assumption: value, source, who set it, share of exposure resting on it."""
    heads = [
        Head(say("register.what", language), "left"), Head(say("register.value", language)),
        Head(say("register.source", language), "left"), Head(say("register.by", language), "left"),
        Head(say("register.share", language)),
    ]  # fmt: skip
    rows = [_row(entry, set_by, language) for entry in assumptions]
    for name in OF_RATIOS:
        rows.append(_setting_row(name, percent(getattr(returns, name)), "default", "", set_by, language))
    observed = churn.source == "observed"
    rows.append(
        _setting_row(
            "churn_rate", percent(churn.overall), "observed" if observed else "default",
            say("register.lifetime_only", language), {} if observed else set_by, language,
        )
    )  # fmt: skip
    for name in OF_LIFETIMES:
        value = getattr(returns, name)
        shown = percent(value) if name == "discount_rate" else number(value, 2)
        source = "market" if name == "contact_cost" else "default"
        rows.append(
            _setting_row(name, shown, source, say("register.lifetime_only", language), set_by, language)
        )
    return heads, rows


def _row(entry: Assumption, set_by: Mapping[str, Mapping[str, str]], language: Language) -> Row:
    setting = SETTING_OF.get(entry.key, entry.key)
    who = set_by.get(setting)
    return Row(
        [
            say(f"assumption.{entry.key}", language) + " †", _value(entry, language), _source(entry.source, who, language),
            _who(who, language), percent(entry.share, 0),
        ]
    )  # fmt: skip


def _value(entry: Assumption, language: Language) -> str:
    if entry.key in ("horizon", "average_year"):
        return say("assumption.months", language, n=number(float(entry.value), 0))
    if isinstance(entry.value, float):
        return percent(entry.value) if entry.value < 1 else number(entry.value, 1)
    return "–" if entry.key == "treatments" else plain(entry.value, 40)


def _setting_row(
    name: str, value: str, source: str, note: str, set_by: Mapping[str, Mapping[str, str]], language: Language
) -> Row:
    who = set_by.get(name)
    return Row(
        [
            say(f"assumption.{name}", language),
            value,
            _source(source, who, language),
            _who(who, language),
            Cell("", note=note),
        ]
    )


def _source(source: str, who: Mapping[str, str] | None, language: Language) -> str:
    return plain(who["source"], 80) if who else say(f"source_of.{source}", language)


def _who(who: Mapping[str, str] | None, language: Language) -> str:
    return plain(who["by"], 40) if who else say("register.builtin", language)


def tornado_chart(
    found: Sequence[Sensitivity], ratio: str, *, theme: Theme, language: Language
) -> Chart | None:
    """Draw what a tenth of each assumption does to a ratio, in points; None when it has no such ratio."""
    pairs = [(entry.key, getattr(entry, ratio)) for entry in found]
    rows = [
        (say(f"assumption.{key}", language), pair[0] * 100, pair[1] * 100)
        for key, pair in pairs
        if pair is not None and max(abs(pair[0]), abs(pair[1])) > 1e-9
    ]
    if not rows:
        return None
    rows = sorted(rows, key=lambda row: -max(abs(row[1]), abs(row[2])))[:SHOWN_ROWS]
    name, low, high = rows[0]
    return tornado(
        rows, write=lambda value: signed(value, 2), theme=theme,
        alternative=say("tornado.alt", language, name=name, low=signed(min(low, high), 2), high=signed(max(low, high), 2)),
        heads=(say("register.what", language), say("tornado.low", language), say("tornado.high", language)),
    )  # fmt: skip
