"""What should be looked at before a policy is signed: empty tiers, no PD, its test cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.explain import Check, Standing, tier_checks, tier_reason
from segmentation.policy import TIERS, WORKOUT, Policy
from segmentation.tiers import TierBoard


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a policy does to a portfolio that may not be meant.

    Attributes
    ----------
    key : str
        ``empty_tier``, ``no_risk`` (nobody has a PD) or ``some_risk`` (some have none).
    tier : str
        The tier concerned; empty when none.
    customers : int
        How many are concerned.
    """

    key: str
    tier: str = ""
    customers: int = 0


def cautions_of(policy: Policy, board: TierBoard) -> tuple[Caution, ...]:
    """Say what a policy does to a portfolio that a person should know before signing.

    Gates compare a PD with a rung: whoever has none fails them while they are on.
    """
    found = [Caution("empty_tier", tier) for tier in TIERS if board.of(tier).customers == 0]
    performing = board.total.customers - board.of(WORKOUT).customers
    # Of customers in default the risk is known: it has happened.
    without = sum(board.of(tier).customers_without_pd for tier in TIERS)
    if policy.gates_on and without:
        found.insert(0, Caution("no_risk" if without == performing else "some_risk", "", without))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Case:
    """A test case: this customer must stand in that tier, for a reason (hostile text)."""

    customer_id: str
    tier: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of a test case under a policy.

    Attributes
    ----------
    case : Case
        What was asked for.
    tier : str
        Tier the customer stands in; empty when it is not in the portfolio.
    rule : str
        What decides: ``threshold``, ``gate``, ``cap`` (of the tier asked for, not met),
        ``above`` (meets a better tier), ``default``, ``no_default``, ``override``, ``absent``; empty when
        the case passes.
    needed, actual : float or None
        Points of a threshold, 12-month PD (fraction) of a gate; None where there is none.
    """

    case: Case
    tier: str
    rule: str = ""
    needed: float | None = None
    actual: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the customer stands where it must; one that is not there does not."""
        return self.tier == self.case.tier


def judge(case: Case, standing: Standing | None, policy: Policy, override: str = "") -> CaseResult:
    """Hold one customer to a test case and say why it fails.

    Parameters
    ----------
    case : Case
        What is asked for.
    standing : Standing or None
        What decides the customer's tier; None when it is not in the portfolio.
    policy : Policy
        The policy judged.
    override : str
        Tier a person's word in force gives the customer; empty when none does.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> standing = Standing(120, 20, "mature", False, False)
    >>> judge(Case("A", "Strategic"), standing, built_in_policy())
    CaseResult(case=Case(customer_id='A', tier='Strategic', reason=''), tier='Core', rule='threshold', needed=65.0, actual=60.0)
    >>> judge(Case("A", "Core"), standing, built_in_policy()).passed
    True
    """
    if standing is None:
        return CaseResult(case, "", "absent")
    tier = tier_reason(standing, policy).tier
    if override and tier != WORKOUT:
        return CaseResult(case, override, "" if override == case.tier else "override")
    if tier == case.tier:
        return CaseResult(case, tier)
    if tier == WORKOUT or case.tier == WORKOUT:
        return CaseResult(case, tier, "default" if tier == WORKOUT else "no_default")
    if TIERS.index(tier) < TIERS.index(case.tier):
        met = tier_checks(standing, policy, tier)[0]
        return CaseResult(case, tier, "above", met.needed, met.actual)
    failed = _first_failed(tier_checks(standing, policy, case.tier))
    return CaseResult(case, tier, failed.rule, failed.needed, failed.actual)


def _first_failed(checks: Sequence[Check]) -> Check:
    return next(check for check in checks if not check.passed)
