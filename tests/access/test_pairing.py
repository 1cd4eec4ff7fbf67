"""Pairing: a device shows a code, an administrator confirms or revokes it, and strangers get nowhere."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select, update

from shared.backend.access.accounts import Accounts
from shared.backend.access.device_request_bodies import PairingRequest
from shared.backend.access.pairing import ALPHABET, MOST_NEWCOMERS, Pairing, PendingPairing
from shared.backend.access.rate_limits import FAILED_CONFIRMATIONS_PER_PERSON, PAIRING_CODES_PER_ADDRESS
from shared.backend.halls.database_administration import opened
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.errors import Invalid, NameTaken, TooOften, UnknownDevice, UnknownPairing
from shared.hall.roles import Role
from shared.requests.devices import Device
from tests.backends import DATABASES, Caller, Premises, new_database, nowserving


class Newcomer:
    """A device that has just been switched on."""

    def __init__(self, role: Role = Role.KIOSK) -> None:
        self.token = secrets.token_urlsafe(32)
        self.hash = hashlib.sha256(self.token.encode()).hexdigest()
        self.request = PairingRequest(role=role, token_hash=self.hash, version="0.1.0")

    @property
    def body(self) -> dict[str, str]:
        return {"role": self.request.role, "token_hash": self.hash, "version": "0.1.0"}

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


# ── the rules, on every database ──


@pytest.fixture(params=DATABASES)
def pairing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pairing]:
    with opened(new_database(request.param, tmp_path), create=True) as halls:
        halls.init("clinic", None)
        yield halls.pairing


def the_database(pairing: Pairing) -> Database:
    return pairing._database


def confirm(pairing: Pairing, code: str, name: str = "Kiosk at the door") -> Device:
    return pairing.confirm("clinic", code, name, "admin")


def test_a_newcomer_shows_a_code_and_is_let_in_by_it_once(pairing: Pairing) -> None:
    new = Newcomer()
    waiting = pairing.code_for(new.request, "10.0.0.7")
    assert pairing.progress_of(new.token) == waiting
    (shown,) = pairing.newcomers()
    assert (shown.role, shown.address) == (Role.KIOSK, "10.0.0.7")
    device = confirm(pairing, waiting.code)
    found = pairing.progress_of(new.token)
    assert not isinstance(found, PendingPairing) and (found.hall, found.device) == ("clinic", device.id)
    assert Accounts(the_database(pairing)).actor(new.token).name == "Kiosk at the door"
    assert pairing.newcomers() == ()
    with pytest.raises(UnknownPairing):
        confirm(pairing, waiting.code, "Another")


def test_a_code_is_easy_to_read_and_may_be_typed_in_any_way(pairing: Pairing) -> None:
    code = pairing.code_for(Newcomer().request, "").code
    assert len(code) == 9 and code[4] == "-" and set(code) <= {*ALPHABET, "-"}
    assert not set("01ILOU") & set(code)
    assert confirm(pairing, f" {code.lower().replace('-', ' ')} ")


def test_the_same_newcomer_gets_the_same_code_again(pairing: Pairing) -> None:
    """An answer may be lost."""
    new = Newcomer()
    assert pairing.code_for(new.request, "").code == pairing.code_for(new.request, "").code
    assert pairing.code_for(Newcomer().request, "").code != pairing.code_for(new.request, "").code


def test_a_code_expires_after_ten_minutes_and_a_new_one_follows(pairing: Pairing) -> None:
    new = Newcomer()
    old = pairing.code_for(new.request, "")
    assert timedelta(minutes=9) < old.expires - datetime.now(UTC) <= timedelta(minutes=10)
    with the_database(pairing).writing() as connection:
        connection.execute(update(tables.newcomers).values(expires_at=datetime.now(UTC)))
    with pytest.raises(UnknownPairing):
        pairing.progress_of(new.token)
    with pytest.raises(UnknownPairing):
        confirm(pairing, old.code)
    assert pairing.newcomers() == ()
    assert pairing.code_for(new.request, "").code != old.code


def test_a_newcomer_that_is_refused_is_told(pairing: Pairing) -> None:
    new = Newcomer()
    pairing.code_for(new.request, "")
    pairing.decline(pairing.newcomers()[0].id)
    with pytest.raises(UnknownPairing):
        pairing.progress_of(new.token)


def test_of_many_who_type_a_code_at_once_one_lets_the_device_in(pairing: Pairing) -> None:
    code = pairing.code_for(Newcomer().request, "").code
    begin = threading.Barrier(4)

    def type_it(number: int) -> bool:
        begin.wait()
        try:
            pairing.confirm("clinic", code, f"Kiosk {number}", f"admin {number}")
        except UnknownPairing:
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(type_it, range(4))) == 1
    assert len(Accounts(the_database(pairing)).devices("clinic")) == 1


def test_no_two_devices_of_a_hall_have_one_name(pairing: Pairing) -> None:
    first = confirm(pairing, pairing.code_for(Newcomer().request, "").code, "Kiosk")
    code = pairing.code_for(Newcomer().request, "").code
    with pytest.raises(NameTaken):
        confirm(pairing, code, " Kiosk ")
    second = confirm(pairing, code, "Other kiosk")  # the code is still good
    with pytest.raises(NameTaken):
        pairing.rename("clinic", second.id, "Kiosk")
    assert pairing.rename("clinic", first.id, "Kiosk").name == "Kiosk"
    assert pairing.rename("clinic", second.id, "Third").name == "Third"
    with pytest.raises(Invalid):
        pairing.rename("clinic", second.id, " ")
    with pytest.raises(UnknownDevice):
        pairing.rename("elsewhere", second.id, "Fourth")


def test_a_crowd_of_strangers_can_not_fill_the_list(pairing: Pairing) -> None:
    for number in range(MOST_NEWCOMERS):
        pairing.code_for(Newcomer().request, f"10.0.0.{number}")
    with pytest.raises(TooOften):
        pairing.code_for(Newcomer().request, "10.0.1.1")
    assert len(pairing.newcomers()) == MOST_NEWCOMERS


def test_one_address_gets_so_many_codes_and_no_more(pairing: Pairing) -> None:
    for _ in range(PAIRING_CODES_PER_ADDRESS.most):
        pairing.code_for(Newcomer().request, "10.0.0.7")
    with pytest.raises(TooOften):
        pairing.code_for(Newcomer().request, "10.0.0.7")
    pairing.code_for(Newcomer().request, "10.0.0.8")


def test_nobody_can_go_on_guessing_codes(pairing: Pairing) -> None:
    code = pairing.code_for(Newcomer().request, "").code
    for _ in range(FAILED_CONFIRMATIONS_PER_PERSON.most):
        with pytest.raises(UnknownPairing):
            confirm(pairing, "2222-2222")
    with pytest.raises(TooOften):
        confirm(pairing, code)
    assert pairing.confirm("clinic", code, "Kiosk", "somebody else")


# ── over HTTP ──


@pytest.fixture
def stranger(premises: Premises) -> Caller:
    return Caller(premises)


@pytest.fixture
def admin(premises: Premises) -> Caller:
    caller = Caller(premises)
    assert caller.sign_in().ok
    return caller


Ask = Callable[..., requests.Response]


@pytest.fixture
def ask(admin: Caller, premises: Premises) -> Ask:
    return lambda what, /, **fields: admin.post(f"/api/v1/halls/{premises.hall}/requests/{what}", fields)


def paired(stranger: Caller, ask: Ask, name: str) -> tuple[Newcomer, str]:
    """A paired device, and its id."""
    new = Newcomer()
    code = stranger.post("/api/v1/pairings", new.body).json()["code"]
    answer = ask("confirm-pairing", code=code, name=name)
    assert answer.ok, answer.text
    return new, answer.json()["answer"]["id"]


def test_anybody_may_read_which_installation_it_is(stranger: Caller) -> None:
    found = stranger.get("/api/v1/installation").json()
    assert found["id"] and found["halls"] == [{"id": "clinic", "name": "City Clinic"}]


def test_a_device_works_from_the_moment_it_is_confirmed_until_it_is_revoked(stranger: Caller, ask: Ask) -> None:
    new = Newcomer()
    begun = stranger.post("/api/v1/pairings", new.body)
    assert begun.ok and 590 <= begun.json()["lasts"] <= 600
    path = "/api/v1/pairings/current"
    assert stranger.get(path, headers=new.headers).json()["state"] == "waiting"
    assert stranger.get("/api/v1/halls", headers=new.headers).status_code == 401
    device = ask("confirm-pairing", code=begun.json()["code"], name="Working kiosk").json()["answer"]
    assert stranger.get(path, headers=new.headers).json() == {
        "state": "confirmed", "hall": "clinic", "name": "Working kiosk", "device": device["id"],
    }  # fmt: skip
    assert stranger.get("/api/v1/halls", headers=new.headers).ok
    assert ask("revoke-device", device=device["id"]).ok
    assert ask("revoke-device", device=device["id"]).ok
    assert stranger.get("/api/v1/halls", headers=new.headers).status_code == 401
    assert stranger.get(path, headers=new.headers).status_code == 404


@pytest.mark.parametrize(
    "spoiled",
    [
        {"role": "administrator"},
        {"role": "specialist"},
        {"role": "clock"},
        {"token_hash": "short"},
        {"token_hash": "A" * 64},
        {"version": "<script>"},
        {"version": ""},
        {"code": "AAAA-AAAA"},
    ],
)
def test_a_bad_pairing_request_gets_no_code(stranger: Caller, spoiled: dict[str, str]) -> None:
    assert stranger.post("/api/v1/pairings", {**Newcomer().body, **spoiled}).status_code == 422


def test_no_answer_tells_a_token_or_a_hash(stranger: Caller, ask: Ask) -> None:
    new, device = paired(stranger, ask, "Discreet kiosk")
    waits = Newcomer()
    said = [
        stranger.post("/api/v1/pairings", waits.body),
        stranger.get("/api/v1/pairings/current", headers=new.headers),
        ask("list-newcomers"),
        ask("list-devices"),
    ]
    for secret in (new.token, new.hash, waits.token, waits.hash):
        assert not any(secret in answer.text for answer in said)
    assert device in said[3].text


def test_a_device_reports_how_it_is(stranger: Caller, ask: Ask, premises: Premises) -> None:
    new, device = paired(stranger, ask, "Reporting kiosk")
    path = f"/api/v1/halls/{premises.hall}/requests/report-state"
    said = {"version": "0.2.0", "paper": "low", "unprinted": "K1-042"}
    assert stranger.post(path, said, headers=new.headers).ok
    assert stranger.post(path, {**said, "unprinted": "<b>"}, headers=new.headers).status_code == 422
    assert stranger.post(path, {"version": "0.2.0", "paper": "wet"}, headers=new.headers).status_code == 422
    (found,) = (one for one in ask("list-devices").json()["answer"] if one["id"] == device)
    assert found["address"] == "127.0.0.1" and {name: found[name] for name in said} == said
    assert "K1-042 may not be printed" in nowserving("device", "list", "--database", premises.database).stdout
    assert stranger.post(path, {"version": "0.2.0"}, headers=new.headers).ok, "a device of before says less"
    (found,) = (one for one in ask("list-devices").json()["answer"] if one["id"] == device)
    assert found["unprinted"] == ""
    assert found["seen_at"]
    assert ask("report-state", version="0.2.0").status_code == 403


def test_a_backend_proves_that_it_knows_a_device_to_whoever_knows_the_token(
    stranger: Caller, ask: Ask, premises: Premises
) -> None:
    new, device = paired(stranger, ask, "Doubting kiosk")
    nonce = secrets.token_hex(32)
    said = stranger.post("/api/v1/pairings/proof", {"device": device, "nonce": nonce}).json()
    here = premises.base.removeprefix("http://")
    assert said == {"proof": hmac.new(new.hash.encode(), f"{nonce} {here}".encode(), "sha256").hexdigest()}
    assert stranger.post("/api/v1/pairings/proof", {"device": "nobody", "nonce": nonce}).status_code == 404
    assert stranger.post("/api/v1/pairings/proof", {"device": device, "nonce": "1"}).status_code == 422


# ── open streams ──


class OpenStream:
    """An open event stream, read on a thread until it ends."""

    def __init__(self, base: str, hall: str, token: str) -> None:
        self._answer = requests.get(
            f"{base}/api/v1/halls/{hall}/events?heartbeat=1",
            headers={"Authorization": f"Bearer {token}"},
            stream=True,
            timeout=10,
        )
        self.lines: list[bytes] = []
        self.ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._answer.iter_lines():
            self.lines.append(line)
        self.ended.set()


def test_a_stream_ends_within_five_seconds_wherever_its_token_is_revoked(
    premises: Premises, stranger: Caller, ask: Ask
) -> None:
    """Through the same backend and through another one; a device's stream, and that of somebody who signs out."""
    twin = premises.another()
    twin.serve()
    try:
        new, device = paired(stranger, ask, "Kiosk with a stream")
        stays, _ = paired(stranger, ask, "Kiosk that stays")
        person = Caller(premises)
        session = person.sign_in().json()["token"]
        going = [
            OpenStream(base, premises.hall, token)
            for base in (premises.base, twin.base)
            for token in (new.token, session)
        ]
        staying = OpenStream(twin.base, premises.hall, stays.token)
        ask("revoke-device", device=device)
        assert person.session.delete(f"{premises.base}/api/v1/sessions/current", timeout=5).ok
        for stream in going:
            assert stream.ended.wait(5)
        assert not staying.ended.is_set()
    finally:
        twin.stop()


# ── by command ──


def test_a_device_is_let_in_and_revoked_by_command(premises: Premises, stranger: Caller) -> None:
    new = Newcomer()
    code = stranger.post("/api/v1/pairings", new.body).json()["code"]
    database = ("--database", premises.database)
    said = nowserving("device", "confirm", code, "--name", "Kiosk by command", *database)
    assert said.stdout == "Kiosk by command is a kiosk of clinic now.\n", said.stderr
    assert "Kiosk by command" in nowserving("device", "list", *database).stdout
    assert nowserving("device", "revoke", "Kiosk by command", *database).returncode == 0
    assert stranger.get("/api/v1/halls", headers=new.headers).status_code == 401
    again = nowserving("device", "revoke", "Kiosk by command", *database)
    assert again.returncode == 1 and again.stderr.count("\n") == 1


def test_waiting_newcomers_leave_nothing_behind(premises: Premises, stranger: Caller) -> None:
    stranger.post("/api/v1/pairings", Newcomer().body)
    database = Database(premises.database)
    with database.writing() as connection:
        connection.execute(update(tables.newcomers).values(expires_at=datetime.now(UTC)))
    stranger.post("/api/v1/pairings", Newcomer().body)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.newcomers)) == 1
    database.close()
