"""Choosing a service point: all of them, with their services, who works there and since when."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from console import keys, sentences
from console.controls import KeyButton, column, frame, label, row
from console.table import Column, RowsTable, TableRows, TypeAhead, make_read_only
from console.wall_clock import now
from shared.hall.errors import Failure, Unreachable
from shared.hall.messages import Event
from shared.hall.points import PointActivated, PointDeactivated
from shared.hall.roles import ADMINISTRATORS
from shared.hall.shifts import PointTaken
from shared.hall.units import Milliseconds
from shared.hall.values import Point, PointStatus
from shared.requests.specialists import ReadSeats, Seat
from shared.ui.station import Station
from shared.ui.widget_theme import theme

NAME, SERVICES = 1, 2
RETRY_AFTER: Milliseconds = 3_000
"""How soon the seats are read again if the hall did not answer."""


class PointsTable(RowsTable):
    """A table in which typing a number or a name leads to that service point."""

    def __init__(self, rows: TableRows[Point]) -> None:
        super().__init__()
        self.setModel(rows)
        self._rows = rows
        self._ahead = TypeAhead()

    def keyboardSearch(self, search: str) -> None:  # noqa: N802  # Qt's name
        number, name, *_ = self._rows.columns
        names = [f"{number.text(point)} {name.text(point)}" for point in self._rows.rows]
        row = self._ahead.find(search, names, self.currentIndex().row())
        if row is not None:
            self.setCurrentIndex(self._rows.index(row, 0))


class PointsPage(QWidget):
    """Arrows and Enter; the last point is already chosen, or a free one. Enter asks first where a colleague works."""

    chosen = Signal(str, str)
    """The id of a point, and the login of the colleague who works there and will be told; empty if nobody does."""
    set_up_wanted = Signal()

    def __init__(self, station: Station, console_name: str = "") -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.station = station
        self.seats: dict[str, Seat] = {}
        """The last known seats, by point."""
        self._seats_known = False
        """Whether the hall answered the last request for seats."""
        self._console_name = console_name
        self._usual_id = ""
        self._preselected = ""
        """The id of the point chosen automatically, until a person chooses one."""
        self._asked_point_id = ""
        """The id of the point the question is about."""
        self._too_late_at = ""
        """The id of the point where somebody else was first."""
        self._retry_timer = QTimer(self, interval=RETRY_AFTER, singleShot=True)
        self._retry_timer.timeout.connect(self._read_seats_if_shown)
        self.rows = TableRows(self._columns(), lambda point: point.id)
        self.list = self._list()
        self.work = KeyButton(self.tr("Work here"), keys.CONFIRM, self.choose, "primary", bind=False)
        self.empty = label("", "quiet", wrap=True)
        self.to_set_up = KeyButton(
            self.tr("Set up this hall"), keys.CONFIRM, self.set_up_wanted.emit, "primary", bind=False
        )
        self.to_set_up.setAutoDefault(True)  # Enter presses it
        self.too_late_text = label("", "", wrap=True)
        self.question_text = label("", "", wrap=True)
        self.take_over = KeyButton(self.tr("Work here anyway"), keys.CONFIRM_OTHERWISE, self._take_over)
        self.another = KeyButton(self.tr("Choose another"), keys.CANCEL, self.close_question)
        for answer in (self.another, self.take_over):
            answer.setAutoDefault(True)  # Enter presses whichever has the focus
        self.question = frame(
            "card", column(self.question_text, row(None, self.another, self.take_over), margin=theme().margin)
        )
        self.question.hide()
        self.card = self._card()
        self.setLayout(column(row(None, self.card, None), margin=theme().margin))
        self.list.selectionModel().currentRowChanged.connect(self.close_question)
        station.changed.connect(self.refresh)
        station.event_happened.connect(self._on_event)
        station.reachable_changed.connect(self._read_seats_if_shown)
        self.refresh()

    def _card(self) -> QWidget:
        title = label(self.tr("Choose your service point"), "title")
        buttons = row(None, self.to_set_up, self.work)
        parts = title, self.too_late_text, self.empty, self.list, self.question, buttons
        card = frame("card", column(*parts, margin=2 * theme().margin))
        card.setMinimumWidth(900)
        card.setMaximumWidth(1100)
        return card

    def _columns(self) -> list[Column[Point]]:
        size = theme().largeText
        return [
            Column(title=self.tr("No."), text=lambda point: str(point.serial_number), bold=True, font_size=size),
            Column(title=self.tr("Service point"), text=self._name, bold=True, font_size=size),
            Column(title=self.tr("Services"), text=self._services, ink=lambda _: theme().quietInk),
            Column(title=self.tr("Status"), text=self._status, ink=self._ink),
        ]

    def _name(self, point: Point) -> str:
        return sentences.point_name(self.station.hall, point) if self.station.hall else ""

    def _services(self, point: Point) -> str:
        hall = self.station.hall
        return ", ".join(sentences.service_inline(hall, service) for service in point.services) if hall else ""

    def _status(self, point: Point) -> str:
        hall = self.station.hall
        return sentences.occupancy(hall, point, now(), self.seats.get(point.id)) if hall else ""

    def _ink(self, point: Point) -> str:
        return theme().good if self._is_free(point) else theme().warning

    def _list(self) -> QTableView:
        table = PointsTable(self.rows)
        make_read_only(table, self.tr("Service points"), selectable=True)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(60)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for named in (NAME, SERVICES):  # a long name is elided; a status never is
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        table.activated.connect(self.choose)
        return table

    # ── what is shown ──

    def refresh(self) -> None:
        hall = self.station.hall
        points = sorted(hall.points.values(), key=lambda point: point.serial_number) if hall else []
        self.rows.show(points)
        is_empty = hall is not None and not points
        self.empty.setText(self._empty_text())
        self.empty.setVisible(is_empty)
        self.to_set_up.setVisible(is_empty and self._may_set_up)
        self.list.setVisible(not is_empty)
        self.work.setVisible(not is_empty)
        high = QSizePolicy.Policy.Maximum if is_empty else QSizePolicy.Policy.Preferred
        self.card.setSizePolicy(QSizePolicy.Policy.Preferred, high)
        self.work.setEnabled(bool(points))
        late = hall.points.get(self._too_late_at) if hall else None
        self.too_late_text.setVisible(late is not None)
        if hall and late:
            self.too_late_text.setText(sentences.too_late(hall, late, self.seats.get(late.id)))
        self._preselect()
        self._update_question()

    @property
    def _may_set_up(self) -> bool:
        return self.station.actor is not None and self.station.actor.role in ADMINISTRATORS

    def _empty_text(self) -> str:
        if self._may_set_up:
            return self.tr("This hall has no service points yet. Set up the services, and the points that give them.")
        return self.tr("This hall has no service points yet: an administrator sets them up.")

    def begin(self, usual_id: str, too_late_at: str = "") -> None:
        """Open the page with this point chosen, if nobody else works there; ``too_late_at`` is one that was lost."""
        self.close_question()
        self._too_late_at = too_late_at
        self._usual_id, self._preselected = usual_id, self._current_id
        self.refresh()
        self._read_seats()
        (self.list if self.to_set_up.isHidden() else self.to_set_up).setFocus(Qt.FocusReason.OtherFocusReason)

    def _preselect(self) -> None:
        """Choose the best point automatically: Enter must not land anybody where a colleague works."""
        if self.rows.rows and self._current_id in ("", self._preselected):
            best = min(self.rows.rows, key=self._rank)
            self._preselected = best.id
            self.list.setCurrentIndex(self.rows.index(self.rows.rows.index(best), 0))

    @property
    def _current_id(self) -> str:
        at = self.list.currentIndex().row()
        return self.rows.rows[at].id if 0 <= at < len(self.rows.rows) else ""

    def _rank(self, point: Point) -> tuple[bool, bool, bool]:
        """The least is the best: points without a question first, among them the usual one, then a free one."""
        return self.needs_question(point), point.id != self._usual_id, not self._is_free(point)

    def _is_free(self, point: Point) -> bool:
        return point.status is PointStatus.INACTIVE and point.id not in self.seats

    # ── who is where ──

    def _is_ours(self, seat: Seat) -> bool:
        """Whether it is the seat of this person at this console."""
        actor = self.station.actor
        return actor is not None and (seat.login, seat.console) == (actor.name, self._console_name)

    def needs_question(self, point: Point) -> bool:
        """Whether a colleague works there, or a customer is there whom nobody is known to serve."""
        seat = self.seats.get(point.id)
        return not self._is_ours(seat) if seat else point.ticket is not None

    def _read_seats(self) -> None:
        if self.station.actor:
            self.station.request(ReadSeats(), self.show_seats, self._on_seats_failure)

    def show_seats(self, seats: tuple[Seat, ...]) -> None:
        self._retry_timer.stop()
        self.seats, self._seats_known = {seat.point: seat for seat in seats}, True
        self.refresh()

    def _on_seats_failure(self, failure: Failure) -> None:
        """Keep the last known seats, and retry until the hall answers."""
        self._seats_known = False
        if isinstance(failure, Unreachable):  # an older hall never will
            self._retry_timer.start()

    def _read_seats_if_shown(self) -> None:
        """Read the seats if the page is open: after an outage some events may never have arrived."""
        if self.isVisible() and self.station.away_since is None and self.station.refusal is None:
            self._read_seats()

    def _on_event(self, event: Event) -> None:
        if self.isVisible() and isinstance(event, (PointTaken, PointActivated, PointDeactivated)):
            self._read_seats()

    # ── what is done ──

    def choose(self) -> None:
        """Read who works there right now, then go to work there or ask first."""
        if point_id := self._current_id:
            self._preselected = self._too_late_at = ""
            self.station.request(
                ReadSeats(), partial(self._enter_with_seats, point_id), partial(self._enter_without_seats, point_id)
            )

    def _enter_with_seats(self, point_id: str, seats: tuple[Seat, ...]) -> None:
        self.show_seats(seats)
        self._enter_or_ask(point_id)

    def _enter_without_seats(self, point_id: str, failure: Failure) -> None:
        self._on_seats_failure(failure)
        self._enter_or_ask(point_id)

    def _enter_or_ask(self, point_id: str) -> None:
        if question := self._question(point_id):
            self._asked_point_id = point_id
            self.question_text.setText(question)
            self.question.show()
            self.another.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._enter(point_id)

    def _update_question(self) -> None:
        """Update an open question to what is known now; close it if there is nothing left to ask."""
        if self.question.isHidden():
            return
        if question := self._question(self._asked_point_id):
            self.question_text.setText(question)
        else:
            self.close_question()

    def _question(self, point_id: str) -> str:
        """The question before working there; empty if there is nothing to ask."""
        hall = self.station.hall
        point = hall.points.get(point_id) if hall else None
        if hall is None or point is None:
            return ""
        seat = self.seats.get(point_id)
        if seat and not self._is_ours(seat):
            return sentences.take_over_question(hall, point, seat)
        if not self._seats_known:
            return sentences.unseen_question(hall, point)
        if not self.needs_question(point):
            return ""
        return sentences.customer_question(hall, point, hall.tickets[point.ticket or ""])

    def _take_over(self) -> None:
        self._enter(self._asked_point_id)

    def _enter(self, point_id: str) -> None:
        if self.isVisible():  # the answer may come after they left the page
            seat = self.seats.get(point_id)
            self.close_question()
            self.chosen.emit(point_id, seat.login if seat and not self._is_ours(seat) else "")

    def close_question(self) -> None:
        if not self.question.isHidden():
            self.question.hide()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
