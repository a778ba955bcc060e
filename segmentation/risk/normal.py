"""The normal distribution as expressions: Φ and Φ⁻¹ on engines that have neither.

Both are published rational approximations, evaluated by Horner's rule in a few
staged columns, so that an engine runs them like any other arithmetic.

References
----------
W. J. Cody (1969), *Rational Chebyshev approximations for the error function*,
Mathematics of Computation 23, 631–637 (coefficients as in his CALERF, netlib SPECFUN).
M. J. Wichura (1988), *Algorithm AS 241: the percentage points of the normal
distribution*, Applied Statistics 37, 477–484 (PPND16).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw

from segmentation.frame import Frame, without


@dataclass(frozen=True, slots=True)
class Rational:
    """A quotient of two polynomials, coefficients from the highest power down."""

    numerator: tuple[float, ...]
    denominator: tuple[float, ...]

    def at(self, variable: nw.Expr) -> nw.Expr:
        """Evaluate the quotient at an expression."""
        return horner(self.numerator, variable) / horner(self.denominator, variable)


# erf(y) = y · ERF_NEAR(y²) for y ≤ 0.46875
ERF_NEAR = Rational(
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
# erfc(y) = e^(−y²) · ERFC_MIDDLE(y) for 0.46875 < y ≤ 4
ERFC_MIDDLE = Rational(
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
# erfc(y) = e^(−y²)/y · (1/√π − y⁻² · ERFC_FAR(y⁻²)) for y > 4
ERFC_FAR = Rational(
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346047e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)  # fmt: skip
NEAR, FAR = 0.46875, 4.0
VANISHED = 28.0
"""erfc is below the smallest double here; a larger argument, infinity too, is cut to it."""

QUANTILE_CENTRE = Rational(
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
QUANTILE_TAIL = Rational(
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0),
)  # fmt: skip
QUANTILE_FAR_TAIL = Rational(
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
     5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)  # fmt: skip


def horner(coefficients: Sequence[float], variable: nw.Expr) -> nw.Expr:
    """Evaluate a polynomial by Horner's rule, coefficients from the highest power down.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select 2.0::double as x"))
    >>> frame.select(horner([1.0, 0.0, 3.0], nw.col("x"))).collect().item()
    7.0
    """
    value = variable * coefficients[0] + coefficients[1]
    for coefficient in coefficients[2:]:
        value = value * variable + coefficient
    return value


def with_normal_cdf(frame: Frame, source: str, into: str) -> Frame:
    """Add Φ(source), the chance that a standard normal variable is at most `source`.

    Null stays null; ±∞ give 1 and 0. Error below 1e-15 absolute, and small in
    relative terms far into the lower tail, because e^(−y²) is split as Cody does.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select 0.0::double as x"))
    >>> with_normal_cdf(frame, "x", "chance").select("chance").collect().item()
    0.5
    """
    y, coarse = nw.col("_cdf_y"), nw.col("_cdf_coarse")
    inverse_square, decay = nw.col("_cdf_inverse_square"), nw.col("_cdf_decay")
    half_tail = (
        nw.when(y <= FAR)
        .then(decay * ERFC_MIDDLE.at(y))
        .otherwise(decay / y * (1.0 / math.sqrt(math.pi) - inverse_square * ERFC_FAR.at(inverse_square)))
        * 0.5
    )
    half_body = y * ERF_NEAR.at(y * y) * 0.5
    is_negative = nw.col(source) < 0.0
    staged = (
        frame.with_columns((nw.col(source).abs() / math.sqrt(2.0)).clip(0.0, VANISHED).alias("_cdf_y"))
        .with_columns(((y * 16.0).floor() / 16.0).alias("_cdf_coarse"))
        .with_columns(
            (1.0 / (y * y).clip(1.0, None)).alias("_cdf_inverse_square"),
            ((-coarse * coarse).exp() * (-(y - coarse) * (y + coarse)).exp()).alias("_cdf_decay"),
        )
        .with_columns(nw.when(y <= NEAR).then(half_body).otherwise(half_tail).alias("_cdf_half"))
        .with_columns(
            nw.when(nw.col(source).is_null())
            .then(None)
            .when(y <= NEAR)
            .then(nw.when(is_negative).then(0.5 - nw.col("_cdf_half")).otherwise(0.5 + nw.col("_cdf_half")))
            .when(is_negative)
            .then(nw.col("_cdf_half"))
            .otherwise(1.0 - nw.col("_cdf_half"))
            .alias(into)
        )
    )
    return without(staged, ["_cdf_y", "_cdf_coarse", "_cdf_inverse_square", "_cdf_decay", "_cdf_half"])


def with_normal_quantile(frame: Frame, source: str, into: str) -> Frame:
    """Add Φ⁻¹(source), the value a standard normal variable stays below with that chance.

    0 gives −∞ and 1 gives +∞; null, and anything outside [0, 1], gives null.
    Accurate to about 1 part in 10¹⁶ (Wichura's PPND16).

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select 0.999::double as chance"))
    >>> round(with_normal_quantile(frame, "chance", "x").select("x").collect().item(), 9)
    3.090232306
    """
    chance, centred, root = nw.col(source), nw.col("_quantile_centred"), nw.col("_quantile_root")
    nearer_tail = nw.when(centred <= 0.0).then(chance).otherwise(1.0 - chance)
    tail = nw.when(root <= 5.0).then(QUANTILE_TAIL.at(root - 1.6)).otherwise(QUANTILE_FAR_TAIL.at(root - 5.0))
    staged = (
        frame.with_columns((chance - 0.5).alias("_quantile_centred"))
        .with_columns(
            nw.when((chance > 0.0) & (chance < 1.0)).then((-nearer_tail.log()).sqrt()).alias("_quantile_root")
        )
        .with_columns(
            nw.when(chance == 0.0)
            .then(-math.inf)
            .when(chance == 1.0)
            .then(math.inf)
            .when(root.is_null())
            .then(None)
            .when(centred.abs() <= 0.425)
            .then(centred * QUANTILE_CENTRE.at(0.180625 - centred * centred))
            .when(centred < 0.0)
            .then(-tail)
            .otherwise(tail)
            .alias(into)
        )
    )
    return without(staged, ["_quantile_centred", "_quantile_root"])
