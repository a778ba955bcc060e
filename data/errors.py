"""The errors a reader of Stratum may meet.

One family under :class:`StratumError`; the wording lives here once, in named
constructors, so that a page, the command line and a log say the same sentence.
Programming errors are not in this family and are not caught anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self


class StratumError(Exception):
    """Something the reader can understand and act on.

    The message is a whole sentence: what happened, where, what to do.
    """


class UsageError(StratumError):
    """Wrong options or paths: exit code 2 at the command line."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file, a policy, a mapping or a model: where, what, and what to do.

    The parts stay apart, so that a page can say them in its own language (`reports.refusals`).
    """

    where: str
    what: str
    remedy: str
    line: int | None = None
    column: str | None = None

    def sentence(self) -> str:
        """Render as ``where: what. remedy``.

        Examples
        --------
        >>> Problem("a.csv", "no header", "Add one.", line=3).sentence()
        'a.csv, line 3: no header. Add one.'
        """
        place = self.where
        if self.line is not None:
            place += f", line {self.line}"
        if self.column is not None:
            place += f", column “{self.column}”"
        return f"{place}: {self.what}. {self.remedy}"


class InputRefused(StratumError):
    """Content that can't be used: exit code 3 at the command line.

    Attributes
    ----------
    problems : tuple of Problem
        What the message says, in parts; empty when it says more than that.
    """

    problems: tuple[Problem, ...] = ()

    @classmethod
    def because(
        cls,
        what: str,
        *,
        file: str,
        remedy: str,
        line: int | None = None,
        column: str | None = None,
    ) -> Self:
        """Say what is wrong, where, and what to do, in one line.

        Examples
        --------
        >>> str(InputRefused.because("the file is empty", file="a.csv", remedy="Export it again."))
        'a.csv: the file is empty. Export it again.'
        """
        return cls.from_problems([Problem(file, what, remedy, line, column)])

    @classmethod
    def from_problems(cls, problems: Sequence[Problem]) -> Self:
        """Show all problems together, one a line."""
        error = cls("\n".join(problem.sentence() for problem in problems))
        error.problems = tuple(problems)
        return error


class ColumnNotFound(InputRefused):
    """A column was asked for that the portfolio does not have."""

    @classmethod
    def from_missing(cls, missing: Sequence[str], available: Iterable[str]) -> ColumnNotFound:
        """Name the missing columns and the nearest known name of each."""
        known = list(available)
        parts = []
        for name in missing:
            near = get_close_matches(name, known, n=1, cutoff=0.6)
            parts.append(f"“{name}”" + (f" (did you mean “{near[0]}”?)" if near else ""))
        return cls(f"No such column: {', '.join(parts)}. Known: {', '.join(sorted(known)) or 'none'}.")


class WarehouseBusy(StratumError):
    """Another process holds the warehouse file."""

    @classmethod
    def held_elsewhere(cls, path: str) -> WarehouseBusy:
        """Say which file is held and what can be done meanwhile."""
        return cls(
            f"The warehouse {path} is open in another process, most likely the app. "
            "Close it, or put the file into the inbox folder: the app imports it from there."
        )


class OutOfRoom(StratumError):
    """The disk is full, the memory limit is reached, or the engine had to close the file."""

    @classmethod
    def on_disk(cls, place: str) -> OutOfRoom:
        """Say where room is missing."""
        where = f" that holds {place}" if place else ""
        return cls(
            f"There is no room left on the disk{where}. What was kept before is untouched; nothing "
            "half-done stays. Free some room or move STRATUM_HOME, then do it again."
        )

    @classmethod
    def in_memory(cls, limit: str) -> OutOfRoom:
        """Say which limit was reached."""
        reached = f"The memory limit of {limit} is" if limit else "The memory of this machine is"
        return cls(
            f"{reached} used up. What was kept before is untouched; nothing half-done stays. "
            "Raise STRATUM_MEMORY_LIMIT, set STRATUM_THREADS=1, or split the file."
        )

    @classmethod
    def engine_closed(cls, place: str) -> OutOfRoom:
        """Say that the file was closed for its own safety."""
        return cls(
            f"The engine closed the warehouse {place} after a fault of the machine. What was kept before is "
            "untouched. Check the disk, then start Stratum again."
        )


class NotAllowed(StratumError):
    """The person's roles do not cover the action."""

    @classmethod
    def needs_role(cls, action: str, roles: Iterable[str]) -> NotAllowed:
        """Name the action and the roles that may do it."""
        return cls(f"To {action} one of these roles is needed: {', '.join(sorted(roles))}.")


class SamePerson(NotAllowed):
    """Whoever wrote or proposed something wants to approve it."""

    @classmethod
    def approves_own(cls, person: str, name: str) -> SamePerson:
        """Say that another identity is needed."""
        return cls(f"{person} wrote or proposed “{name}”. Somebody else has to approve it.")


class ChangedMeanwhile(StratumError):
    """Somebody saved another version after this one was opened; both are kept, nothing was overwritten."""

    @classmethod
    def by(cls, person: str, name: str, revision: int) -> ChangedMeanwhile:
        """Name who saved and as which version."""
        return cls(
            f"{person} saved version {revision} of “{name}” after you opened it. Nothing was overwritten: "
            "compare both versions and choose field by field."
        )


class Cancelled(StratumError):
    """The person cancelled long work; nothing of it stays."""


class PolicyInvalid(InputRefused):
    """A policy file or edit breaks its own rules."""


class ModelInvalid(InputRefused):
    """A scoring model file can't be applied."""
