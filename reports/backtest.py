"""What became of tiers, a proposal on past snapshots, a challenger over time: as sentences and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reports.boards import tier_name
from reports.escape import plain
from reports.formats import Language, MoneyUnit, change, count, day, money_bare, number, percent, signed
from reports.html import Cell, Head, Row
from reports.marks import Assumed, rests_on
from reports.theme import Palette
from reports.words import say
from segmentation.backtest import RuleOutcome, TierOutcome
from segmentation.policy import TIERS
from segmentation.scorecard.statistics import Interval
from segmentation.tiers import TierBoard

FEW_DEFAULTS = 30
TOGETHER = "\u202f"
"""Keeps what stands on its two sides on one line."""


def rate_text(interval: Interval | None, decimals: int = 1) -> str:
    r"""Write a rate with its interval: ``5.9 % (5.6–6.2)``.

    Examples
    --------
    >>> rate_text(Interval(0.059, 0.056, 0.062)).replace("\u202f", " ")
    '5.9 % (5.6–6.2)'
    """
    if interval is None:
        return "–"
    low, high = (f"{bound * 100:.{decimals}f}" for bound in (interval.low, interval.high))
    return f"{percent(interval.value, decimals)} ({low}–{high})"


def net_text(interval: Interval | None, decimals: int = 2) -> str:
    r"""Write a signed rate with its interval, words between the bounds because of their signs.

    Examples
    --------
    >>> net_text(Interval(0.0239, -0.001, 0.04)).replace("\u202f", " ")
    '+2.39 % (−0.10 … +4.00)'
    """
    if interval is None:
        return "–"
    low, high = (signed(bound * 100, decimals) for bound in (interval.low, interval.high))
    return f"{signed(interval.value * 100, decimals)}\u202f% ({low} … {high})"


def backtest_answer(rules: Sequence[RuleOutcome], language: Language) -> str:
    """Answer the page's question in one sentence: the best tier against as many at random."""
    best = best_tier(rules)
    drawn = next(rule.tiers[TIERS.index(best.tier)] for rule in rules if rule.rule == "random")
    if best.tier == TIERS[-1] or best.default_rate is None or drawn.default_rate is None:
        return say("backtest.answer_empty", language)
    told = {
        "tier": tier_name(best.tier, language),
        "best": percent(best.default_rate.value),
        "random": percent(drawn.default_rate.value),
    }
    if best.default_rate.high >= drawn.default_rate.value:
        return say("backtest.answer_no_difference", language, **told)
    return say(
        "backtest.answer", language, net=_signed_percent(best.net_rate),
        net_random=_signed_percent(drawn.net_rate), **told,
    )  # fmt: skip


def best_tier(rules: Sequence[RuleOutcome]) -> TierOutcome:
    """Give the best tier that anybody stands in, as set."""
    tiers = rules[0].tiers
    return next((tier for tier in tiers if tier.customers), tiers[-1])


def _signed_percent(interval: Interval | None) -> str:
    return "–" if interval is None else signed(interval.value * 100, 2) + "\u202f%"


def outcome_heads(language: Language, *, first: Sequence[str], has_late: bool) -> list[Head]:
    """Heads of a table of outcomes; `first` names the columns before the figures."""
    late = [Head(say("outcome.column.late", language), hint=say("outcome.column.late_hint", language))]
    return [
        *(Head(say(f"outcome.column.{name}", language), "left") for name in first),
        Head(say("outcome.column.rate", language)),
        *(late if has_late else []),
        Head(say("outcome.column.share", language)),
        Head(say("outcome.column.loss", language)),
        Head(say("outcome.column.net", language), hint=say("outcome.column.net_hint", language)),
        Head(say("outcome.column.net_rate", language)),
    ]


OF_INCOME = ("interest_rate", "funding_rate", "servicing_cost")
"""Assumptions behind an income nobody has told."""


def resting_on(losses_assumed: int, language: Language, *, has_margin: bool) -> tuple[Assumed, Assumed]:
    """Say what a back-test's losses and its income rest on; nothing where they are known."""
    loss = say("outcome.loss_assumed", language, n=losses_assumed) if losses_assumed else ""
    income = "" if has_margin else say("outcome.income_assumed", language)
    return Assumed(loss, ("loss_given_default",)), Assumed(income, OF_INCOME)


def outcome_cells(
    tier: TierOutcome,
    unit: MoneyUnit,
    language: Language,
    *,
    has_late: bool,
    loss_note: Assumed,
    income_note: Assumed,
) -> list[Cell | str]:
    """Figures of one tier; what rests on an assumption is marked."""
    if tier.customers == 0:
        return [Cell("–", hint=say("missing.nobody", language))] * (6 if has_late else 5)
    net = "–" if tier.net is None else signed(tier.net.value / unit.scale)
    return [
        _rate_cell(tier.default_rate),
        *([_rate_cell(tier.late_rate)] if has_late else []),
        percent(tier.share_of_amount, 0),
        Cell(money_bare(tier.loss, unit), assumed=loss_note),
        Cell(net, assumed=income_note or loss_note),
        _net_cell(tier.net_rate, income_note or loss_note),
    ]


def _rate_cell(interval: Interval | None) -> Cell:
    """Give a rate, its interval small behind it and never broken over two lines."""
    if interval is None:
        return Cell("–")
    low, high = (number(bound * 100, 1) for bound in (interval.low, interval.high))
    return Cell(percent(interval.value), note=f"{low}{TOGETHER}–{TOGETHER}{high}")


def _net_cell(interval: Interval | None, assumed: Assumed) -> Cell:
    if interval is None:
        return Cell("–")
    low, high = (signed(bound * 100, 2) for bound in (interval.low, interval.high))
    return Cell(_signed_percent(interval), note=f"{low}\u00a0…\u00a0{high}", assumed=assumed)


def rule_rows(
    rules: Sequence[RuleOutcome],
    unit: MoneyUnit,
    language: Language,
    *,
    has_late: bool,
    notes: tuple[Assumed, Assumed],
) -> list[Row]:
    """Rows of the best tier, one a rule; the tiers under test stand first and marked.

    Parameters
    ----------
    rules : sequence of RuleOutcome
        As `against_others` gives them; by value is left out where it is the rule under test.
    notes : tuple of Assumed
        What losses and incomes rest on; empty where they are known.
    """
    place = TIERS.index(best_tier(rules).tier)
    shown = [rule for rule in rules if not (rule.rule == "value" and rule.tiers == rules[0].tiers)]
    return [
        Row(
            [
                say(f"rule.{rule.rule}", language),
                *outcome_cells(
                    rule.tiers[place],
                    unit,
                    language,
                    has_late=has_late,
                    loss_note=notes[0],
                    income_note=notes[1],
                ),
            ],
            is_strong=rule.rule == "set",
            is_marked=rule.rule == "set",
        )
        for rule in shown
    ]


def tier_rows(
    rules: Sequence[RuleOutcome],
    unit: MoneyUnit,
    colours: Palette,
    language: Language,
    *,
    has_late: bool,
    notes: tuple[Assumed, Assumed],
) -> list[Row]:
    """Rows of every tier of every rule."""
    return [
        Row(
            [
                say(f"rule.{rule.rule}", language),
                Cell(tier_name(tier.tier, language), swatch=colours.tiers[tier.tier]),
                count(tier.customers),
                *outcome_cells(
                    tier, unit, language, has_late=has_late, loss_note=notes[0], income_note=notes[1]
                ),
            ]
        )
        for rule in rules
        for tier in rule.tiers
    ]


def left_out_text(left_out: Mapping[str, int], language: Language) -> str:
    """Say who was not judged and why; empty when everybody was."""
    parts = [say(f"left_out.{reason}", language, n=count(n)) for reason, n in left_out.items() if n]
    return say("outcome.left_out", language, parts=_list(parts, language)) if parts else ""


def _list(parts: Sequence[str], language: Language) -> str:
    return ("，" if language == "zh" else ", ").join(parts)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One snapshot under two policies, as the table shows it."""

    name: str
    as_of: date | None
    in_force: TierBoard
    proposal: TierBoard
    moved: int


def replay_heads(language: Language) -> list[Head]:
    """Heads of the replay's table."""
    return [
        Head(say("replay.column.snapshot", language), "left"),
        *(Head(tier_name(name, language)) for name in TIERS),
        Head(say("replay.column.moved", language)),
        Head(say("replay.column.loss", language), hint=say("term.expected_loss.meaning", language)),
        Head(say("replay.column.capital", language), hint=say("term.economic_capital.meaning", language)),
        Head(say("replay.column.roi", language), hint=say("term.roi.meaning", language)),
    ]


def replay_rows(lines: Sequence[Replayed], unit: MoneyUnit, language: Language) -> list[Row]:
    """One row a snapshot: figures under the proposal, below them the change from the policy in force."""
    return [_replay_row(line, unit, language) for line in lines]


def _replay_row(line: Replayed, unit: MoneyUnit, language: Language) -> Row:
    now, was = line.proposal, line.in_force
    assumed = rests_on(language, "treatments")
    cells: list[Cell | str] = [
        Cell(
            plain(line.name, 60),
            note=day(line.as_of, language) if line.as_of else say("replay.undated", language),
        )
    ]
    for name in TIERS:
        held, before = now.of(name).customers, was.of(name).customers
        cells.append(Cell(count(held), change(float(held - before), good_when="neither", decimals=0)))
    everybody = now.total.customers
    cells.append(Cell(count(line.moved), note=percent(line.moved / everybody if everybody else None)))
    for measure in ("expected_loss", "capital"):
        value, before = (getattr(board.total.treated, measure) / 100 for board in (now, was))
        moved = change((value - before) / unit.scale, good_when="down")
        cells.append(Cell(money_bare(value, unit), moved, assumed=assumed))
    roi, old = now.total.treated.roi, was.total.treated.roi
    points = None if roi is None or old is None else (roi - old) * 100
    if roi is None:
        cells.append(Cell("–", hint=say("missing.nothing_drawn", language)))
    else:
        cells.append(Cell(percent(roi, 2), change(points, good_when="up", decimals=2), assumed=assumed))
    return Row(cells)


def replay_answer(lines: Sequence[Replayed], language: Language) -> str:
    """Say what share of customers the proposal would have moved, from least to most."""
    shares = [line.moved / line.proposal.total.customers for line in lines if line.proposal.total.customers]
    if not shares:
        return ""
    return say("replay.answer", language, n=len(lines), low=percent(min(shares)), high=percent(max(shares)))


@dataclass(frozen=True, slots=True)
class Followed:
    """One snapshot under one policy, and what became of its best tier."""

    name: str
    as_of: date | None
    is_champion: bool
    policy: str
    board: TierBoard
    until: date | None
    best: TierOutcome | None
    counts: bool


def follow_heads(language: Language) -> list[Head]:
    """Heads of the challenger's table."""
    return [
        Head(say("replay.column.snapshot", language), "left"),
        Head(say("challenger.column.policy", language), "left"),
        Head(say("challenger.column.strategic", language)),
        Head(say("replay.column.loss", language), hint=say("term.expected_loss.meaning", language)),
        Head(say("replay.column.roi", language), hint=say("term.roi.meaning", language)),
        Head(say("challenger.column.until", language)),
        Head(say("outcome.column.rate", language)),
        Head(say("outcome.column.net_rate", language)),
    ]


def follow_rows(lines: Sequence[Followed], unit: MoneyUnit, language: Language) -> list[Row]:
    """Two rows a snapshot: the policy in force and the challenger."""
    return [_follow_row(line, unit, language) for line in lines]


def _follow_row(line: Followed, unit: MoneyUnit, language: Language) -> Row:
    money, assumed = line.board.total.treated, rests_on(language, "treatments")
    reason = say("challenger.to_come" if line.until is None else "challenger.not_known", language)
    role = say("challenger.champion" if line.is_champion else "challenger.challenger", language)
    judged: list[Cell | str] = [Cell("–", hint=reason), Cell("–", hint=reason)]
    if line.best is not None:
        income = Assumed(say("outcome.income_assumed", language), OF_INCOME)
        judged = [_rate_cell(line.best.default_rate), _net_cell(line.best.net_rate, income)]
    first = day(line.as_of, language) if line.is_champion else ""
    return Row(
        [
            Cell(
                first, note="" if line.counts or not line.is_champion else say("challenger.before", language)
            ),
            Cell(line.policy, note=role),
            count(line.board.of("Strategic").customers),
            Cell(money_bare(money.expected_loss / 100, unit), assumed=assumed),
            Cell(percent(money.roi, 2), assumed=assumed) if money.roi is not None else Cell("–"),
            Cell(day(line.until, language), hint="" if line.until else reason),
            *judged,
        ],
        is_marked=not line.is_champion,
    )
