"""Every error a page may show has a Chinese wording: found by walking over the code that raises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from data import errors
from data.errors import (
    ChangedMeanwhile,
    ColumnNotFound,
    InputRefused,
    NotAllowed,
    OutOfRoom,
    PolicyInvalid,
    Problem,
    SamePerson,
    StratumError,
    WarehouseBusy,
)
from data.ingest.packing import OFFICE
from data.ingest.sniff import DOCUMENTS, MARKUP
from data.ingest.workbooks import AGAIN
from data.people import PERMISSIONS
from reports.refusals import REFUSALS, in_chinese, refusal_lines
from segmentation.policy import GATE_RULES, GATE_TABLE, POLICY_TABLE, TOP_RULES
from segmentation.treatment import TREATMENT_RULES

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("data", "segmentation", "steps")
RAISING = ("because", "Problem", "_refused", "Cancelled")
"""Calls that make sentences: `because(what, remedy=…)`, `Problem(where, what, remedy)`, and whole ones."""

ELSEWHERE: dict[tuple[str, str], tuple[str, ...]] = {
    ("data/ingest/sniff.py", "remedy"): (
        "Put the column names into one row above the data.",
        *(remedy for *_, remedy in (*DOCUMENTS, *MARKUP)),
    ),
    ("data/ingest/workbooks.py", "AGAIN"): (AGAIN,),
    ("data/ingest/workbooks.py", "what"): (),  # of `_refused`, whose calls are walked over themselves
    ("data/ingest/limits.py", "self.rows_remedy"): (
        "Split the file, or raise STRATUM_MAX_ROWS.",
        "Split the file, or run cli.py run FILE --model MODEL.json --out DIR.",
    ),
    ("data/ingest/mapped.py", "'; '.join(problems)"): (
        "entry {} of “columns” is not a table",
        "“{}” has the scale “{}”, which is no number above 0",
        "“{}” has the kind “{}”; known: {}",
        "“{}” goes to “{}”, which the contract does not know",
        "“{}” is filled by two headers",
        "“{}” stands there twice",
    ),
    ("segmentation/rules.py", "f'{remedy}.'"): (
        "Give a whole number from {} to {}.",
        "Give a whole number from {} to {} {}.",
        "Give a number from {} to {}.",
        "Give a number from {} to {} {}.",
        "Give true or false.",
        "Give a text of {} to {} characters.",
    ),
    ("segmentation/rules.py", "hint"): ("Did you mean “{}”?", "Known: {}."),
    ("segmentation/rules.py", "*table.ordered[2:]"): tuple(
        words for table in (GATE_TABLE, POLICY_TABLE) for words in (table.ordered or ())[2:]
    ),
    ("steps/applicants.py", "f\"Give a number {' '.join(filter(None, (least, most)))}.\""): (
        "Give a number from {} up to {}.",
        "Give a number from {}.",
        "Give a number up to {}.",
    ),
    ("data/errors.py", "what"): (),  # `because` itself, and below it the parts of a `Problem`
}
"""What no literal says: file and expression → the sentences it may be."""

WORDS_WITHIN = (
    *(what for _, what, _ in (*DOCUMENTS, *MARKUP)),
    *OFFICE.values(),
    "an old Word document", "an old PowerPoint file", "an old Excel file, damaged or", "the content",
    "gone", "draft", "proposed", "approved", "withdrawn", "to fit on", "to give a tier", "the end", "nobody else",
    "half points", "basis points", "days", "months", "times today's limit",
)  # fmt: skip
"""Values that are English words of ours."""


def bare(sentence: str) -> str:
    """Take the names out of the braces, so that sentences can be compared."""
    parts = Formatter().parse(sentence)
    return "".join(text + ("{}" if name is not None else "") for text, name, _, _ in parts)


KNOWN = {bare(english) for english in REFUSALS}


def literal(node: ast.expr) -> list[str]:
    """Sentences a literal may be, with values as ``{}``; none for what is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return [text] if text.replace("{}", "").strip(" .") else []
    if isinstance(node, ast.IfExp):
        return [*literal(node.body), *literal(node.orelse)]
    return literal(node.value) if isinstance(node, ast.Subscript) else []


@dataclass(frozen=True)
class Said:
    """A part of an error at the place that raises it."""

    file: str
    line: int
    node: ast.expr

    def sentences(self) -> tuple[str, ...] | None:
        listed = ELSEWHERE.get((self.file, ast.unparse(self.node)))
        return tuple(literal(self.node)) or None if listed is None else listed


def parts_of(call: ast.Call, name: str) -> list[ast.expr]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if name == "Problem":
        return [*call.args[1:], *(given[key] for key in ("what", "remedy") if key in given)]
    return [*call.args[:1], *([given["remedy"]] if "remedy" in given else [])]


def said_in(room: str) -> Iterator[Said]:
    for path in sorted((ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            file = path.relative_to(ROOT).as_posix()
            if name not in RAISING or file in ("data/errors.py", "segmentation/counterfactual.py"):
                continue
            for part in parts_of(node, name):
                yield Said(file, node.lineno, part)


def test_every_place_that_refuses_has_a_chinese_wording() -> None:
    said = [part for room in ROOMS for part in said_in(room)]
    assert len(said) > 250
    unseen = [
        f"{part.file}:{part.line} {ast.unparse(part.node)}" for part in said if part.sentences() is None
    ]
    assert unseen == [], "say in ELSEWHERE which sentences these may be"
    missing = {
        sentence: f"{part.file}:{part.line}"
        for part in said
        for sentence in part.sentences() or ()
        if sentence not in KNOWN
    }
    assert missing == {}, "add them to reports/words/refusals*.py"


FAMILY: dict[str, StratumError] = {
    "ColumnNotFound.from_missing": ColumnNotFound.from_missing(["expo"], ["exposure", "age"]),
    "WarehouseBusy.held_elsewhere": WarehouseBusy.held_elsewhere("/srv/stratum.duckdb"),
    "OutOfRoom.on_disk": OutOfRoom.on_disk("/srv"),
    "OutOfRoom.on_disk, unknown": OutOfRoom.on_disk(""),
    "OutOfRoom.in_memory": OutOfRoom.in_memory("2GB"),
    "OutOfRoom.in_memory, of the machine": OutOfRoom.in_memory(""),
    "OutOfRoom.engine_closed": OutOfRoom.engine_closed("/srv/stratum.duckdb"),
    **{
        f"NotAllowed.needs_role, {action}": NotAllowed.needs_role(action, roles)
        for action, roles in PERMISSIONS.items()
    },
    "SamePerson.approves_own": SamePerson.approves_own("Ann", "Spring"),
    "ChangedMeanwhile.by": ChangedMeanwhile.by("Ann", "Spring", 3),
}


@pytest.mark.parametrize("name", FAMILY)
def test_every_error_of_the_family_has_a_chinese_wording(name: str) -> None:
    (told,) = refusal_lines(FAMILY[name], "zh")
    assert re.search("[\u4e00-\u9fff]", told)
    assert not re.search("[a-z]_[a-z]|needed|admin", told)


def test_every_constructor_of_the_family_is_listed() -> None:
    made = {
        f"{cls.__name__}.{name}"
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, StratumError)
        for name, member in vars(cls).items()
        if isinstance(member, classmethod)
    }
    assert made - {"InputRefused.because", "InputRefused.from_problems"} == {
        name.partition(",")[0] for name in FAMILY
    }


def test_words_within_sentences_are_chinese_too() -> None:
    assert [word for word in WORDS_WITHIN if word not in REFUSALS] == []


@pytest.mark.parametrize("english", REFUSALS)
def test_a_wording_has_the_same_values_and_is_found_again(english: str) -> None:
    names = [name for _, name, _, _ in Formatter().parse(english) if name]
    chinese = REFUSALS[english]
    assert sorted(names) == sorted(name for _, name, _, _ in Formatter().parse(chinese) if name)
    assert re.search("[\u4e00-\u9fff]", chinese)
    filled = {name: f"{place}9" for place, name in enumerate(names)}
    told = in_chinese(english.format_map(filled))
    assert told is not None
    if not {"row_reason", "roles"} & set(names):
        assert told == chinese.format_map(filled)


def test_an_error_is_said_in_the_page_s_language_and_its_own_sentence_stays() -> None:
    error = InputRefused.because(
        "two columns are named “<b>”, the 1st and the 3rd",
        file="a.csv",
        line=4,
        remedy="Give each column a name of its own.",
    )
    assert (
        str(error)
        == "a.csv, line 4: two columns are named “<b>”, the 1st and the 3rd. Give each column a name of its own."
    )
    assert refusal_lines(error, "en") == [str(error)]
    assert refusal_lines(error, "zh") == [
        "a.csv 第 4 行：第 1 列与第 3 列同名：“<b>”。请为每个字段取不同的名称。"
    ]


def test_a_reason_of_rows_is_said_as_everywhere() -> None:
    what = "none of the 1,200 rows can be used; 900 of them: no amount at risk"
    assert in_chinese(what) == "1,200 行均无法使用；其中 900 行：缺少敞口"


def test_several_problems_are_a_line_each() -> None:
    problems = [Problem("a.toml, line 3, core_step", "0.5 does not fit", "Give a whole number from 0 to 200 half points."),
                Problem("a.toml, gates", "is missing", "Add it.")]  # fmt: skip
    assert refusal_lines(PolicyInvalid.from_problems(problems), "zh") == [
        "a.toml 第 3 行 core_step：0.5 不符合要求。请给出 0 至 200 的整数（半分）。",
        "a.toml, gates：缺失。请补充。",
    ]


def test_the_unit_of_every_rule_of_a_policy_has_its_word() -> None:
    units = {rule.unit for rules in (TOP_RULES, GATE_RULES, TREATMENT_RULES) for rule in rules.values()}
    assert units - {""} <= set(REFUSALS)


def test_what_nobody_put_into_chinese_is_said_in_english() -> None:
    error = InputRefused.because("the moon is full", file="a.csv", remedy="Wait.")
    assert refusal_lines(error, "zh") == ["a.csv: the moon is full. Wait."]
    long = InputRefused.because("the zip has no “" + "x" * 5_000 + "”", file="a.zip", remedy="It holds: b.")
    assert refusal_lines(long, "zh") == [str(long)]


def test_a_header_that_is_called_like_a_word_of_ours_stays_as_it_is() -> None:
    assert in_chinese("two columns are named “days”, the 1st and the 2nd") == "第 1 列与第 2 列同名：“days”"
