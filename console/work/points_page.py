"""Where do you work today? Every service point, with what it does and whether somebody is there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from console import sentences
from console.controls import KeyButton, column, frame, label, row
from console.table import Column, Rows, TypeAhead, to_be_read
from shared.hall.roles import ADMINISTRATORS
from shared.hall.values import Point, PointStatus
from shared.ui.station import Station
from shared.ui.theme import theme


class PointsTable(QTableView):
    """Typing leads to the service point of this number or name."""

    def __init__(self, rows: Rows[Point]) -> None:
        super().__init__()
        self.setModel(rows)
        self._rows = rows
        self._ahead = TypeAhead()

    def keyboardSearch(self, search: str) -> None:  # noqa: N802  # Qt's name
        number, name, *_ = self._rows.columns
        names = [f"{number.text(point)} {name.text(point)}" for point in self._rows.rows]
        row = self._ahead.found(search, names, self.currentIndex().row())
        if row is not None:
            self.setCurrentIndex(self._rows.index(row, 0))


class PointsPage(QWidget):
    """Arrows and Enter; the point of last time is already chosen."""

    chosen = Signal(str)
    set_up_wanted = Signal()

    def __init__(self, station: Station) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.station = station
        self.rows = Rows(self._columns(), lambda point: point.id)
        self.list = self._list()
        self.work = KeyButton(self.tr("Work here"), "Enter", self.choose, "primary", bind=False)
        self.empty = label("", "quiet", wrap=True)
        self.to_set_up = KeyButton(self.tr("Set up this hall"), "Enter", self.set_up_wanted.emit, "primary", bind=False)
        self.to_set_up.setAutoDefault(True)  # Enter presses it
        self.card = self._card()
        self.setLayout(column(row(None, self.card, None), margin=theme().margin))
        station.changed.connect(self.refresh)
        self.refresh()

    def _card(self) -> QWidget:
        title = label(self.tr("Choose your service point"), "title")
        card = frame(
            "card",
            column(title, self.empty, self.list, row(None, self.to_set_up, self.work), margin=2 * theme().margin),
        )
        card.setMinimumWidth(900)
        card.setMaximumWidth(1100)
        return card

    def _columns(self) -> list[Column[Point]]:
        size = theme().largeText
        return [
            Column(title=self.tr("No."), text=lambda point: str(point.serial_number), bold=True, figures=size),
            Column(title=self.tr("Service point"), text=self._name, bold=True, figures=size),
            Column(title=self.tr("Services"), text=self._services, ink=lambda _: theme().quietInk),
            Column(title=self.tr("Status"), text=self._status, ink=_ink),
        ]

    def _name(self, point: Point) -> str:
        return sentences.point_name(self.station.hall, point) if self.station.hall else ""

    def _services(self, point: Point) -> str:
        hall = self.station.hall
        names = [sentences.service_name(hall, service) for service in point.services] if hall else []
        return ", ".join(names)

    def _status(self, point: Point) -> str:
        return sentences.at_the_point(self.station.hall, point) if self.station.hall else ""

    def _list(self) -> QTableView:
        table = PointsTable(self.rows)
        to_be_read(table, self.tr("Service points"), chosen_from=True)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(60)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for named in (1, 2):  # a long name gives way; a status never does
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        table.activated.connect(self.choose)
        return table

    def refresh(self) -> None:
        hall = self.station.hall
        points = sorted(hall.points.values(), key=lambda point: point.serial_number) if hall else []
        self.rows.show(points)
        is_empty = hall is not None and not points
        self.empty.setText(self._for_whom())
        self.empty.setVisible(is_empty)
        self.to_set_up.setVisible(is_empty and self._sets_up)
        self.list.setVisible(not is_empty)
        self.work.setVisible(not is_empty)
        high = QSizePolicy.Policy.Maximum if is_empty else QSizePolicy.Policy.Preferred
        self.card.setSizePolicy(QSizePolicy.Policy.Preferred, high)
        self.work.setEnabled(bool(points))
        if points and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.rows.index(0, 0))

    @property
    def _sets_up(self) -> bool:
        return self.station.actor is not None and self.station.actor.role in ADMINISTRATORS

    def _for_whom(self) -> str:
        if self._sets_up:
            return self.tr(
                "This hall has no service points yet. Set up what customers come for, and the points where they get it."
            )
        return self.tr("This hall has no service points yet: an administrator sets them up.")

    def choose(self) -> None:
        at = self.list.currentIndex().row()
        if 0 <= at < len(self.rows.rows):
            self.chosen.emit(self.rows.rows[at].id)

    def begin(self, usual: str) -> None:
        """Ask, with this point already chosen if it is still there."""
        for at, point in enumerate(self.rows.rows):
            if point.id == usual:
                self.list.setCurrentIndex(self.rows.index(at, 0))
        self.refresh()  # somebody else may sit here now
        (self.list if self.to_set_up.isHidden() else self.to_set_up).setFocus(Qt.FocusReason.OtherFocusReason)


def _ink(point: Point) -> str:
    return theme().good if point.status is PointStatus.INACTIVE else theme().warning
