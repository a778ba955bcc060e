"""How far a file has been read, told at the batch door."""

from __future__ import annotations

from reports.progress import ReadingClock


def reading_clock() -> ReadingClock:
    """Start the clock of a reading; the batch door speaks English."""
    return ReadingClock("en")
