"""What may not enter a scorecard.

First the contract: nothing known only later, no outcome, nothing protected, no
identity. Then each feature alone, in three views (its value, whether it is
missing, whether it is a heaped number), because a column rewritten after
default gives itself away: alone it separates too well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.scorecard.binning import bin_feature
from segmentation.scorecard.quality import auc

REFUSE_AUC = 0.85
FLAG_AUC = 0.80
FLAG_IV = 1.0
MOST_LEVELS_SHARE = 0.5
AS_TELLING = 0.01
PLAINEST = ("missing", "heaping", "value")
"""Views from the plainest reason to the least plain."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that might predict default.

    Attributes
    ----------
    name : str
        Column of the portfolio.
    header : str
        What its source calls it.
    is_numeric : bool
        Numbers are binned by breaks, texts by levels.
    excluded : str
        Why the contract keeps it out; empty when it may try.
    """

    name: str
    header: str
    is_numeric: bool
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard found of a feature.

    Attributes
    ----------
    column : str
        Source header.
    view : str
        ``value``, ``missing``, ``heaping`` or ``contract``.
    auc, iv : float or None
        Of that view alone.
    reason : str
        Key of the sentence.
    """

    column: str
    view: str
    auc: float | None
    iv: float | None
    reason: str

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return asdict(self)


def views(cells: pd.Series, *, is_numeric: bool) -> dict[str, pd.Series]:
    """Give the three views of a feature; heaping only of numbers.

    Examples
    --------
    >>> list(views(pd.Series([12.0, 7.0]), is_numeric=True)["heaping"])
    ['dozen', 'other']
    """
    found = {"value": cells, "missing": cells.isna().map({True: "missing", False: "known"}).astype(object)}
    if is_numeric:
        numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        whole = np.isfinite(numbers) & (numbers == np.floor(numbers)) & (numbers != 0)
        dozen, round_ten = whole & (numbers % 12 == 0), whole & (numbers % 10 == 0)
        found["heaping"] = pd.Series(
            np.select([dozen, round_ten], ["dozen", "round"], "other"), index=cells.index
        )
    return found


def inspect(
    sample: pd.DataFrame,
    bad: npt.NDArray[np.bool_],
    candidates: Sequence[Candidate],
    accepted: frozenset[str],
) -> tuple[list[Candidate], list[Verdict], list[Verdict]]:
    """Sort candidates into usable ones, refused ones and flagged ones.

    Parameters
    ----------
    sample : pandas.DataFrame
        The fitting sample.
    bad : ndarray of bool
        Outcome.
    candidates : sequence of Candidate
        Columns that might enter.
    accepted : frozenset of str
        Names or headers a person has accepted although they look like leaks.

    Returns
    -------
    usable, refused, flagged
        A flagged feature stays in use.
    """
    usable: list[Candidate] = []
    refused: list[Verdict] = []
    flagged: list[Verdict] = []
    for candidate in candidates:
        if candidate.excluded:
            refused.append(Verdict(candidate.header, "contract", None, None, candidate.excluded))
            continue
        cells = sample[candidate.name]
        if not candidate.is_numeric and cells.nunique() > MOST_LEVELS_SHARE * max(
            int(cells.notna().sum()), 1
        ):
            refused.append(Verdict(candidate.header, "contract", None, None, "too_many_levels"))
            continue
        worst = _worst_view(cells, bad, candidate)
        is_accepted = bool({candidate.name, candidate.header} & accepted)
        if worst.auc is not None and worst.auc > REFUSE_AUC and not is_accepted:
            refused.append(worst)
            continue
        if (worst.auc or 0) > FLAG_AUC or (worst.iv or 0) > FLAG_IV:
            flagged.append(worst)
        usable.append(candidate)
    return usable, refused, flagged


def _worst_view(cells: pd.Series, bad: npt.NDArray[np.bool_], candidate: Candidate) -> Verdict:
    """The view of a feature that separates best."""
    found: list[Verdict] = []
    for view, shown in views(cells, is_numeric=candidate.is_numeric).items():
        binning = bin_feature(
            shown.rename(candidate.name), bad, is_numeric=candidate.is_numeric and view == "value"
        )
        alone = auc(bad, -binning.woe(shown))
        area = max(alone, 1 - alone)
        found.append(
            Verdict(
                candidate.header,
                view,
                round(area, 4),
                round(binning.information_value, 4),
                f"separates_by_{view}",
            )
        )
    strongest = max(verdict.auc or 0.0 for verdict in found)
    # The value's bins hold missingness too: where that alone tells as much, it is the plainer reason.
    telling = [verdict for verdict in found if (verdict.auc or 0.0) >= strongest - AS_TELLING]
    return min(telling, key=lambda verdict: PLAINEST.index(verdict.view))
