"""What an administrator sets up: each change is a command, in force everywhere as soon as the hall accepts it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any, TypeAlias, assert_never

from PySide6.QtCore import QObject

from console import sentences
from console.set_up.form_model import FormModel
from shared.hall.business_day import CorrectBusinessDay
from shared.hall.exceptional_days import DefineDay, RetireDay
from shared.hall.field_types import ServiceId, Words, in_language
from shared.hall.hall import Hall
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
from shared.hall.values import HallSettings, Point, Precedence, Service, ServicePoint
from shared.hall.whole_set_up import Gap, gaps, set_up_of
from shared.ui.station import Station

Named: TypeAlias = Service | Precedence | ServicePoint
Definable: TypeAlias = HallSettings | Named | Day
Retirable: TypeAlias = Named | Day

MARKS = ("", "primary", "backup")
"""What a service point is to a service, in the order one press after another brings them."""


class SetUpModel(FormModel):
    """The hall as an administrator changes it."""

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self._waits_for: tuple[int, str] | None = None
        station.changed.connect(self._hall_changed)

    # ── what there is ──

    @property
    def hall(self) -> Hall:
        return self.station.hall or Hall(id="")

    @property
    def services(self) -> list[Service]:
        return self.hall.menu()

    @property
    def gaps(self) -> list[Gap]:
        """What the hall lacks as a whole before customers can come; fine while it is being set up."""
        return list(gaps(set_up_of(self.hall)))

    def points_giving(self, service: ServiceId) -> list[Point]:
        """Where a service is given; one that is given nowhere is offered to nobody."""
        return self.hall.points_for(("service", service))

    @property
    def precedences(self) -> list[Precedence]:
        return list(self.hall.precedences.values())

    @property
    def points(self) -> list[Point]:
        return sorted(self.hall.points.values(), key=lambda point: point.serial_number)

    @property
    def today(self) -> date:
        """The hall's business day."""
        return self.hall.business_day or business_day(self.hall.settings, datetime.now(UTC))

    @property
    def day_ahead(self) -> date | None:
        """The business day that is kept, if a clock that was ahead began it too early."""
        return day_ahead(self.hall, datetime.now(UTC))

    @property
    def days(self) -> list[Day]:
        """The days apart that are still to come, an administrator's above the calendar's."""
        apart = {**self.hall.holidays, **self.hall.days}
        return [apart[day] for day in sorted(apart) if day >= self.today]

    @property
    def next_serial_number(self) -> int:
        return max((point.serial_number for point in self.points), default=0) + 1

    @property
    def next_prefix(self) -> str:
        """The first letter no service has; neither I nor O, which are read as figures."""
        taken = {service.prefix for service in self.services}
        return next((letter for letter in "ABCDEFGHJKLMNPQRSTUVWXYZ" if letter not in taken), "")

    @property
    def ungiven(self) -> tuple[ServiceId, ...]:
        """The services for which a service point is still to be set up."""
        return tuple(one.id for one in self.services if one.on and not self.points_giving(one.id))

    def overtaking(self, draft: Precedence) -> list[str]:
        """What the allowances would mean with this precedence as it is being written."""
        others = [precedence for precedence in self.precedences if precedence.id != draft.id]
        named = in_language(draft.name, "").strip() if draft.name else ""
        return sentences.overtaking(self.hall, [*others, draft] if named else others)

    def mark(self, point: ServicePoint, service: str) -> str:
        if service in point.services:
            return "primary"
        return "backup" if service in point.backup_services else ""

    # ── up ──

    def toggle(self, point: ServicePoint, service: str) -> None:
        """The next mark: not given here, primary, backup."""
        mark = MARKS[(MARKS.index(self.mark(point, service)) + 1) % len(MARKS)]
        self.define(marked(point, service, mark))

    def define(self, value: Definable) -> None:
        """Set up something new, or change what is there. A new one has no id yet and gets one made of its name."""
        if not self.can_save:
            return
        if isinstance(value, Named) and not value.id:
            value = replace(value, id=self._new_id(value))
        self._send(_definition(value), _identity(value))

    def correct_day(self) -> None:
        if day := self.day_ahead:
            self._send(CorrectBusinessDay(kept=day), "")

    def retire(self, value: Retirable) -> None:
        """Take something away for good."""
        if self.can_save:
            self._send(_retirement(value), "")

    def _new_id(self, value: Named) -> str:
        if isinstance(value, ServicePoint):
            return slug(f"point-{value.serial_number}", self.hall.points)
        taken: Iterable[str] = self.hall.services if isinstance(value, Service) else self.hall.precedences
        kind = "service" if isinstance(value, Service) else "precedence"
        return slug(in_language(value.name, "en"), taken, kind)

    def _send(self, wish: Command, identity: str) -> None:
        self._busy = True
        self.say("")
        self.station.do(wish, lambda accepted: self._accepted(accepted, identity), self._failed)

    def _accepted(self, accepted: Accepted, identity: str) -> None:
        self._waits_for = accepted.seq, identity
        self._hall_changed()

    # ── down ──

    def _hall_changed(self) -> None:
        if self._waits_for and self.hall.seq >= self._waits_for[0]:
            identity = self._waits_for[1]
            self._waits_for, self._busy = None, False
            self.changed.emit()
            self.saved.emit(identity)
            self.say(self.tr("Saved.") if self.gaps else self.tr("Saved, and in force everywhere."))
        else:
            self.changed.emit()


def marked(point: ServicePoint, service: str, mark: str) -> ServicePoint:
    """The point with another mark at one service."""
    primary = tuple(other for other in point.services if other != service)
    backup = tuple(other for other in point.backup_services if other != service)
    return replace(
        _as_set_up(point),
        services=(*primary, service) if mark == "primary" else primary,
        backup_services=(*backup, service) if mark == "backup" else backup,
    )


def _as_set_up(point: ServicePoint) -> ServicePoint:
    """A point without what it is doing at the moment."""
    return ServicePoint(**{field.name: getattr(point, field.name) for field in fields(ServicePoint)})


def slug(name: str, taken: Iterable[str], otherwise: str = "it") -> str:
    """An id made of a name: ``Cash desk`` becomes ``cash-desk``; a name in another script, ``service-2``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or otherwise
    others, at, made = set(taken), 2, base
    while made in others:
        made, at = f"{base}-{at}", at + 1
    return made


def trimmed(words: Words) -> Words:
    """Words without the languages nobody filled in."""
    if isinstance(words, str):
        return words.strip()
    return {language: text.strip() for language, text in words.items() if text.strip()}


def _identity(value: Definable) -> str:
    if isinstance(value, Day):
        return value.date.isoformat()
    return value.id if isinstance(value, Named) else ""


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
        case Day():
            return RetireDay(date=value.date)
        case _:
            assert_never(value)
