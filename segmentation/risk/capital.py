"""Expected loss, and the capital a bank must hold against the unexpected one.

The internal ratings-based formulas of the Basel Committee: Basel II (June 2006)
§§ 272–273 for firms, §§ 328–330 for retail; in the Basel framework CRE31, for project
slots CRE33, for defaulted exposures CRE31 and CRE35. A regime sets the floor of PD, nothing else.

Not covered: the 1.25 factor on the correlation of large financial institutions, input
floors of LGD by collateral, the output floor, and the scaling factor 1.06 of Basel II.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import narwhals as nw

from data.errors import Problem
from segmentation.frame import Frame, look_up, tidy_text, without
from segmentation.risk.checks import outside, refuse
from segmentation.risk.normal import with_normal_cdf, with_normal_quantile
from segmentation.risk.slotting import PERSONAL_CLASSES, slot_value

Regime = Literal["basel3", "basel2"]

PD_FLOOR: dict[Regime, float] = {"basel3": 0.0005, "basel2": 0.0003}
"""Least PD (fraction) inside the capital formula: CRE32.4 and Basel II § 285."""

CAPITAL_RATIO = 0.08
RISK_WEIGHT_OF_CAPITAL = 12.5
CONFIDENCE_QUANTILE = 3.090232306167813
"""Φ⁻¹(0.999): the loss of one year in a thousand."""
ALMOST_CERTAIN = 1.0 - 1e-12
"""Φ⁻¹ is taken of at most this, so that a PD of 1 leaves no infinity behind."""
MILLION = 1e6

SMALL_REVENUE_MILLION, LARGE_REVENUE_MILLION = 5.0, 50.0
"""EUR m between which the size adjustment of the correlation falls from 0.04 to 0."""

DEFAULT_MATURITY_YEARS = 2.5

EURO_RATES: dict[str, float] = {
    "EUR": 1.0,
    "USD": 1 / 1.0389,
    "GBP": 1 / 0.82918,
    "CHF": 1 / 0.9412,
    "JPY": 1 / 163.06,
    "CNY": 1 / 7.5833,
    "RMB": 1 / 7.5833,
}
"""EUR for one unit, European Central Bank reference rates of 31 December 2024; a setting."""


@dataclass(frozen=True, slots=True)
class CapitalSettings:
    """What the capital formula leaves to the user.

    Attributes
    ----------
    regime : {"basel3", "basel2"}
        Sets the floor of PD: 0.05 % or 0.03 %.
    sme_as_retail : bool
        Treat customers of class SME as other retail.
    currency_rates_to_eur : mapping of str to float
        EUR for one unit of a currency, by its code; a currency that is blank or missing
        here gets no size adjustment.
    product_column : str or None
        Text column that names the product; where it holds one of `revolving_words`, a
        retail customer is revolving. None: nobody is.
    revolving_words : tuple of str
        What marks a revolving product, lower case.

    Examples
    --------
    >>> CapitalSettings().pd_floor
    0.0005
    >>> CapitalSettings.from_dict(CapitalSettings("basel2").to_dict()) == CapitalSettings("basel2")
    True
    """

    regime: Regime = "basel3"
    sme_as_retail: bool = False
    currency_rates_to_eur: Mapping[str, float] = field(default_factory=lambda: dict(EURO_RATES))
    product_column: str | None = "product"
    revolving_words: tuple[str, ...] = ("revolving", "creditcard", "overdraft", "信用卡", "透支", "循环")

    def __post_init__(self) -> None:
        problems = [
            problem
            for code, rate in self.currency_rates_to_eur.items()
            for problem in outside(f"currency_rates_to_eur “{code}”", rate, 1e-9, 1e9)
        ]
        if self.regime not in PD_FLOOR:
            problems.append(
                Problem("regime", f"“{self.regime}” is unknown", f"Choose {' or '.join(PD_FLOOR)}.")
            )
        if not self.revolving_words:
            problems.append(Problem("revolving_words", "there is none", "Give at least one word."))
        refuse(problems)

    @property
    def pd_floor(self) -> float:
        """Least PD (fraction) inside the formula."""
        return PD_FLOOR[self.regime]

    def to_dict(self) -> dict[str, object]:
        """Give the settings as plain JSON types."""
        return {
            "regime": self.regime,
            "sme_as_retail": self.sme_as_retail,
            "currency_rates_to_eur": dict(self.currency_rates_to_eur),
            "product_column": self.product_column,
            "revolving_words": list(self.revolving_words),
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, object]) -> CapitalSettings:
        """Read the settings back."""
        values = dict(written)
        values["revolving_words"] = tuple(written["revolving_words"])  # type: ignore[arg-type]  # a list of text
        return cls(**values)  # type: ignore[arg-type]  # __post_init__ checks the values


def with_expected_loss(frame: Frame) -> Frame:
    """Add `expected_loss` = PD · LGD · EAD, in money; PD is not floored here.

    The share a guarantor covers has the guarantor's PD. A project slot has its own rate of
    exposure (CRE33), 50 % in default. A defaulted customer has its best estimate of loss
    times exposure: PD is 1 there, and the LGD stands in where no best estimate is given.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 0.02::double probability_of_default, 0.5::double loss_given_default,"
    ...     " 1000.0::double exposure_at_default, null::varchar slotting_grade, false is_defaulted,"
    ...     " 0.0::double covered_share, null::double guarantor_probability,"
    ...     " null::double best_estimate_of_loss"))
    >>> with_expected_loss(frame).select("expected_loss").collect().item()
    10.0
    """
    covered, chance = nw.col("covered_share"), nw.col("probability_of_default")
    # Written so that nothing covered leaves PD · LGD · EAD to the last bit.
    of_guarantor = chance - covered * (chance - nw.col("guarantor_probability").fill_null(0.0))
    rate = (
        nw.when(nw.col("is_defaulted") & nw.col("slotting_grade").is_null()).then(_best_estimate())
        .when(~nw.col("slotting_grade").is_null()).then(slot_value("expected_loss_rate"))
        .when(covered > 0).then(of_guarantor * nw.col("loss_given_default"))
        .otherwise(chance * nw.col("loss_given_default"))
    )  # fmt: skip
    return frame.with_columns((rate * nw.col("exposure_at_default")).alias("expected_loss"))


def _best_estimate() -> nw.Expr:
    """Loss rate expected of a defaulted customer: given, else its LGD."""
    given = nw.when(nw.col("best_estimate_of_loss").is_between(0.0, 1.0)).then(
        nw.col("best_estimate_of_loss")
    )
    return nw.coalesce(given, nw.col("loss_given_default"))


def _asset_class(settings: CapitalSettings) -> nw.Expr:
    """Give the row of the capital formula a customer falls under.

    A customer in a slot is `slotting`. Retail and HNW customers are `mortgage` with
    residential collateral, `revolving` when the product column says so, else
    `other_retail`. All others, unknown ones too, are `corporate`, or `sme` when their
    revenue is known in euro, at most EUR 50 m, and they are no sovereign.
    """
    customer_class = tidy_text(nw.col("customer_class")).fill_null("")
    retail_classes = (*PERSONAL_CLASSES, "sme") if settings.sme_as_retail else PERSONAL_CLASSES
    is_retail = customer_class.is_in(retail_classes)
    is_residential = (tidy_text(nw.col("collateral_type")) == "residential").fill_null(False)
    is_small = (nw.col("_revenue_million_euro") <= LARGE_REVENUE_MILLION) & (customer_class != "sovereign")
    return (
        nw.when(~nw.col("slotting_grade").is_null()).then(nw.lit("slotting"))
        .when(is_retail & is_residential).then(nw.lit("mortgage"))
        .when(is_retail & _is_revolving(settings)).then(nw.lit("revolving"))
        .when(is_retail).then(nw.lit("other_retail"))
        .when(is_small).then(nw.lit("sme"))
        .otherwise(nw.lit("corporate"))
    )  # fmt: skip


def with_capital(frame: Frame, settings: CapitalSettings, *, guaranteed: bool = False) -> Frame:
    """Add `asset_class`, `capital_requirement` (K), `economic_capital` and `risk_weight`.

    With R the correlation of the asset class and G = Φ⁻¹,

    K = [LGD·Φ((G(PD) + √R·G(0.999)) / √(1 − R)) − PD·LGD] · (1 + (M − 2.5)·b) / (1 − 1.5·b),
    b = (0.11852 − 0.05478·ln PD)²,

    the last factor for firms only, M = remaining_months/12 within [1, 5], else 2.5.
    K is a fraction of exposure; economic_capital = K·EAD in money; risk_weight = 12.5·K, a
    fraction. A defaulted customer needs max(0, LGD − best estimate), 0 when no best estimate
    is given. A slot needs 0.08 · weight. The share a guarantor covers has the K of a firm
    with the guarantor's PD.

    Parameters
    ----------
    frame : Frame
        After the steps that fill probability, loss and exposure.
    settings : CapitalSettings
        Regime, currency rates, and what counts as retail.
    guaranteed : bool
        Whether any share is covered; without, the formula runs once a row.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 0.01::double probability_of_default, 0.45::double loss_given_default,"
    ...     " 100.0::double exposure_at_default, false is_defaulted, null::varchar slotting_grade,"
    ...     " null::varchar customer_class, null::varchar collateral_type, null::double annual_revenue,"
    ...     " null::varchar currency, null::double remaining_months, null::varchar product,"
    ...     " null::double best_estimate_of_loss"))
    >>> round(with_capital(frame, CapitalSettings()).select("risk_weight").collect().item(), 4)
    0.9232
    """
    staged = _with_revenue_million_euro(frame, settings).with_columns(
        _asset_class(settings).alias("asset_class")
    )
    staged = _with_requirement(staged, "probability_of_default", "asset_class", "_own", settings)
    own = nw.col("_own")
    helpers = ["_own", "_revenue_million_euro"]
    if guaranteed:
        staged = staged.with_columns(nw.lit("corporate").alias("_guarantor_class"))
        staged = _with_requirement(
            staged, "guarantor_probability", "_guarantor_class", "_guarantors", settings
        )
        covered = nw.col("covered_share")
        own = (
            nw.when(covered > 0).then(own * (1.0 - covered) + nw.col("_guarantors") * covered).otherwise(own)
        )
        helpers += ["_guarantors", "_guarantor_class"]
    in_slot = nw.col("asset_class") == "slotting"
    after_default = (nw.col("loss_given_default") - _best_estimate()).clip(0.0, None)
    capital, exposure = nw.col("capital_requirement"), nw.col("exposure_at_default")
    staged = (
        staged.with_columns(
            nw.when(in_slot).then(slot_value("risk_weight") * CAPITAL_RATIO)
            .when(nw.col("is_defaulted")).then(after_default)
            .otherwise(own).alias("capital_requirement")
        )
        .with_columns(
            (capital * exposure).alias("economic_capital"),
            # 12.5 · 0.08 is 1 only on paper: a slot's weight is given as published.
            nw.when(in_slot).then(slot_value("risk_weight"))
            .otherwise(capital * RISK_WEIGHT_OF_CAPITAL).alias("risk_weight"),
        )
    )  # fmt: skip
    return without(staged, helpers)


def _with_requirement(
    frame: Frame, probability: str, asset_class: str, into: str, settings: CapitalSettings
) -> Frame:
    """Add K of a probability under an asset class; null where the probability is."""
    chance, loss, correlation = nw.col("_capital_pd"), nw.col("loss_given_default"), nw.col("_correlation")
    stressed = (nw.col("_threshold") + correlation.sqrt() * CONFIDENCE_QUANTILE) / (1.0 - correlation).sqrt()
    staged = frame.with_columns(nw.col(probability).clip(settings.pd_floor, 1.0).alias("_capital_pd"))
    staged = staged.with_columns(
        _correlation(asset_class).alias("_correlation"),
        _maturity_factor(asset_class).alias("_maturity_factor"),
        chance.clip(None, ALMOST_CERTAIN).alias("_uncertain_pd"),
    )
    staged = with_normal_quantile(staged, "_uncertain_pd", "_threshold").with_columns(
        stressed.alias("_stressed")
    )
    staged = with_normal_cdf(staged, "_stressed", "_stressed_pd")
    unexpected = (loss * nw.col("_stressed_pd") - chance * loss) * nw.col("_maturity_factor")
    staged = staged.with_columns(unexpected.clip(0.0, None).alias(into))
    return without(
        staged,
        ["_capital_pd", "_uncertain_pd", "_threshold", "_stressed", "_stressed_pd", "_correlation",
         "_maturity_factor"],
    )  # fmt: skip


def _correlation(asset_class_column: str) -> nw.Expr:
    """Give R of the asset class; firms' falls with PD and, for small ones, with size."""
    firm = _between(0.12, 0.24, 50.0)
    revenue = nw.col("_revenue_million_euro").clip(SMALL_REVENUE_MILLION, LARGE_REVENUE_MILLION)
    size_span = LARGE_REVENUE_MILLION - SMALL_REVENUE_MILLION
    small = firm - 0.04 * (1.0 - (revenue - SMALL_REVENUE_MILLION) / size_span)
    asset_class = nw.col(asset_class_column)
    return (
        nw.when(asset_class == "mortgage").then(nw.lit(0.15))
        .when(asset_class == "revolving").then(nw.lit(0.04))
        .when(asset_class == "other_retail").then(_between(0.03, 0.16, 35.0))
        .when(asset_class == "sme").then(small)
        .otherwise(firm)
    )  # fmt: skip


def _between(of_risky: float, of_safe: float, decay: float) -> nw.Expr:
    """Slide from the safe correlation to the risky one as PD grows."""
    weight = (1.0 - (nw.col("_capital_pd") * -decay).exp()) / (1.0 - math.exp(-decay))
    return weight * of_risky + (1.0 - weight) * of_safe


def _maturity_factor(asset_class_column: str) -> nw.Expr:
    years = (nw.col("remaining_months") / 12.0).clip(1.0, 5.0).fill_null(DEFAULT_MATURITY_YEARS)
    slope = 0.11852 - 0.05478 * nw.col("_capital_pd").log()
    b = slope * slope
    is_firm = nw.col(asset_class_column).is_in(["corporate", "sme"])
    return nw.when(is_firm).then((1.0 + (years - 2.5) * b) / (1.0 - 1.5 * b)).otherwise(nw.lit(1.0))


def _with_revenue_million_euro(frame: Frame, settings: CapitalSettings) -> Frame:
    """Convert annual revenue; null when the revenue or the rate of its currency is unknown."""
    rates = {code.lower(): float(rate) for code, rate in settings.currency_rates_to_eur.items()}
    revenue = nw.col("annual_revenue") * look_up(tidy_text(nw.col("currency")), rates) / MILLION
    return frame.with_columns(revenue.alias("_revenue_million_euro"))


def _is_revolving(settings: CapitalSettings) -> nw.Expr:
    if settings.product_column is None:
        return nw.lit(False)
    product = tidy_text(nw.col(settings.product_column))
    return nw.any_horizontal(
        *(product.str.contains(word, literal=True) for word in settings.revolving_words), ignore_nulls=True
    )
