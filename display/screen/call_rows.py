"""The last calls as the hall display shows them, one row each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtQml import QmlElement, QmlUncreatable

from shared.hall.field_types import PointId, TicketId, in_language
from shared.hall.hall import Hall
from shared.hall.values import Call

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """One call on the display."""

    ticket: TicketId
    label: str
    point: str
    customerPoint: str  # noqa: N815  # a role's name in QML
    """The point in the customer's language; empty if ``point`` says the same."""
    service: str
    highlighted: bool = False
    announced: int = 0
    """How often this display has announced it."""
    over: bool = False
    """The customer has come, or has not: it is shown for a while yet, quieter."""


def point_name(hall: Hall, point: PointId, language: str = "") -> str:
    """A point's name in a language, or in the hall's own without one; empty for a point that was removed."""
    found = hall.points.get(point)
    return in_language(found.name, language or hall.settings.languages[0], hall.settings.languages) if found else ""


def unbroken(name: str) -> str:
    """A name whose numbers stay on the line of the word before them."""
    return re.sub(r" (?=\S*\d)", "\N{NO-BREAK SPACE}", name)


def row(hall: Hall, call: Call, *, over: bool = False) -> CallRow:
    point, for_customer = (unbroken(point_name(hall, call.point, tongue)) for tongue in ("", call.language))
    service = hall.services.get(call.service)
    return CallRow(
        ticket=call.ticket,
        label=call.label,
        point=point,
        customerPoint=for_customer if for_customer != point else "",
        service=in_language(service.name, hall.settings.languages[0], hall.settings.languages) if service else "",
        over=over,
    )


@QmlElement
@QmlUncreatable("The display's model owns it.")
class CallList(QAbstractListModel):  # type: ignore[operator]  # the stub forgets that the line above is called
    """The rows for QML, changed in place so that moves are animated."""

    ROLES: ClassVar = {Qt.ItemDataRole.UserRole + 1 + at: field.name for at, field in enumerate(fields(CallRow))}

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CallRow] = []

    def show(self, wanted: Sequence[CallRow]) -> None:
        """Change into these rows by the fewest inserts, moves, changes and removals."""
        for at, row in enumerate(wanted):
            self._bring(row, at)
            if self.rows[at] != row:
                self.rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))
        if len(wanted) < len(self.rows):
            self.beginRemoveRows(QModelIndex(), len(wanted), len(self.rows) - 1)
            del self.rows[len(wanted) :]
            self.endRemoveRows()

    def _bring(self, row: CallRow, at: int) -> None:
        """Bring the row of this ticket to ``at``; everything above is in order already."""
        was = next((index for index, shown in enumerate(self.rows) if shown.ticket == row.ticket), None)
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
