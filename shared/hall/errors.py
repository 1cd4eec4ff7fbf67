"""Every failure that is no bug, drawn as a tree: refusals with their HTTP status, outages, unusable machines.

Failure
├── Refused              the hall says no, in a sentence a person can read; nothing changed
│   ├── Malformed        the request can't be read as one                  HTTP 400
│   ├── NotSignedIn      the sender is not authenticated                        401
│   │   └── Revoked      this device was taken out of service
│   ├── NotAllowed       this person or device has no permission                403
│   ├── PasswordMustChange   the first password must be replaced first          403
│   ├── Unknown          something the command names does not exist             404
│   ├── NotNow           the state of the hall does not allow it                409
│   ├── TooLarge         the request is larger than any should be               413
│   ├── Invalid          a field has an impossible value                        422
│   └── TooOften         a rate limit is exceeded                               429
├── Unreachable          the hall may be fine, the way to it is not: keep, retry, say it   503
│   └── HallUnreadable   the stored data of this one hall is damaged
└── Unfit                this machine can't run it as asked: a foreign database, a port in use     503
    └── NoHallsYet       there is no database, or no hall in it
"""

from __future__ import annotations

import re
from functools import cache
from typing import ClassVar, Self

PLACEHOLDER = re.compile(r"\{(\w+)\}")
"""A placeholder of a sentence: ``{label} is not waiting.``"""

FOR_OPERATORS = ("database", "owner", "cause")
"""Placeholders that only operators see, and nobody over the network: they say where the database is."""


@cache
def kebab(name: str) -> str:
    """``CallNext`` in kebab case: ``call-next``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


class Failure(Exception):  # noqa: N818  # a refusal is not an error of the program
    """A failure that is told to a person in one sentence: what happened, what it means, what to do."""

    status: ClassVar[int] = 500

    def __init__(self, sentence: str, **about: str) -> None:
        """``about``: details by name, which fill the ``{placeholders}`` of the sentence."""
        super().__init__(sentence)
        self.sentence = sentence
        self.about = about

    def __str__(self) -> str:
        return self.detail

    @property
    def detail(self) -> str:
        """The sentence with its placeholders filled."""
        return self.filled(self.sentence)

    def filled(self, sentence: str) -> str:
        """The sentence, in any language, with its placeholders filled; one without a value stays as it is."""
        return PLACEHOLDER.sub(lambda match: self.about.get(match[1], match[0]), sentence)

    def without_operator_details(self) -> Self:
        """The same failure without what only operators may see."""
        sentence = re.sub(rf" ?\{{({'|'.join(FOR_OPERATORS)})\}}", "", self.sentence)
        return type(self)(sentence, **{name: value for name, value in self.about.items() if name not in FOR_OPERATORS})

    def more(self, **about: str) -> Self:
        """The same failure with more details, such as the wrong field."""
        return type(self)(self.sentence, **{**self.about, **about})

    @classmethod
    def type_name(cls) -> str:
        """Its name on the wire: ``ticket-not-waiting``."""
        return kebab(cls.__name__)


class Refused(Failure):
    """The hall says no, and nothing has changed. A command the rules refused is refused again with the same id."""

    status = 409
    _by_type: ClassVar[dict[str, type[Refused]]] = {}

    def __init_subclass__(cls) -> None:
        Refused._by_type[cls.type_name()] = cls

    @staticmethod
    def of_type(type_name: str, status: int, sentence: str, **about: str) -> Refused:
        """A refusal of this type; of the general one of its HTTP status if only a newer version has the type."""
        kind = Refused._by_type.get(type_name) or Refused._of_status(status)
        return kind(sentence, **about)

    @staticmethod
    def _of_status(status: int) -> type[Refused]:
        kinds = (Malformed, NotSignedIn, NotAllowed, Unknown, TooLarge, Invalid, TooOften)
        return next((kind for kind in kinds if kind.status == status), NotNow)


class Unreachable(Failure):
    """No answer, and the command may have been carried out or not: send it again with the same id."""

    status = 503


class HallUnreadable(Unreachable):
    """The stored data of one hall is damaged: it answers nothing until somebody has repaired it."""


class Unfit(Failure):
    """This machine can't run the program as asked; the sentence says what to change."""

    status = 503


class NoHallsYet(Unfit): ...


class Malformed(Refused):
    status = 400


class NotSignedIn(Refused):
    status = 401


class Revoked(NotSignedIn):
    """An administrator has taken this device out of service."""


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


class UnknownDisplay(Unknown): ...


class UnknownClip(Unknown): ...


class UnknownMedium(Unknown): ...


class UnknownPerson(Unknown): ...


class UnknownDevice(Unknown): ...


class UnknownPairing(Unknown): ...


class UnknownLanguage(Invalid): ...


class WrongPassword(Invalid): ...


class LoginTaken(NotNow): ...


class LastAdministrator(NotNow): ...


class CommandIdReused(NotNow): ...


class NameTaken(NotNow): ...


class NoRoomForMedia(NotNow): ...


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
