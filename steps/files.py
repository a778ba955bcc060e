"""Small files a person writes or keeps: a mapping, a policy, a scoring model."""

from __future__ import annotations

import json
from pathlib import Path

from data.errors import InputRefused, ModelInvalid, Problem
from data.ingest.mapping import Mapping
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
