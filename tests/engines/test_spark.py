"""The cube on Spark: the same expressions, the same whole numbers. Runs where Java and PySpark are (`make test-spark`)."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import narwhals as nw
import pandas as pd
import pytest

from segmentation.corners import sum_cube
from segmentation.cube import Cube, build_cube, with_capped
from segmentation.overrides import Override
from segmentation.policy import Policy, built_in_policy
from segmentation.returns.treatment import with_treated
from tests.builders import collect
from tests.segmentation.returns.builders import a_scored_portfolio

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        shutil.which("java") is None or importlib.util.find_spec("pyspark") is None,
        reason="Java or PySpark is not here: make test-spark installs PySpark, Java comes with the system",
    ),
]

STICKY = replace(
    built_in_policy(),
    exit_steps=6,
    exit_rungs=2,
    stay_months=4,
    overrides=(Override("C3", "Strategic", "a reason", "somebody", date(2030, 1, 1)),),
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("policy", [built_in_policy(), STICKY], ids=["built-in", "sticky"])
def test_the_cube_of_spark_is_the_cube_of_duckdb(spark: Any, policy: Policy) -> None:
    frame = a_scored_portfolio(1_000, 5)
    relation = frame.to_native()
    kinds = {"BIGINT": "long", "DOUBLE": "double", "BOOLEAN": "boolean", "VARCHAR": "string"}
    schema = ", ".join(
        f"`{name}` {kinds[str(kind)]}" for name, kind in zip(relation.columns, relation.types, strict=True)
    )
    there = nw.from_native(spark.createDataFrame(relation.fetchall(), schema))
    assert _sums(there, policy) == _sums(frame, policy)


def _sums(frame: Any, policy: Policy) -> dict[str, dict[str, int]]:
    cells = build_cube(
        with_capped(with_treated(frame, policy.treatments, credit_conversion_factor=0.4), policy)
    )
    native = cells.to_native()
    rows = (
        collect(cells) if hasattr(native, "df") else pd.DataFrame([row.asDict() for row in native.collect()])
    )
    return sum_cube(Cube.from_rows(rows), policy)
