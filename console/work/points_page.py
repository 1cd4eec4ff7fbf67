"""Where do you work today? Every service point, with what it does, who works there and since when."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from console import keys, sentences
from console.controls import KeyButton, column, frame, label, row
from console.table import Column, LinesTable, TableRows, TypeAhead, to_be_read
from shared.access.specialists import ReadSeats, Seat
from shared.hall.errors import Failure, Unreachable
from shared.hall.messages import Event
from shared.hall.points import PointActivated, PointDeactivated
from shared.hall.roles import ADMINISTRATORS
from shared.hall.shifts import PointTaken
from shared.hall.values import Point, PointStatus
from shared.ui.station import Station
from shared.ui.widget_theme import theme

AGAIN = 3_000
"""Milliseconds until it is asked again who works where, if the hall did not answer."""


class PointsTable(LinesTable):
    """Typing leads to the service point of this number or name."""

    def __init__(self, rows: TableRows[Point]) -> None:
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
    """Arrows and Enter; the point of last time is already chosen, else a free one. ``console`` is this console's name.

    Where a colleague works, or may work, Enter asks first.
    """

    chosen = Signal(str, str)
    """A point, and who is there and will be told; nobody: an empty login."""
    set_up_wanted = Signal()

    def __init__(self, station: Station, console: str = "") -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.station = station
        self.seats: dict[str, Seat] = {}
        """Who works where, as far as anybody knew last."""
        self._sees = False
        """Whether the hall said so when it was asked last."""
        self._console = console
        self._usual = ""
        self._preselected = ""
        """The point that was chosen for them, until they choose one themselves."""
        self._asked_about = ""
        self._too_late_at = ""
        """The point where somebody else was first."""
        self._again = QTimer(self, interval=AGAIN, singleShot=True)
        self._again.timeout.connect(self._look_again)
        self.rows = TableRows(self._columns(), lambda point: point.id)
        self.list = self._list()
        self.work = KeyButton(self.tr("Work here"), keys.CONFIRM, self.choose, "primary", bind=False)
        self.empty = label("", "quiet", wrap=True)
        self.to_set_up = KeyButton(
            self.tr("Set up this hall"), keys.CONFIRM, self.set_up_wanted.emit, "primary", bind=False
        )
        self.to_set_up.setAutoDefault(True)  # Enter presses it
        self.told = label("", "", wrap=True)
        self.who = label("", "", wrap=True)
        self.take_over = KeyButton(self.tr("Work here anyway"), keys.CONFIRM_OTHERWISE, self._take_over)
        self.another = KeyButton(self.tr("Choose another"), keys.CANCEL, self.calm)
        for answer in (self.another, self.take_over):
            answer.setAutoDefault(True)  # Enter presses whichever has the keyboard
        self.question = frame("card", column(self.who, row(None, self.another, self.take_over), margin=theme().margin))
        self.question.hide()
        self.card = self._card()
        self.setLayout(column(row(None, self.card, None), margin=theme().margin))
        self.list.selectionModel().currentRowChanged.connect(self.calm)
        station.changed.connect(self.refresh)
        station.happened.connect(self._happened)
        station.reachable_changed.connect(self._look_again)
        self.refresh()

    def _card(self) -> QWidget:
        title = label(self.tr("Choose your service point"), "title")
        keys = row(None, self.to_set_up, self.work)
        card = frame(
            "card", column(title, self.told, self.empty, self.list, self.question, keys, margin=2 * theme().margin)
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
            Column(title=self.tr("Status"), text=self._status, ink=self._ink),
        ]

    def _name(self, point: Point) -> str:
        return sentences.point_name(self.station.hall, point) if self.station.hall else ""

    def _services(self, point: Point) -> str:
        hall = self.station.hall
        return ", ".join(sentences.service_brief(hall, service) for service in point.services) if hall else ""

    def _status(self, point: Point) -> str:
        hall = self.station.hall
        return sentences.at_the_point(hall, point, self.seats.get(point.id)) if hall else ""

    def _ink(self, point: Point) -> str:
        return theme().good if self._is_free(point) else theme().warning

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

    # ── what is shown ──

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
        late = hall.points.get(self._too_late_at) if hall else None
        self.told.setVisible(late is not None)
        if hall and late:
            self.told.setText(sentences.was_first(hall, late, self.seats.get(late.id)))
        self._preselect()
        self._ask_on()

    @property
    def _sets_up(self) -> bool:
        return self.station.actor is not None and self.station.actor.role in ADMINISTRATORS

    def _for_whom(self) -> str:
        if self._sets_up:
            return self.tr(
                "This hall has no service points yet. Set up what customers come for, and the points where they get it."
            )
        return self.tr("This hall has no service points yet: an administrator sets them up.")

    def begin(self, usual: str, too_late_at: str = "") -> None:
        """Ask, with this point already chosen if it is still there and nobody else is; say where somebody was first."""
        self.calm()
        self._too_late_at = too_late_at
        self._usual, self._preselected = usual, self._current
        self.refresh()
        self._look()
        (self.list if self.to_set_up.isHidden() else self.to_set_up).setFocus(Qt.FocusReason.OtherFocusReason)

    def _preselect(self) -> None:
        """Whatever stands first, Enter must not land anybody where a colleague works."""
        if self.rows.rows and self._current in ("", self._preselected):
            best = min(self.rows.rows, key=self._rank)
            self._preselected = best.id
            self.list.setCurrentIndex(self.rows.index(self.rows.rows.index(best), 0))

    @property
    def _current(self) -> str:
        at = self.list.currentIndex().row()
        return self.rows.rows[at].id if 0 <= at < len(self.rows.rows) else ""

    def _rank(self, point: Point) -> tuple[bool, bool, bool]:
        """What is least comes first: one to enter unasked, the usual one, a closed one; ``min`` keeps to the order."""
        return self.is_asked_about(point), point.id != self._usual, not self._is_free(point)

    def _is_free(self, point: Point) -> bool:
        return point.status is PointStatus.INACTIVE and point.id not in self.seats

    # ── who is where ──

    def _ours(self, seat: Seat) -> bool:
        """Whether it is the seat of whoever sits at this console, and of no other."""
        return self.station.actor is not None and (seat.login, seat.console) == (self.station.actor.name, self._console)

    def is_asked_about(self, point: Point) -> bool:
        """Whether a colleague works there, or a customer is there whom nobody is known to serve."""
        seat = self.seats.get(point.id)
        return not self._ours(seat) if seat else point.ticket is not None

    def _look(self) -> None:
        if self.station.actor:
            self.station.request(ReadSeats(), self.see, self._unseen)

    def see(self, seats: tuple[Seat, ...]) -> None:
        """Know who works where."""
        self._again.stop()
        self.seats, self._sees = {seat.point: seat for seat in seats}, True
        self.refresh()

    def _unseen(self, failure: Failure) -> None:
        """Nobody can say who works where: what was known stays, until the hall answers."""
        self._sees = False
        if isinstance(failure, Unreachable):  # an older hall never will
            self._again.start()

    def _look_again(self) -> None:
        """Also after an outage nobody asked in: what happened meanwhile may not have been told event by event."""
        if self.isVisible() and self.station.away_since is None and self.station.refusal is None:
            self._look()

    def _happened(self, event: Event) -> None:
        if self.isVisible() and isinstance(event, (PointTaken, PointActivated, PointDeactivated)):
            self._look()

    # ── what is done ──

    def choose(self) -> None:
        """Look who is there at this very moment, then go in or ask."""
        if point := self._current:
            self._preselected = self._too_late_at = ""
            self.station.request(ReadSeats(), partial(self._seen, point), partial(self._not_seen, point))

    def _seen(self, point: str, seats: tuple[Seat, ...]) -> None:
        self.see(seats)
        self._go_in(point)

    def _not_seen(self, point: str, failure: Failure) -> None:
        self._unseen(failure)
        self._go_in(point)

    def _go_in(self, point: str) -> None:
        if question := self._question(point):
            self._asked_about = point
            self.who.setText(question)
            self.question.show()
            self.another.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._enter(point)

    def _ask_on(self) -> None:
        """An open question says what is known by now, and closes where there is nothing to ask any more."""
        if self.question.isHidden():
            return
        if question := self._question(self._asked_about):
            self.who.setText(question)
        else:
            self.calm()

    def _question(self, point: str) -> str:
        """What is asked before somebody works there; nothing if they may go straight in."""
        hall = self.station.hall
        there = hall.points.get(point) if hall else None
        if hall is None or there is None:
            return ""
        seat = self.seats.get(point)
        if seat and not self._ours(seat):
            return sentences.takes_over(hall, there, seat)
        if not self._sees:
            return sentences.takes_unseen(hall, there)
        if not self.is_asked_about(there):
            return ""
        return sentences.takes_customer(hall, there, hall.tickets[there.ticket or ""])

    def _take_over(self) -> None:
        self._enter(self._asked_about)

    def _enter(self, point: str) -> None:
        if self.isVisible():  # an answer that comes late: they have gone elsewhere meanwhile
            there = self.seats.get(point)
            self.calm()
            self.chosen.emit(point, there.login if there and not self._ours(there) else "")

    def calm(self) -> None:
        """Ask no more."""
        if not self.question.isHidden():
            self.question.hide()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
