"""The hall's set-up: each change is a command, in force everywhere as soon as the hall accepts it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, TypeAlias, assert_never

from PySide6.QtCore import QObject

from console import sentences
from console.set_up.form_model import FormModel
from shared.hall.business_day import CorrectBusinessDay
from shared.hall.display_values import Display
from shared.hall.displays import DefineDisplay, RetireDisplay
from shared.hall.exceptional_days import DefineDay, RetireDay
from shared.hall.field_types import ServiceId, Words, in_language
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.hours_grammar import Day
from shared.hall.messages import Accepted, Command
from shared.hall.opening import business_day, day_ahead
from shared.hall.set_up import (
    DefineHall,
    DefinePoint,
    DefinePrecedence,
    DefineService,
    RetirePoint,
    RetirePrecedence,
    RetireService,
)
from shared.hall.values import Point, Precedence, Service, ServicePoint
from shared.hall.whole_set_up import Gap, gaps, set_up_of
from shared.ui.station import Station

NamedItem: TypeAlias = Service | Precedence | ServicePoint | Display
Definable: TypeAlias = HallSettings | NamedItem | Day
Retirable: TypeAlias = NamedItem | Day

MARKS = ("", "primary", "backup")
"""How a service point gives a service: not, as primary or as backup; each press goes on to the next."""


class Awaited(NamedTuple):
    """An accepted command whose event has not arrived yet."""

    seq: int
    item_id: str


class SetUpModel(FormModel):
    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self._awaited: Awaited | None = None
        station.changed.connect(self._on_hall_changed)

    # ── what there is ──

    @property
    def hall(self) -> Hall:
        return self.station.hall or Hall(id="")

    @property
    def services(self) -> list[Service]:
        return self.hall.menu()

    @property
    def missing(self) -> list[Gap]:
        """What the hall still lacks before customers can take tickets."""
        return list(gaps(set_up_of(self.hall)))

    def points_giving(self, service: ServiceId) -> list[Point]:
        """The points that give a service; without any it is offered to nobody."""
        return self.hall.points_for(("service", service))

    @property
    def precedences(self) -> list[Precedence]:
        return list(self.hall.precedences.values())

    @property
    def points(self) -> list[Point]:
        return sorted(self.hall.points.values(), key=lambda point: point.serial_number)

    @property
    def displays(self) -> list[Display]:
        return list(self.hall.displays.values())

    @property
    def today(self) -> date:
        return self.hall.business_day or business_day(self.hall.settings, datetime.now(UTC))

    @property
    def premature_day(self) -> date | None:
        """The hall's business day, if a clock that was ahead began it too early."""
        return day_ahead(self.hall, datetime.now(UTC))

    @property
    def days(self) -> list[Day]:
        """The exceptional days from today on; an administrator's replace public holidays."""
        days = {**self.hall.holidays, **self.hall.days}
        return [days[day] for day in sorted(days) if day >= self.today]

    @property
    def next_serial_number(self) -> int:
        return max((point.serial_number for point in self.points), default=0) + 1

    @property
    def next_prefix(self) -> str:
        """The first letter no service has; neither I nor O, which are read as figures."""
        taken = {service.prefix for service in self.services}
        return next((letter for letter in "ABCDEFGHJKLMNPQRSTUVWXYZ" if letter not in taken), "")

    @property
    def services_without_point(self) -> tuple[ServiceId, ...]:
        """The services offered that no service point gives yet."""
        return tuple(one.id for one in self.services if one.on and not self.points_giving(one.id))

    def overtaking(self, draft: Precedence) -> list[str]:
        """What the allowances would mean with this draft of a precedence."""
        others = [precedence for precedence in self.precedences if precedence.id != draft.id]
        named = in_language(draft.name, "").strip() if draft.name else ""
        return sentences.overtaking(self.hall, [*others, draft] if named else others)

    def mark(self, point: ServicePoint, service: str) -> str:
        if service in point.services:
            return "primary"
        return "backup" if service in point.backup_services else ""

    # ── commands ──

    def toggle(self, point: ServicePoint, service: str) -> None:
        """Send the next mark of a service at a point; see ``MARKS``."""
        mark = MARKS[(MARKS.index(self.mark(point, service)) + 1) % len(MARKS)]
        self.define(marked(point, service, mark))

    def define(self, value: Definable) -> None:
        """Add a value, or change it, if ``can_save``; a new one has no id yet, and gets one made of its name."""
        if not self.can_save:
            return
        if isinstance(value, NamedItem) and not value.id:
            value = replace(value, id=self._new_id(value))
        self._send(_definition(value), _identity(value))

    def correct_day(self) -> None:
        if day := self.premature_day:
            self._send(CorrectBusinessDay(kept=day), "")

    def retire(self, value: Retirable) -> None:
        if self.can_save:
            self._send(_retirement(value), "")

    def _new_id(self, value: NamedItem) -> str:
        match value:
            case ServicePoint():
                return slug(f"point-{value.serial_number}", self.hall.points)
            case Service():
                return slug(in_language(value.name, "en"), self.hall.services, "service")
            case Precedence():
                return slug(in_language(value.name, "en"), self.hall.precedences, "precedence")
            case Display():
                return slug(in_language(value.name, "en"), self.hall.displays, "display")

    def _send(self, command: Command, item_id: str) -> None:
        self._busy = True
        self.say("")
        self.station.do(command, lambda accepted: self._on_accepted(accepted, item_id), self._on_failure)

    def _on_accepted(self, accepted: Accepted, item_id: str) -> None:
        self._awaited = Awaited(accepted.seq, item_id)
        self._on_hall_changed()

    # ── answers ──

    def _on_hall_changed(self) -> None:
        if (awaited := self._awaited) and self.hall.seq >= awaited.seq:
            self._awaited, self._busy = None, False
            self.changed.emit()
            self.saved.emit(awaited.item_id)
            self.say(self.tr("Saved.") if self.missing else self.tr("Saved, and in force everywhere."))
        else:
            self.changed.emit()


def marked(point: ServicePoint, service: str, mark: str) -> ServicePoint:
    """The point with another mark for one service."""
    primary = tuple(other for other in point.services if other != service)
    backup = tuple(other for other in point.backup_services if other != service)
    return replace(
        _as_set_up(point),
        services=(*primary, service) if mark == "primary" else primary,
        backup_services=(*backup, service) if mark == "backup" else backup,
    )


def _as_set_up(point: ServicePoint) -> ServicePoint:
    """A point without its state of work."""
    return ServicePoint(**{field.name: getattr(point, field.name) for field in fields(ServicePoint)})


def slug(name: str, taken: Iterable[str], otherwise: str = "it") -> str:
    """A free id made of a name: ``cash-desk`` of ``Cash desk``, ``otherwise`` of another script; or ``cash-desk-2``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or otherwise
    others, number, made = set(taken), 2, base
    while made in others:
        made, number = f"{base}-{number}", number + 1
    return made


def trimmed(words: Words) -> Words:
    """A text without the languages nobody filled in."""
    if isinstance(words, str):
        return words.strip()
    return {language: text.strip() for language, text in words.items() if text.strip()}


def _identity(value: Definable) -> str:
    if isinstance(value, Day):
        return value.date.isoformat()
    return value.id if isinstance(value, NamedItem) else ""


def _definition(value: Definable) -> Command:
    values: dict[str, Any] = {field.name: getattr(value, field.name) for field in fields(value)}
    match value:
        case HallSettings():
            return DefineHall(**values)
        case Service():
            return DefineService(**values)
        case Precedence():
            return DefinePrecedence(**values)
        case ServicePoint():
            point = {field.name: values[field.name] for field in fields(ServicePoint)}
            return DefinePoint(**point)
        case Display():
            return DefineDisplay(**values)
        case Day():
            return DefineDay(**values)
        case _:
            assert_never(value)


def _retirement(value: Retirable) -> Command:
    match value:
        case Service():
            return RetireService(service=value.id)
        case Precedence():
            return RetirePrecedence(precedence=value.id)
        case ServicePoint():
            return RetirePoint(point=value.id)
        case Display():
            return RetireDisplay(display=value.id)
        case Day():
            return RetireDay(date=value.date)
        case _:
            assert_never(value)
