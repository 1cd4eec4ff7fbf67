"""Three halls in three time zones live in one database and never meet."""

from __future__ import annotations

import concurrent.futures
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from shared.backend.halls.database_administration import DatabaseAdmin, opened
from shared.backend.halls.sample_halls import commands
from shared.hall.errors import UnknownHall
from shared.hall.field_types import new_id
from shared.hall.hall import Hall
from shared.hall.opening import business_day
from shared.hall.roles import Actor, Role
from shared.hall.set_up_import import ImportSetUp
from shared.hall.values import Service
from shared.hall.whole_set_up import LISTS, set_up_of
from shared.link.connect import connect
from shared.link.link import Link
from shared.requests.staff import ChangePassword
from shared.set_up_file.reader import LARGEST_FILE
from tests.backends import PASSWORD, Caller, Premises

ZONES = {"clinic": "Europe/Berlin", "harbour": "America/New_York", "temple": "Asia/Tokyo"}
SUE = ("sue", PASSWORD)
ADMIN = Actor(name="admin", role=Role.ADMINISTRATOR)


class Halls:
    """Three halls behind one backend, each with a boss, a specialist and a kiosk of its own."""

    def __init__(self, premises: Premises) -> None:
        self.premises = premises
        self.tokens: dict[tuple[str, str], str] = {}
        with opened(premises.database) as administration:
            for hall in ZONES:
                self._people(administration, hall)
        premises.serve()
        self.admin = self.signed_in("admin")
        self.bosses = {hall: self.signed_in(f"boss-{hall}") for hall in ZONES}
        self.staff = {hall: self.signed_in(f"staff-{hall}") for hall in ZONES}
        self.kiosks = {hall: self._caller() for hall in ZONES}
        for hall, kiosk in self.kiosks.items():
            kiosk.session.headers["Authorization"] = f"Bearer {self.tokens['kiosk', hall]}"

    def _people(self, administration: DatabaseAdmin, hall: str) -> None:
        [sample] = commands("clinic")
        settings = replace(sample.hall, name=f"The {hall}", time_zone=ZONES[hall], languages=("en",))
        administration.ledger.create_hall(hall)
        administration.ledger.do(hall, replace(sample, hall=settings), ADMIN)
        administration.add_person(f"boss-{hall}", PASSWORD, Role.ADMINISTRATOR, hall)
        administration.add_person(f"staff-{hall}", PASSWORD, Role.SPECIALIST, hall)
        self.tokens["kiosk", hall] = administration.accounts.add_device(f"Kiosk of {hall}", Role.KIOSK, hall)

    def _caller(self) -> Caller:
        return Caller(self.premises)

    def signed_in(self, login: str) -> Caller:
        caller = self._caller()
        assert caller.sign_in(login).ok
        return caller

    def everybody(self) -> list[Caller]:
        return [self.admin, *self.bosses.values(), *self.staff.values(), *self.kiosks.values()]


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Halls]:
    premises = Premises(tmp_path_factory.mktemp("halls"))
    there = Halls(premises)
    yield there
    for caller in there.everybody():
        caller.session.close()
    premises.stop()


def send(caller: Caller, hall: str, command: str, /, **values: Any) -> requests.Response:
    return caller.post(f"/api/v1/halls/{hall}/commands/{command}", {"command_id": new_id(), **values})


def events(caller: Caller, hall: str) -> list[dict[str, Any]]:
    """All that ever happened in a hall, over HTTP."""
    seq = caller.get(f"/api/v1/halls/{hall}").json()["seq"]
    found: list[dict[str, Any]] = []
    with caller.get(f"/api/v1/halls/{hall}/events?after=0", stream=True) as stream:
        for line in stream.iter_lines(chunk_size=1):
            if line.startswith(b"data:"):
                found.append(json.loads(line[5:]))
            if len(found) == seq:
                return found
    raise AssertionError("the stream ended early")


def test_tickets_labels_and_events_of_halls_never_mix(halls: Halls) -> None:
    labels: dict[str, list[str]] = {hall: [] for hall in ZONES}
    ids: dict[str, set[str]] = {hall: set() for hall in ZONES}
    for turn in range(6):
        for number, hall in enumerate(ZONES):
            if turn % (number + 1) == 0:
                ticket = send(halls.kiosks[hall], hall, "issue-ticket", service="doctor").json()["result"]["ticket"]
                labels[hall].append(ticket["label"])
                ids[hall].add(ticket["id"])
    assert labels["clinic"] == [f"B{number:03}" for number in range(1, 7)]
    assert labels["harbour"] == ["B001", "B002", "B003"]
    assert labels["temple"] == ["B001", "B002"]
    for hall in ZONES:
        shown = {ticket["id"] for ticket in halls.staff[hall].get(f"/api/v1/halls/{hall}").json()["tickets"]}
        issued = [event["ticket"] for event in events(halls.staff[hall], hall) if event["type"] == "ticket-issued"]
        others = set().union(*(ids[other] for other in ZONES if other != hall))
        assert ids[hall] <= shown and not others & shown
        assert ids[hall] <= set(issued) and not others & set(issued) and len(issued) == len(set(issued))


def test_the_same_command_id_is_another_command_in_another_hall(halls: Halls) -> None:
    same = new_id()
    for hall in ("harbour", "temple"):
        answer = send(halls.admin, hall, "issue-ticket", service="imaging", command_id=same)
        assert answer.json()["result"]["ticket"]["label"] == "E001"


def test_each_hall_has_the_day_of_its_own_zone(halls: Halls) -> None:
    for hall, zone in ZONES.items():
        assert send(halls.kiosks[hall], hall, "issue-ticket", service="cash-desk").ok
        state = halls.admin.get(f"/api/v1/halls/{hall}").json()["hall"]
        assert state["time_zone"] == zone
        now = datetime.now(UTC)
        with opened(halls.premises.database) as administration:
            settings = administration.ledger.hall(hall).settings
        assert state["business_day"] == business_day(settings, now).isoformat()
        there = now.astimezone(ZoneInfo(zone))
        assert (there.date() - business_day(settings, now)).days == (there.time() < settings.day_starts)


def test_nobody_sees_or_commands_a_hall_but_their_own(halls: Halls) -> None:
    for here in ZONES:
        for caller in (halls.bosses[here], halls.staff[here], halls.kiosks[here]):
            assert [hall["id"] for hall in caller.get("/api/v1/halls").json()] == [here]
            for other in ZONES.keys() - {here}:
                refused = [
                    caller.get(f"/api/v1/halls/{other}"),
                    caller.get(f"/api/v1/halls/{other}/events?after=0"),
                    send(caller, other, "issue-ticket", service="doctor"),
                    send(caller, other, "call-next", point="3"),
                    send(caller, other, "define-hall", name="Mine"),
                    send(caller, other, "import-set-up", hall={"name": "Mine"}, retire=True),
                ]
                assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert {hall["id"] for hall in halls.admin.get("/api/v1/halls").json()} == set(ZONES)


def test_whoever_works_in_several_halls_chooses_a_password_at_one_that_is_named(halls: Halls) -> None:
    with opened(halls.premises.database) as administration:
        administration.accounts.people.add(*SUE, Role.SPECIALIST, must_change=True)
    new = ChangePassword(old=PASSWORD, new="kedava-own-words")
    with signed_in(halls.premises.base, *SUE) as sue, pytest.raises(UnknownHall, match="Say which hall"):
        sue.request(new)
    with signed_in(f"{halls.premises.base}#harbour", *SUE) as sue:
        sue.request(new)
        assert sue.snapshot().id == "harbour"


@contextmanager
def signed_in(address: str, login: str, password: str) -> Iterator[Link]:
    with closing(connect(address, role=Role.CONSOLE)) as console:
        link, _ = console.sign_in(login, password)
        with closing(link):
            yield link


def test_only_an_administrator_imports(halls: Halls) -> None:
    for caller in (halls.staff["clinic"], halls.kiosks["clinic"]):
        assert send(caller, "clinic", "import-set-up", hall={"name": "Mine"}).status_code == 403
    answer = send(halls.bosses["clinic"], "clinic", "import-set-up", hall={"name": ""})
    assert (answer.status_code, answer.json()["section"], answer.json()["field"]) == (422, "hall", "name")


def test_a_page_belongs_to_its_hall(halls: Halls) -> None:
    offered = halls.admin.get("/").text
    for hall in ZONES:
        assert f"The {hall}" in offered
        page = halls.admin.get(f"/h/{hall}").text
        assert [name for name in ZONES if f"The {name}" in page] == [hall]


def test_one_hall_set_up_anew_leaves_the_others_as_they_are(halls: Halls) -> None:
    before = {hall: halls.admin.get(f"/api/v1/halls/{hall}").json() for hall in ("clinic", "harbour")}
    link = link_to(halls, "http", "temple")
    link.do(take(link.snapshot(), services=renamed(link.snapshot())))
    link.close()
    assert before == {hall: halls.admin.get(f"/api/v1/halls/{hall}").json() for hall in before}


# ── an import over every link ──


def link_to(halls: Halls, kind: str, hall: str) -> Link:
    base = halls.premises.base if kind == "http" else halls.premises.database
    link, _ = connect(f"{base}#{hall}", role=Role.CONSOLE).sign_in("admin", PASSWORD)
    return link


def take(hall: Hall, **changed: Any) -> ImportSetUp:
    now = set_up_of(hall)
    return ImportSetUp(**{**{field.name: getattr(now, field.name) for field in fields(now)}, **changed})


def renamed(hall: Hall) -> tuple[Service, ...]:
    """The services with each name once more, so that everything differs."""
    return tuple(replace(service, name=f"{service.id} {new_id()}") for service in set_up_of(hall).services)


@pytest.mark.parametrize("kind", ["http", "database"])
def test_the_largest_set_up_of_a_file_goes_over_any_link(halls: Halls, kind: str) -> None:
    link = link_to(halls, kind, "harbour")
    before = link.snapshot()
    words = dict.fromkeys(("en", "de", "ru", "ar"), "Щ" * 190)
    first = set_up_of(before).services[0]
    more = tuple(
        replace(first, id=f"{kind}-{n}", prefix=f"{kind[0].upper()}{n:02}", name=words, description=words, on=False)
        for n in range(80)
    )
    command = take(before, services=(*set_up_of(before).services, *more))
    assert sum(len(text.encode()) for service in more for text in words.values()) * 2 > LARGEST_FILE * 0.9
    accepted = link.do(command)
    assert accepted.result == {"changes": 80, "extra": []}
    assert link.do(command) == accepted
    found = link.snapshot().services
    assert all(found[service.id] == service for service in more)
    link.close()


def test_two_administrators_at_once_leave_one_whole_set_up(halls: Halls) -> None:
    """Each brings its own names for everything: afterwards all of them are from the same one."""
    links = [link_to(halls, kind, "clinic") for kind in ("http", "http", "database")]
    hall = links[0].snapshot()

    def of(who: int) -> ImportSetUp:
        lists = {
            name: tuple(replace(value, name=f"{who} {value.id}") for value in getattr(set_up_of(hall), name))
            for name in LISTS
        }
        return take(hall, **lists)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        answers = [pool.submit(links[who % 3].do, of(who)) for who in range(9)]
        assert all(answer.result().result["extra"] == [] for answer in answers)
    after = set_up_of(links[0].snapshot())
    names = {str(value.name).split()[0] for name in LISTS for value in getattr(after, name)}
    assert len(names) == 1
    for link in links:
        link.close()
    with opened(halls.premises.database) as administration:
        assert not list(administration.faults())
