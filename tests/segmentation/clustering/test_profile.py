"""Profiles come from one grouped scan and add up to the portfolio."""

from __future__ import annotations

import narwhals as nw
import pytest

from segmentation.clustering.compile import with_segment
from segmentation.clustering.profile import segment_profiles
from segmentation.frame import Frame
from segmentation.returns.ratios import ReturnsSettings
from tests.builders import collect
from tests.segmentation.clustering.builders import a_model, planted


def test_money_and_customers_add_up_to_the_portfolio() -> None:
    model = a_model()
    whole, *segments = segment_profiles(with_segment(planted(), model), model, ReturnsSettings(), collect)
    assert whole.customers == sum(entry.customers for entry in segments) == 600
    # Kinds 0, 1, 2 lend 1000, 2000, 3000 to 200 customers each.
    assert whole.money.exposure == 200 * (1000 + 2000 + 3000) * 100
    assert sorted(entry.exposure for entry in segments) == [200_000, 400_000, 600_000]
    assert sum(entry.share_of_exposure or 0 for entry in segments) == pytest.approx(1)


def test_ratios_follow_from_the_sums() -> None:
    model = a_model()
    whole = segment_profiles(with_segment(planted(), model), model, ReturnsSettings(), collect)[0]
    assert whole.expected_loss_rate == 10 / 1000
    assert whole.roi == (56 - 20 - 10) / 800
    assert whole.raroc == pytest.approx((56 - 20 - 10 + 80 * 0.02) * 0.75 / 80)


def test_differences_are_in_standard_deviations_of_the_portfolio() -> None:
    frame, model = planted(), a_model()
    scored = with_segment(frame, model)
    rows = collect(scored)
    profile = segment_profiles(scored, model, ReturnsSettings(), collect)[1]
    entry = next(entry for entry in profile.differences if entry.column == "years_in_business")
    own = rows.loc[rows["segment"] == 1, "years_in_business"]
    years = rows["years_in_business"]
    # Cut at the 1st and 99th percentile, so near the plain figure, not equal to it.
    assert entry.standardised == pytest.approx((own.mean() - years.mean()) / years.std(ddof=0), abs=0.02)
    assert entry.segment == pytest.approx(own.mean())
    assert entry.portfolio == pytest.approx(years.mean())


def test_a_level_is_shown_by_its_share_whatever_its_weight() -> None:
    model = a_model()
    whole, first, *_ = segment_profiles(with_segment(planted(), model), model, ReturnsSettings(), collect)
    north = next(entry for entry in first.differences if entry.level == "north")
    assert (north.segment, north.portfolio) == (pytest.approx(1.0), pytest.approx(1 / 3))
    assert north.standardised == pytest.approx((1 - 1 / 3) / (1 / 3 * 2 / 3) ** 0.5)
    assert all(entry.standardised == 0 for entry in whole.differences)


def test_the_portfolio_is_scanned_once() -> None:
    scans: list[Frame] = []

    def counting(frame: Frame):  # as collect
        scans.append(frame)
        return collect(frame)

    model = a_model()
    segment_profiles(with_segment(planted(), model), model, ReturnsSettings(), counting)
    assert len(scans) == 1


def test_sums_beyond_a_double_stay_exact() -> None:
    model = a_model()
    huge = with_segment(planted(), model).with_columns(exposure_minor=nw.lit(9_007_199_254_740_993))
    assert (
        segment_profiles(huge, model, ReturnsSettings(), collect)[0].money.exposure
        == 600 * 9_007_199_254_740_993
    )


@pytest.mark.parametrize("kept", [[], ["c00000"]])
def test_empty_segments_have_a_profile_too(kept: list[str]) -> None:
    model = a_model()
    few = with_segment(planted(), model).filter(nw.col("customer_id").is_in(kept))
    profiles = segment_profiles(few, model, ReturnsSettings(), collect)
    assert [entry.number for entry in profiles] == [0, 1, 2, 3]
    assert sum(entry.customers for entry in profiles[1:]) == len(kept)
    assert [entry.roi for entry in profiles if entry.customers == 0] == [None] * (4 - 2 * len(kept))
