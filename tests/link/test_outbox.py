"""A ticket issued while the hall is away is on disk before it is shown, and is delivered once, with its label."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.hall.errors import NoLabelLeft, NotNow, NotSignedIn, Unfit, Unreachable
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Accepted, Command
from shared.hall.set_up import DefineHall, RetireService
from shared.hall.values import Origin
from shared.link.outbox import Outbox
from shared.link.outbox_store import FILE, OutboxStore, all_stores, store_for_hall
from tests.memory_link import MemoryLink, clinic, half_a_day_from_now

NOW = datetime.now(UTC)
TODAY = NOW.date()


def taken(at: datetime = NOW, service: str = "registration") -> IssueTicket:
    """The command of a kiosk whose hall is away."""
    return IssueTicket(service=service, language="de", origin=Origin.OFFLINE, taken_at=at, token_hash="0" * 64)


def label(accepted: Accepted) -> str:
    return str(accepted.result["ticket"]["label"])


def wait(fact: Callable[[], object]) -> None:
    """Wait for another thread."""
    until = time.monotonic() + 15
    while not fact():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


@pytest.fixture
def link() -> MemoryLink:
    """A clinic whose kiosks may issue tickets offline."""
    link = MemoryLink(clinic())
    settings = {"languages": ("en", "de"), "day_starts": half_a_day_from_now(), "offline_tickets": True}
    link.do(DefineHall(name="Clinic", **settings))
    return link


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OutboxStore]:
    store = OutboxStore(tmp_path / "box")
    yield store
    store.close()


@pytest.fixture
def outbox(link: MemoryLink, store: OutboxStore) -> Iterator[Outbox]:
    """The outbox of a kiosk that knows its hall, which is away."""
    outbox = Outbox(link, store, "K2", link.hall)
    link.unplug()
    yield outbox
    outbox.close()


def back(link: MemoryLink, outbox: Outbox) -> None:
    """The connection is back, and the station notices."""
    link.plug()
    outbox.watch(0).close()


def test_numbers_of_an_own_series_come_while_the_hall_is_away(outbox: Outbox) -> None:
    assert [label(outbox.do(taken())) for _ in range(3)] == ["K2-01", "K2-02", "K2-03"]


def test_the_hall_gets_each_once_in_order_with_the_label_on_paper(
    link: MemoryLink, outbox: Outbox, store: OutboxStore
) -> None:
    tickets = [taken(NOW + timedelta(seconds=number - 60)) for number in range(5)]
    labels = [label(outbox.do(ticket)) for ticket in tickets]
    back(link, outbox)
    wait(lambda: not store.undelivered())
    there = sorted(link.hall.tickets.values(), key=lambda ticket: ticket.number)
    assert [(one.id, one.label) for one in there] == [
        (ticket.command_id, label) for ticket, label in zip(tickets, labels, strict=True)
    ]
    assert {(one.origin, one.language, one.token_hash) for one in there} == {(Origin.OFFLINE, "de", "0" * 64)}
    assert store.not_in_the_hall(NOW) == []


def test_everything_else_goes_straight_through(link: MemoryLink, outbox: Outbox) -> None:
    with pytest.raises(Unreachable):
        outbox.do(IssueTicket(service="registration", origin=Origin.KIOSK))
    link.plug()
    ticket = outbox.do(IssueTicket(service="registration", origin=Origin.KIOSK)).result["ticket"]
    assert ticket["label"] == "A001"
    outbox.do(CancelTicket(ticket=ticket["id"]))
    assert outbox.snapshot() == link.hall and outbox.notes("nobody") == []
    assert outbox.sign_in("admin", "right")[0] is link
    assert outbox.pages == link.pages


def test_the_same_ticket_again_keeps_its_label(outbox: Outbox) -> None:
    ticket = taken()
    assert [label(outbox.do(ticket)), label(outbox.do(ticket)), label(outbox.do(taken()))] == [
        "K2-01",
        "K2-01",
        "K2-02",
    ]


class Forgetful(MemoryLink):
    """A hall whose answers get lost while ``deaf``; it counts the commands it receives."""

    deaf = True
    heard = 0

    def do(self, command: Command) -> Accepted:
        deaf = self.deaf
        answer = super().do(command)
        self.heard += isinstance(command, IssueTicket)
        if deaf:
            raise Unreachable("The answer got lost.")
        return answer


def test_a_ticket_whose_answer_got_lost_is_delivered_again_and_is_one_ticket(
    link: MemoryLink, store: OutboxStore
) -> None:
    lossy = Forgetful(link.hall)
    outbox = Outbox(lossy, store, "K2", link.hall)
    outbox.do(taken())
    wait(lambda: lossy.heard)
    assert len(store.undelivered()) == 1
    lossy.deaf = False
    back(lossy, outbox)
    wait(lambda: not store.undelivered())
    assert lossy.heard >= 2 and [one.label for one in lossy.hall.tickets.values()] == ["K2-01"]
    outbox.close()


def test_a_delivery_that_failed_is_tried_again_by_itself(
    link: MemoryLink, store: OutboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch's connection may stay while commands fail: then nothing says that the hall is back."""
    monkeypatch.setattr("shared.link.timings.REDELIVERY", 0.05)
    lossy = Forgetful(link.hall)
    outbox = Outbox(lossy, store, "K2", link.hall)
    outbox.do(taken())
    wait(lambda: lossy.heard)
    lossy.deaf = False
    wait(lambda: not store.undelivered())
    outbox.close()


def test_what_was_not_delivered_is_delivered_after_a_restart(link: MemoryLink, tmp_path: Path) -> None:
    link.unplug()
    first = Outbox(link, OutboxStore(tmp_path), "K2", link.hall)
    assert label(first.do(taken())) == "K2-01"
    first.close()
    store = OutboxStore(tmp_path)
    second = Outbox(link, store, "K2", link.hall)
    assert label(second.do(taken())) == "K2-02"
    back(link, second)
    wait(lambda: not store.undelivered())
    assert sorted(one.label for one in link.hall.tickets.values()) == ["K2-01", "K2-02"]
    second.close()


def test_a_ticket_the_hall_refuses_is_kept_aside_and_the_next_one_goes_on(
    link: MemoryLink, outbox: Outbox, store: OutboxStore, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.do(taken(service="tests"))
    outbox.do(taken())
    link.meanwhile(RetireService(service="tests"))
    back(link, outbox)
    wait(lambda: not store.undelivered())
    assert [one.label for one in link.hall.tickets.values()] == ["K2-02"]
    [stuck] = store.not_in_the_hall(NOW)
    assert (stuck.label, bool(stuck.refusal)) == ("K2-01", True)
    assert "K2-01" in caplog.text and stuck.refusal in caplog.text
    assert store.not_in_the_hall(NOW + timedelta(days=8)) == [], "nobody comes with that paper any more"


class Strict(MemoryLink):
    """A hall that refuses this kiosk until an administrator has mended that."""

    open = False

    def do(self, command: Command) -> Accepted:
        self._reach()
        if not self.open:
            raise NotSignedIn("Sign in first.")
        return super().do(command)


def test_a_kiosk_that_is_not_let_in_loses_nobodys_place(
    link: MemoryLink, store: OutboxStore, caplog: pytest.LogCaptureFixture
) -> None:
    strict = Strict(link.hall)
    outbox = Outbox(strict, store, "K2", link.hall)
    outbox.do(taken())
    wait(lambda: "can't be delivered: Sign in first." in caplog.text)
    assert len(store.undelivered()) == 1 and not store.not_in_the_hall(NOW)[0].refusal
    strict.open = True
    back(strict, outbox)
    wait(lambda: not store.undelivered())
    assert len(strict.hall.tickets) == 1
    outbox.close()


class Broken(MemoryLink):
    """A link that raises a bug, once."""

    broken = True

    def do(self, command: Command) -> Accepted:
        if self.broken:
            self.broken = False
            raise ZeroDivisionError
        return super().do(command)


def test_a_fault_of_ours_is_logged_and_delivery_goes_on(
    link: MemoryLink, store: OutboxStore, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Broken(link.hall)
    outbox = Outbox(broken, store, "K2", link.hall)
    outbox.do(taken())
    wait(lambda: "could not be delivered" in caplog.text)
    back(broken, outbox)
    wait(lambda: not store.undelivered())
    outbox.close()


def test_numbers_start_anew_each_business_day(outbox: Outbox, link: MemoryLink) -> None:
    link.plug()
    link.do(DefineHall(name="Night ward", time_zone="Europe/Berlin", day_starts=datetime.min.time().replace(hour=6)))
    outbox.snapshot()
    link.unplug()
    evening = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    hours = [evening, evening + timedelta(hours=7, minutes=59), evening + timedelta(hours=8), evening]
    assert [label(outbox.do(taken(at))) for at in hours] == ["K2-01", "K2-02", "K2-01", "K2-03"]


def test_a_clock_set_back_repeats_no_number_of_today(store: OutboxStore) -> None:
    for _ in range(3):
        store.put(taken(), "K2", TODAY)
    assert store.put(taken(), "K2", TODAY - timedelta(days=1)).offline_label == "K2-04"


def test_the_day_after_the_last_number_begins_again(store: OutboxStore) -> None:
    store.put(taken(), "K2", TODAY)
    with sqlite3.connect(store.folder / FILE) as database:
        database.execute("UPDATE tickets SET number = 9999")
    database.close()
    with pytest.raises(NoLabelLeft):
        store.put(taken(), "K2", TODAY)
    assert store.put(taken(), "K2", TODAY + timedelta(days=1)).offline_label == "K2-01"
    assert store.put(taken(), "K3", TODAY).offline_label == "K3-01", "another series counts for itself"


def test_two_windows_of_one_kiosk_give_different_numbers(store: OutboxStore) -> None:
    other = OutboxStore(store.folder)
    labels = [one.put(taken(), "K2", TODAY).offline_label for one in (store, other) * 5]
    assert len(set(labels)) == 10
    other.close()


def test_delivered_tickets_do_not_fill_the_disk(store: OutboxStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.link.outbox_store.KEPT_DELIVERED", 3)
    waiting = store.put(taken(), "K2", TODAY)
    for _ in range(10):
        store.settle(store.put(taken(), "K2", TODAY).command_id)
    with sqlite3.connect(store.folder / FILE) as database:
        [(kept,)] = database.execute("SELECT count(*) FROM tickets")
    database.close()
    assert kept == 4 and store.undelivered() == [waiting]


@pytest.mark.parametrize("name", ["k1", "KIOSK", "K-1", "K1\n", "К1"])
def test_a_series_no_label_could_begin_with_is_refused_at_the_start(
    name: str, link: MemoryLink, store: OutboxStore
) -> None:
    with pytest.raises(Unfit, match="offline_series"):
        Outbox(link, store, name)


def test_a_kiosk_that_knows_no_hall_gives_no_number(link: MemoryLink, store: OutboxStore) -> None:
    link.unplug()
    outbox = Outbox(link, store, "K2")
    with pytest.raises(NotNow, match="ask the staff"):
        outbox.do(taken())
    outbox.close()


def test_a_disk_that_takes_nothing_gives_no_number(link: MemoryLink, tmp_path: Path) -> None:
    """A number nobody will call is worse than none."""
    (tmp_path / "box").write_text("a file where a folder should be")
    outbox = Outbox(link, OutboxStore(tmp_path / "box"), "K2", link.hall)
    with pytest.raises(NotNow, match="ask the staff"):
        outbox.do(taken())
    outbox.close()


def test_a_disk_that_was_full_takes_the_next_ticket(store: OutboxStore) -> None:
    store.put(taken(), "K2", TODAY)
    store._connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.put(replace(taken(), token_hash="x" * 20_000), "K2", TODAY)
    assert store.put(taken(), "K2", TODAY).offline_label == "K2-02"


def test_a_kiosk_that_never_lost_its_hall_leaves_no_numbers_on_its_disk(link: MemoryLink, store: OutboxStore) -> None:
    outbox = Outbox(link, store, "K2", link.hall)
    back(link, outbox)
    assert (store.undelivered(), store.not_in_the_hall(NOW), store.file.exists()) == ([], [], False)
    outbox.close()


def test_each_hall_has_its_own_store_and_all_are_found(tmp_path: Path) -> None:
    for address in ("http://one", "http://two"):
        store = store_for_hall(tmp_path, address)
        assert store.put(taken(), "K2", TODAY).offline_label == "K2-01"
        store.close()
    assert len(all_stores(tmp_path)) == 2


# ── whatever dies ──

GIVES = """
import os, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from shared.hall.hall import Hall
from shared.hall.values import Origin
from shared.hall.issuing import IssueTicket
from shared.link.outbox_store import OutboxStore
from shared.link.outbox import Outbox
from tests.memory_link import MemoryLink
link = MemoryLink(Hall(id="clinic"))
link.unplug()
outbox = Outbox(link, OutboxStore(Path(sys.argv[1])), "K2", link.hall)
for number in range(100):
    ticket = IssueTicket(service="registration", origin=Origin.OFFLINE, taken_at=datetime.now(UTC))
    label = outbox.do(ticket).result["ticket"]["label"]
    if sys.argv[2:] == [label]:
        os.kill(os.getpid(), signal.SIGKILL)
    print(label, flush=True)  # the paper
signal.pause()
"""


def printed_before_it_died(store: OutboxStore, *dies_before: str, after: int = 0) -> list[str]:
    """The labels printed by a kiosk that dies before one, or is killed after some."""
    command = [sys.executable, "-c", GIVES, str(store.folder), *dies_before]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as kiosk:
        assert kiosk.stdout
        paper = [kiosk.stdout.readline() for _ in range(after)]
        if after:
            os.kill(kiosk.pid, signal.SIGKILL)
        paper += kiosk.stdout.readlines()
    assert kiosk.returncode == -signal.SIGKILL
    return [line.strip() for line in paper]


def delivered(link: MemoryLink, store: OutboxStore) -> list[str]:
    """The labels the hall has, once a restarted kiosk has delivered everything."""
    outbox = Outbox(link, store, "K2", link.hall)
    back(link, outbox)
    wait(lambda: not store.undelivered())
    outbox.close()
    return [one.label for one in link.hall.tickets.values()]


def test_a_kiosk_killed_between_disk_and_paper_gives_that_number_to_nobody_else(
    link: MemoryLink, store: OutboxStore
) -> None:
    assert printed_before_it_died(store, "K2-03") == ["K2-01", "K2-02"]
    assert printed_before_it_died(store, "K2-05") == ["K2-04"]
    assert delivered(link, store) == ["K2-01", "K2-02", "K2-03", "K2-04", "K2-05"]


def test_a_kiosk_killed_at_any_moment_repeats_and_loses_no_number(link: MemoryLink, store: OutboxStore) -> None:
    paper = [label for lines in (1, 3, 2) for label in printed_before_it_died(store, after=lines)]
    assert len(set(paper)) == len(paper)
    called = delivered(link, store)
    assert set(paper) <= set(called) and len(set(called)) == len(called)
    assert len(called) - len(paper) <= 3, "written down and not printed: at most the one each kill met"


def test_a_power_cut_in_the_middle_of_a_write_leaves_every_ticket_before_it(store: OutboxStore, tmp_path: Path) -> None:
    store.put(taken(), "K2", TODAY)
    log = store.folder / f"{FILE}-wal"
    ends = [log.stat().st_size]  # after each of the tickets, what the disk has promised to keep
    for _ in range(3):
        store.put(taken(), "K2", TODAY)
        ends.append(log.stat().st_size)
    assert ends == sorted(set(ends))
    for cut in {*ends, *(end - 1 for end in ends[1:]), *range(ends[0], ends[-1], 1111)}:
        after = tmp_path / f"cut at {cut}"
        after.mkdir()
        shutil.copy(store.folder / FILE, after)
        (after / log.name).write_bytes(log.read_bytes()[:cut])
        left = OutboxStore(after)
        whole = sum(end <= cut for end in ends)
        assert [one.offline_label for one in left.undelivered()] == [f"K2-0{number + 1}" for number in range(whole)]
        assert left.put(taken(), "K2", TODAY).offline_label == f"K2-0{whole + 1}"
        left.close()


def test_the_disk_is_told_to_keep_every_ticket(store: OutboxStore) -> None:
    """What a test can see of a power cut just after a ticket: each commit is synced."""
    store.put(taken(), "K2", TODAY)
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
