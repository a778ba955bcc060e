"""Policies in words and rows: what differs, what would follow, who signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from reports.boards import board_heads, board_rows, tier_name
from reports.escape import plain
from reports.formats import MISSING, Language, MoneyUnit, count, day, number, percent, signed
from reports.html import Cell, Head, Row
from reports.theme import Palette
from reports.words import has_words, say
from segmentation.policy import CLOSED, Policy
from segmentation.policy_checks import CaseResult, Caution
from segmentation.policy_diff import FIELDS, Difference, Value, differences, value_of
from segmentation.returns.ratios import ReturnsSettings
from segmentation.risk.ladder import bound
from segmentation.tiers import TierBoard

GATE_PARTS = {"strategic": "Strategic", "core": "Core"}
TREATMENTS: dict[str, str] = {
    "price_change_bp": "treatments.price",
    "limit_multiplier": "treatments.limit",
    "headroom_use": "treatments.use",
    "collateral_cover": "treatments.collateral",
    "service_cost_rate": "treatments.service",
    "take_up": "treatments.take_up",
    "review_months": "treatments.review",
    "offer": "treatments.offer",
    "churn_change": "treatments.churn",
}
"""Field of a treatment → its words."""
SHARES = ("headroom_use", "collateral_cover", "take_up", "churn_change", "coverage_gate")
LINE_FIELDS = tuple(
    field for field in FIELDS if not field.startswith("treatments.") and field not in ("name", "note")
)
TREATMENT_FIELDS = tuple(field for field in FIELDS if field.startswith("treatments."))


def policy_title(policy: Policy, language: Language) -> str:
    """Name a policy for people; the built-in one in their language."""
    return say("policies.built_in", language) if policy.name == "Built-in" else plain(policy.name, 60)


def field_label(field: str, language: Language) -> str:
    """Name a field of a policy.

    Examples
    --------
    >>> field_label("gates.mature.strategic", "en"), field_label("strategic_step", "zh")
    ('Strategic, Mature: PD up to', '战略客户起点（分）')
    """
    section, *rest = field.split(".")
    if section == "gates":
        lifecycle, part = rest
        return say(
            "field.gate", language, tier=tier_name(GATE_PARTS[part], language),
            lifecycle=say(f"lifecycle.{lifecycle}", language),
        )  # fmt: skip
    if section == "treatments":
        tier, name = rest
        return say(
            "field.treatment", language, tier=tier_name(tier, language), what=say(TREATMENTS[name], language)
        )
    return say(f"field.{field}", language)


def value_text(field: str, value: Value, language: Language) -> str:
    """Write a field's value as people read it.

    Examples
    --------
    >>> value_text("gates.mature.core", 43, "en").replace(chr(0x202F), " "), value_text("core_step", 101, "en")
    ('7.6 %', '50.5')
    """
    section, _, name = field.partition(".")
    name = name.partition(".")[2] or section
    if isinstance(value, str):
        return _text(name, value, language)
    if isinstance(value, bool):
        return say("field.yes" if value else "field.no", language)
    if section == "gates":
        return _gate(int(value), language)
    if name in ("strategic_step", "core_step", "exit_steps"):
        return number(value / 2, 0 if value % 2 == 0 else 1)
    if name in SHARES:
        return percent(float(value), 0 if float(value * 100).is_integer() else 1)
    if name == "service_cost_rate":
        return percent(float(value), 2)
    if name == "price_change_bp":
        return signed(float(value), 0 if float(value).is_integer() else 1)
    return number(float(value), 2) if name == "limit_multiplier" else number(float(value))


def _text(name: str, value: str, language: Language) -> str:
    if name == "offer" and has_words(f"offer.{value}"):
        return say(f"offer.{value}", language)
    return plain(value, 120) or MISSING


def _gate(rung: int, language: Language) -> str:
    if rung == CLOSED:
        return say("field.nobody", language)
    return percent(bound(rung), 2 if bound(rung) < 0.01 else 1)


def difference_sentence(difference: Difference, language: Language) -> str:
    """Say a difference in one sentence.

    Examples
    --------
    >>> difference_sentence(Difference("strategic_step", 130, 140), "en")
    'Strategic begins at 70 instead of 65 points.'
    >>> difference_sentence(Difference("watch_days", 30, 60), "zh")
    '客户最高为核心客户的逾期天数由 30 天调整为 60 天。'
    """
    field = difference.field
    section, *rest = field.split(".")
    before, after = (value_text(field, value, language) for value in (difference.before, difference.after))
    if section in ("strategic_step", "core_step"):
        tier = tier_name("Strategic" if section == "strategic_step" else "Core", language)
        return say("diff.threshold", language, tier=tier, before=before, after=after)
    if section == "gates_on":
        return say("diff.gates_on" if difference.after else "diff.gates_off", language)
    if section == "treatments":
        what = say(TREATMENTS[rest[1]], language)
        tier = tier_name(rest[0], language)
        return say("diff.treatment", language, tier=tier, what=what, before=before, after=after)
    if section != "gates":
        return say(f"diff.{field}", language, before=before, after=after)
    lifecycle, part = rest
    key = "diff.gate_unknown" if lifecycle == "unknown" else "diff.gate"
    values = {"tier": tier_name(GATE_PARTS[part], language), "before": before, "after": after}
    if difference.after == CLOSED:
        key = "diff.gate_closed"
    elif difference.before == CLOSED:
        key = "diff.gate_opened"
    return say(key, language, lifecycle=say(f"lifecycle.{lifecycle}", language), **values)


def difference_rows(
    candidates: Sequence[tuple[str, Policy]], in_force: Policy, language: Language
) -> tuple[list[Head], list[Row]]:
    """Say for each candidate what it changes, a sentence a row."""
    heads = [Head(say("policies.policy", language), "left"), Head(say("compare.change", language), "left")]
    rows = []
    for label, policy in candidates:
        found = [difference for difference in differences(in_force, policy) if difference.decides]
        sentences = [difference_sentence(difference, language) for difference in found]
        for place, sentence in enumerate(sentences or [say("compare.same", language)]):
            rows.append(Row([label if place == 0 else "", sentence]))
    return heads, rows


def field_rows(
    fields: Sequence[str], candidates: Sequence[tuple[str, Policy]], language: Language
) -> tuple[list[Head], list[Row], list[Row]]:
    """Set policies side by side, a field a row: heads, rows that differ, rows that are alike."""
    heads = [Head(say("compare.field", language), "left"), *(Head(label) for label, _ in candidates)]
    differing: list[Row] = []
    alike: list[Row] = []
    for field in fields:
        values = [value_of(policy, field) for _, policy in candidates]
        texts = [value_text(field, value, language) for value in values]
        rows = differing if any(value != values[0] for value in values) else alike
        rows.append(Row([field_label(field, language), *texts]))
    return heads, differing, alike


def result_rows(
    candidates: Sequence[tuple[str, TierBoard]],
    base: TierBoard,
    returns: ReturnsSettings,
    unit: MoneyUnit,
    currency_unit: str,
    colours: Palette,
    language: Language,
) -> tuple[list[Head], list[Row]]:
    """Set what each tier would hold side by side: tier by tier, a row a policy."""
    first, *others = board_heads(currency_unit, language)
    heads = [first, Head(say("policies.policy", language), "left"), *others]
    by_policy = [
        (label, board_rows(board, base, returns, unit, colours, language)) for label, board in candidates
    ]
    rows = []
    for place in range(len(by_policy[0][1])):
        for number_of, (label, board) in enumerate(by_policy):
            row = board[place]
            tier = row.cells[0] if number_of == 0 else ""
            # The policy in force is what the others are compared with: it has no change of its own.
            figures = [_unchanged(cell) if number_of == 0 else cell for cell in row.cells[1:]]
            rows.append(Row([tier, label, *figures], is_strong=row.is_strong, is_marked=number_of == 0))
    return heads, rows


def _unchanged(cell: Cell | str) -> Cell | str:
    return replace(cell, change=None) if isinstance(cell, Cell) else cell


def caution_sentence(label: str, caution: Caution, language: Language) -> str:
    """Say what a policy does to a portfolio that may not be meant."""
    values: dict[str, str | int] = {"policy": label}
    if caution.tier:
        values["tier"] = tier_name(caution.tier, language)
    if caution.key == "some_risk":
        values["n"] = caution.customers
    return say(f"caution.{caution.key}", language, **values)


def why_text(result: CaseResult, language: Language) -> str:
    """Say why a test case fails; nothing when it passes."""
    if result.passed:
        return ""
    expected = tier_name(result.case.tier, language)
    if result.rule == "gate":
        if result.needed is None:
            return say("why.gate_closed", language)
        if result.actual is None:
            return say("why.gate_unknown", language)
        shown = (percent(value, 2 if value < 0.01 else 1) for value in (result.actual, result.needed))
        return say("why.gate", language, **dict(zip(("actual", "needed"), shown, strict=True)))
    if result.rule in ("threshold", "above"):
        points = {"actual": number(result.actual, 1), "needed": number(result.needed, 1)}
        named = {"tier": expected} if result.rule == "threshold" else {}
        return say(f"why.{result.rule}", language, **points, **named)
    return say(f"why.{result.rule}", language)


def case_rows(results: Sequence[CaseResult], language: Language) -> tuple[list[Head], list[Row]]:
    """List test cases, those that fail first; texts of the file made plain."""
    names = ("customer", "expected", "actual", "result", "why", "reason")
    heads = [Head(say(f"cases.{name}", language), "left") for name in names]
    rows = [
        Row(
            [
                plain(result.case.customer_id, 60),
                tier_name(result.case.tier, language),
                tier_name(result.tier, language) if result.tier else MISSING,
                "● " + say("cases.passes", language)
                if result.passed
                else "■ " + say("cases.fails", language),
                why_text(result, language),
                plain(result.case.reason, 120),
            ],
            is_marked=not result.passed,
        )
        for result in sorted(results, key=lambda result: result.passed)
    ]
    return heads, rows


def aside_rows(rows: Sequence[tuple[int, str, str, str]], language: Language) -> tuple[list[Head], list[Row]]:
    """List rows of a file that were set aside: line, column, what is wrong and what to do."""
    heads = [
        Head(say("cases.line", language), "left"),
        Head(say("cases.column", language), "left"),
        Head(say("cases.problem", language), "left"),
    ]
    made = []
    for line, column, key, detail in rows:
        sentence = say(f"case_bad.{key}", language, detail=plain(detail, 60))
        made.append(Row([count(line), plain(column, 40) or MISSING, sentence]))
    return heads, made


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Tell options that read alike apart by the beginning of their keys: a widget knows them by their words.

    Examples
    --------
    >>> distinct({"abcdefgh": "Autumn", "xyz": "Autumn", "k": "Spring"})
    {'abcdefgh': 'Autumn · abcdef', 'xyz': 'Autumn · xyz', 'k': 'Spring'}
    """
    counts = Counter(labels.values())
    return {key: label if counts[label] == 1 else f"{label} · {key[:6]}" for key, label in labels.items()}


def signed_by(person: str | None, at: datetime | date | None, language: Language) -> Cell:
    """Who took a step and when; a dash while nobody has."""
    if not person or at is None:
        return Cell(MISSING)
    return Cell(plain(person, 40), note=moment(at, language))


def moment(at: datetime | date, language: Language) -> str:
    """Write a moment: the day, and the time when there is one.

    Examples
    --------
    >>> moment(datetime(2026, 3, 31, 9, 5), "en")
    '31 March 2026, 09:05'
    """
    if isinstance(at, datetime):
        return f"{day(at.date(), language)}, {at:%H:%M}"
    return day(at, language)
