"""A station starts and works whatever has become of its files: a damaged one is put aside, and logged once."""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.console_memory import ConsoleMemory
from console.remembered_text import RememberedText
from kiosk.__main__ import troubles
from kiosk.printer.printer import Printed
from kiosk.printer.unprinted_tickets import UnprintedTickets
from shared.hall.field_types import new_id
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Role
from shared.hall.set_up import RetireService
from shared.link.outbox import Outbox
from shared.link.outbox_store import FILE, OutboxStore, store_for_hall
from shared.link.paired_hall import PairedHall, PairedHallFile
from shared.link.state_files import files_put_aside, restrict_to_owner
from shared.requests.devices import TroubleKind
from shared.settings import state_path
from shared.ui.station_memory import StationMemory
from tests.link.test_outbox import NOW, TODAY, back, link, taken, wait  # noqa: F401  # link is a fixture
from tests.memory_link import MemoryLink

DAMAGES: dict[str, Callable[[Path], object]] = {
    "garbled": lambda file: file.write_bytes(b"\x00\xff\xfe no file of ours" * 100),
    "cut short": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "empty": lambda file: file.write_bytes(b""),
    "without end": lambda file: file.write_text("[" * 100_000),
    "of another kind": lambda file: file.write_text('{"hall": [], "services": 1, "installation": 7}'),
    "a folder": lambda file: (file.unlink(), file.mkdir(), (file / "inside").touch()),
}


@pytest.fixture(params=DAMAGES)
def damage(request: pytest.FixtureRequest) -> Callable[[Path], object]:
    return DAMAGES[request.param]


@pytest.fixture
def damage_of_a_database(damage: Callable[[Path], object], request: pytest.FixtureRequest) -> Callable[[Path], object]:
    return damage


@pytest.fixture
def store(tmp_path: Path) -> OutboxStore:
    return OutboxStore(tmp_path / "outbox-1")


def aside(file: Path) -> Path:
    [found] = file.parent.glob(f"{file.name}.damaged-*[0-9]")
    return found


def full(store: OutboxStore, count: int = 3) -> list[IssueTicket]:
    """Printed numbers, which are in the database file itself once it is closed."""
    given = [store.put(taken(), "K2", TODAY) for _ in range(count)]
    store.close()
    return given


# ── numbers on paper ──


def test_a_kiosk_whose_outbox_is_damaged_goes_on_and_repeats_no_number_it_may_have_given(
    store: OutboxStore, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    given = full(store)
    damage(store.file)
    waiting = store.undelivered()
    assert set(waiting) <= set(given)
    assert int(str(store.put(taken(), "K2", TODAY).offline_label)[3:]) > 100
    assert aside(store.file)
    assert caplog.text.count("was put aside") == 1
    store.close()


def test_numbers_that_can_be_salvaged_from_a_damaged_outbox_are_delivered(link: MemoryLink, store: OutboxStore) -> None:  # noqa: F811
    given = full(store)
    raw = store.file.read_bytes()
    store.file.write_bytes(b"garbled" + raw[7:])
    outbox = Outbox(link, store, "K2", link.hall)
    back(link, outbox)
    wait(lambda: len(link.hall.tickets) == 3 and not store.undelivered())
    assert {(one.id, one.label) for one in link.hall.tickets.values()} == {
        (one.command_id, one.offline_label) for one in given
    }
    outbox.close()


def test_numbers_that_are_only_in_the_log_of_a_damaged_outbox_are_salvaged_too(
    store: OutboxStore, tmp_path: Path
) -> None:
    ids = sorted((new_id() for _ in range(3)), reverse=True)  # their order must not matter
    given = [store.put(replace(taken(), command_id=one), "K2", TODAY) for one in ids]
    after = tmp_path / "outbox-2"
    shutil.copytree(store.folder, after)  # as a power cut leaves it
    (after / FILE).write_bytes(b"garbled" * 100)
    left = OutboxStore(after)
    assert left.undelivered() == given
    assert aside(left.file)
    left.close()


def test_one_garbled_ticket_keeps_no_other_from_its_hall(store: OutboxStore) -> None:
    given = full(store)
    with closing(sqlite3.connect(store.file)) as database:
        database.execute("UPDATE tickets SET body = ? WHERE place = 2", ["[" * 100_000])
        database.commit()
    assert store.undelivered() == [given[0], given[2]]
    store.close()


def test_an_outbox_with_another_table_in_it_is_put_aside(store: OutboxStore) -> None:
    full(store)
    with closing(sqlite3.connect(store.file)) as database:
        database.execute("ALTER TABLE tickets RENAME TO others")
        database.commit()
    assert len(store.undelivered()) == 3, "the tickets are still in it"
    store.close()


def test_another_window_of_the_kiosk_notices_that_the_outbox_was_put_aside(store: OutboxStore) -> None:
    other = OutboxStore(store.folder)
    other.put(taken(), "K2", TODAY)
    full(store)
    store.file.rename(store.file.with_name("elsewhere"))
    for ending in ("-wal", "-shm"):
        store.file.with_name(FILE + ending).unlink(missing_ok=True)
    given = store.put(taken(), "K2", TODAY)
    assert other.undelivered() == [given]
    other.close()
    assert store.undelivered() == [given], "closing the old one takes nothing from the new one"
    store.close()


def test_an_outbox_that_can_not_be_used_is_logged_once(
    link: MemoryLink,  # noqa: F811
    store: OutboxStore,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def fails() -> list[IssueTicket]:
        asked.append(1)
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("shared.link.timings.REDELIVERY", 0.01)
    monkeypatch.setattr(store, "undelivered", fails)
    outbox = Outbox(link, store, "K2", link.hall)
    wait(lambda: len(asked) > 3)
    assert caplog.text.count("disk I/O error") == 1 and "Traceback" not in caplog.text
    outbox.close()


def test_staff_hear_of_what_was_put_aside_and_of_every_number_the_hall_refused(
    link: MemoryLink,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert troubles() == ()
    store = store_for_hall(state_path(), "http://hall")
    outbox = Outbox(link, store, "K2", link.hall)
    link.unplug()
    outbox.do(taken(service="tests"))
    link.meanwhile(RetireService(service="tests"))
    back(link, outbox)
    wait(lambda: not store.undelivered())
    (state_path() / "home-kiosk.json").write_text("{")
    PairedHallFile(state_path(), Role.KIOSK).load()
    refused, damaged = troubles()
    assert (refused.kind, refused.what, refused.at.date()) == (TroubleKind.REFUSED, "K2-01", NOW.date())
    assert (damaged.kind, damaged.what) == (TroubleKind.DAMAGED, aside(state_path() / "home-kiosk.json").name)
    assert abs((damaged.at - datetime.now(UTC)).total_seconds()) < 60
    outbox.close()


# ── what else a station keeps ──

HOME = PairedHall(installation="1", address="http://hall:8080", hall="clinic", token="secret")


def test_a_damaged_home_is_put_aside_and_the_next_one_is_kept(
    tmp_path: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    homes = PairedHallFile(tmp_path, Role.KIOSK)
    homes.save(HOME)
    file = tmp_path / "home-kiosk.json"
    damage(file)
    assert homes.load() is None and homes.load() is None
    assert aside(file) in files_put_aside(tmp_path)
    assert homes.is_lost()
    homes.save(HOME)
    assert homes.load() == HOME and not homes.is_lost()
    assert caplog.text.count("was put aside") == 1


@pytest.mark.parametrize("field", ["seq", "order", "id", "counters", "visits", "languages", "at"])
def test_a_remembered_hall_with_a_value_of_another_kind_is_no_hall(tmp_path: Path, field: str) -> None:
    memory = StationMemory(tmp_path, "http://hall")
    memory.save(Hall(id="clinic"))
    [file] = tmp_path.iterdir()
    said = file.read_text()
    wrong = {"id": 7, "seq": "x", "order": "x", "counters": {"A": "x"}, "visits": [1], "languages": 5, "at": []}

    data = json.loads(said)
    (data if field == "seq" else data["hall"])[field] = wrong[field]
    file.write_text(json.dumps(data))
    assert memory.load() is None
    assert aside(file)


def test_a_damaged_memory_of_a_hall_is_put_aside(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    memory = StationMemory(tmp_path, "http://hall")
    memory.save(Hall(id="clinic"))
    [file] = tmp_path.iterdir()
    damage(file)
    assert memory.load() is None
    assert aside(file)
    memory.save(Hall(id="clinic"))
    assert memory.load() == Hall(id="clinic")


def test_a_kiosk_that_forgot_what_was_not_printed_goes_on(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    file = tmp_path / "unprinted-1"
    file.write_text("A042")
    damage(file)

    class Slow:
        def print_ticket(self, picture: object, label: str) -> Printed:
            return Printed.YES

    printer = UnprintedTickets(Slow(), file)  # type: ignore[arg-type]
    assert printer.unprinted in ("", "A0")
    printer.print_ticket(None, "A043")  # type: ignore[arg-type]
    assert printer.unprinted == ""


def test_a_console_that_forgot_where_people_work_goes_on(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    ConsoleMemory(RememberedText(tmp_path)).remember("1", "ann")
    for file in list(tmp_path.iterdir()):
        damage(file)
    memory = ConsoleMemory(RememberedText(tmp_path))
    memory.remember("2", "ann")
    assert ConsoleMemory(RememberedText(tmp_path)).of("ann") == "2"


# ── for nobody else's eyes ──


def test_nothing_a_station_keeps_is_open_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    StationMemory(folder, "http://hall").save(Hall(id="clinic"))
    RememberedText(folder).write("console-point", "1")
    PairedHallFile(folder, Role.KIOSK).save(HOME)
    store = OutboxStore(folder / "outbox-1")
    store.put(taken(), "K2", TODAY)
    store.keep_series("K7")
    assert {modes(path) for path in folder.rglob("*")} == {0o600, 0o700}, "the database's own log too"
    assert {path.name for path in store.folder.iterdir()} >= {"tickets.db", "tickets.db-wal", "tickets.db-shm"}
    assert modes(folder) == 0o700
    store.close()


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "trust").mkdir(mode=0o755)
    (tmp_path / "trust" / "hall.pem").touch(mode=0o644)
    restrict_to_owner(tmp_path)
    assert {modes(path) for path in (tmp_path, *tmp_path.rglob("*"))} == {0o600, 0o700}


def modes(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
