"""The upload desk: what the browser's stream and the page say to each other.

The route in `app.py` lies outside Streamlit's own login and forgery guards, so
it takes a stream only for a *ticket*: a random word the page made for one
session, good for one upload, with a cap on its bytes. The page asks the desk
how far the stream is, and cancels through it.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from data.warehouse.faults import in_a_sentence

State = Literal["waiting", "receiving", "received", "cancelled", "refused"]

TICKET_LIFE_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload as it stands now.

    Attributes
    ----------
    ticket : str
        The random word that allows it.
    path : Path
        Where its bytes go; exists once `state` is ``received``.
    name : str
        The file's own name as the browser gave it; hostile text.
    received, total : int
        Bytes so far and bytes announced (0 when unknown).
    state : State
        Where it is in its life.
    reason : str
        Why it was refused; a key of the words.
    """

    ticket: str
    path: Path
    name: str = ""
    received: int = 0
    total: int = 0
    state: State = "waiting"
    reason: str = ""
    made_at: float = 0.0


class UploadDesk:
    """Tickets and the streams that used them; safe for many threads.

    Parameters
    ----------
    folder : Path
        Where uploads lie while they are read. Emptied of leftovers at start.
    max_bytes : int
        Largest stream taken.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._uploads: dict[str, Upload] = {}
        self._lock = threading.Lock()
        self.max_bytes = max_bytes
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob("*.part"):
            leftover.unlink()

    def open_ticket(self) -> str:
        """Make a ticket for one upload."""
        ticket = secrets.token_urlsafe(24)
        upload = Upload(ticket, self._folder / f"{secrets.token_hex(12)}.part", made_at=time.monotonic())
        with self._lock:
            self._forget_old()
            self._uploads[ticket] = upload
        return ticket

    def look(self, ticket: str) -> Upload | None:
        """Say how an upload stands, or None for a ticket nobody gave out."""
        with self._lock:
            return self._uploads.get(ticket)

    def cancel(self, ticket: str) -> None:
        """Stop an upload; its bytes go."""
        self._change(ticket, state="cancelled")
        self.discard(ticket)

    def discard(self, ticket: str) -> None:
        """Remove an upload's file, once it was taken in or is not wanted."""
        upload = self.look(ticket)
        if upload is not None:
            upload.path.unlink(missing_ok=True)

    async def receive(
        self, ticket: str, name: str, total: int, pieces: AsyncIterator[bytes]
    ) -> Upload | None:
        """Write a stream to disk, piece by piece.

        Returns
        -------
        Upload or None
            How it ended; None when the ticket is unknown or was used before.
        """
        with self._lock:
            upload = self._uploads.get(ticket)
            if upload is None or upload.state != "waiting":
                return None
            self._uploads[ticket] = replace(upload, state="receiving", name=name, total=total)
        if total > self.max_bytes:
            return self._refuse(ticket, "upload.too_large")
        finished = False
        try:
            with upload.path.open("wb") as target:
                received = 0
                async for piece in pieces:
                    received += len(piece)
                    if received > self.max_bytes:
                        return self._refuse(ticket, "upload.too_large")
                    now = self._change(ticket, received=received)
                    if now is None or now.state == "cancelled":
                        return now
                    target.write(piece)
            if total and received != total:
                return self._refuse(ticket, "upload.cut_short")
            now = self._change(ticket, state="received")
            finished = now is not None and now.state == "received"
            return now
        except OSError as error:
            if in_a_sentence(error) is None:
                raise
            return self._refuse(ticket, "upload.no_room")
        finally:
            # A browser that went away raises out of the stream: nothing half-written stays.
            if not finished:
                upload.path.unlink(missing_ok=True)
                self._change(ticket, only_if="receiving", state="refused", reason="upload.cut_short")

    def _refuse(self, ticket: str, reason: str) -> Upload | None:
        return self._change(ticket, state="refused", reason=reason)

    def _change(self, ticket: str, only_if: State | None = None, **fields: object) -> Upload | None:
        with self._lock:
            upload = self._uploads.get(ticket)
            if upload is None or (only_if is not None and upload.state != only_if):
                return upload
            if upload.state == "cancelled":
                fields.pop("state", None)
            self._uploads[ticket] = replace(upload, **fields)  # type: ignore[arg-type]  # fields are Upload's own
            return self._uploads[ticket]

    def _forget_old(self) -> None:
        limit = time.monotonic() - TICKET_LIFE_SECONDS
        for ticket, upload in list(self._uploads.items()):
            if upload.made_at < limit:
                upload.path.unlink(missing_ok=True)
                del self._uploads[ticket]
