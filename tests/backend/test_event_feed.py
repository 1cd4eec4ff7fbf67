"""The event feed: many listeners get an event within a moment; none delays another, or the shutdown."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Message, Send

from shared.backend.halls.database_administration import opened
from shared.backend.halls.journal import Entry
from shared.backend.http.event_feed import EVENTS_KEPT, Listener, LiveFeed, _Channel
from shared.hall.errors import Unreachable
from shared.hall.hall import Hall
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.roles import Actor, Role
from tests.backends import DATABASES, Premises, new_database

ADMIN = Actor(name="anna", role=Role.ADMINISTRATOR)
LISTENERS = 200


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    there = Premises(tmp_path)
    yield there
    there.stop()


async def _listening(premises: Premises, token: str, after: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = premises.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(_request(premises, token, after))
    await reader.readuntil(b"retry: 1000")
    return reader, writer


def _request(premises: Premises, token: str, after: int) -> bytes:
    path = f"/api/v1/halls/{premises.hall}/events?after={after}"
    return f"GET {path} HTTP/1.1\r\nHost: hall\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def test_two_hundred_listeners_hear_within_a_moment_and_the_end_is_quick(premises: Premises) -> None:
    """Some of them never read, some vanish without closing; the backend ends with status 0 and logs nothing."""
    premises.serve()
    token, admin = premises.device(Role.DISPLAY), premises.admin()
    for _ in range(150):
        admin.do(CancelTicket(ticket=admin.do(IssueTicket(service="doctor")).result["ticket"]["id"]))
    seq = admin.snapshot().seq
    deaf = [_deaf(premises, token) for _ in range(20)]

    async def listen() -> float:
        connections = [await _listening(premises, token, seq) for _ in range(LISTENERS)]
        for _, writer in connections[:20]:
            writer.transport.abort()
        began = time.monotonic()
        await asyncio.to_thread(admin.do, IssueTicket(service="doctor"))
        await asyncio.gather(*(reader.readuntil(b"event: ticket-issued") for reader, _ in connections[20:]))
        took = time.monotonic() - began
        for _, writer in connections:
            writer.close()
        return took

    assert asyncio.run(listen()) < 2
    for connection in deaf:
        connection.close()
    admin.close()


def _deaf(premises: Premises, token: str) -> socket.socket:
    """A listener that asks for everything and never reads."""
    host, _, port = premises.base.removeprefix("http://").partition(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.connect((host, int(port)))
    connection.sendall(_request(premises, token, 0))
    return connection


@pytest.mark.parametrize("signal", ["SIGTERM", "SIGINT"])
def test_a_backend_with_open_streams_ends_in_order(premises: Premises, signal: str, tmp_path: Path) -> None:
    import signal as signals

    log = tmp_path / "log"
    with log.open("w") as errors:
        premises.serve(log=errors)
    assert premises.process
    token, admin = premises.device(Role.DISPLAY), premises.admin()
    for _ in range(300):
        admin.do(CancelTicket(ticket=admin.do(IssueTicket(service="doctor")).result["ticket"]["id"]))
    connections = [_deaf(premises, token) for _ in range(10)]
    watch = admin.watch(admin.snapshot().seq)
    began = time.monotonic()
    premises.process.send_signal(signals.Signals[signal])
    assert (premises.process.wait(10), log.read_text()) == (0, "")
    assert time.monotonic() - began < 2
    with pytest.raises(Unreachable):
        assert [news for news in watch if news] == []
    for connection in connections:
        connection.close()
    admin.close()


def test_a_listener_far_behind_hears_everything_in_order(tmp_path: Path) -> None:
    """What is no longer in memory is read from the journal."""
    with opened(f"sqlite:///{tmp_path / 'halls.db'}", create=True) as halls:
        halls.init("clinic", None)

        async def listen() -> list[int]:
            feed, heard = LiveFeed(halls.ledger), bytearray()
            feed.open()
            telling = asyncio.create_task(feed.stream_to("clinic", Listener(_into(heard), 0)))
            for _ in range(EVENTS_KEPT // 200 + 1):
                await asyncio.gather(*(_one_visit() for _ in range(100)))
            last = f"id: {halls.ledger.hall('clinic').seq}\n".encode()
            while last not in heard:
                await asyncio.sleep(0.01)
            feed.close()
            await telling
            return _numbers(heard)

        async def _one_visit() -> None:
            issued = await halls.ledger.do_async("clinic", IssueTicket(service="doctor"), ADMIN)
            await halls.ledger.do_async("clinic", CancelTicket(ticket=issued.result["ticket"]["id"]), ADMIN)

        heard = asyncio.run(listen())
        assert len(heard) > EVENTS_KEPT
        assert heard == list(range(1, halls.ledger.hall("clinic").seq + 1))


async def test_a_listener_that_knows_more_than_the_feed_hears_nothing_twice() -> None:
    """The listener has read further in the journal than the channel has."""
    heard, channel = bytearray(), _Channel("clinic", 5)
    channel.caught_up.add(Listener(_into(heard), 7))
    channel.publish([Entry(seq, "ticket-issued", "{}") for seq in (6, 7)])
    channel.publish([Entry(8, "ticket-issued", "{}")])
    channel.publish([Entry(9, "ticket-issued", "{}")])
    assert _numbers(heard) == [8, 9]


def _into(heard: bytearray) -> Send:
    async def send(message: Message) -> None:
        heard.extend(message["body"])

    return send


def test_a_listener_that_stops_reading_holds_up_nobody_and_misses_nothing(tmp_path: Path) -> None:
    """Its own task waits until it reads again, and then sends it what it missed, in order."""
    with opened(f"sqlite:///{tmp_path / 'halls.db'}", create=True) as halls:
        halls.init("clinic", None)

        async def listen() -> tuple[bytearray, bytearray, int]:
            feed, reads, slow, quick = LiveFeed(halls.ledger), asyncio.Event(), bytearray(), bytearray()
            feed.open()
            reads.set()

            async def send_slowly(message: Message) -> None:
                await reads.wait()
                slow.extend(message["body"])

            start = halls.ledger.hall("clinic").seq
            telling = [
                asyncio.create_task(feed.stream_to("clinic", Listener(send, start)))
                for send in (send_slowly, _into(quick))
            ]
            await _issue_and_hear(quick, 1)
            reads.clear()
            await _issue_and_hear(quick, 3)
            assert slow.count(b"id: ") <= 1
            reads.set()
            await _heard(slow, halls.ledger.hall("clinic").seq)
            feed.close()
            await asyncio.gather(*telling)
            return slow, quick, start

        async def _issue_and_hear(heard: bytearray, times: int) -> None:
            for _ in range(times):
                accepted = await halls.ledger.do_async("clinic", IssueTicket(service="doctor"), ADMIN)
                await _heard(heard, accepted.seq)

        async def _heard(heard: bytearray, seq: int) -> None:
            while f"id: {seq}\n".encode() not in heard:
                await asyncio.sleep(0.01)

        slow, quick, start = asyncio.run(listen())
        assert _numbers(slow) == _numbers(quick) == list(range(start + 1, start + 5))


def _numbers(heard: bytearray) -> list[int]:
    return [int(connection[4:]) for connection in heard.splitlines() if connection.startswith(b"id: ")]


def test_a_broken_connection_keeps_no_event_from_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened(f"sqlite:///{tmp_path / 'halls.db'}", create=True) as halls:
        halls.init("clinic", None)

        async def listen() -> bytearray:
            feed, heard, said = LiveFeed(halls.ledger), bytearray(), bytearray()
            feed.open()

            async def break_at_an_event(message: Message) -> None:
                if b"id: " in message["body"]:
                    raise OSError("the cable was cut")
                said.extend(message["body"])

            start = halls.ledger.hall("clinic").seq
            telling = [
                asyncio.create_task(feed.stream_to("clinic", Listener(send, start)))
                for send in (break_at_an_event, _into(heard))
            ]
            while not (said and heard):
                await asyncio.sleep(0.01)
            await halls.ledger.do_async("clinic", IssueTicket(service="doctor"), ADMIN)
            await telling[0]
            while b"ticket-issued" not in heard:
                await asyncio.sleep(0.01)
            feed.close()
            await telling[1]
            return heard

        assert len(_numbers(asyncio.run(listen()))) == 1


@pytest.mark.parametrize("kind", DATABASES)
def test_what_happens_while_a_hall_is_first_looked_at_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """An event is committed while the hall is read, before there is a channel to mark."""
    with opened(new_database(kind, tmp_path), create=True) as halls:
        halls.init("clinic", None)
        ledger, look = halls.ledger, halls.ledger.hall
        start = look("clinic").seq

        def look_slowly(hall: str) -> Hall:
            found = look(hall)
            monkeypatch.undo()
            ledger.do(hall, IssueTicket(service="doctor"), ADMIN)
            return found

        async def listen() -> None:
            feed, heard = LiveFeed(ledger), bytearray()
            feed.open()
            monkeypatch.setattr(ledger, "hall", look_slowly)
            telling = asyncio.create_task(feed.stream_to("clinic", Listener(_into(heard), start)))
            async with asyncio.timeout(10):
                while b"ticket-issued" not in heard:
                    await asyncio.sleep(0.01)
            feed.close()
            await telling

        asyncio.run(listen())
