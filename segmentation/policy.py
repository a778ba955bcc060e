"""A policy: where the tiers begin, how much risk each takes, what each is offered.

Thresholds and gates lie on the grids the scores use (`value_step`, `risk_step`),
so a policy is constant on a cell of the cube. A policy is frozen; a change
returns a copy, and its identity is the hash of what it decides.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import tomli_w

from data.errors import PolicyInvalid, Problem
from data.identity import content_hash
from segmentation.risk.ladder import LADDER, bound, snap_down
from segmentation.rules import Rule, Table, problems_of
from segmentation.treatment import TREATMENT_RULES, YEARLY, Treatment

if TYPE_CHECKING:
    from segmentation.overrides import Override

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

        A gate is never looser than what was asked: below the lowest bound it closes.

        Examples
        --------
        >>> Gate.from_probabilities(0.02, 0.08)
        Gate(strategic=32, core=43)
        >>> Gate.from_probabilities(0.0001, 0.08)
        Gate(strategic=-1, core=43)
        """
        return cls(*(snap_down(asked) if asked >= LADDER[0] else CLOSED for asked in (strategic, core)))

    def probabilities(self) -> tuple[float | None, float | None]:
        """Give the highest 12-month PD (fraction) Strategic and Core accept; None when closed.

        Examples
        --------
        >>> Gate(CLOSED, 63).probabilities()
        (None, 1.0)
        """
        strategic, core = (None if rung == CLOSED else bound(rung) for rung in (self.strategic, self.core))
        return strategic, core


TOP_RULES: dict[str, Rule] = {
    "name": Rule(str, 1, 120, is_needed=True),
    "author": Rule(str, 0, 120),
    "note": Rule(str, 0, 2_000),
    "strategic_step": Rule(int, 0, HIGHEST_STEP, "(half points of the value score)", is_needed=True),
    "core_step": Rule(int, 0, HIGHEST_STEP, "(half points of the value score)", is_needed=True),
    "gates_on": Rule(bool),
    "coverage_gate": Rule(float, 0, 1),
    "watch_days": Rule(int, 0, 36_500, "days"),
    "exit_steps": Rule(int, 0, 40, "(half points of the value score)"),
    "exit_rungs": Rule(int, 0, 20, "(rungs of the risk ladder)"),
    "stay_months": Rule(int, 0, 60, "months"),
}
RUNG = Rule(
    int, CLOSED, TOP_RUNG, f"(a rung of the risk ladder; {CLOSED} lets nobody through)", is_needed=True
)
GATE_RULES: dict[str, Rule] = {"strategic": RUNG, "core": RUNG}
GATE_TABLE = Table(
    GATE_RULES,
    ordered=("strategic", "core", "Strategic accepts more risk than Core", "Lower strategic or raise core."),
)
POLICY_TABLE = Table(
    TOP_RULES,
    {
        "gates": Table(tables=dict.fromkeys(LIFECYCLES, GATE_TABLE)),
        "treatments": Table(tables=dict.fromkeys(TIERS, Table(TREATMENT_RULES))),
    },
    ordered=(
        "core_step",
        "strategic_step",
        "Strategic begins below Core",
        "Lower it or raise strategic_step.",
    ),
)
"""The one list of what a policy may hold; an edit and a file are checked by it alike."""


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
        A customer more days past due than this is at most Core.
    exit_steps, exit_rungs : int
        Hysteresis: whoever holds a tier keeps it until the value falls this many half points
        below the threshold, or the risk rises this many rungs above the gate.
    stay_months : int
        Minimum stay: a tier is not changed again within so many months.
    author, note : str
        Who wrote it and why; not part of the identity.
    overrides : tuple of Override
        Customers whose tier a person has set; kept beside the policy, never in its file.

    Raises
    ------
    PolicyInvalid
        With all problems together.
    """

    name: str
    strategic_step: int
    core_step: int
    gates: Mapping[str, Gate] = field(hash=False)
    treatments: Mapping[str, Treatment] = field(hash=False)
    gates_on: bool = True
    coverage_gate: float = 0.3
    watch_days: int = 30
    exit_steps: int = 0
    exit_rungs: int = 0
    stay_months: int = 0
    author: str = field(default="", compare=False)
    note: str = field(default="", compare=False)
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        problems = problems_of(self._written(), POLICY_TABLE, "the policy")
        if problems:
            raise PolicyInvalid.from_problems(problems)
        # Own copies in one order and form: nobody's later change reaches a frozen policy.
        for name, rule in TOP_RULES.items():
            object.__setattr__(self, name, rule.plain(getattr(self, name)))
        gates = {name: Gate(**_plain(self.gates[name], GATE_RULES)) for name in LIFECYCLES}
        treatments = {name: Treatment(**_plain(self.treatments[name], TREATMENT_RULES)) for name in TIERS}
        object.__setattr__(self, "gates", gates)
        object.__setattr__(self, "treatments", treatments)

    @property
    def identity(self) -> str:
        """Hash of all the policy decides; its name, author and note are not part of it."""
        decided = self._decided()
        if self.overrides:
            decided["overrides"] = [[row.customer_id, row.tier] for row in self.overrides]
        return content_hash(decided)

    @property
    def cube_identity(self) -> str:
        """Hash of what a cube depends on: money of the treatments, coverage and watch rules.

        Thresholds, gates, offers, review cadence and churn leave it as it is.
        """
        return content_hash({"treatments": [self.money_identity(tier) for tier in TIERS], "caps": self.caps})

    @property
    def caps(self) -> list[float]:
        """What decides who is capped, and who stays for now: coverage gate, watch days, months of stay."""
        return [self.coverage_gate, self.watch_days, self.stay_months]

    def money_identity(self, tier: str) -> str:
        """Hash of what a tier's treatment does to this year's money."""
        return content_hash({name: getattr(self.treatments[tier], name) for name in YEARLY})

    @property
    def is_sticky(self) -> bool:
        """Whether a tier held before matters: exit lines apart from entry lines, or a minimum stay."""
        return bool(self.exit_steps or self.exit_rungs or self.stay_months)

    @property
    def only_relabels(self) -> bool:
        """Whether all treatments are neutral, so that no money moves with a tier."""
        return not any(self.treatments[tier].moves for tier in TIERS)

    def effective_gates(self) -> dict[str, tuple[float | None, float | None]]:
        """Give each life cycle's gates as 12-month PD (fraction), on the ladder.

        Examples
        --------
        >>> built_in_policy().effective_gates()["mature"]
        (0.0184723, 0.0761423)
        """
        return {name: self.gates[name].probabilities() for name in LIFECYCLES}

    def with_threshold(self, *, strategic: int | None = None, core: int | None = None) -> Policy:
        """Move a threshold; the other gives way when they would cross.

        Examples
        --------
        >>> moved = built_in_policy().with_threshold(core=140)
        >>> moved.strategic_step, moved.core_step
        (140, 140)
        """
        first = self.strategic_step if strategic is None else strategic
        second = self.core_step if core is None else core
        if first < second:
            first, second = (first, first) if strategic is not None else (second, second)
        return replace(self, strategic_step=first, core_step=second)

    def with_gate(self, lifecycle: str, *, strategic: int | None = None, core: int | None = None) -> Policy:
        """Move a gate of one life cycle; the other gives way when they would cross.

        Examples
        --------
        >>> built_in_policy().with_gate("mature", strategic=50).gates["mature"]
        Gate(strategic=50, core=50)
        """
        old = self.gates[lifecycle]
        first = old.strategic if strategic is None else strategic
        second = old.core if core is None else core
        if first > second:
            first, second = (first, first) if strategic is not None else (second, second)
        return replace(self, gates={**self.gates, lifecycle: Gate(first, second)})

    def to_toml(self) -> str:
        """Write the policy as TOML, to be read, compared and signed."""
        return tomli_w.dumps(self._written())

    @classmethod
    def from_toml(cls, text: str, source: str = "the policy") -> Policy:
        """Read :meth:`to_toml`'s text; every unknown key and wrong type is named.

        Parameters
        ----------
        text : str
            TOML.
        source : str
            Where it came from, for the sentences.

        Raises
        ------
        PolicyInvalid
            With all problems together, each with its line where that is known.
        """
        try:
            values = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            problem = Problem(source, f"not valid TOML: {error}", "Mend that line.")
            raise PolicyInvalid.from_problems([problem]) from None
        problems = problems_of(values, POLICY_TABLE, source, text)
        if problems:
            raise PolicyInvalid.from_problems(problems)
        return cls(
            **{name: values[name] for name in TOP_RULES if name in values},
            gates={name: Gate(**row) for name, row in values["gates"].items()},
            treatments={name: Treatment(**row) for name, row in values["treatments"].items()},
        )

    def _written(self) -> dict[str, Any]:  # Any: plain values of several types
        top = {name: getattr(self, name) for name in TOP_RULES}
        return {**top, "gates": _rows(self.gates), "treatments": _rows(self.treatments)}

    def _decided(self) -> dict[str, Any]:  # Any: as above
        return {key: value for key, value in self._written().items() if key not in ("name", "author", "note")}


def _rows(section: object) -> object:
    """Rows of gates or treatments in plain values; whatever is no row stays for the check to name."""
    if not isinstance(section, Mapping):
        return section
    return {key: asdict(row) if isinstance(row, Gate | Treatment) else row for key, row in section.items()}


def _plain(
    row: Gate | Treatment, rules: dict[str, Rule]
) -> dict[str, Any]:  # Any: plain values of several types
    return {name: rule.plain(getattr(row, name)) for name, rule in rules.items()}


def built_in_policy() -> Policy:
    """Give the policy that holds until a lender approves its own.

    Its thresholds are fixed numbers, never taken from a portfolio; mature firms
    get looser gates, growth firms and start-ups stricter ones. The treatments are
    small, non-zero assumptions.

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
            "Strategic": Treatment(
                price_change_bp=-15,
                limit_multiplier=1.15,
                headroom_use=0.5,
                service_cost_rate=0.002,
                take_up=0.6,
                offer="tailored",
                churn_change=-0.02,
            ),
            "Core": Treatment(service_cost_rate=0.001, offer="standard"),
            "Ordinary": Treatment(
                price_change_bp=20,
                limit_multiplier=0.95,
                collateral_cover=0.1,
                service_cost_rate=0.0005,
                take_up=0.9,
                review_months=6,
                offer="self_service",
                churn_change=0.01,
            ),
        },
        author="Stratum",
    )
