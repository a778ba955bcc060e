"""IFRS 9: in which stage a customer stands, and the credit loss expected over its horizon.

IFRS 9 *Financial Instruments* (IASB 2014), section 5.5: twelve-month expected credit loss in
stage 1, lifetime after a significant increase in credit risk (stage 2) or credit impairment
(stage 3); the presumptions of 30 and of 90 days past due are its own (5.5.11, B5.5.37). That
lifetime PD doubled and rose by half a point is this project's reading of "significant", a
setting. Loss is probability-weighted over scenarios (5.5.17) and discounted at the effective
interest rate (B5.5.44).

ECL = Σ S_{t−1} · h · LGD · EAD_t / (1 + EIR)^t over years t, S the survival, h the yearly
hazard, EAD_t the exposure at the beginning of year t, repaid in equal parts over the
remaining term; the last year may be a part of one. Written in closed form (geometric and
arithmetic-geometric series), so that a term of thirty years costs what one year does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

import narwhals as nw
import pandas as pd

from data.errors import Problem
from segmentation.frame import Frame, without
from segmentation.risk.checks import outside, refuse
from segmentation.risk.normal import with_normal_cdf, with_normal_quantile

Stage = Literal[1, 2, 3]
YEAR_MONTHS = 12.0
NEARLY_ONE = 1e-5
"""1 − q below which the series is summed as if q were 1."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One state of the economy.

    Attributes
    ----------
    key : str
        ``base``, ``upside`` or ``downside``.
    weight : float
        Its probability (fraction).
    factor : float or None
        Systematic factor of Vasicek's one-factor model in standard deviations, above 0 a
        good year; None leaves PDs as they are.
    """

    key: str
    weight: float
    factor: float | None


SCENARIOS = (Scenario("base", 0.60, None), Scenario("upside", 0.15, 1.0), Scenario("downside", 0.25, -1.5))
"""Weights and factors are this project's own assumption."""


@dataclass(frozen=True, slots=True)
class ImpairmentSettings:
    """What IFRS 9 leaves to the lender.

    Attributes
    ----------
    stage_2_days, stage_3_days : int
        Days past due from which stages 2 and 3 are presumed.
    ratio, rise : float
        Lifetime PD at least so many times that of origination, and higher by so much
        (fraction), is a significant increase.
    assumed_years : float
        Remaining term where it is unknown.
    assumed_rate : float
        Effective interest rate (fraction) where none is given.
    correlation : float
        Asset correlation of the scenarios' one-factor model.
    scenarios : tuple of Scenario
        Weights add up to 1.

    Examples
    --------
    >>> ImpairmentSettings.from_dict(ImpairmentSettings().to_dict()) == ImpairmentSettings()
    True
    """

    stage_2_days: int = 30
    stage_3_days: int = 90
    ratio: float = 2.0
    rise: float = 0.005
    assumed_years: float = 2.5
    assumed_rate: float = 0.07
    correlation: float = 0.12
    scenarios: tuple[Scenario, ...] = SCENARIOS

    def __post_init__(self) -> None:
        problems = [
            *outside("stage_2_days", self.stage_2_days, 1, 3650),
            *outside("stage_3_days", self.stage_3_days, self.stage_2_days, 3650),
            *outside("ratio", self.ratio, 1, 1000),
            *outside("rise", self.rise, 0, 1),
            *outside("assumed_years", self.assumed_years, 1 / 12, 100),
            *outside("assumed_rate", self.assumed_rate, -0.5, 10),
            *outside("correlation", self.correlation, 0, 0.99),
        ]
        for scenario in self.scenarios:
            problems += outside(f"weight of {scenario.key}", scenario.weight, 0, 1)
        if not math.isclose(sum(scenario.weight for scenario in self.scenarios), 1.0, abs_tol=1e-9):
            problems.append(Problem("scenarios", "their weights do not add up to 1", "Change one of them."))
        refuse(problems)

    def weighted(self, weights: Mapping[str, float]) -> ImpairmentSettings:
        """Give the settings with other weights, brought to a sum of 1.

        Examples
        --------
        >>> changed = ImpairmentSettings().weighted({"base": 1, "upside": 0, "downside": 1})
        >>> [scenario.weight for scenario in changed.scenarios]
        [0.5, 0.0, 0.5]
        """
        total = sum(weights.values())
        if not total > 0:
            refuse([Problem("scenarios", "all weights are 0", "Give at least one scenario a weight.")])
        return replace(
            self,
            scenarios=tuple(
                replace(scenario, weight=weights[scenario.key] / total) for scenario in self.scenarios
            ),
        )

    def to_dict(self) -> dict[str, object]:
        """Give the settings as plain JSON types."""
        return asdict(self) | {"scenarios": [asdict(scenario) for scenario in self.scenarios]}

    @classmethod
    def from_dict(cls, written: Mapping[str, object]) -> ImpairmentSettings:
        """Read the settings back."""
        values = dict(written)
        values["scenarios"] = tuple(Scenario(**row) for row in written["scenarios"])  # type: ignore[attr-defined]  # a list of dicts
        return cls(**values)  # type: ignore[arg-type]  # __post_init__ checks the values


INPUTS = (
    "is_defaulted", "days_past_due", "probability_of_default", "probability_of_default_lifetime",
    "probability_of_default_at_origination", "loss_given_default", "exposure_at_default", "remaining_months",
    "interest_rate",
)  # fmt: skip
"""Columns the formulas read: on a frame of these alone they are planned several times faster."""


def with_impairment(frame: Frame, settings: ImpairmentSettings) -> Frame:
    """Add stage, its reason and the expected credit loss, by scenario and weighted.

    Parameters
    ----------
    frame : Frame
        Scored: `is_defaulted`, `days_past_due`, `probability_of_default` (12 months,
        unfloored), `probability_of_default_lifetime`, `probability_of_default_at_origination`,
        `loss_given_default`, `exposure_at_default`, `remaining_months`, `interest_rate`.
    settings : ImpairmentSettings
        Days, ratio, scenarios.

    Returns
    -------
    Frame
        `impairment_stage` (1, 2, 3; null when neither PD nor days past due are known),
        `stage_reason` (``default``, ``days_90``, ``days_30``, ``pd_rise``, ``performing``,
        ``unknown``), `expected_credit_loss_<scenario>` and `expected_credit_loss`, money;
        null where PD, LGD or exposure is unknown. Stage 3 is LGD · EAD.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select false is_defaulted, 45 days_past_due, 0.02::double probability_of_default,"
    ...     " null::double probability_of_default_lifetime, null::double probability_of_default_at_origination,"
    ...     " 0.4::double loss_given_default, 100.0::double exposure_at_default,"
    ...     " 24.0::double remaining_months, 0.0::double interest_rate"))
    >>> row = with_impairment(frame, ImpairmentSettings()).collect()
    >>> row["impairment_stage"][0], round(row["expected_credit_loss_base"][0], 6)
    (2, 1.192)
    """
    years = (
        (nw.col("remaining_months") / YEAR_MONTHS)
        .clip(1.0 / YEAR_MONTHS, None)
        .fill_null(settings.assumed_years)
    )
    origination = nw.col("probability_of_default_at_origination")
    lifetime, chance = nw.col("probability_of_default_lifetime"), nw.col("probability_of_default")
    staged = frame.with_columns(
        years.alias("_years"),
        (1.0 + nw.col("interest_rate").fill_null(settings.assumed_rate)).clip(0.01, None).alias("_growth"),
    )
    life = nw.col("_years")
    staged = staged.with_columns(
        nw.coalesce(1.0 - (1.0 - lifetime.clip(0.0, 1.0)) ** (1.0 / life), chance.clip(0.0, 1.0)).alias(
            "_hazard"
        ),
        (1.0 - (1.0 - origination.clip(0.0, 1.0)) ** life).alias("_life_then"),
    )
    life_now = 1.0 - (1.0 - nw.col("_hazard")) ** life
    then = nw.col("_life_then")
    has_risen = ((life_now >= then * settings.ratio) & (life_now - then >= settings.rise)).fill_null(False)
    days = nw.col("days_past_due")
    is_late, is_long_late = (
        (days >= limit).fill_null(False) for limit in (settings.stage_2_days, settings.stage_3_days)
    )
    staged = staged.with_columns(
        nw.when(nw.col("is_defaulted")).then(nw.lit("default"))
        .when(is_long_late).then(nw.lit("days_90"))
        .when(is_late).then(nw.lit("days_30"))
        .when(has_risen).then(nw.lit("pd_rise"))
        .when(chance.is_null() & days.is_null()).then(nw.lit("unknown"))
        .otherwise(nw.lit("performing")).alias("stage_reason")
    )  # fmt: skip
    reason = nw.col("stage_reason")
    staged = staged.with_columns(
        nw.when(reason.is_in(["default", "days_90"])).then(nw.lit(3))
        .when(reason.is_in(["days_30", "pd_rise"])).then(nw.lit(2))
        .when(reason == "performing").then(nw.lit(1)).cast(nw.Int64).alias("impairment_stage")
    )  # fmt: skip
    staged = staged.with_columns(
        nw.when(nw.col("impairment_stage") == 1).then(life.clip(None, 1.0)).otherwise(life).alias("_horizon")
    )
    staged = _with_scenario_hazards(staged, settings)
    staged = staged.with_columns(
        _loss(nw.col(f"_hazard_{scenario.key}")).alias(f"expected_credit_loss_{scenario.key}")
        for scenario in settings.scenarios
    )
    weighted = nw.lit(0.0)
    for scenario in settings.scenarios:
        weighted = weighted + nw.col(f"expected_credit_loss_{scenario.key}") * scenario.weight
    staged = staged.with_columns(weighted.alias("expected_credit_loss"))
    helpers = ["_years", "_growth", "_hazard", "_life_then", "_horizon"]
    return without(staged, [*helpers, *(f"_hazard_{scenario.key}" for scenario in settings.scenarios)])


def _with_scenario_hazards(frame: Frame, settings: ImpairmentSettings) -> Frame:
    """Add the yearly hazard under each scenario: Φ((Φ⁻¹(h) − √ρ·z) / √(1 − ρ)) (Vasicek 2002)."""
    correlation = settings.correlation
    staged = with_normal_quantile(frame, "_hazard", "_threshold")
    for scenario in settings.scenarios:
        name = f"_hazard_{scenario.key}"
        if scenario.factor is None:
            staged = staged.with_columns(nw.col("_hazard").alias(name))
            continue
        shifted = (nw.col("_threshold") - math.sqrt(correlation) * scenario.factor) / math.sqrt(
            1.0 - correlation
        )
        staged = with_normal_cdf(staged.with_columns(shifted.alias("_shifted")), "_shifted", name).drop(
            "_shifted"
        )
    return staged.drop("_threshold")


def _loss(hazard: nw.Expr) -> nw.Expr:
    """Give the discounted loss over the horizon, in closed form; LGD · EAD in stage 3."""
    lost = nw.col("loss_given_default") * nw.col("exposure_at_default")
    growth, life, horizon = nw.col("_growth"), nw.col("_years"), nw.col("_horizon")
    whole = horizon.floor()
    kept = 1.0 - hazard
    ratio = kept / growth
    gap = 1.0 - ratio
    power = ratio**whole
    # Σ q^k and Σ k·q^k for k = 0 … n − 1
    plain = nw.when(gap.abs() < NEARLY_ONE).then(whole).otherwise((1.0 - power) / gap)
    rising = (
        nw.when(gap.abs() < NEARLY_ONE).then(whole * (whole - 1.0) / 2.0)
        .otherwise((ratio - whole * power + (whole - 1.0) * power * ratio) / (gap * gap))
    )  # fmt: skip
    years = hazard / growth * (plain - rising / life)
    part = horizon - whole
    last = kept**whole * (1.0 - kept**part) * (1.0 - whole / life) / growth**horizon
    return nw.when(nw.col("impairment_stage") == 3).then(lost).otherwise(lost * (years + last))


@dataclass(frozen=True, slots=True)
class StageLine:
    """What one stage holds.

    Attributes
    ----------
    stage : int or None
        1, 2, 3; None when it can't be said.
    customers : int
        How many.
    exposure : float
        Money.
    losses : dict
        Scenario → expected credit loss, money.
    """

    stage: int | None
    customers: int
    exposure: float
    losses: dict[str, float]

    def loss(self, settings: ImpairmentSettings) -> float:
        """Expected credit loss weighted by scenario."""
        return sum(self.losses[scenario.key] * scenario.weight for scenario in settings.scenarios)


@dataclass(frozen=True, slots=True)
class ImpairmentBoard:
    """Stages of a portfolio; other weights need no row.

    Attributes
    ----------
    lines : tuple of StageLine
        In the order of the stages, unknown last.
    reasons : dict
        Why → exposure.
    assumed_rate, assumed_term, without_origination : float
        Share of exposure whose interest rate, whose remaining term is assumed, and whose PD
        at origination is unknown, so that its rise can't be seen.
    """

    lines: tuple[StageLine, ...]
    reasons: dict[str, float]
    assumed_rate: float
    assumed_term: float
    without_origination: float


def impairment_rows(frame: Frame, settings: ImpairmentSettings) -> Frame:
    """Sum a frame that has its impairment by stage and reason; a dozen rows come back."""
    exposure = nw.col("exposure_at_default").fill_null(0.0)

    def where(name: str) -> nw.Expr:
        return nw.when(nw.col(name).is_null()).then(exposure).otherwise(nw.lit(0.0)).sum()

    return frame.group_by("impairment_stage", "stage_reason").agg(
        nw.len().alias("customers"),
        exposure.sum().alias("exposure"),
        where("interest_rate").alias("no_rate"),
        where("remaining_months").alias("no_term"),
        where("probability_of_default_at_origination").alias("no_origination"),
        *(
            nw.col(f"expected_credit_loss_{scenario.key}").sum().alias(scenario.key)
            for scenario in settings.scenarios
        ),
    )


def impairment_board(rows: pd.DataFrame, settings: ImpairmentSettings) -> ImpairmentBoard:
    """Put the sums together."""
    amounts = rows.drop(columns=["impairment_stage", "stage_reason"]).astype("float64").fillna(0.0)
    stages = rows["impairment_stage"].fillna(0).astype("int64").to_numpy()
    keys = [scenario.key for scenario in settings.scenarios]

    def sums(stage: int) -> StageLine:
        total = amounts[stages == stage].sum()
        losses = {key: float(total[key]) for key in keys}
        return StageLine(stage or None, int(total["customers"]), float(total["exposure"]), losses)

    lines = tuple(sums(stage) for stage in (1, 2, 3, 0) if stage in stages)
    total = float(amounts["exposure"].sum())

    def share(name: str) -> float:
        return float(amounts[name].sum()) / total if total > 0 else 0.0

    reasons = {
        str(reason): float(held)
        for reason, held in amounts["exposure"].groupby(rows["stage_reason"]).sum().items()
    }
    return ImpairmentBoard(lines, reasons, share("no_rate"), share("no_term"), share("no_origination"))
