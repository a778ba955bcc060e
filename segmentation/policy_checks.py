"""What should be looked at before a policy is signed: empty tiers, no PD, its test cases."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.explain import Standing, tier_checks, tier_reason
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
        ``above`` (meets a better tier), ``stay`` (keeps the tier held before), ``default``,
        ``no_default``, ``override``, ``absent``; empty when the case passes.
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


def judge(
    case: Case, standing: Standing | None, policy: Policy, tier: str, *, is_forced: bool = False
) -> CaseResult:
    """Hold one customer to a test case and say why it fails.

    Parameters
    ----------
    case : Case
        What is asked for.
    standing : Standing or None
        What decides the customer's tier; None when it is not in the portfolio.
    policy : Policy
        The policy judged.
    tier : str
        Tier the row rule gives, tiers held before and set by hand included.
    is_forced : bool
        Whether a person has set it.

    Examples
    --------
    >>> from segmentation.policy import built_in_policy
    >>> standing = Standing(120, 20, "mature", False, False)
    >>> judge(Case("A", "Strategic"), standing, built_in_policy(), "Core")
    CaseResult(case=Case(customer_id='A', tier='Strategic', reason=''), tier='Core', rule='threshold', needed=65.0, actual=60.0)
    >>> judge(Case("A", "Core"), standing, built_in_policy(), "Core").passed
    True
    """
    if standing is None:
        return CaseResult(case, "", "absent")
    if tier == case.tier:
        return CaseResult(case, tier)
    if WORKOUT in (tier, case.tier):
        return CaseResult(case, tier, "default" if tier == WORKOUT else "no_default")
    if is_forced:
        return CaseResult(case, tier, "override")
    if TIERS.index(tier) < TIERS.index(case.tier):
        if TIERS.index(tier_reason(standing, policy).tier) >= TIERS.index(case.tier):
            return CaseResult(case, tier, "stay")
        met = tier_checks(standing, policy, tier)[0]
        return CaseResult(case, tier, "above", met.needed, met.actual)
    failed = [] if case.tier == TIERS[-1] else [
        check for check in tier_checks(standing, policy, case.tier) if not check.passed
    ]  # fmt: skip
    if not failed:
        return CaseResult(case, tier, "stay")
    return CaseResult(case, tier, failed[0].rule, failed[0].needed, failed[0].actual)
