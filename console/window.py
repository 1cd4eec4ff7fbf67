"""The console's window: a bar that says where one is, a banner while the hall is away, and one page at a time."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QStackedWidget, QWidget

from console import keys, sentences
from console.controls import KeyButton, button, column, frame, label, on_key, row, set_tone, shown_key, unkeyed
from console.eliding import ElidingLabel, elided
from console.set_up import device_sentences
from console.wall_clock import now
from console.work.refused_note import RefusedNote
from console.work.work_model import WorkModel
from shared.access.devices import Device
from shared.formats import clock
from shared.hall.hall import Hall
from shared.hall.values import Point, PointStatus
from shared.ui.widget_theme import palette, style_sheet, theme

BAR_GAP = 10
"""Pixels."""

MOST_ALERTS = 3
"""Lines of what somebody has to see to, at the top of every page."""

LEAST = 1008, 660
"""Pixels inside the frame where 1024 × 700 are left beside the panels of a screen: everything fits into these."""

LONGEST = 200
"""Pixels up to which the name of a service point counts before what matters less, and those of a login."""

TONES = {PointStatus.ACTIVE: "good", PointStatus.PAUSED: "warning", PointStatus.INACTIVE: "quiet"}


class ConsoleWindow(QMainWindow):
    points_wanted = Signal()
    reception_wanted = Signal()
    set_up_wanted = Signal()
    password_wanted = Signal()
    sign_out_wanted = Signal()

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.setPalette(palette(theme()))
        self.setStyleSheet(style_sheet(theme()))
        self.place = ElidingLabel("large")
        self.status = label("", "chip")
        self.hall_name = ElidingLabel()
        self.who = button("", "flat", self.password_wanted.emit)
        on_key(keys.CHANGE_PASSWORD, self.password_wanted.emit, self)
        self.clock = label("", "fact")
        self.banner = label("", "banner")
        self.banner.hide()
        self.alert = label("", "banner", wrap=True)
        self.alert.hide()
        self.turned_away = RefusedNote(model)
        self.alerts = False
        """Whether whoever looks is told of people whom nobody calls, or who may have no ticket."""
        self.devices: tuple[Device, ...] = ()
        """Those of the hall, for what staff have to see to at them."""
        self.pages = QStackedWidget()
        self.bar = self._bar()
        inside = QWidget()
        inside.setLayout(column(self.bar, self.banner, self.alert, self.turned_away, self.pages, gap=0))
        self.setCentralWidget(inside)
        self.setMinimumSize(*LEAST)
        self.resize(1280, 800)
        model.changed.connect(self.refresh)
        model.ticked.connect(self.refresh)
        self.refresh()

    def _bar(self) -> QWidget:
        self.to_points = KeyButton(self.tr("Service points"), keys.TO_POINTS, self._want_points, "flat")
        self.to_reception = KeyButton(self.tr("Reception"), keys.TO_RECEPTION, self._want_reception, "flat")
        self.to_set_up = KeyButton(self.tr("Set-up"), keys.TO_SET_UP, self._want_set_up, "flat")
        self.sign_out = KeyButton(self.tr("Sign out"), keys.SIGN_OUT, self._want_sign_out, "flat")
        self._buttons = [self.to_points, self.to_reception, self.to_set_up, self.sign_out]
        inside = row(
            self.place,
            self.status,
            self.hall_name,
            None,
            self.to_points,
            self.to_reception,
            self.to_set_up,
            self.who,
            self.sign_out,
            self.clock,
            gap=BAR_GAP,
        )
        inside.setContentsMargins(theme().margin, theme().gap, theme().margin, theme().gap)
        bar = frame("bar", inside)
        bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return bar

    def name(self, login: str) -> None:
        """Say who is signed in; a press on it is for their password."""
        self.who.ensurePolished()
        self.who.setText(unkeyed(elided(login, self.who.font(), LONGEST)))
        about = self.tr("Change password of {0}").format(sentences.in_line(login))
        self.who.setAccessibleName(about)
        self.who.setToolTip(f"{about} ({shown_key('Ctrl+Shift+P')})")

    def refresh(self) -> None:
        hall, point = self.model.hall, self._point
        self.banner.setText(self.model.away)
        self.banner.setVisible(bool(self.model.away))
        self._alert(hall)
        self.turned_away.refresh(shows=not self.bar.isHidden())
        self.clock.setText(clock(now(), hall))
        self.hall_name.setText(sentences.said(hall, hall.settings.name) if hall else "")
        self.place.setText(sentences.point_name(hall, point) if hall and point else "")
        self.place.setVisible(point is not None)
        self.status.setVisible(point is not None)
        if point:
            self.status.setText(sentences.status_text(point.status))
            set_tone(self.status, TONES[point.status])
        self._fit()
        self.setWindowTitle(" · ".join(filter(None, [self._label(), self.place.text(), self.hall_name.text()])))

    def _alert(self, hall: Hall | None) -> None:
        """What whoever watches over the hall has to see to."""
        uncalled = sentences.uncalled(hall, hall.unattended()) if hall else ""
        same = sentences.same_numbers(hall) if hall else ()
        ahead = sentences.day_ahead(hall, now()) if hall else ""
        found = [ahead, uncalled, *same, *device_sentences.alerts(self.devices, hall)] if self.alerts else []
        lines = [*filter(None, found)]
        if len(lines) > MOST_ALERTS:  # whatever stands here takes the room of what somebody works with
            lines[MOST_ALERTS - 1 :] = [self.tr("There is more to see to: look at the devices in the set-up.")]
        self.alert.setText("\n".join(lines))
        self.alert.setVisible(bool(self.alert.text()))

    @property
    def _point(self) -> Point | None:
        """Where one works, as long as it is theirs."""
        return None if self.model.lost else self.model.point

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where the window is narrow the hall's name leaves the bar first, then the keys; who is signed in stays."""
        buttons = [part for part in self._buttons if not part.isHidden()]
        parts = [part for part in (self.place, self.status, self.who, self.clock) if not part.isHidden()]
        left = self.width() - 2 * theme().margin
        left -= sum(min(LONGEST, part.sizeHint().width()) + BAR_GAP for part in parts)
        left -= sum(button.whole + BAR_GAP for button in buttons)
        self.hall_name.setVisible(left >= self.hall_name.sizeHint().width() + BAR_GAP)
        for part in buttons:
            part.show_key(shows=left >= 0)

    def _label(self) -> str:
        return self.model.ticket.label if self.model.ticket else ""

    def _want_points(self) -> None:
        self.points_wanted.emit()

    def _want_reception(self) -> None:
        self.reception_wanted.emit()

    def _want_set_up(self) -> None:
        self.set_up_wanted.emit()

    def _want_sign_out(self) -> None:
        self.sign_out_wanted.emit()
