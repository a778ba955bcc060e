"""What can be staged: a file, its beginning, or rows that come back mended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pandas as pd

from data.ingest.batches import Batch
from data.ingest.readers import Choices
from data.ingest.sniff import SourceInfo


class Readable(Protocol):
    """Rows under a header, batch by batch, and what is known of where they stand."""

    @property
    def info(self) -> SourceInfo:
        """What the file is."""

    @property
    def header(self) -> tuple[str, ...]:
        """Its column names."""

    @property
    def choices(self) -> Choices:
        """What else of it could be read."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """What of it is not read."""

    @property
    def content_hash(self) -> str:
        """Names the content once all batches were read."""

    def sample(self, rows: int = 2_000) -> pd.DataFrame:
        """First rows as text."""

    def text_places(self) -> frozenset[int]:
        """Columns whose cells come as text."""

    def batches(self) -> Iterator[Batch]:
        """All rows, batch by batch."""
