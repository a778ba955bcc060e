"""How far a file has been read, in words: rows so far and the time left, for both doors."""

from __future__ import annotations

import math
import time

from reports.formats import Language
from reports.words import say

TOLD_FROM_SECONDS, TOLD_FROM_SHARE = 1.0, 0.03
"""Sooner the time left is guesswork and not said."""


def seconds_left(share: float, seconds: float) -> float | None:
    """Estimate the time left: what is still to do takes as long, share for share, as what is done.

    Parameters
    ----------
    share : float
        Done so far, 0–1.
    seconds : float
        It took so long.

    Returns
    -------
    float or None
        None while too little is done to say.

    Examples
    --------
    >>> seconds_left(0.25, 10.0), seconds_left(0.001, 10.0), seconds_left(1.0, 10.0)
    (30.0, None, 0.0)
    """
    if seconds < TOLD_FROM_SECONDS or share < TOLD_FROM_SHARE:
        return None
    return seconds * (1.0 - min(share, 1.0)) / min(share, 1.0)


def time_left(seconds: float, language: Language) -> str:
    """Say a time left so coarsely that it does not flicker.

    Examples
    --------
    >>> time_left(3.2, "en"), time_left(47.0, "en"), time_left(200.0, "en")
    ('5 s', '50 s', '4 min')
    """
    if seconds < 90:
        step = 5 if seconds <= 20 else 10
        return say("work.seconds", language, n=max(step, math.ceil(seconds / step) * step))
    return say("work.minutes", language, n=math.ceil(seconds / 60))


class ReadingClock:
    """Tells how far reading is; begins to count when it is made."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._began

    def sentence(self, rows: int, share: float) -> str:
        """Say the rows read so far and, once it can be told, the time left."""
        left = seconds_left(share, self.seconds)
        if left is None or share >= 1:
            return say("work.reading_rows", self._language, rows=rows)
        return say("work.reading_left", self._language, rows=rows, left=time_left(left, self._language))
