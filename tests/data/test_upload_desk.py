"""Uploads: one ticket, one stream, nothing half-written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data import upload_desk
from data.upload_desk import Upload, UploadDesk


@pytest.fixture
def desk(tmp_path: Path) -> UploadDesk:
    return UploadDesk(tmp_path / "uploads", max_bytes=10)


def finished(work: Coroutine[None, None, Upload | None]) -> Upload | None:
    """Run it in a thread of its own: a browser test in this process may hold the main thread's loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()


async def stream(*pieces: bytes, then: Callable[[], None] | None = None) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    if then:
        then()


def sent(
    desk: UploadDesk, ticket: str, *pieces: bytes, total: int = 0, then: Callable[[], None] | None = None
) -> Upload | None:
    return finished(desk.receive(ticket, "my file.csv", total, stream(*pieces, then=then)))


def files(desk: UploadDesk) -> list[Path]:
    return list(desk._folder.iterdir())


def test_a_stream_lands_on_disk_whole(desk: UploadDesk) -> None:
    ticket = desk.open_ticket()
    done = sent(desk, ticket, b"abc", b"", b"defg", total=7)
    assert done is not None
    assert (done.state, done.received, done.total, done.name) == ("received", 7, 7, "my file.csv")
    assert done.path.read_bytes() == b"abcdefg"
    desk.discard(ticket)
    assert files(desk) == []


def test_the_path_owes_nothing_to_the_name(desk: UploadDesk) -> None:
    ticket = desk.open_ticket()
    done = finished(desk.receive(ticket, "../../etc/passwd", 0, stream(b"x")))
    assert done is not None
    assert done.path.parent == desk._folder
    assert "passwd" not in done.path.name


def test_a_ticket_nobody_gave_out_takes_nothing(desk: UploadDesk) -> None:
    assert sent(desk, "guess", b"x") is None
    assert (desk.look("guess"), files(desk)) == (None, [])


def test_a_ticket_is_good_once(desk: UploadDesk) -> None:
    ticket = desk.open_ticket()
    sent(desk, ticket, b"first")
    assert sent(desk, ticket, b"again") is None
    kept = desk.look(ticket)
    assert kept is not None
    assert kept.path.read_bytes() == b"first"


@pytest.mark.parametrize(
    ("pieces", "total"), [((b"x",), 11), ((b"12345", b"678901"), 0), ((b"12345", b"678901"), 5)]
)
def test_too_many_bytes_announced_or_sent_are_refused(
    pieces: tuple[bytes, ...], total: int, desk: UploadDesk
) -> None:
    done = sent(desk, desk.open_ticket(), *pieces, total=total)
    assert done is not None
    assert (done.state, done.reason) == ("refused", "upload.too_large")
    assert files(desk) == []


def test_as_many_bytes_as_the_cap_are_taken(desk: UploadDesk) -> None:
    done = sent(desk, desk.open_ticket(), b"1234567890", total=10)
    assert done is not None
    assert done.state == "received"


@pytest.mark.parametrize("total", [2, 9])
def test_a_stream_of_another_length_than_announced_is_refused(total: int, desk: UploadDesk) -> None:
    done = sent(desk, desk.open_ticket(), b"12345", total=total)
    assert done is not None
    assert (done.state, done.reason, files(desk)) == ("refused", "upload.cut_short", [])


def test_a_browser_that_goes_away_leaves_no_file(desk: UploadDesk) -> None:
    ticket = desk.open_ticket()

    def vanish() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        sent(desk, ticket, b"123", then=vanish)
    after = desk.look(ticket)
    assert after is not None
    assert (after.state, after.reason, files(desk)) == ("refused", "upload.cut_short", [])


@pytest.mark.parametrize("pieces", [(), (b"123",), (b"123", b"456")])
def test_cancelling_while_it_streams_removes_the_file(pieces: tuple[bytes, ...], desk: UploadDesk) -> None:
    ticket = desk.open_ticket()

    async def cancelled_before_the_last() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece
        desk.cancel(ticket)
        yield b"7"

    done = finished(desk.receive(ticket, "f", 0, cancelled_before_the_last()))
    assert done is not None
    assert (done.state, files(desk)) == ("cancelled", [])


def test_cancelling_after_the_last_piece_stays_cancelled(desk: UploadDesk) -> None:
    ticket = desk.open_ticket()
    done = sent(desk, ticket, b"123", then=lambda: desk.cancel(ticket))
    assert done is not None
    assert (done.state, files(desk)) == ("cancelled", [])


def test_a_ticket_cancelled_before_its_stream_takes_none(desk: UploadDesk) -> None:
    ticket = desk.open_ticket()
    desk.cancel(ticket)
    assert sent(desk, ticket, b"123") is None
    assert files(desk) == []


def test_cancelling_what_was_received_removes_it(desk: UploadDesk) -> None:
    ticket = desk.open_ticket()
    sent(desk, ticket, b"123")
    desk.cancel(ticket)
    after = desk.look(ticket)
    assert after is not None
    assert (after.state, files(desk)) == ("cancelled", [])


def test_left_over_uploads_go_at_start_and_old_tickets_with_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.part").write_bytes(b"x")
    (tmp_path / "keep.csv").write_bytes(b"x")
    desk = UploadDesk(tmp_path, max_bytes=10)
    assert [path.name for path in files(desk)] == ["keep.csv"]
    ticket = desk.open_ticket()
    sent(desk, ticket, b"123")
    monkeypatch.setattr(upload_desk, "TICKET_LIFE_SECONDS", -1)
    desk.open_ticket()
    assert desk.look(ticket) is None
    assert [path.name for path in files(desk)] == ["keep.csv"]


def test_tickets_can_not_be_guessed_from_one_another(desk: UploadDesk) -> None:
    tickets = {desk.open_ticket() for _ in range(100)}
    assert len(tickets) == 100
    assert min(map(len, tickets)) >= 32
