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
from segmentation.overview import Assumption, PortfolioFacts
from segmentation.policy import Policy
from segmentation.scoring_model import ScoreOptions
from steps.batch import BatchOptions, batch_run
from steps.files import read_mapping, read_model, read_policy
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
from steps.opening import build_samples, close_current_house, current_house, house_is_open
from steps.portfolios import (
    delete_snapshot,
    find_snapshot,
    list_snapshots,
    quarantine_download,
    rename_snapshot,
)
from steps.scoring import Scored, open_scored, score_snapshot
from steps.segments import possible_features, preview_segments, segment_map, use_segments
from steps.tiers import apply_policy, cube_of, policy_in_force, score_histogram

__all__ = [
    "Account",
    "Assumption",
    "BatchOptions",
    "Cancelled",
    "Finding",
    "House",
    "InputRefused",
    "Inspection",
    "Mapping",
    "Person",
    "Policy",
    "PortfolioFacts",
    "Progress",
    "ScoreOptions",
    "Scored",
    "SegmentProfile",
    "Snapshot",
    "StratumError",
    "Upload",
    "UsageError",
    "WarehouseBusy",
    "apply_policy",
    "batch_run",
    "build_samples",
    "check_engine",
    "close_current_house",
    "contract_columns",
    "cube_of",
    "current_house",
    "delete_snapshot",
    "dry_run",
    "find_snapshot",
    "house_is_open",
    "import_file",
    "inbox_files",
    "ingest_path",
    "inspect_file",
    "list_snapshots",
    "masked_columns",
    "open_house",
    "open_scored",
    "policy_in_force",
    "possible_features",
    "preview_segments",
    "quarantine_download",
    "read_mapping",
    "read_model",
    "read_policy",
    "rename_snapshot",
    "score_histogram",
    "score_snapshot",
    "segment_map",
    "use_segments",
    "with_choice",
]  # fmt: skip
