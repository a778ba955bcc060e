"""The one place where data and segmentation meet, as the doors see it: its verbs and its records.

File → snapshot → scored table → cube → what pages and exports show. Each verb lives in
`steps/`, a file a subject; the doors and the pages call them here and get plain records
back, and none of them sees SQL or a formula.
"""

from __future__ import annotations

from data.engines.functions import check_engine
from data.errors import (
    Cancelled,
    ChangedMeanwhile,
    InputRefused,
    SamePerson,
    StratumError,
    UsageError,
    WarehouseBusy,
)
from data.ingest.account import Account, Finding
from data.ingest.limits import Progress, Report, silent
from data.ingest.mapping import (
    ASK_BELOW,
    Mapping,
    MappingEntry,
    Timing,
    numbered,
    to_confirm,
    with_choice,
    with_scale,
    with_timing,
    without_amounts,
)
from data.ingest.preview import Preview, United
from data.ingest.quality import ColumnQuality, QualityFinding, QualityReport
from data.ingest.readers import ALL_MEMBERS
from data.ingest.sniff import ReadOptions
from data.ingest.units import CHOICES as UNIT_CHOICES
from data.people import Person, masked_columns
from data.upload_desk import Upload
from data.warehouse.policies import CaseRow
from data.warehouse.records import AuditLine
from data.warehouse.snapshots import Snapshot
from segmentation.board import BoardPayload
from segmentation.clustering.profile import SegmentProfile
from segmentation.counterfactual import Counterfactual, better_tiers
from segmentation.explain import TierReason
from segmentation.fairness import FEW, Groups
from segmentation.limits import LimitRule, LimitRules
from segmentation.overview import Assumption, PortfolioFacts
from segmentation.policy import Policy
from segmentation.policy_checks import CaseResult, Caution
from segmentation.policy_diff import (
    Difference,
    Side,
    differences,
    fields_in_conflict,
    merged_policy,
    proposed_sides,
    value_of,
)
from segmentation.returns.acquisition import ADDED_BY_A_YES, offers_from
from segmentation.returns.acquisition import BYS as ACQUISITION_BYS
from segmentation.returns.allocation import Limits, allocate
from segmentation.returns.ratios import ReturnsSettings
from segmentation.returns.statement import DIMENSIONS as RETURN_DIMENSIONS
from segmentation.returns.statement import Dimension as ReturnDimension
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
from segmentation.value import ValueReference
from segmentation.value_reference import delivered, is_open, turned, weights_of
from segmentation.value_weights import ValueWeights, weights_from
from steps.acquisition import (
    Campaign,
    acquisition_economics,
    answer_column,
    borrowed_models,
    default_response_value,
    fit_response_model,
    offer_rules,
    plan_campaign,
    possible_responses,
    response_model_of,
    set_offers,
)
from steps.applicants import (
    MOST_APPLICANTS,
    Answers,
    Field,
    answer_deal,
    answer_file,
    applicant_fields,
    deal_reasons,
    told_of,
)
from steps.assumptions import (
    StandingRules,
    assumptions_set_by,
    sensitivities_of,
    standing_rules,
    use_assumptions,
)
from steps.backtest import BackTestDays, BackTestSpec, backtest, backtest_days
from steps.backtest_between import backtest_between
from steps.backtest_judged import BackTest
from steps.backtest_run import BackTestRun, backtest_run
from steps.batch import BatchOptions, batch_run
from steps.board import board_payload, near_a_line
from steps.counterfactual import what_would_lift
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
    inspect_again,
    inspect_file,
    preview_file,
    take_back,
    with_saved_mapping,
)
from steps.lenders import earlier_snapshots
from steps.limits import limit_list, limit_rules, limits_by_tier, set_limit_rules
from steps.losses import (
    impairment_of,
    impairment_settings,
    set_impairment,
    simulate,
    simulation_of,
)
from steps.mending import Mending
from steps.movement import MovementBoard, movement_between
from steps.movers import MoverQuery, mover_rules, movers_file, movers_page
from steps.opening import build_samples, close_current_house, current_house, house_is_open
from steps.overrides import (
    OverrideLine,
    end_override,
    is_customer,
    overrides_in_force,
    overrides_of,
    set_override,
)
from steps.policies import (
    BUILT_IN,
    Compared,
    PolicyLine,
    approve_policy,
    compare_policies,
    find_policy,
    keep_policy,
    parse_policy,
    policy_history,
    policy_lines,
    propose_line,
    propose_policy,
    revisions_of,
    roll_back,
    save_policy,
    today,
    version_of,
    withdraw_policy,
    wrote,
)
from steps.policy_cases import CaseFile, SetAside, cases_of, check_cases, read_cases, set_cases
from steps.policy_drafts import (
    DraftHandle,
    KeptDraft,
    follow_line,
    keep_draft,
    last_draft,
    list_drafts,
    put_draft_away,
)
from steps.policy_texts import (
    import_policy,
    named_policy,
    policy_diff_text,
    policy_list_text,
    policy_text,
)
from steps.portfolios import (
    delete_snapshot,
    find_snapshot,
    list_snapshots,
    quarantine_download,
    rename_snapshot,
)
from steps.progress import reading_clock
from steps.propose import (
    Proposal,
    Sized,
    policy_nudges,
    policy_totals,
    probability_shifts,
    propose_by_breaks,
    propose_by_share,
    search_frontier,
    search_policy,
    tier_groups,
)
from steps.quality import quality_of, quality_rows
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
    ReturnsPicture,
    allocation_cells,
    below_hurdle,
    below_hurdle_by,
    churn_of,
    group_picture,
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
from steps.tiers import apply_policy, cube_of, policy_in_force
from steps.value import reference_picture, try_weights, use_reference
from steps.views import levels_of, look_at

__all__ = [
    "ACQUISITION_BYS",
    "ADDED_BY_A_YES",
    "ALL_MEMBERS",
    "ASK_BELOW",
    "BUILT_IN",
    "DIMENSIONS",
    "FEW",
    "GROUP_COLUMNS",
    "MOST_APPLICANTS",
    "RETURN_DIMENSIONS",
    "TARGETS",
    "UNIT_CHOICES",
    "Account",
    "Answers",
    "Appetite",
    "Assumption",
    "AuditLine",
    "BackTest",
    "BackTestDays",
    "BackTestRun",
    "BackTestSpec",
    "BatchOptions",
    "Binning",
    "BoardPayload",
    "Campaign",
    "Cancelled",
    "CaseFile",
    "CaseResult",
    "CaseRow",
    "Caution",
    "Challenger",
    "ChangedMeanwhile",
    "ColumnQuality",
    "Compared",
    "Concentration",
    "Counterfactual",
    "CustomerPicture",
    "Difference",
    "DraftHandle",
    "Field",
    "Finding",
    "FollowLine",
    "Groups",
    "House",
    "ImpairmentBoard",
    "ImpairmentSettings",
    "InputRefused",
    "Inspection",
    "KeptDraft",
    "LimitRule",
    "LimitRules",
    "Limits",
    "LossDistribution",
    "Mapping",
    "MappingEntry",
    "Mending",
    "MovementBoard",
    "MoverQuery",
    "Overlay",
    "OverlayLine",
    "OverrideLine",
    "Person",
    "Policy",
    "PolicyLine",
    "PortfolioFacts",
    "Preview",
    "Progress",
    "Proposal",
    "QualityFinding",
    "QualityReport",
    "ReadOptions",
    "Reading",
    "ReplayLine",
    "Report",
    "ReturnDimension",
    "ReturnsPicture",
    "ReturnsSettings",
    "RiskPicture",
    "SamePerson",
    "ScoreOptions",
    "Scorecard",
    "ScorecardExport",
    "Scored",
    "SegmentProfile",
    "Selection",
    "SetAside",
    "Side",
    "SimulationSettings",
    "Sized",
    "Snapshot",
    "StandingRules",
    "StratumError",
    "TierBoard",
    "TierReason",
    "Timing",
    "United",
    "Upload",
    "UsageError",
    "Validation",
    "ValueReference",
    "ValueWeights",
    "WarehouseBusy",
    "acquisition_economics",
    "allocate",
    "allocation_cells",
    "answer_column",
    "answer_deal",
    "answer_file",
    "appetite_in_force",
    "appetite_readings",
    "applicant_fields",
    "apply_policy",
    "approve_overlay",
    "approve_policy",
    "assumptions_set_by",
    "backtest",
    "backtest_between",
    "backtest_days",
    "backtest_run",
    "batch_run",
    "below_hurdle",
    "below_hurdle_by",
    "better_tiers",
    "bin_points",
    "board_payload",
    "borrowed_models",
    "build_samples",
    "cases_of",
    "challenger_of",
    "check_cases",
    "check_engine",
    "churn_of",
    "close_current_house",
    "compare_policies",
    "concentration_of",
    "contract_columns",
    "cube_of",
    "current_house",
    "customer_picture",
    "deal_reasons",
    "default_response_value",
    "delete_snapshot",
    "delivered",
    "differences",
    "dry_run",
    "earlier_snapshots",
    "edges",
    "end_challenger",
    "end_override",
    "export_scorecard",
    "fields_in_conflict",
    "find_policy",
    "find_snapshot",
    "fit_response_model",
    "flips_over_time",
    "follow_challenger",
    "follow_line",
    "group_levels",
    "group_picture",
    "house_is_open",
    "impairment_of",
    "impairment_settings",
    "import_file",
    "import_policy",
    "inbox_files",
    "inert_csv",
    "ingest_path",
    "inspect_again",
    "inspect_file",
    "is_customer",
    "is_open",
    "keep_draft",
    "keep_policy",
    "known_columns",
    "last_draft",
    "ledger_of",
    "levels_of",
    "lifetime_by",
    "limit_list",
    "limit_rules",
    "limits_by_tier",
    "list_drafts",
    "list_snapshots",
    "look_at",
    "masked_columns",
    "merged",
    "merged_policy",
    "movement_between",
    "mover_rules",
    "movers_file",
    "movers_page",
    "named_policy",
    "near_a_line",
    "number_text",
    "numbered",
    "offer_rules",
    "offers_from",
    "open_house",
    "open_scored",
    "overlay_lines",
    "overrides_in_force",
    "overrides_of",
    "own_totals",
    "parse_policy",
    "plan_campaign",
    "policy_diff_text",
    "policy_history",
    "policy_in_force",
    "policy_lines",
    "policy_list_text",
    "policy_nudges",
    "policy_text",
    "policy_totals",
    "possible_features",
    "possible_responses",
    "preview_file",
    "preview_segments",
    "probability_shifts",
    "propose_by_breaks",
    "propose_by_share",
    "propose_line",
    "propose_overlay",
    "propose_policy",
    "proposed_sides",
    "put_draft_away",
    "quality_of",
    "quality_rows",
    "quarantine_download",
    "read_cases",
    "read_mapping",
    "read_model",
    "read_policy",
    "reading_clock",
    "reconciliation",
    "reference_picture",
    "register_challenger",
    "rename_snapshot",
    "replay_policy",
    "response_model_of",
    "returns_by",
    "returns_picture",
    "revisions_of",
    "risk_picture",
    "roll_back",
    "run_validation",
    "save_policy",
    "score_snapshot",
    "search_customers",
    "search_frontier",
    "search_policy",
    "segment_map",
    "sensitivities_of",
    "set_appetite",
    "set_cases",
    "set_impairment",
    "set_ledger",
    "set_limit_rules",
    "set_offers",
    "set_override",
    "silent",
    "simulate",
    "simulation_of",
    "snapshots_before",
    "standing_rules",
    "take_back",
    "tier_groups",
    "to_confirm",
    "today",
    "told_of",
    "try_weights",
    "turned",
    "use_assumptions",
    "use_reference",
    "use_scorecard",
    "use_segments",
    "validation_of",
    "value_of",
    "version_of",
    "vintages_of",
    "weights_from",
    "weights_of",
    "what_would_lift",
    "with_binning",
    "with_breaks",
    "with_choice",
    "with_saved_mapping",
    "with_scale",
    "with_timing",
    "withdraw_overlay",
    "withdraw_policy",
    "without_amounts",
    "wrote",
]
