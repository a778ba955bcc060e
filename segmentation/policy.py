"""A policy: where the tiers begin, how much risk each takes, what each is offered.

Thresholds and gates lie on the grids the scores use (`value_step`, `risk_step`),
so a policy is constant on a cell of the cube. A policy is frozen; a change
returns a copy, and its identity is the hash of what changes numbers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import tomli_w

from data.errors import PolicyInvalid, Problem
from data.identity import content_hash
from segmentation.risk.ladder import LADDER, snap_down

TIERS = ("Strategic", "Core", "Ordinary")
WORKOUT = "Work-out"
TIER_KEYS = {"Strategic": "strategic", "Core": "core", "Ordinary": "ordinary"}
LIFECYCLES = ("startup", "growth", "mature", "unknown")
"""In the order of `lifecycle_key` 0–3."""

HIGHEST_STEP = 200
CLOSED = -1
"""A gate that lets nobody through."""
TOP_RUNG = len(LADDER) - 1


@dataclass(frozen=True, slots=True)
class Gate:
    """Worst rung of the risk ladder that Strategic and Core still accept.

    Attributes
    ----------
    strategic, core : int
        Rungs 0–63 (−1: nobody); strategic is at most core.
    """

    strategic: int
    core: int

    @classmethod
    def from_probabilities(cls, strategic: float, core: float) -> Gate:
        """Make a gate from 12-month probabilities of default, snapped down to the ladder.

        Examples
        --------
        >>> Gate.from_probabilities(0.02, 0.08)
        Gate(strategic=32, core=43)
        """
        return cls(snap_down(strategic), snap_down(core))


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a tier gets; the defaults of the built-in policy are assumptions.

    Attributes
    ----------
    price_change_bp : float
        Change of the yearly rate on the drawn balance, in basis points.
    limit_multiplier : float
        Limit offered over today's limit.
    headroom_use : float
        Share (0–1) of new headroom that is drawn.
    collateral_cover : float
        Share (0–1) of the exposure for which collateral is asked.
    service_cost_rate : float
        Yearly cost of the tier's service over the drawn balance, a fraction.
    take_up : float
        Share (0–1) of customers who accept price and limit.
    review_months : int
        Months between reviews.
    offer : str
        Key of the offer; the words say it.
    """

    price_change_bp: float = 0.0
    limit_multiplier: float = 1.0
    headroom_use: float = 0.0
    collateral_cover: float = 0.0
    service_cost_rate: float = 0.0
    take_up: float = 1.0
    review_months: int = 12
    offer: str = "none"


NEUTRAL = Treatment()
"""Changes no figure: tiers then only re-label customers."""

RANGES: dict[str, tuple[float, float]] = {
    "price_change_bp": (-1000, 1000),
    "limit_multiplier": (0, 5),
    "headroom_use": (0, 1),
    "collateral_cover": (0, 1),
    "service_cost_rate": (0, 0.2),
    "take_up": (0, 1),
    "review_months": (1, 120),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds, gates, treatments and the rules that cap a tier.

    Attributes
    ----------
    name : str
        What people call it.
    strategic_step, core_step : int
        T1 ≥ T2 on the grid of `value_step` (half points, 0–200).
    gates : mapping of str to Gate
        One a life cycle of `LIFECYCLES`.
    treatments : mapping of str to Treatment
        One a tier of `TIERS`.
    gates_on : bool
        Whether gates apply at all; unknown risk fails them while they do.
    coverage_gate : float
        Least `value_coverage` (0–1) for Strategic.
    watch_days : int
        Days past due from which a customer is at most Core.
    author, note : str
        Who wrote it and why; not part of the identity.

    Raises
    ------
    PolicyInvalid
        With all problems together.
    """

    name: str
    strategic_step: int
    core_step: int
    gates: Mapping[str, Gate]
    treatments: Mapping[str, Treatment]
    gates_on: bool = True
    coverage_gate: float = 0.3
    watch_days: int = 30
    author: str = field(default="", compare=False)
    note: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        problems = _problems(self)
        if problems:
            raise PolicyInvalid.from_problems(problems)

    @property
    def identity(self) -> str:
        """Hash of all that changes a figure; name, author and note do not."""
        return content_hash(self._numbers())

    @property
    def cube_identity(self) -> str:
        """Hash of what a cube depends on: treatments, coverage and watch rules, not thresholds and gates."""
        numbers = self._numbers()
        return content_hash({key: numbers[key] for key in ("treatments", "coverage_gate", "watch_days")})

    def _numbers(self) -> dict[str, Any]:  # Any: plain JSON values of several types
        return {
            "strategic_step": self.strategic_step,
            "core_step": self.core_step,
            "gates": {name: asdict(self.gates[name]) for name in LIFECYCLES},
            "treatments": {name: _plain(self.treatments[name]) for name in TIERS},
            "gates_on": self.gates_on,
            "coverage_gate": float(self.coverage_gate),
            "watch_days": self.watch_days,
        }

    def with_threshold(self, *, strategic: int | None = None, core: int | None = None) -> Policy:
        """Move a threshold; the other gives way when they would cross."""
        first = self.strategic_step if strategic is None else strategic
        second = self.core_step if core is None else core
        if first < second:
            first, second = (first, first) if strategic is not None else (second, second)
        return replace(self, strategic_step=first, core_step=second)

    def with_gate(self, lifecycle: str, *, strategic: int | None = None, core: int | None = None) -> Policy:
        """Move a gate of one life cycle; the other gives way when they would cross."""
        old = self.gates[lifecycle]
        first = old.strategic if strategic is None else strategic
        second = old.core if core is None else core
        if first > second:
            first, second = (first, first) if strategic is not None else (second, second)
        return replace(self, gates={**self.gates, lifecycle: Gate(first, second)})

    def to_toml(self) -> str:
        """Write the policy as TOML, to be read, compared and signed."""
        return tomli_w.dumps({"name": self.name, "author": self.author, "note": self.note, **self._numbers()})

    @classmethod
    def from_toml(cls, text: str, source: str = "the policy") -> Policy:
        """Read :meth:`to_toml`'s text; every unknown key and wrong type is named.

        Raises
        ------
        PolicyInvalid
            With all problems together.
        """
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            problem = Problem(source, f"not valid TOML: {error}", "Mend that line.")
            raise PolicyInvalid.from_problems([problem]) from None
        return _read(values, source)


def _plain(treatment: Treatment) -> dict[str, float | str]:
    """A treatment's values, numbers as floats: 15 and 15.0 are one policy."""
    return {
        name: value if isinstance(value, str) else float(value) for name, value in asdict(treatment).items()
    }


def _problems(policy: Policy) -> list[Problem]:
    found: list[Problem] = []

    def check(holds: bool, where: str, what: str, remedy: str) -> None:
        if not holds:
            found.append(Problem(where, what, remedy))

    for name, step in (("strategic_step", policy.strategic_step), ("core_step", policy.core_step)):
        check(
            _whole(step) and 0 <= step <= HIGHEST_STEP,
            name,
            f"{step!r} is off the grid",
            "Use 0 to 200, half points.",
        )
    if not found:
        crossed = policy.strategic_step < policy.core_step
        check(not crossed, "strategic_step", "Strategic begins below Core", "Raise it to core_step or above.")
    for lifecycle in LIFECYCLES:
        gate = policy.gates.get(lifecycle)
        check(gate is not None, f"gates.{lifecycle}", "is missing", "Give strategic and core.")
        if gate is None:
            continue
        on_grid = all(_whole(rung) and CLOSED <= rung <= TOP_RUNG for rung in (gate.strategic, gate.core))
        check(on_grid, f"gates.{lifecycle}", "a rung is off the ladder", f"Use {CLOSED} to {TOP_RUNG}.")
        if on_grid:
            holds = gate.strategic <= gate.core
            check(
                holds,
                f"gates.{lifecycle}",
                "Strategic accepts more risk than Core",
                "Lower strategic or raise core.",
            )
    for tier in TIERS:
        treatment = policy.treatments.get(tier)
        check(
            treatment is not None, f"treatments.{tier}", "is missing", "Give a treatment, neutral if need be."
        )
        for name, (low, high) in RANGES.items() if treatment is not None else ():
            value = getattr(treatment, name)
            holds = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
            check(
                holds,
                f"treatments.{tier}.{name}",
                f"{value!r} is outside {low:g} to {high:g}",
                "Give a value inside.",
            )
    check(0 <= policy.coverage_gate <= 1, "coverage_gate", "is no share", "Use 0 to 1.")
    check(
        _whole(policy.watch_days) and policy.watch_days >= 0,
        "watch_days",
        "is no number of days",
        "Use 0 or more.",
    )
    return found


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _read(values: dict[str, Any], source: str) -> Policy:  # Any: what a TOML file may hold
    known = {entry.name for entry in fields(Policy)}
    problems = [
        Problem(source, f"the key “{key}” is not known", f"Known: {', '.join(sorted(known))}.")
        for key in values
        if key not in known
    ]

    def table(name: str, row: object, kind: type[Gate] | type[Treatment]) -> dict[str, Any]:  # Any: as above
        if not isinstance(row, dict):
            problems.append(Problem(f"{source}, {name}", "is no table", "Write it as a TOML table."))
            return {}
        allowed = {entry.name: entry.type for entry in fields(kind)}
        for key in row:
            if key not in allowed:
                problems.append(
                    Problem(f"{source}, {name}.{key}", "is not known", f"Known: {', '.join(allowed)}.")
                )
        for key, value in row.items():
            wants_text = allowed.get(key) == "str"
            if allowed.get(key) == "int" and isinstance(value, float) and value.is_integer():
                row[key] = int(value)
            if key in allowed and (
                isinstance(value, str) != wants_text or isinstance(value, bool | list | dict)
            ):
                problems.append(
                    Problem(f"{source}, {name}.{key}", f"{value!r} has the wrong type", "Mend the value.")
                )
        return {key: value for key, value in row.items() if key in allowed}

    gate_rows = values.get("gates", {})
    treatment_rows = values.get("treatments", {})
    gates = {name: table(f"gates.{name}", row, Gate) for name, row in dict(gate_rows).items()}
    treatments = {
        name: table(f"treatments.{name}", row, Treatment) for name, row in dict(treatment_rows).items()
    }
    for name in ("name", "strategic_step", "core_step", "gates", "treatments"):
        if name not in values:
            problems.append(Problem(f"{source}, {name}", "is missing", "Add it."))
    for name, rows, allowed in (("gates", gates, LIFECYCLES), ("treatments", treatments, TIERS)):
        for key in rows:
            if key not in allowed:
                problems.append(
                    Problem(f"{source}, {name}.{key}", "is not known", f"Known: {', '.join(allowed)}.")
                )
    for key, row in gates.items():
        for part in ("strategic", "core"):
            if part not in row:
                problems.append(Problem(f"{source}, gates.{key}.{part}", "is missing", "Add it."))
    if problems:
        raise PolicyInvalid.from_problems(problems)
    plain = {key: value for key, value in values.items() if key not in ("gates", "treatments")}
    return Policy(
        **plain,
        gates={name: Gate(**row) for name, row in gates.items()},
        treatments={name: Treatment(**row) for name, row in treatments.items()},
    )


def built_in_policy() -> Policy:
    """Give the policy that holds until a lender approves its own.

    Its thresholds are fixed numbers, never taken from a portfolio; mature firms
    get looser gates, growth firms and start-ups stricter ones and a shorter
    review cadence. The treatments are small, non-zero assumptions.

    Examples
    --------
    >>> policy = built_in_policy()
    >>> policy.strategic_step, policy.core_step, policy.gates["mature"]
    (130, 100, Gate(strategic=32, core=43))
    """
    growth = Gate.from_probabilities(0.015, 0.06)
    return Policy(
        name="Built-in",
        strategic_step=130,
        core_step=100,
        gates={
            "startup": Gate.from_probabilities(0.01, 0.04),
            "growth": growth,
            "mature": Gate.from_probabilities(0.02, 0.08),
            "unknown": growth,
        },
        treatments={
            "Strategic": Treatment(-15, 1.15, 0.5, 0.0, 0.002, 0.6, 12, "tailored"),
            "Core": Treatment(0, 1.0, 0.0, 0.0, 0.001, 1.0, 12, "standard"),
            "Ordinary": Treatment(20, 0.95, 0.0, 0.1, 0.0005, 0.9, 6, "self_service"),
        },
        author="Stratum",
    )
