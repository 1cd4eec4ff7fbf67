"""Every kiosk of a hall gives numbers of its own series while the hall is away, and staff see where two do not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text

from shared.backend.access.accounts import Accounts
from shared.backend.access.device_request_bodies import PairingRequest
from shared.backend.access.pairing import Pairing
from shared.backend.halls.ledger import Ledger
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.backend.storage.database import Database
from shared.hall.errors import Invalid, NotAllowed, UnknownDevice
from shared.hall.roles import Actor, Role
from shared.requests.devices import (
    ClaimSeries,
    ListDevices,
    OwnDevice,
    OwnSeries,
    ReadOwnDevice,
    ReportState,
    SeeTroubles,
    Trouble,
    TroubleKind,
)
from tests.backends import DATABASES, new_database

ADMIN = Actor(name="admin", role=Role.ADMINISTRATOR)
SUPERVISOR = Actor(name="sue", role=Role.SUPERVISOR)
AT = datetime(2026, 3, 2, 9, 42, tzinfo=UTC)


class House:
    """One database with a hall, and the devices in it."""

    def __init__(self, database: Database) -> None:
        self.ledger = Ledger(database)
        for hall in ("clinic", "bank"):
            self.ledger.create_hall(hall)
        self.accounts = Accounts(database)
        self.pairing = Pairing(database)
        self.handlers = RequestHandlers(self.ledger, self.accounts)

    def add(self, name: str, role: Role = Role.KIOSK, hall: str = "clinic") -> Actor:
        return self.accounts.actor(self.accounts.add_device(name, role, hall))

    def pair(self, name: str, hall: str = "clinic") -> str:
        """Its series, once it is paired by its code."""
        token_hash = name.encode().hex().rjust(64, "0")
        waiting = self.pairing.code_for(
            PairingRequest(role=Role.KIOSK, token_hash=token_hash, version="1"), "192.0.2.1"
        )
        return self.pairing.confirm(hall, waiting.code, name, "admin").series

    def claim(self, kiosk: Actor, set_to: str = "") -> OwnSeries:
        return self.handlers.answer(str(kiosk.hall), ClaimSeries(set_to=set_to), kiosk)

    def devices(self, by: Actor = ADMIN) -> dict[str, Any]:
        return {one.name: one for one in self.handlers.answer("clinic", ListDevices(), by)}


@pytest.fixture(params=DATABASES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    database = Database(new_database(request.param, tmp_path), create=True)
    house = House(database)
    yield house
    house.ledger.close()


def test_every_kiosk_of_a_hall_has_a_series_of_its_own_however_it_came(house: House) -> None:
    given = [house.claim(house.add("One")).name, house.pair("Two"), house.claim(house.add("Three")).name]
    assert given == ["K2", "K3", "K4"], "K1 is what a kiosk uses that nobody told another"
    assert house.pair("Elsewhere", "bank") == "K2"
    house.add("A display", Role.DISPLAY)
    assert house.devices()["A display"].series == ""


def test_it_keeps_its_series_and_one_that_is_free_again_is_given_again(house: House) -> None:
    one, two = house.add("One"), house.add("Two")
    assert [house.claim(one).name, house.claim(two).name, house.claim(one).name] == ["K2", "K3", "K2"]
    house.pairing.revoke("clinic", one.id)
    assert house.claim(house.add("Three")).name == "K2"


def test_many_kiosks_at_once_get_no_series_twice(house: House) -> None:
    with ThreadPoolExecutor(8) as at_once:
        list(at_once.map(house.add, [f"Kiosk {number}" for number in range(16)]))
    assert len({one.series for one in house.devices().values()}) == 16


def test_a_series_of_a_kiosk_s_own_settings_wins_and_the_other_makes_way(house: House) -> None:
    one, two = house.add("One"), house.add("Two")
    assert house.claim(two, "K2") == OwnSeries(name="K2", shared_with=("One",))
    assert house.claim(one).name == "K3"
    assert house.claim(two, "K2") == OwnSeries(name="K2")


def test_two_that_are_set_to_the_same_are_seen_before_anything_happens(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    one, two = house.add("One"), house.add("Two")
    house.claim(one, "K1")
    assert house.claim(two, "K1") == OwnSeries(name="K1", shared_with=("One",))
    assert "same series K1: Two, One" in caplog.text
    assert [one.series for one in house.devices(SUPERVISOR).values()] == ["K1", "K1"]


def test_a_device_learns_its_own_id(house: House) -> None:
    display = house.add("A display", Role.DISPLAY)
    assert house.handlers.answer("clinic", ReadOwnDevice(), display) == OwnDevice(id=display.id)
    by_itself = Actor(name="display", role=Role.DISPLAY)
    assert house.handlers.answer("clinic", ReadOwnDevice(), by_itself) == OwnDevice(id="")
    with pytest.raises(NotAllowed):
        house.handlers.answer("clinic", ReadOwnDevice(), ADMIN)


def test_nobody_but_a_kiosk_claims_a_series_and_none_that_no_number_could_begin_with(house: House) -> None:
    for who in (ADMIN, house.add("A display", Role.DISPLAY)):
        with pytest.raises(NotAllowed):
            house.handlers.answer("clinic", ClaimSeries(), who)
    kiosk = house.add("One")
    for wrong in ("k1", "KIOSK", "K-1", "K1\n"):
        with pytest.raises(Invalid):
            house.claim(kiosk, wrong)


def test_a_kiosk_that_opens_the_database_itself_is_no_device_and_has_none(house: House) -> None:
    assert house.handlers.answer("clinic", ClaimSeries(), Actor(name="kiosk", role=Role.KIOSK)) == OwnSeries(name="")


# ── what a device tells ──

REFUSED = Trouble(kind=TroubleKind.REFUSED, what="K1-07", at=AT)
DAMAGED = Trouble(kind=TroubleKind.DAMAGED, what="tickets.db.damaged-20260302-094200", at=AT)


def report(house: House, kiosk: Actor, *troubles: Trouble) -> None:
    house.handlers.answer("clinic", ReportState(version="1", troubles=troubles), kiosk)


def test_what_happened_at_a_kiosk_is_told_until_an_administrator_has_seen_it(house: House) -> None:
    kiosk = house.add("One")
    report(house, kiosk, REFUSED, DAMAGED)
    assert house.devices(SUPERVISOR)["One"].troubles == (REFUSED, DAMAGED)
    with pytest.raises(NotAllowed):
        house.handlers.answer("clinic", SeeTroubles(device=kiosk.id), SUPERVISOR)
    house.handlers.answer("clinic", SeeTroubles(device=kiosk.id), ADMIN)
    assert house.devices()["One"].troubles == ()
    another = Trouble(kind=TroubleKind.REFUSED, what="K1-08", at=AT)
    report(house, kiosk, REFUSED, another, DAMAGED)
    assert house.devices()["One"].troubles == (another,), "only what is new"
    with pytest.raises(UnknownDevice):
        house.handlers.answer("clinic", SeeTroubles(device="nobody"), ADMIN)


def test_what_ails_the_sound_of_a_display_is_told_until_it_is_well(house: House) -> None:
    display = house.add("One")
    for sentence in ("There is no sound device.", ""):
        house.handlers.answer("clinic", ReportState(version="1", sound=sentence), display)
        assert house.devices(SUPERVISOR)["One"].sound == sentence
    for wrong in ("x" * 201, "two\nlines"):
        with pytest.raises(Invalid):
            house.handlers.answer("clinic", ReportState(version="1", sound=wrong), display)


@pytest.mark.parametrize("what", ["<b>", "", "a b", "x" * 81, "../tickets.db"])
def test_a_trouble_names_a_file_or_a_number_and_nothing_else(house: House, what: str) -> None:
    with pytest.raises(Invalid):
        report(house, house.add("One"), Trouble(kind=TroubleKind.DAMAGED, what=what, at=AT))


# ── installations of before ──


@pytest.mark.parametrize("kind", DATABASES)
def test_an_upgrade_gives_every_kiosk_there_is_a_series(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest first in each hall; K1, which all of them used, is given to none."""
    with monkeypatch.context() as before:
        to_head = command.upgrade
        before.setattr(command, "upgrade", lambda asked, _: to_head(asked, "0005"))
        database = Database(new_database(kind, tmp_path), create=True)
    with database.writing() as connection:
        for hall in ("bank", "clinic"):
            connection.execute(text(f"INSERT INTO halls VALUES ('{hall}', 0, '2026-03-02')"))
        for name, role, hall in [
            ("b", "kiosk", "clinic"),
            ("a", "kiosk", "clinic"),
            ("c", "display", "clinic"),
            ("d", "kiosk", "bank"),
        ]:
            row = {"id": name, "name": name, "role": role, "hall": hall}
            insert = "INSERT INTO devices (id, name, role, hall_id, token_hash, created_at)"
            connection.execute(text(f"{insert} VALUES (:id, :name, :role, :hall, :id, '2026-03-02')"), row)
        connection.execute(text("UPDATE devices SET created_at = '2026-03-01' WHERE id = 'b'"))
    database.upgrade()
    found = {one.name: (one.series, one.troubles) for one in Accounts(database).devices()}
    database.close()
    assert found == {"b": ("K2", ()), "a": ("K3", ()), "c": ("", ()), "d": ("K2", ())}
