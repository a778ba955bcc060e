"""Make peer_risk_weights.csv: random exposures weighed by creditriskengine 0.31.0.

The library asks for pandas below 3, so it can't live in one environment with Stratum. Run this
where it is installed; the table it prints is committed and `test_peer_risk_weights.py` reads it.
"""

from __future__ import annotations

import random
import sys

CLASSES = ("corporate", "sme", "residential_mortgage", "qrre", "other_retail")


def main() -> None:
    """Print the table."""
    # Not installed beside Stratum, so only asked for when the table is made.
    from creditriskengine.rwa.irb.formulas import irb_risk_weight

    dice = random.Random(20261124)
    sys.stdout.write("# creditriskengine 0.31.0, irb_risk_weight, percent\n")
    sys.stdout.write("asset_class,probability,loss,years,turnover_million,risk_weight_percent\n")
    for place in range(500):
        asset_class = CLASSES[place % len(CLASSES)]
        # From 0.1 % on: below, the library floors revolving exposures higher than we do.
        probability = round(0.001 ** (1 - dice.random()) * 0.9, 8) if place % 7 else 0.0012
        loss, years = round(dice.uniform(0.05, 1.0), 6), round(dice.uniform(0.5, 7.0), 4)
        turnover = round(dice.uniform(1.0, 50.0), 4) if asset_class == "sme" else None
        name = "corporate" if asset_class == "sme" else asset_class
        weight = irb_risk_weight(max(probability, 0.0011), loss, name, years, turnover)
        sys.stdout.write(
            f"{asset_class},{max(probability, 0.0011)},{loss},{years},{turnover or ''},{weight!r}\n"
        )


if __name__ == "__main__":
    main()
