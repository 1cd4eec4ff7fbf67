"""The ways things go wrong, drawn as a tree; whatever is not in it is a bug.

Failure
├── Refused              the hall says no, in a sentence a person can read; nothing changed
│   ├── Malformed        what came is not a command at all                 HTTP 400
│   ├── NotSignedIn      nobody said who is asking                              401
│   │   └── Revoked      this device was taken out of service
│   ├── NotAllowed       this person or device may not                          403
│   ├── Unknown          what the command names is not there                    404
│   ├── NotNow           the state of the hall does not allow it                409
│   ├── TooLarge         more than anybody needs to say                         413
│   ├── Invalid          a value that cannot be                                 422
│   └── TooOften         the same thing asked too many times                    429
├── Unreachable          the hall may be fine, the way to it is not: keep, retry, say it   503
│   └── HallUnreadable   what is kept of this one hall is damaged
└── Unfit                what was set up cannot be used: not our database, a port in use
    └── NoHallsYet       there is no database, or nothing in it
"""

from __future__ import annotations

import re
from functools import cache
from typing import ClassVar, Self

BLANK = re.compile(r"\{(\w+)\}")
"""A place in a sentence for a number, a label, a name: ``{label} is not waiting.``"""

OURS = ("database", "owner", "cause")
"""What a sentence says to whoever looks after the backend, and to nobody over the network: where the database is."""


@cache
def kebab(name: str) -> str:
    """``CallNext`` as programs write it: ``call-next``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


class Failure(Exception):  # noqa: N818  # a refusal is not an error of the program
    """Something a person is told in one sentence: what happened, what it means, what to do."""

    status: ClassVar[int] = 500

    def __init__(self, sentence: str, **about: str) -> None:
        """``about`` names what the failure is about; what it names can stand in the sentence as a ``{blank}``."""
        super().__init__(sentence)
        self.sentence = sentence
        self.about = about

    def __str__(self) -> str:
        return self.detail

    @property
    def detail(self) -> str:
        """The sentence with its blanks filled."""
        return self.filled(self.sentence)

    def filled(self, sentence: str) -> str:
        """The sentence in any language with its blanks filled; one that nothing is known for stays as it stands."""
        return BLANK.sub(lambda blank: self.about.get(blank[1], blank[0]), sentence)

    def for_strangers(self) -> Self:
        """The same failure without what is nobody's business but ours."""
        sentence = re.sub(rf" ?\{{({'|'.join(OURS)})\}}", "", self.sentence)
        return type(self)(sentence, **{name: value for name, value in self.about.items() if name not in OURS})

    def more(self, **about: str) -> Self:
        """The same failure, with more about where it lies."""
        return type(self)(self.sentence, **{**self.about, **about})

    @classmethod
    def type_name(cls) -> str:
        """The name programs know it by: ``ticket-not-waiting``."""
        return kebab(cls.__name__)


class Refused(Failure):
    """The hall says no. Nothing has changed, and asking the same again gives the same answer."""

    status = 409
    _by_type: ClassVar[dict[str, type[Refused]]] = {}

    def __init_subclass__(cls) -> None:
        Refused._by_type[cls.type_name()] = cls

    @staticmethod
    def named(type_name: str, status: int, sentence: str, **about: str) -> Refused:
        """The refusal a program on the other side named; one this version does not know keeps its kind."""
        kind = Refused._by_type.get(type_name) or Refused._of_status(status)
        return kind(sentence, **about)

    @staticmethod
    def _of_status(status: int) -> type[Refused]:
        kinds = (Malformed, NotSignedIn, NotAllowed, Unknown, TooLarge, Invalid, TooOften)
        return next((kind for kind in kinds if kind.status == status), NotNow)


class Unreachable(Failure):
    """The hall did not answer: nobody knows yet whether it did what was asked. Ask again with the same id."""

    status = 503


class HallUnreadable(Unreachable):
    """What is kept of one hall is damaged, and until somebody has put that right nobody knows what is true there."""


class Unfit(Failure):
    """What the administrator set up cannot be used; the sentence says what to change."""

    status = 503


class NoHallsYet(Unfit): ...


class Malformed(Refused):
    status = 400


class NotSignedIn(Refused):
    status = 401


class Revoked(NotSignedIn):
    """This device was taken out of service by whoever answers for its hall."""


class NotAllowed(Refused):
    status = 403


class PasswordMustChange(Refused):
    status = 403


class Unknown(Refused):
    status = 404


class NotNow(Refused):
    status = 409


class TooLarge(Refused):
    status = 413


class Invalid(Refused):
    status = 422


class TooOften(Refused):
    status = 429


class TooManyTickets(TooOften): ...


class UnknownHall(Unknown): ...


class UnknownCommand(Unknown): ...


class UnknownEvent(Unknown): ...


class UnknownRequest(Unknown): ...


class UnknownAuthority(Unknown): ...


class UnknownService(Unknown): ...


class UnknownPrecedence(Unknown): ...


class UnknownPoint(Unknown): ...


class UnknownTicket(Unknown): ...


class UnknownDay(Unknown): ...


class UnknownPerson(Unknown): ...


class UnknownDevice(Unknown): ...


class UnknownPairing(Unknown): ...


class UnknownLanguage(Invalid): ...


class WrongPassword(Invalid): ...


class LoginTaken(NotNow): ...


class LastAdministrator(NotNow): ...


class CommandIdReused(NotNow): ...


class NameTaken(NotNow): ...


class TokenTaken(NotNow): ...


class ServiceClosed(NotNow): ...


class ServiceFull(NotNow): ...


class ServiceClosing(NotNow): ...


class OfflineNotAllowed(NotNow): ...


class TakenTooEarly(NotNow): ...


class LabelTaken(NotNow): ...


class PrecedenceNotOffered(NotNow): ...


class NoLabelLeft(NotNow): ...


class TicketNotWaiting(NotNow): ...


class TicketNotCalled(NotNow): ...


class TicketNotServing(NotNow): ...


class TicketNotParked(NotNow): ...


class TicketNotServed(NotNow): ...


class TicketNotAtPoint(NotNow): ...


class TooEarly(NotNow): ...


class TooLate(NotNow): ...


class NothingToUndo(NotNow): ...


class AlreadyRated(NotNow): ...


class ServiceNotGiven(NotNow): ...


class BusinessDayRight(NotNow): ...


class UnknownTimeZone(NotNow): ...


class AppointmentNotToday(NotNow): ...


class UnknownOutcome(Invalid): ...


class PointNotActive(NotNow): ...


class PointAlreadyActive(NotNow): ...


class PointNotPaused(NotNow): ...


class PointHasTicket(NotNow): ...


class PointTakenOver(NotNow): ...


class StillInUse(NotNow): ...


class PrefixTaken(NotNow): ...


class SerialNumberTaken(NotNow): ...
