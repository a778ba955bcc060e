"""Small files a person writes or keeps: a mapping, a policy, a scoring model, a list."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from data.errors import InputRefused, ModelInvalid, Problem
from data.ingest.mapping import Mapping
from data.people import Person, masked_columns
from segmentation.policy import Policy
from segmentation.scoring_model import ScoringModel


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file."""
    return Mapping.from_toml(_text(path), path.name)


def read_policy(path: Path) -> Policy:
    """Read a policy file."""
    return Policy.from_toml(_text(path), path.name)


def read_model(path: Path) -> ScoringModel:
    """Read a scoring model file.

    Raises
    ------
    ModelInvalid
        When it is no scoring model.
    """
    try:
        values = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise ModelInvalid.from_problems(
            [Problem(path.name, f"not valid JSON ({error})", "Use a model.json.")]
        ) from None
    return ScoringModel.from_dict(values if isinstance(values, dict) else {}, path.name)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputRefused.because("not UTF-8 text", file=path.name, remedy="Save it as UTF-8.") from None


def masked(rows: pd.DataFrame, person: Person) -> pd.DataFrame:
    """Empty the columns of a list that a person may not see."""
    hidden = [name for name in rows.columns if name in masked_columns(person)]
    return rows.assign(**dict.fromkeys(hidden)) if hidden else rows


def inert_csv(rows: pd.DataFrame, inert: Callable[[object], str]) -> bytes:
    """Write a list as CSV that a spreadsheet can't run; masked cells stay empty.

    Parameters
    ----------
    rows : pandas.DataFrame
        Texts may be hostile.
    inert : callable
        Makes a text harmless in a spreadsheet.
    """
    written = rows.copy()
    for name in written.columns:
        if not pd.api.types.is_numeric_dtype(written[name]):
            cells = written[name].astype(object)
            written[name] = ["" if pd.isna(cell) else inert(cell) for cell in cells]
    return written.to_csv(index=False).encode("utf-8-sig")
