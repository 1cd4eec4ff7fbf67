"""A link to a whole hall in memory, for tests of windows and stations.

It has a cable that can be unplugged, and a person at every login whose password is ``right``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Any, TypeVar, cast

from shared.hall.errors import CommandIdReused, NotSignedIn, Refused, Unreachable
from shared.hall.hall import Hall
from shared.hall.json_codec import encode_answer
from shared.hall.messages import Accepted, Command, Happened, Note
from shared.hall.parking import ParkTicket
from shared.hall.points import DeactivatePoint
from shared.hall.roles import Actor, Role
from shared.hall.rules import answer, decide, evolve, fold
from shared.hall.shifts import TakePoint
from shared.hall.values import Moment, TicketState
from shared.requests.contacts import Contact, KeepContact, ReadContact
from shared.requests.devices import ClaimSeries, ListDevices, OwnDevice, OwnSeries, ReadOwnDevice
from shared.requests.request import Done, Request
from shared.requests.sign_on import Identity, Provider
from shared.requests.specialists import KeepNote, ParkedFor, ReadOwnDay, ReadReasons, ReadSeats, Seat, own_day

A = TypeVar("A")


class MemoryLink:
    def __init__(self, hall: Hall) -> None:
        self.first = hall
        self.journal: list[Happened] = []
        self.hall = hall
        self.answers: dict[str, tuple[Command, Accepted | Refused]] = {}
        self.contacts: dict[str, Contact] = {}
        self.kept: list[KeepNote] = []
        self.seats: dict[str, Seat] = {}
        self.login = ""
        """The login of the person who signed in last."""
        self.device = ""
        """The id the hall knows the station's device by."""
        self.asked: dict[type[Request[Any]], Callable[[Any], Any]] = {
            KeepContact: self._keep_contact,
            ReadContact: lambda asked: self.contacts.get(asked.ticket, Contact()),
            ReadSeats: lambda _: tuple(self.seats.values()),
            ReadOwnDay: lambda _: own_day((happened.event, True) for happened in self.journal),
            KeepNote: self._keep_note,
            ReadReasons: lambda _: tuple(self._parked()),
            ListDevices: lambda _: (),
            ReadOwnDevice: lambda _: OwnDevice(id=self.device),
            ClaimSeries: lambda asked: OwnSeries(name=asked.set_to),
        }
        self.signs_on: Provider | None = None
        self.fingerprint = ""
        self.pages: str | None = "http://192.0.2.7:8080"
        self.plugged = True
        self.refusal: Refused | None = None
        """Raised instead of Unreachable while unplugged."""
        self.news = threading.Condition()

    def do(self, command: Command) -> Accepted:
        self._reach()
        with self.news:
            if command.command_id not in self.answers:
                self.answers[command.command_id] = command, self._decided(command)
            earlier, answered = self.answers[command.command_id]
            if earlier != command:
                raise CommandIdReused("This command_id was already used for another command: make a new one.")
            if isinstance(answered, Refused):
                raise answered
            return answered

    def _decided(self, command: Command) -> Accepted | Refused:
        try:
            events = decide(self.hall, command, Moment(self.wall(), time.monotonic_ns() // 1_000_000))
        except Refused as refused:
            return refused
        for event in events:
            self.hall = evolve(self.hall, event)
            self.journal.append(Happened(self.hall.seq, event))
        if isinstance(command, TakePoint):
            seat = Seat(point=command.point, login=self.login, console=command.console, since=self.wall())
            self.seats[command.point] = seat
        if isinstance(command, DeactivatePoint):
            self.seats.pop(command.point, None)
        self.news.notify_all()
        return Accepted(encode_answer(self.hall, answer(self.hall, command, events)), self.hall.seq)

    def snapshot(self) -> Hall:
        self._reach()
        return self.hall

    def watch(self, after: int) -> MemoryWatch:
        self._reach()
        return MemoryWatch(self, after)

    def notes(self, ticket: str) -> list[Note]:
        self._reach()
        said = [command for command, _ in self.answers.values() if getattr(command, "ticket", None) == ticket]
        texts = [getattr(command, field, "") for command in said for field in ("reason", "note")]
        texts += [note.text for note in self.kept if note.ticket == ticket]
        return [Note(at=datetime.now(UTC), author="somebody", text=text) for text in texts if text]

    def _keep_note(self, asked: KeepNote) -> Done:
        if asked not in self.kept:
            self.kept.append(asked)
        return Done()

    def _parked(self) -> Iterator[ParkedFor]:
        """Why each parked ticket was parked the last time."""
        parked = [command for command, _ in self.answers.values() if isinstance(command, ParkTicket)]
        reasons = {command.ticket: command.reason for command in parked}
        for ticket in self.hall.tickets.values():
            if ticket.state is TicketState.PARKED and (reason := reasons.get(ticket.id)):
                yield ParkedFor(ticket=ticket.id, reason=reason)

    def _keep_contact(self, asked: KeepContact) -> Done:
        self.contacts[asked.ticket] = asked.contact
        return Done()

    def request(self, request: Request[A]) -> A:
        """The answer of the function that ``asked`` has for this type of request."""
        self._reach()
        return cast("A", self.asked[type(request)](request))

    def sign_in(self, login: str, password: str) -> tuple[MemoryLink, Actor]:
        self._reach()
        if password != "right":
            raise NotSignedIn("Login or password is wrong.")
        self.login = login
        return self, Actor(name=login, role=Role.ADMINISTRATOR if login == "admin" else Role.SPECIALIST)

    def sign_out(self) -> None:
        self._reach()
        self.seats = {point: seat for point, seat in self.seats.items() if seat.login != self.login}

    def provider(self) -> Provider | None:
        self._reach()
        return self.signs_on

    def sign_on(self, identity: Identity) -> tuple[MemoryLink, Actor]:
        raise NotSignedIn("There is no identity provider here: sign in with login and password.")

    def meanwhile(self, command: Command) -> None:
        """What somebody does whose own cable is in."""
        with self.news:
            self._decided(command)

    def wall(self) -> datetime:
        """Now, in UTC, as commands are stamped."""
        return datetime.now(UTC)

    def close(self) -> None:
        with self.news:
            self.news.notify_all()

    def unplug(self) -> None:
        with self.news:
            self.plugged = False
            self.news.notify_all()

    def plug(self) -> None:
        self.plugged = True

    def _reach(self) -> None:
        if not self.plugged:
            raise self.refusal or Unreachable("The cable is out.")


class MemoryWatch:
    def __init__(self, link: MemoryLink, after: int) -> None:
        self.link = link
        self.after = after
        self.open = True

    def __iter__(self) -> Iterator[Happened | None]:
        while self.open:
            self.link._reach()
            fresh = [happened for happened in self.link.journal if happened.seq > self.after]
            for happened in fresh:
                self.after = happened.seq
                yield happened
            with self.link.news:
                if not fresh and self.open:
                    self.link.news.wait(0.2)

    def close(self) -> None:
        self.open = False
        self.link.close()


def half_a_day_from_now() -> time_of_day:
    """A time at which a business day may start so that no test meets it, whenever it runs."""
    return (datetime.now(UTC) + timedelta(hours=12)).time().replace(second=0, microsecond=0)


def clinic() -> Hall:
    """A small clinic, straight from commands."""
    from shared.hall.set_up import DefineHall, DefinePoint, DefinePrecedence, DefineService

    commands: list[Command] = [
        DefineHall(
            name={"en": "City Clinic", "de": "Stadtklinik", "ru": "Городская поликлиника", "ar": "عيادة المدينة"},
            languages=("en", "de", "ru", "ar"),
            day_starts=half_a_day_from_now(),
        ),
        DefinePrecedence(
            id="regular", name={"en": "Regular", "de": "Normal", "ru": "Обычная", "ar": "عادي"}, allowance=30
        ),
        DefinePrecedence(id="paid", name={"en": "Paid", "de": "Privat", "ru": "Платная", "ar": "مدفوع"}, allowance=10),
        DefineService(
            id="registration",
            prefix="A",
            name={"en": "Registration", "de": "Anmeldung", "ru": "Регистратура", "ar": "التسجيل"},
            description={
                "en": "New patients and documents",
                "de": "Neue Patienten, Dokumente",
                "ru": "Новые пациенты, документы",
                "ar": "المرضى الجدد والمستندات",
            },
        ),
        DefineService(
            id="tests",
            prefix="B",
            place=1,
            name={"en": "Blood tests", "de": "Blutabnahme", "ru": "Анализ крови", "ar": "تحليل الدم"},
            precedences=("regular",),
        ),
        DefinePoint(
            id="1",
            serial_number=1,
            name={"en": "Counter 1", "de": "Schalter 1", "ru": "Окно 1", "ar": "شباك ١"},
            services=("registration", "tests"),
        ),
        DefinePoint(
            id="2",
            serial_number=2,
            name={"en": "Room 2", "de": "Raum 2", "ru": "Кабинет 2", "ar": "غرفة ٢"},
            services=("tests",),
        ),
    ]
    hall = Hall(id="clinic")
    for command in commands:
        hall = fold(hall, decide(hall, command, Moment(datetime.now(UTC), time.monotonic_ns() // 1_000_000)))
    return hall
