"""What goes wrong in the machine rather than in a file, in a sentence for the reader.

The engine and the system say it in words of their own, and a traceback helps nobody:
the disk is full, the memory limit is reached, the engine closed the file after a fault.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from data.errors import OutOfRoom, StratumError

NO_ROOM = ("no space left on device", "disk quota exceeded", "max_temp_directory_size", "not enough space")
NO_ROOM_CODES = frozenset({errno.ENOSPC, errno.EDQUOT})


def in_a_sentence(error: BaseException, place: str = "", memory_limit: str = "") -> StratumError | None:
    """Say a fault of the machine as the reader's error; None when it is something else.

    Examples
    --------
    >>> str(in_a_sentence(OSError(errno.ENOSPC, "No space left on device"), "/srv"))[:34]
    'There is no room left on the disk '
    >>> in_a_sentence(ValueError("a slip in the program")) is None
    True
    """
    if isinstance(error, OSError):
        return OutOfRoom.on_disk(place) if error.errno in NO_ROOM_CODES else None
    if isinstance(error, MemoryError):
        return OutOfRoom.in_memory("")
    if not isinstance(error, duckdb.Error):
        return None
    text = str(error).lower()
    if any(words in text for words in NO_ROOM):
        return OutOfRoom.on_disk(place)
    if isinstance(error, duckdb.OutOfMemoryException):
        return OutOfRoom.in_memory(memory_limit)
    if isinstance(error, duckdb.FatalException) or "database has been invalidated" in text:
        return OutOfRoom.engine_closed(place)
    return None


@contextmanager
def in_sentences(place: str = "", memory_limit: str = "") -> Iterator[None]:
    """Let faults of the machine become errors for the reader.

    Raises
    ------
    OutOfRoom
        In place of the engine's and the system's own.
    """
    try:
        yield
    except (duckdb.Error, OSError, MemoryError) as error:
        told = in_a_sentence(error, place, memory_limit)
        if told is None:
            raise
        raise told from error
