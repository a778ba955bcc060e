"""Five customers small enough to work by hand."""

from __future__ import annotations

from segmentation.frame import Frame
from segmentation.returns.profit import with_returns
from segmentation.returns.ratios import ReturnsSettings
from tests.segmentation.returns.builders import some_scored


def five_customers() -> Frame:
    """A loan, a half-used line, an unused line, a loan without a PD, a used line well secured."""
    return with_returns(
        some_scored(
            drawn=[1000.0, 500.0, 0.0, 200.0, 1000.0],
            undrawn=[0.0, 500.0, 100.0, 0.0, 0.0],
            credit_limit=[None, 1000.0, 100.0, None, 1000.0],
            exposure_at_default=[1000.0, 700.0, 40.0, 200.0, 1000.0],
            probability_of_default=[0.025, 0.02, 0.0625, None, 0.02],
            loss_given_default=[0.4, 0.5, 0.4, 0.4, 0.1],
            expected_loss=[10.0, 7.0, 1.0, None, 2.0],
            capital_requirement=[0.08, 0.1, 0.0, None, 0.03],
            economic_capital=[80.0, 70.0, 0.0, None, 30.0],
            interest_rate=[0.08, None, 0.05, 0.06, 0.05],
            commitment_fee=[None, 0.004, 0.01, None, None],
            fee_income=[5.0, None, 0.0, None, None],
            funding_rate=[0.02, None, None, None, 0.03],
            servicing_cost=[3.0, None, 2.0, None, 5.0],
        ),
        ReturnsSettings(),
    )
