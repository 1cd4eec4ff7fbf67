"""The last calls as the hall display shows them: one row each, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtQml import QmlElement, QmlUncreatable

from shared.hall.field_types import PointId, TicketId, in_language
from shared.hall.hall import Hall
from shared.hall.values import Call, TicketState

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

Index = QModelIndex | QPersistentModelIndex

GONE = frozenset({TicketState.WAITING, TicketState.CANCELLED})
"""A ticket that waits again, after a transfer or a return, has nowhere to go to."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One call. ``announced`` counts its announcements here; ``pointThere``: the customer's language, if another."""

    ticket: TicketId
    label: str
    point: str
    pointThere: str  # noqa: N815  # a role's name in QML
    service: str
    recalled: bool
    fresh: bool = False
    announced: int = 0


def rows(hall: Hall) -> list[Row]:
    """Every call a waiting room still needs, newest first."""
    return [_row(hall, call) for call in hall.calls if not _is_gone(hall, call)]


def point_name(hall: Hall, point: PointId, language: str = "") -> str:
    """A point's name in a language, else in the hall's own; empty for a point that was taken away."""
    found = hall.points.get(point)
    return in_language(found.name, language or hall.settings.languages[0], hall.settings.languages) if found else ""


def _row(hall: Hall, call: Call) -> Row:
    point, there = point_name(hall, call.point), point_name(hall, call.point, call.language)
    service = hall.services.get(call.service)
    return Row(
        ticket=call.ticket,
        label=call.label,
        point=point,
        pointThere=there if there != point else "",
        service=in_language(service.name, hall.settings.languages[0], hall.settings.languages) if service else "",
        recalled=call.times > 1,
    )


def _is_gone(hall: Hall, call: Call) -> bool:
    live = hall.tickets.get(call.ticket)
    ended = (ticket for ticket in hall.ended if ticket.id == call.ticket)
    ticket = live or next(ended, None)
    return ticket is not None and ticket.state in GONE


@QmlElement
@QmlUncreatable("The display's model owns it.")
class CallList(QAbstractListModel):  # type: ignore[operator]  # the stub forgets that the line above is called
    """The rows for QML, changed in place so that a row that moves is seen to move."""

    ROLES: ClassVar = {Qt.ItemDataRole.UserRole + 1 + at: field.name for at, field in enumerate(fields(Row))}

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def show(self, wanted: Sequence[Row]) -> None:
        """Become these rows by the smallest moves: insert, move, change, and drop what is left."""
        for at, row in enumerate(wanted):
            self._place(row, at)
            if self.rows[at] != row:
                self.rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))
        if len(wanted) < len(self.rows):
            self.beginRemoveRows(QModelIndex(), len(wanted), len(self.rows) - 1)
            del self.rows[len(wanted) :]
            self.endRemoveRows()

    def _place(self, row: Row, at: int) -> None:
        """Bring the row of this ticket to ``at``; everything above is in place already."""
        was = next((place for place, shown in enumerate(self.rows) if shown.ticket == row.ticket), None)
        if was is None:
            self.beginInsertRows(QModelIndex(), at, at)
            self.rows.insert(at, row)
            self.endInsertRows()
        elif was != at:
            self.beginMoveRows(QModelIndex(), was, was, QModelIndex(), at)
            self.rows.insert(at, self.rows.pop(was))
            self.endMoveRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return getattr(self.rows[index.row()], self.ROLES.get(role, "label"))

    def roleNames(self) -> dict[int, QByteArray]:  # noqa: N802  # Qt's name
        return {role: QByteArray(name.encode()) for role, name in self.ROLES.items()}
