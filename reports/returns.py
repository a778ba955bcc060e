"""Facts of Returns, Limits, Value and Changes as rows of tables and sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reports.escape import plain
from reports.formats import (
    Language,
    MoneyUnit,
    count,
    money_bare,
    number,
    percent,
    signed,
)
from reports.html import Cell, Head, Row
from reports.marks import NOTHING, Assumed, rests_on
from reports.words import say
from segmentation.lifetime import LifetimeValue
from segmentation.limits import LimitRules, LimitSummary
from segmentation.returns.hurdle import HurdleGroup
from segmentation.returns.ratios import ReturnsSettings
from segmentation.returns.reconcile import Item, OwnTotals, Reconciliation
from segmentation.returns.statement import Contributor, Statement

LINE_SIGNS = (
    ("interest", 1), ("commitment_fees", 1), ("fees", 1), ("funding", -1), ("servicing", -1), ("expected_loss", -1),
)  # fmt: skip


def statement_steps(total: Statement, scale: float, language: Language) -> list[tuple[str, float]]:
    """Give the steps from nothing to profit, signed, in the unit shown; lines of nothing are left out."""
    steps = [(name, sign * getattr(total, name) / scale) for name, sign in LINE_SIGNS]
    return [(say(f"line.{name}", language), amount) for name, amount in steps if amount]


def before_risk_rows(
    total: Statement, unit: MoneyUnit, unit_text: str, assumed: Assumed, language: Language
) -> tuple[list[Head], list[Row]]:
    """List income, cost and what is left of a portfolio whose risk nobody knows."""
    left = total.unrated_income - total.unrated_cost
    lines = [
        ("groups.income", total.unrated_income),
        ("line.cost", -total.unrated_cost),
        ("line.before_loss", left),
    ]
    heads = [
        Head(say("statement.line", language), "left"),
        Head(f"{say('statement.amount', language)} · {unit_text}"),
    ]
    rows = [
        Row([say(key, language), Cell(money_bare(amount, unit), assumed=assumed)], is_strong=key == "line.before_loss")
        for key, amount in lines
    ]  # fmt: skip
    return heads, rows


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure's formula with its numbers in it.

    Attributes
    ----------
    sentence : str
        The formula.
    made_by : tuple of str
        Figures whose largest contributors make this one.
    is_after_tax : bool
        Whether tax and the risk-free rate are in it.
    """

    sentence: str
    made_by: tuple[str, ...]
    is_after_tax: bool = False


def formulas(
    total: Statement, returns: ReturnsSettings, unit: MoneyUnit, language: Language
) -> list[FigureLine]:
    """Write each figure's formula with its numbers in it."""

    def amount(value: float) -> str:
        return money_bare(value, unit)

    shown = {
        "interest": amount(total.interest), "commitment": amount(total.commitment_fees), "fees": amount(total.fees),
        "income": amount(total.income), "funding": amount(total.funding), "servicing": amount(total.servicing),
        "cost": amount(total.cost), "loss": amount(total.expected_loss), "profit": amount(total.profit),
    }  # fmt: skip
    ratio, exposure = total.raroc(returns), amount(total.exposure)
    share = percent(total.expected_loss / total.exposure if total.exposure else None, 2)
    return [
        FigureLine(say("figure.income", language, **_only(shown, "interest", "commitment", "fees", "income")), ("income",)),
        FigureLine(say("figure.cost", language, **_only(shown, "funding", "servicing", "cost")), ("cost",)),
        FigureLine(
            say(
                "figure.expected_loss", language, parts=_loss_parts(total, amount, language), loss=shown["loss"],
                exposure=exposure, share=share,
            ),
            ("expected_loss",),
        ),
        FigureLine(say("figure.profit", language, **_only(shown, "income", "cost", "loss", "profit")), ("profit",)),
        FigureLine(
            say("figure.roi", language, profit=shown["profit"], drawn=amount(total.drawn), roi=percent(total.roi, 2))
            if total.roi is not None
            else say("figure.no_roi", language),
            ("profit",),
        ),
        FigureLine(
            say(
                "figure.raroc", language, profit=shown["profit"], capital=amount(total.capital),
                rate=percent(returns.risk_free_rate), tax=percent(returns.tax_rate, 0), raroc=percent(ratio, 2),
            )
            if ratio is not None
            else say("figure.no_raroc", language),
            ("profit", "capital"), True,
        ),
    ]  # fmt: skip


def _loss_parts(total: Statement, amount: Callable[[float], str], language: Language) -> str:
    """Add an expected loss up by the ways it is worked out; one that nobody has is left out."""
    ways = {
        "own": total.loss_of_own, "guaranteed": total.loss_guaranteed, "defaulted": total.loss_defaulted,
        "slotted": total.loss_slotted,
    }  # fmt: skip
    parts = [
        say(f"figure.loss_{way}", language, amount=amount(value))
        for way, value in ways.items()
        if abs(value) > abs(total.expected_loss) * 1e-9 or (way == "own" and not total.expected_loss)
    ]
    return " + ".join(parts)


def _only(shown: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: shown[name] for name in names}


def contributors_line(figure: str, found: Sequence[Contributor], unit: MoneyUnit, language: Language) -> str:
    """Name the three largest parts of a figure; hostile names are made plain."""
    parts = [
        say(
            "figure.part", language, name=plain(entry.name or entry.customer_id, 40),
            amount=money_bare(entry.amount, unit, decimals=2), share=percent(entry.share),
        )
        for entry in found
    ]  # fmt: skip
    return (
        say("figure.top", language, what=say(f"top.{figure}", language)) + "; ".join(parts) if parts else ""
    )


def group_rows(
    groups: Sequence[Statement],
    names: Mapping[str, str],
    lifetimes: Mapping[str, LifetimeValue],
    returns: ReturnsSettings,
    unit: MoneyUnit,
    resting: Mapping[str, Assumed],
    language: Language,
) -> tuple[list[Head], list[Row]]:
    """List groups with their returns; those below the hurdle are marked by shape and wash.

    `resting` names what they rest on: ``loss``, ``year`` (income, profit, ROI), ``raroc``, ``hurdle``
    and ``lifetime``.
    """
    assumed = resting["year"]
    heads = [
        Head("", "left"), Head(say("slice.customers", language)),
        Head(say("slice.exposure", language)), Head(say("groups.income", language)),
        Head(say("slice.loss", language)), Head(say("groups.profit", language)),
        Head(say("groups.roi", language), hint=say("groups.roi_help", language)),
        Head(say("groups.raroc", language), hint=say("groups.raroc_help", language)),
        Head(say("groups.missing", language), hint=say("groups.missing_help", language)),
        Head(say("groups.lifetime", language), hint=say("groups.lifetime_help", language)),
    ]  # fmt: skip
    rows = []
    for group in groups:
        ratio = group.raroc(returns)
        below = group.is_below_hurdle(returns)
        is_rated = group.unrated < group.customers
        lifetime = lifetimes.get(group.key)
        rows.append(
            Row(
                [
                    names.get(group.key) or plain(group.key, 50) or say("groups.unknown", language),
                    count(group.customers),
                    money_bare(group.exposure + group.unrated_exposure, unit),
                    Cell(money_bare(group.income + group.unrated_income, unit), assumed=assumed),
                    Cell(money_bare(group.expected_loss, unit), assumed=resting["loss"]) if is_rated else "–",
                    Cell(money_bare(group.profit, unit), assumed=assumed) if is_rated else "–",
                    Cell(percent(group.roi, 2), assumed=assumed if group.roi is not None else NOTHING),
                    Cell(
                        ("■ " if below else "") + percent(ratio),
                        assumed=resting["raroc"] if ratio is not None else NOTHING,
                    ),
                    Cell(money_bare(group.shortfall(returns), unit), assumed=resting["hurdle"])
                    if below
                    else "–",
                    _lifetime(lifetime, unit, resting["lifetime"]),
                ],
                is_marked=below,
            )
        )
    return heads, rows


def hurdle_rows(
    groups: Sequence[HurdleGroup],
    names: Mapping[str, str],
    unit: MoneyUnit,
    unit_text: str,
    language: Language,
) -> tuple[list[Head], list[Row]]:
    """List how many of each group lie below the hurdle and what they miss, most missing first."""
    heads = [
        Head("", "left"), Head(say("hurdle.below", language)), Head(say("hurdle.share", language)),
        Head(f"{say('hurdle.exposure', language)} · {unit_text}"),
        Head(f"{say('groups.missing', language)} · {unit_text}", hint=say("groups.missing_help", language)),
    ]  # fmt: skip
    rows = [
        Row(
            [
                names.get(group.key) or plain(group.key, 50) or say("groups.unknown", language),
                Cell(count(group.below), note=say("hurdle.of", language, n=group.rated)),
                percent(group.below / group.rated, 0), money_bare(group.exposure, unit), money_bare(group.missing, unit),
            ]
        )
        for group in groups
    ]  # fmt: skip
    return heads, rows


def _lifetime(value: LifetimeValue | None, unit: MoneyUnit, assumed: Assumed) -> Cell:
    if value is None:
        return Cell("–")
    note = "" if value.low is None else f"{money_bare(value.low, unit)} – {money_bare(value.high, unit)}"
    return Cell(money_bare(value.value, unit), note=note, assumed=assumed)


def ledger_rows(
    found: Sequence[Reconciliation], own: OwnTotals, unit: MoneyUnit, unit_text: str, language: Language
) -> tuple[list[Head], list[Row]]:
    """List ledger and own totals with what explains their difference, and what nothing explains."""
    heads = [
        Head(say("ledger.measure", language), "left"), Head(f"{say('ledger.ledger', language)} · {unit_text}"),
        Head(f"{say('ledger.own', language)} · {unit_text}"), Head(f"{say('ledger.difference', language)} · {unit_text}"),
        Head("", "left"),
    ]  # fmt: skip
    rows = []
    for entry in found:
        sign = "● " if entry.agrees else "■ "
        state = sign + say("ledger.agrees" if entry.agrees else "ledger.differs", language)
        rows.append(
            Row(
                [
                    say(f"ledger.{entry.measure}", language), money_bare(entry.ledger, unit), money_bare(entry.own, unit),
                    signed(entry.difference / unit.scale), state,
                ],
                is_strong=True,
            )
        )  # fmt: skip
        rows += [
            Row(
                [
                    say("ledger.item", language, what=_item(item, own, unit, language)), "", "",
                    signed(item.amount / unit.scale) if item.amount is not None else "–",
                    "" if item.amount is not None else say("ledger.no_size", language),
                ]
            )
            for item in entry.items
        ]  # fmt: skip
        rows.append(
            Row(
                [say("ledger.unexplained", language), "", "", signed(entry.unexplained / unit.scale), ""],
                is_marked=not entry.agrees,
            )
        )
    return heads, rows


def _item(item: Item, own: OwnTotals, unit: MoneyUnit, language: Language) -> str:
    if item.key == "set_aside":
        return say("reconcile.set_aside", language, n=own.set_aside_rows)
    if item.key == "assumed_rate":
        return say("reconcile.assumed_rate", language, amount=money_bare(own.assumed_income, unit))
    if item.key == "unrated":
        return say("reconcile.unrated", language, amount=money_bare(own.unrated_exposure, unit))
    return say(f"reconcile.{item.key}", language)


def limit_rows(
    summaries: Sequence[LimitSummary],
    names: Mapping[str, str],
    units: tuple[tuple[MoneyUnit, str], tuple[MoneyUnit, str]],
    language: Language,
) -> tuple[list[Head], list[Row]]:
    """List each tier's limits, today and proposed, and its collateral gap; each has its own unit."""
    (unit, unit_text), (gap_unit, gap_text) = units
    heads = [
        Head("", "left"), Head(say("slice.customers", language)), Head(say("limits.known", language)),
        Head(f"{say('limits.today', language)} · {unit_text}"), Head(f"{say('limits.proposed', language)} · {unit_text}"),
        Head(say("limits.change", language)), Head(say("limits.higher", language)), Head(say("limits.lower", language)),
        Head(f"{say('limits.gap', language)} · {gap_text}"), Head(say("limits.gap_customers", language)),
    ]  # fmt: skip
    rule, asked = (rests_on(language, key) for key in ("limit_rules", "treatments"))
    rows = [
        Row(
            [
                names.get(entry.tier, entry.tier), count(entry.customers), count(entry.known),
                money_bare(entry.today, unit) if entry.known else "–",
                Cell(money_bare(entry.proposed, unit), assumed=rule) if entry.known else "–",
                signed_percent(entry.proposed / entry.today - 1) if entry.known and entry.today else "–",
                count(entry.higher) if entry.known else "–", count(entry.lower) if entry.known else "–",
                Cell(money_bare(entry.gap, gap_unit), assumed=asked) if entry.gap_customers else "–",
                count(entry.gap_customers),
            ]
        )
        for entry in summaries
    ]  # fmt: skip
    return heads, rows


def signed_percent(value: float) -> str:
    """Write a change with its sign."""
    return ("+" if value > 0 else "") + percent(value)


def rule_rows(
    rules: LimitRules, names: Mapping[str, str], language: Language
) -> tuple[list[Head], list[Row]]:
    """List the cover asked and the largest rise of each tier in each life cycle: the young show more, rise less."""
    heads = [
        Head("", "left"),
        *(Head(say(f"lifecycle.{cycle}", language)) for cycle in rules.extra_cover),
        Head(say("limits.term", language)),
    ]

    def cell(tier: str, cycle: str) -> Cell:
        rule = rules.tiers[tier]
        rise = 1 + max(rule.largest_rise - 1, 0.0) * rules.growth_damper[cycle]
        return Cell(number(rule.cover + rules.extra_cover[cycle], 2), note=f"≤ × {number(rise, 2)}")

    rows = [
        Row(
            [
                names.get(tier, tier),
                *(cell(tier, cycle) for cycle in rules.extra_cover),
                number(rule.term_years, 1),
            ]
        )
        for tier, rule in rules.tiers.items()
    ]
    return heads, rows


def move_matrix(
    table: Sequence[Sequence[int]], names: Sequence[str], language: Language
) -> tuple[list[Head], list[Row]]:
    """List customers by tier before (rows) and after (columns); those who stay are quiet."""
    heads = [Head("", "left"), *(Head(name) for name in names)]
    rows = [
        Row(
            [
                name,
                *(
                    Cell(count(value) if value else "·", bar=None, hint="")
                    if at != place
                    else Cell("", note=count(value))
                    for at, value in enumerate(row)
                ),
            ]
        )
        for place, (name, row) in enumerate(zip(names, table, strict=True))
        if sum(row)
    ]
    return heads, rows


def movement_steps(
    parts: Mapping[str, float | None], scale: float, language: Language
) -> list[tuple[str, float]]:
    """Give the steps of a movement in the unit shown; a step without a figure counts as nothing."""
    return [(say(f"step.{step}", language), (part or 0.0) / scale) for step, part in parts.items()]


def rate_text(value: float) -> str:
    """Write a change of a ratio in points."""
    return signed(value * 100, 2)


def knots_text(knots: Sequence[float]) -> str:
    """Write the knots of a scale, shortened."""
    shown = [number(value, 0 if abs(value) >= 100 else 2) for value in knots]
    return ", ".join(shown if len(shown) <= 9 else [*shown[:4], "…", *shown[-4:]])
