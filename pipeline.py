"""The one place where data and segmentation meet, as the doors see it: its verbs and its records.

File → snapshot → scored table → cube → what pages and exports show. Each verb lives in
`steps/`, a file a subject; the doors and the pages call them here and get plain records
back, and none of them sees SQL or a formula.
"""

from __future__ import annotations

from data.engines.functions import check_engine
from data.errors import Cancelled, InputRefused, StratumError, UsageError, WarehouseBusy
from data.ingest.account import Account, Finding
from data.ingest.limits import Progress
from data.ingest.mapping import Mapping, with_choice
from data.people import Person, masked_columns
from data.upload_desk import Upload
from data.warehouse.snapshots import Snapshot
from segmentation.clustering.profile import SegmentProfile
from segmentation.limits import LimitRule, LimitRules
from segmentation.overview import Assumption, PortfolioFacts
from segmentation.policy import Policy
from segmentation.returns.acquisition import BYS as ACQUISITION_BYS
from segmentation.returns.acquisition import offers_from
from segmentation.returns.allocation import Limits, allocate
from segmentation.returns.statement import DIMENSIONS as RETURN_DIMENSIONS
from segmentation.risk.appetite import Appetite, Reading
from segmentation.risk.concentration import DIMENSIONS, Concentration
from segmentation.risk.impairment import ImpairmentBoard, ImpairmentSettings
from segmentation.risk.overlay import GROUP_COLUMNS, TARGETS, Overlay
from segmentation.risk.simulation import LossDistribution, SimulationSettings
from segmentation.scorecard.binning import Binning, number_text
from segmentation.scorecard.edit import edges, merged, with_binning, with_breaks
from segmentation.scorecard.fit import Scorecard
from segmentation.scorecard.points import bin_points
from segmentation.scorecard.validation import Validation
from segmentation.scoring_model import ScoreOptions
from segmentation.selection import Selection
from segmentation.tiers import TierBoard
from segmentation.value import ValueWeights, weights_from
from segmentation.value_reference import weights_of
from steps.acquisition import (
    Campaign,
    acquisition_economics,
    borrowed_models,
    default_response_value,
    fit_response_model,
    offer_rules,
    plan_campaign,
    possible_responses,
    response_model_of,
    set_offers,
)
from steps.assumptions import assumptions_set_by, sensitivities_of, use_assumptions
from steps.backtest import BackTest, BackTestDays, BackTestSpec, backtest, backtest_days
from steps.backtest_between import backtest_between
from steps.backtest_run import BackTestRun, backtest_run
from steps.batch import BatchOptions, batch_run
from steps.customers import CustomerPicture, customer_picture, known_columns, search_customers
from steps.files import inert_csv, read_mapping, read_model, read_policy
from steps.house import House, open_house
from steps.intake import (
    Inspection,
    contract_columns,
    dry_run,
    import_file,
    inbox_files,
    ingest_path,
    inspect_file,
)
from steps.limits import limit_list, limit_rules, limits_by_tier, set_limit_rules
from steps.losses import (
    impairment_of,
    impairment_settings,
    set_impairment,
    simulate,
    simulation_of,
)
from steps.movement import MovementBoard, earlier_snapshots, movement_between
from steps.movers import MoverQuery, mover_rules, movers_file, movers_page
from steps.opening import build_samples, close_current_house, current_house, house_is_open
from steps.portfolios import (
    delete_snapshot,
    find_snapshot,
    list_snapshots,
    quarantine_download,
    rename_snapshot,
)
from steps.replay import (
    Challenger,
    FollowLine,
    ReplayLine,
    challenger_of,
    end_challenger,
    follow_challenger,
    register_challenger,
    replay_policy,
)
from steps.returns import (
    allocation_cells,
    below_hurdle,
    churn_of,
    customers_below_hurdle,
    ledger_of,
    lifetime_by,
    own_totals,
    reconciliation,
    returns_by,
    returns_picture,
    set_ledger,
)
from steps.risk import (
    OverlayLine,
    RiskPicture,
    appetite_in_force,
    appetite_readings,
    approve_overlay,
    concentration_of,
    group_levels,
    overlay_lines,
    propose_overlay,
    risk_picture,
    set_appetite,
    withdraw_overlay,
)
from steps.scorecards import (
    ScorecardExport,
    export_scorecard,
    run_validation,
    use_scorecard,
    validation_of,
    vintages_of,
)
from steps.scoring import Scored, open_scored, score_snapshot
from steps.segments import possible_features, preview_segments, segment_map, use_segments
from steps.standing import flips_over_time, snapshots_before
from steps.tiers import apply_policy, cube_of, policy_in_force, score_histogram
from steps.value import reference_picture, try_weights, use_reference
from steps.views import levels_of, look_at

__all__ = [
    "ACQUISITION_BYS",
    "DIMENSIONS",
    "GROUP_COLUMNS",
    "RETURN_DIMENSIONS",
    "TARGETS",
    "Account",
    "Appetite",
    "Assumption",
    "BackTest",
    "BackTestDays",
    "BackTestRun",
    "BackTestSpec",
    "BatchOptions",
    "Binning",
    "Campaign",
    "Cancelled",
    "Challenger",
    "Concentration",
    "CustomerPicture",
    "Finding",
    "FollowLine",
    "House",
    "ImpairmentBoard",
    "ImpairmentSettings",
    "InputRefused",
    "Inspection",
    "LimitRule",
    "LimitRules",
    "Limits",
    "LossDistribution",
    "Mapping",
    "MovementBoard",
    "MoverQuery",
    "Overlay",
    "OverlayLine",
    "Person",
    "Policy",
    "PortfolioFacts",
    "Progress",
    "Reading",
    "ReplayLine",
    "RiskPicture",
    "ScoreOptions",
    "Scorecard",
    "ScorecardExport",
    "Scored",
    "SegmentProfile",
    "Selection",
    "SimulationSettings",
    "Snapshot",
    "StratumError",
    "TierBoard",
    "Upload",
    "UsageError",
    "Validation",
    "ValueWeights",
    "WarehouseBusy",
    "acquisition_economics",
    "allocate",
    "allocation_cells",
    "appetite_in_force",
    "appetite_readings",
    "apply_policy",
    "approve_overlay",
    "assumptions_set_by",
    "backtest",
    "backtest_between",
    "backtest_days",
    "backtest_run",
    "batch_run",
    "below_hurdle",
    "bin_points",
    "borrowed_models",
    "build_samples",
    "challenger_of",
    "check_engine",
    "churn_of",
    "close_current_house",
    "concentration_of",
    "contract_columns",
    "cube_of",
    "current_house",
    "customer_picture",
    "customers_below_hurdle",
    "default_response_value",
    "delete_snapshot",
    "dry_run",
    "earlier_snapshots",
    "edges",
    "end_challenger",
    "export_scorecard",
    "find_snapshot",
    "fit_response_model",
    "flips_over_time",
    "follow_challenger",
    "group_levels",
    "house_is_open",
    "impairment_of",
    "impairment_settings",
    "import_file",
    "inbox_files",
    "inert_csv",
    "ingest_path",
    "inspect_file",
    "known_columns",
    "ledger_of",
    "levels_of",
    "lifetime_by",
    "limit_list",
    "limit_rules",
    "limits_by_tier",
    "list_snapshots",
    "look_at",
    "masked_columns",
    "merged",
    "movement_between",
    "mover_rules",
    "movers_file",
    "movers_page",
    "number_text",
    "offer_rules",
    "offers_from",
    "open_house",
    "open_scored",
    "overlay_lines",
    "own_totals",
    "plan_campaign",
    "policy_in_force",
    "possible_features",
    "possible_responses",
    "preview_segments",
    "propose_overlay",
    "quarantine_download",
    "read_mapping",
    "read_model",
    "read_policy",
    "reconciliation",
    "reference_picture",
    "register_challenger",
    "rename_snapshot",
    "replay_policy",
    "response_model_of",
    "returns_by",
    "returns_picture",
    "risk_picture",
    "run_validation",
    "score_histogram",
    "score_snapshot",
    "search_customers",
    "segment_map",
    "sensitivities_of",
    "set_appetite",
    "set_impairment",
    "set_ledger",
    "set_limit_rules",
    "set_offers",
    "simulate",
    "simulation_of",
    "snapshots_before",
    "try_weights",
    "use_assumptions",
    "use_reference",
    "use_scorecard",
    "use_segments",
    "validation_of",
    "vintages_of",
    "weights_from",
    "weights_of",
    "with_binning",
    "with_breaks",
    "with_choice",
    "withdraw_overlay",
]
