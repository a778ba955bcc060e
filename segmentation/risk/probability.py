"""The 12-month probability of default, from the best source a customer has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import narwhals as nw

from data.errors import Problem
from segmentation.frame import Frame, without
from segmentation.risk.checks import outside, refuse
from segmentation.risk.ratings import DEFAULT_MASTER_SCALE, rated
from segmentation.risk.slotting import slot_value

MONTHS_OF_A_YEAR = 12.0


@dataclass(frozen=True, slots=True)
class ProbabilitySettings:
    """How a probability is read.

    Attributes
    ----------
    master_scale : mapping of str to float
        Tidy rating (`tidy_rating`) to 12-month probability, a fraction in (0, 1];
        a rating at 1 means default.
    default_horizon_months : float
        Months a given probability covers where `horizon_months` is blank.
    default_days_past_due : float or None
        Days late from which a customer counts as defaulted without a flag (90 in
        the Basel definition of default, CRE36); None, the default, leaves it to the flag: a portfolio's own
        outcome is not second-guessed.

    Examples
    --------
    >>> settings = ProbabilitySettings(default_horizon_months=36)
    >>> ProbabilitySettings.from_dict(settings.to_dict()) == settings
    True
    """

    master_scale: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_MASTER_SCALE))
    default_horizon_months: float = MONTHS_OF_A_YEAR
    default_days_past_due: float | None = None

    def __post_init__(self) -> None:
        problems = [
            problem
            for rating, value in self.master_scale.items()
            for problem in outside(f"master_scale “{rating}”", value, 0, 1)
        ]
        if not self.master_scale:
            problems.append(Problem("master_scale", "it has no rating", "Give at least one rating."))
        problems += outside("default_horizon_months", self.default_horizon_months, 1, 600)
        if self.default_days_past_due is not None:
            problems += outside("default_days_past_due", self.default_days_past_due, 1, 3650)
        refuse(problems)

    def to_dict(self) -> dict[str, object]:
        """Give the settings as plain JSON types."""
        return {
            "master_scale": dict(self.master_scale),
            "default_horizon_months": self.default_horizon_months,
            "default_days_past_due": self.default_days_past_due,
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, object]) -> ProbabilitySettings:
        """Read the settings back."""
        return cls(**written)  # type: ignore[arg-type]  # __post_init__ checks the values


def with_probability(frame: Frame, settings: ProbabilitySettings) -> Frame:
    """Fill `probability_of_default` for 12 months; add `is_defaulted` and `probability_source`.

    In this order: default (1.0) → the probability given, converted from its horizon by
    1 − (1 − p)^(12/h) → the rating through the master scale → the project slot, EL / 0.45
    → the scorecard (already 12 months) → unknown (null). A value outside [0, 1] counts as
    not given. A customer is defaulted when its flag says so, when its rating or slot is
    default, or past `default_days_past_due` when that is set; a blank flag is no default.
    A given probability of 1 is taken as it is and does not by itself make a default.

    A slot derived from cover ratios serves only where neither PD nor rating is known;
    otherwise `slotting_grade` is emptied here, so that later steps see one source. A
    defaulted project is in the slot `default`, whatever slot it was in.

    Parameters
    ----------
    frame : Frame
        With `probability_of_default`, `horizon_months`, `rating`, `defaulted`,
        `days_past_due`, `slotting_grade`, `slotting_source` and
        `probability_of_default_scorecard` (null where no scorecard was fitted).
    settings : ProbabilitySettings
        Master scale and horizon. Not to be applied twice to one frame: the second time
        a converted probability would be converted again.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql(
    ...     "select 0.271::double probability_of_default, 36::double horizon_months, null::varchar rating,"
    ...     " null::boolean defaulted, null::bigint days_past_due, null::varchar slotting_grade,"
    ...     " 'none' slotting_source, null::double probability_of_default_scorecard"))
    >>> row = with_probability(frame, ProbabilitySettings()).collect()
    >>> round(row["probability_of_default"][0], 6), row["probability_source"][0]
    (0.1, 'given')
    """
    given, of_rating = nw.col("_given"), nw.col("_rated")
    has_better_source = ~(given.is_null() & of_rating.is_null())
    gives_way = (nw.col("slotting_source") == "derived") & has_better_source
    staged = (
        frame.with_columns(_given(settings).alias("_given"), rated(nw.col("rating"), settings.master_scale).alias("_rated"))
        .with_columns(
            nw.when(~gives_way).then(nw.col("slotting_grade")).alias("slotting_grade"),
            nw.when(gives_way).then(nw.lit("none")).otherwise(nw.col("slotting_source")).alias("slotting_source"),
        )
        .with_columns(slot_value("probability_of_default").alias("_slotted"))
        .with_columns(_is_defaulted(settings).alias("is_defaulted"))
        .with_columns(
            nw.when(nw.col("is_defaulted") & ~nw.col("slotting_grade").is_null()).then(nw.lit("default"))
            .otherwise(nw.col("slotting_grade")).alias("slotting_grade")
        )
        .with_columns(
            nw.when(nw.col("is_defaulted")).then(nw.lit("default"))
            .when(~given.is_null()).then(nw.lit("given"))
            .when(~of_rating.is_null()).then(nw.lit("rating"))
            .when(~nw.col("_slotted").is_null()).then(nw.lit("slotting"))
            .when(~nw.col("probability_of_default_scorecard").is_null()).then(nw.lit("scorecard"))
            .otherwise(nw.lit("none")).alias("probability_source"),
            nw.when(nw.col("is_defaulted")).then(nw.lit(1.0))
            .otherwise(nw.coalesce("_given", "_rated", "_slotted", "probability_of_default_scorecard"))
            .alias("probability_of_default"),
        )
    )  # fmt: skip
    return without(staged, ["_given", "_rated", "_slotted"])


def _given(settings: ProbabilitySettings) -> nw.Expr:
    """Convert the given probability to 12 months; one already for 12 passes untouched, to the last bit."""
    chance, horizon = nw.col("probability_of_default"), nw.col("horizon_months")
    months = nw.when(horizon > 0).then(horizon).otherwise(nw.lit(float(settings.default_horizon_months)))
    converted = 1.0 - (1.0 - chance) ** (MONTHS_OF_A_YEAR / months)
    of_a_year = nw.when(months == MONTHS_OF_A_YEAR).then(chance).otherwise(converted)
    return nw.when(chance.is_between(0.0, 1.0)).then(of_a_year)


def _is_defaulted(settings: ProbabilitySettings) -> nw.Expr:
    signs = [nw.col("defaulted"), nw.col("_rated") >= 1.0, nw.col("slotting_grade") == "default"]
    if settings.default_days_past_due is not None:
        signs.append(nw.col("days_past_due") >= settings.default_days_past_due)
    return nw.any_horizontal(*(sign.fill_null(False) for sign in signs), ignore_nulls=False)
