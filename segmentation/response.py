"""Who will say yes when called: a response model, its lift, and the list it makes.

The same machinery as the scorecard, with a response in place of a default: weights of
evidence, a regularised logistic regression, points, and the same guard. A response model is
used *before* a call, so nothing the call itself brings may enter it: how long it took, how
many calls it needed, what came of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.fit import contract_candidates
from segmentation.frame import Frame
from segmentation.scorecard.compile import with_scorecard
from segmentation.scorecard.fit import Scorecard, fit_scorecard, out_of_fold, rows_for_folds
from segmentation.scorecard.guard import Candidate, Verdict
from segmentation.scorecard.horizon import Horizon
from segmentation.scoring_model import PortfolioColumn

Floats = npt.NDArray[np.float64]

OF_THIS_CAMPAIGN = frozenset({"campaign_contacts", "campaign_responses"})
"""Contract columns that count what the campaign itself did."""
YES = ("yes", "y", "true", "1", "是", "有", "responded", "accepted", "subscribed")
NO = ("no", "n", "false", "0", "否", "无", "none", "refused", "declined")
CURVE_STEPS = 20


SAYS_WHO_RESPONDED = re.compile(
    r"^(y|yes|target|label)$|respon|subscri|convert|conversion|accept|purchas|bought|signed|响应|成交|转化|订购|办理|购买",
    re.IGNORECASE,
)
"""Headers under which campaigns keep their outcome."""


def response_columns(columns: Sequence[PortfolioColumn]) -> list[str]:
    """List the columns that could say who responded, likeliest first.

    Campaign counts, then yes/no texts and flags whose header says so, then the others: a
    yes/no column may as well be a housing loan.
    """
    names = [column.name for column in columns]
    counted = ["campaign_responses"] if "campaign_responses" in names else []
    could = [column for column in columns if column.role == "custom" and column.kind in ("flag", "text")]
    ranked = sorted(could, key=lambda column: SAYS_WHO_RESPONDED.search(column.header) is None)
    return counted + [column.name for column in ranked]


def says_who_responded(column: PortfolioColumn) -> bool:
    """Say whether a column's own name tells that it holds a campaign's outcome.

    Examples
    --------
    >>> says_who_responded(PortfolioColumn("x_y", "y", "text"))
    True
    >>> says_who_responded(PortfolioColumn("x_housing", "housing", "text"))
    False
    """
    return column.name == "campaign_responses" or (
        column.role == "custom" and SAYS_WHO_RESPONDED.search(column.header) is not None
    )


def responded(column: str, kind: str) -> nw.Expr:
    """Read a column as a response: 1 yes, 0 no, null unknown.

    Parameters
    ----------
    column : str
        `campaign_responses` (a count, known where somebody was contacted), a flag or a text.
    kind : str
        As in the contract.

    Examples
    --------
    >>> import duckdb
    >>> frame = nw.from_native(duckdb.sql("select unnest(['Yes', 'no', 'maybe']) as y"))
    >>> frame.select(responded("y", "text").alias("y")).collect()["y"].to_list()
    [1, 0, None]
    """
    cell = nw.col(column)
    if kind == "flag":
        return nw.when(cell).then(nw.lit(1)).when(~cell.is_null()).then(nw.lit(0))
    if kind == "text":
        word = cell.str.strip_chars().str.to_lowercase()
        return nw.when(word.is_in(YES)).then(nw.lit(1)).when(word.is_in(NO)).then(nw.lit(0))
    return nw.when(cell > 0).then(nw.lit(1)).when(~cell.is_null()).then(nw.lit(0))


def response_candidates(columns: Sequence[PortfolioColumn], outcome: str) -> list[Candidate]:
    """List what may predict a response, with why the rest may not.

    The contract keeps out outcomes, protected columns and identities. What *it* calls later than
    a loan's application is no secret when an existing customer is called; late is what the
    campaign itself brings, and every extra column that looks late (a call's length) until a
    person says otherwise.
    """
    extra = {column.name for column in columns if column.role == "custom"}
    found = []
    for candidate in contract_candidates(columns):
        if candidate.name == outcome:
            continue
        is_known = candidate.excluded == "known_later" and candidate.name not in extra
        excluded = "" if is_known else candidate.excluded
        late = "known_later" if candidate.name in OF_THIS_CAMPAIGN else excluded
        found.append(Candidate(candidate.name, candidate.header, candidate.is_numeric, late))
    return found


@dataclass(frozen=True, slots=True)
class LiftPoint:
    """Calling the best share of customers, out of fold.

    Attributes
    ----------
    called : float
        Share called, best first.
    reached : float
        Share of all who respond among them.
    rate : float
        Response rate among them.
    """

    called: float
    reached: float
    rate: float


@dataclass(frozen=True, slots=True)
class ResponseModel:
    """A fitted response model and what is known of it.

    Attributes
    ----------
    outcome : str
        Column it was fitted to.
    card : Scorecard or None
        None when the outcomes do not carry a model; `reason` says why.
    reason : str
        Key of the reason; empty when there is a model.
    auc : float or None
        Out of fold, bins and selection made anew in each fold.
    customers, responses : int
        In the fitting sample.
    lift : tuple of LiftPoint
        From nobody to everybody.
    refused, flagged : tuple of Verdict
        What the contract and the guard said.
    """

    outcome: str
    card: Scorecard | None
    reason: str
    auc: float | None
    customers: int
    responses: int
    lift: tuple[LiftPoint, ...]
    refused: tuple[Verdict, ...]
    flagged: tuple[Verdict, ...]

    @property
    def rate(self) -> float:
        """Response rate of the fitting sample."""
        return self.responses / self.customers if self.customers else 0.0

    def to_dict(self) -> dict[str, Any]:  # Any: plain JSON
        """Plain values for JSON."""
        return {**asdict(self), "card": self.card.to_dict() if self.card else None}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> ResponseModel:  # Any: plain JSON
        """Read :meth:`to_dict`'s values."""
        return cls(
            **{
                **written,
                "card": Scorecard.from_dict(written["card"]) if written["card"] else None,
                "lift": tuple(LiftPoint(**row) for row in written["lift"]),
                "refused": tuple(Verdict(**row) for row in written["refused"]),
                "flagged": tuple(Verdict(**row) for row in written["flagged"]),
            }
        )


def fit_response(
    rows: pd.DataFrame, outcome: pd.Series, candidates: Sequence[Candidate], name: str, *, seed: int = 0
) -> ResponseModel:
    """Fit a response model on a sample with known responses.

    Parameters
    ----------
    rows : pandas.DataFrame
        Customers, with the candidates' columns.
    outcome : pandas.Series
        1 responded, 0 not, missing unknown; rows of unknown outcome are left out.
    candidates : sequence of Candidate
        Of :func:`response_candidates`.
    name : str
        Column of the outcome.
    seed : int
        Of the folds.
    """
    known = outcome.notna().to_numpy()
    rows, yes = rows[known].reset_index(drop=True), outcome[known].astype(bool).to_numpy()
    fitted = fit_scorecard(rows, pd.Series(yes), candidates, seed=seed)
    lift: tuple[LiftPoint, ...] = ()
    if fitted.scorecard is not None:
        refused = {verdict.column for verdict in fitted.refused}
        usable = [item for item in candidates if not item.excluded and item.header not in refused]
        kept = rows_for_folds(len(yes), seed)
        part, answers = rows.iloc[kept].reset_index(drop=True), yes[kept]
        lift = lift_curve(answers, out_of_fold(part, answers, usable, seed))
    return ResponseModel(
        name, fitted.scorecard, fitted.quality.reason, fitted.quality.auc, len(yes), int(yes.sum()), lift,
        fitted.refused, fitted.flagged,
    )  # fmt: skip


def lift_curve(
    yes: npt.NDArray[np.bool_], probability: Floats, steps: int = CURVE_STEPS
) -> tuple[LiftPoint, ...]:
    """Cumulative gains of calling the likeliest first (Ling & Li 1998, KDD).

    Examples
    --------
    >>> curve = lift_curve(np.array([True, False, False, False]), np.array([0.9, 0.2, 0.1, 0.3]), steps=4)
    >>> [(point.called, point.reached, point.rate) for point in curve[:3]]
    [(0.0, 0.0, 0.0), (0.25, 1.0, 1.0), (0.5, 1.0, 0.5)]
    """
    ordered = yes[np.argsort(-probability, kind="stable")]
    total = max(int(ordered.sum()), 1)
    points = [LiftPoint(0.0, 0.0, 0.0)]
    for step in range(1, steps + 1):
        called = round(len(ordered) * step / steps)
        hits = int(ordered[:called].sum())
        points.append(LiftPoint(called / max(len(ordered), 1), hits / total, hits / max(called, 1)))
    return tuple(points)


def with_response(frame: Frame, model: ResponseModel, others: Sequence[str]) -> Frame:
    """Give customers with `response_probability`, and the columns named beside it.

    Parameters
    ----------
    frame : Frame
        With every column the model reads.
    model : ResponseModel
        With a card.
    others : sequence of str
        Columns to keep.
    """
    card = model.card
    if card is None:
        return frame.select(*others).with_columns(nw.lit(model.rate).alias("response_probability"))
    features = [feature.column for feature in card.features]
    narrow = frame.select(*dict.fromkeys([*others, *features]))
    scored = with_scorecard(narrow, card, Horizon())
    return scored.with_columns(
        nw.col("probability_of_default_scorecard").alias("response_probability")
    ).select(*others, "response_probability")


@dataclass(frozen=True, slots=True)
class CallPlan:
    """Whom to call, summed.

    Attributes
    ----------
    calls : int
        Customers on the list.
    responses : float
        Expected.
    cost, value : float
        Of the calls, and of the responses.
    """

    calls: int
    responses: float
    cost: float
    value: float

    @property
    def profit(self) -> float:
        """Value less cost."""
        return self.value - self.cost


def call_plan(probability: Floats, worth: Floats, cost: float) -> CallPlan:
    """Sum the calls of a list that are worth making.

    A call earns p · worth − cost, so it is worth making while p · worth > cost.

    Parameters
    ----------
    probability, worth : ndarray of float
        Of each customer on the list: chance of a yes, and what a yes is worth.
    cost : float
        Of a call.

    Examples
    --------
    >>> plan = call_plan(np.array([0.5, 0.1, 0.4]), np.full(3, 100.0), 30.0)
    >>> plan.calls, round(plan.responses, 6), plan.profit
    (2, 0.9, 30.0)
    """
    taken = probability * worth > cost
    gains = probability[taken] * worth[taken]
    return CallPlan(
        int(taken.sum()), float(probability[taken].sum()), float(taken.sum() * cost), float(gains.sum())
    )
