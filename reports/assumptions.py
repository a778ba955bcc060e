"""The register of assumptions as rows, and their tornado."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from data.contract import COLUMNS
from reports.boards import tier_name
from reports.charts.parts import Chart
from reports.charts.waterfall import tornado
from reports.escape import plain
from reports.formats import Language, number, percent, signed
from reports.html import Cell, Head, Row
from reports.marks import MARK
from reports.theme import Theme
from reports.words import say
from segmentation.assumptions import Sensitivity
from segmentation.lifetime import Churn
from segmentation.limits import LimitRules
from segmentation.overview import Assumption
from segmentation.policy import Policy
from segmentation.returns.acquisition import ADDED_BY_A_YES, CONTACTS_A_YES
from segmentation.returns.allocation import PIECES
from segmentation.returns.ratios import ReturnsSettings
from segmentation.risk.impairment import ImpairmentSettings

EDITABLE: tuple[tuple[str, float, float], ...] = (
    ("interest_rate", 100.0, 100.0), ("funding_rate", 100.0, 100.0), ("servicing_rate", 100.0, 50.0),
    ("tax_rate", 100.0, 90.0), ("risk_free_rate", 100.0, 50.0), ("hurdle_rate", 100.0, 100.0),
    ("churn_rate", 100.0, 100.0), ("discount_rate", 100.0, 100.0), ("contact_cost", 1.0, 1e6),
    ("conversion_factor", 100.0, 100.0),
)  # fmt: skip
"""Setting, factor from what is kept to what is shown, most that may be entered."""

OF_RATIOS = ("tax_rate", "risk_free_rate", "hurdle_rate")
SETTING_OF = {"servicing_cost": "servicing_rate"}
SHOWN_ROWS = 8
RULES = (
    "treatments", "limit_rules", "falling_returns", "value_of_a_yes", "impairment_terms", "reach", "mean_cost", "euro_rates",
)  # fmt: skip
"""Rules that rest on judgement, whatever a portfolio brings."""


class Rules(Protocol):
    """Rules of the house that assume something, and who set them."""

    @property
    def limits(self) -> LimitRules:
        """Of credit limits."""

    @property
    def limits_set_by(self) -> str:
        """A person, hostile text; empty for nobody."""

    @property
    def impairment(self) -> ImpairmentSettings:
        """Of IFRS 9."""

    @property
    def impairment_set_by(self) -> str:
        """A person, hostile text; empty for nobody."""


def register_rows(
    assumptions: Sequence[Assumption],
    returns: ReturnsSettings,
    churn: Churn,
    set_by: Mapping[str, Mapping[str, str]],
    language: Language,
    about: Sequence[str] = (),
) -> tuple[list[Head], list[Row]]:
    """List what stands in for data: value, source, who set it, share of exposure resting on it.

    Rows that are asked `about` come first, marked.
    """
    rows = [(entry.key, _row(entry, set_by, language)) for entry in assumptions]
    for name in OF_RATIOS:
        note = say("register.hurdle_only" if name == "hurdle_rate" else "register.raroc_only", language)
        value = percent(getattr(returns, name))
        rows.append((name, _setting_row(name, value, "default", (1.0, note), set_by, language)))
    observed = churn.source == "observed"
    lifetime = say("register.lifetime_only", language)
    who = {} if observed else set_by
    rests = (None if observed else 1.0, lifetime)
    source = "observed" if observed else "default"
    churn_row = _setting_row("churn_rate", percent(churn.overall), source, rests, who, language)
    discount = percent(returns.discount_rate)
    discount_row = _setting_row("discount_rate", discount, "default", (1.0, lifetime), set_by, language)
    cost, calls = number(returns.contact_cost, 2), say("register.calls_only", language)
    cost_row = _setting_row("contact_cost", cost, "market", (None, calls), set_by, language)
    rows += [("churn_rate", churn_row), ("discount_rate", discount_row), ("contact_cost", cost_row)]
    return _heads(language), _first(rows, about)


def _first(rows: Sequence[tuple[str, Row]], about: Sequence[str]) -> list[Row]:
    """Bring the rows asked about to the top and mark them; the others keep their order."""
    asked = [replace(row, is_marked=True) for key, row in rows if key in about]
    return asked + [row for key, row in rows if key not in about]


def rule_rows(
    policy: Policy, rules: Rules, contact_cost: float, language: Language, about: Sequence[str] = ()
) -> tuple[list[Head], list[Row]]:
    """List the rules that rest on judgement: what tiers get, limits, next money, calls, IFRS 9, size of firms.

    Rows that are asked `about` come first, marked.
    """
    named = say("bar.built_in", language) if policy.name == "Built-in" else plain(policy.name, 40)
    pieces = ", ".join(f"{percent(piece.share, 0)} × {percent(piece.keeps, 0)}" for piece in PIECES)
    author = plain(policy.author, 40) or named
    lines = [
        *(
            ("treatments", treatment_text(policy, tier, language), "own", author)
            for tier in policy.treatments
        ),
        ("limit_rules", limits_text(rules.limits, language), "own", rules.limits_set_by),
        ("falling_returns", pieces, "own", ""),
        ("value_of_a_yes", yes_text(contact_cost, language), "own", ""),
        ("impairment_terms", impairment_text(rules.impairment, language), "own", rules.impairment_set_by),
        ("reach", reach_text(language), "own", ""),
        ("mean_cost", say("register.mean_cost", language), "own", ""),
        ("euro_rates", say("register.euro_rates", language), "reference", ""),
    ]
    what, value, *others = _heads(language)
    heads = [what, replace(value, align="left"), *others[:2], Head(say("register.moves", language), "left")]
    rows = [
        (
            key,
            Row(
                [
                    _named(key, language), Cell("", note=value), say(f"source_of.{source}", language),
                    plain(who, 40) if who else say("register.builtin", language),
                    Cell("", note=say(f"register.moves.{key}", language)),
                ]
            ),
        )
        for key, value, source, who in lines
    ]  # fmt: skip
    return heads, _first(rows, about)


def _named(key: str, language: Language) -> str:
    """Name an assumption with its sign."""
    return f"{say(f'assumption.{key}', language).replace(MARK, '').strip()} {MARK}"


def has_row(key: str, assumptions: Sequence[Assumption]) -> bool:
    """Say whether the register of a portfolio has a row for an assumption."""
    always = {*OF_RATIOS, "churn_rate", "discount_rate", "contact_cost", *RULES}
    return key in always or key in {entry.key for entry in assumptions}


def treatment_text(policy: Policy, tier: str, language: Language) -> str:
    """Write what a tier gets in one line; a neutral treatment says so."""
    given = policy.treatments[tier]
    parts = [
        f"{signed(given.price_change_bp, 0)} bp" if given.price_change_bp else "",
        f"{say('register.limit', language)} × {number(given.limit_multiplier, 2)}" if given.limit_multiplier != 1 else "",
        f"{say('register.collateral', language)} {percent(given.collateral_cover, 0)}" if given.collateral_cover else "",
        f"{say('register.service', language)} {percent(given.service_cost_rate, 2)}" if given.service_cost_rate else "",
    ]  # fmt: skip
    return (
        f"{tier_name(tier, language)}: {', '.join(filter(None, parts)) or say('register.neutral', language)}"
    )


def yes_text(contact_cost: float, language: Language) -> str:
    """Write what a yes to a campaign counts where nobody has entered a figure."""
    cost = number(CONTACTS_A_YES * contact_cost, 2)
    return say("register.yes", language, share=percent(ADDED_BY_A_YES, 0), cost=cost)


def reach_text(language: Language) -> str:
    """Write how far what-ifs may move a figure, from the least column to the most.

    Examples
    --------
    >>> from reports.formats import PERCENT
    >>> reach_text("en").replace(PERCENT, " %")
    'down or up by 30 % to 150 % of itself, by column'
    """
    reaches = [column.reach for column in COLUMNS if column.actionable and column.reach is not None]
    return say("register.reach", language, low=percent(min(reaches), 0), high=percent(max(reaches), 0))


def limits_text(rules: LimitRules, language: Language) -> str:
    """Write the limit rules' figures in one line."""
    covers = " / ".join(number(rule.cover, 2) for rule in rules.tiers.values())
    rises = " / ".join(number(rule.largest_rise, 2) for rule in rules.tiers.values())
    return (
        f"{say('register.cover', language)} {covers}; {say('register.rise', language)} {rises}; "
        f"{percent(rules.income_share, 0)} {say('register.income', language)}"
    )


def impairment_text(settings: ImpairmentSettings, language: Language) -> str:
    """Write the scenarios' weights and what stands in for a missing term and rate."""
    weights = " / ".join(percent(scenario.weight, 0) for scenario in settings.scenarios)
    return say(
        "register.impairment", language, weights=weights, years=number(settings.assumed_years, 1),
        rate=percent(settings.assumed_rate),
    )  # fmt: skip


def _heads(language: Language) -> list[Head]:
    return [
        Head(say("register.what", language), "left"), Head(say("register.value", language)),
        Head(say("register.source", language), "left"), Head(say("register.by", language), "left"),
        Head(say("register.share", language)),
    ]  # fmt: skip


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
    return say("register.below", language) if entry.key == "treatments" else plain(entry.value, 40)


def _setting_row(
    name: str,
    value: str,
    source: str,
    resting: tuple[float | None, str],
    set_by: Mapping[str, Mapping[str, str]],
    language: Language,
) -> Row:
    """A setting of the whole portfolio: `resting` has the share of exposure and what it moves."""
    who = set_by.get(name)
    share, note = resting
    # What the data say is nobody's choice.
    by = say("register.data", language) if source == "observed" else _who(who, language)
    return Row(
        [
            say(f"assumption.{name}", language) + (" †" if source != "observed" else ""), value,
            _source(source, who, language), by, Cell(percent(share, 0) if share is not None else "–", note=note),
        ]
    )  # fmt: skip


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
