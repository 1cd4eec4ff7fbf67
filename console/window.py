"""The console's window: a bar with the service point, banners for outages and alerts, and one page at a time."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QStackedWidget, QWidget

from console import keys, sentences
from console.controls import KeyButton, button, column, frame, label, no_mnemonic, on_key, row, set_tone, shown_key
from console.eliding import ElidingLabel, elided
from console.set_up import device_sentences
from console.wall_clock import now
from console.work.refused_note import RefusedNote
from console.work.work_model import WorkModel
from shared.formats import clock
from shared.hall.hall import Hall
from shared.hall.values import Point, PointStatus
from shared.requests.devices import Device
from shared.ui.widget_theme import palette, style_sheet, theme

BAR_GAP = 10
"""Pixels between the parts of the bar."""

MOST_ALERTS = 3
"""Lines of alerts at the top of every page at most."""

SMALLEST = 1008, 660
"""Pixels of a window without its frame where a desktop's panels leave 1024 × 700: every page fits into these."""

LONGEST_NAME = 200
"""Pixels a service point's name keeps in a narrow window, and a login has at most."""

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
        self.point_name = ElidingLabel("large")
        self.status = label("", "chip")
        self.hall_name = ElidingLabel()
        self.person_button = button("", "flat", self.password_wanted.emit)
        on_key(keys.CHANGE_PASSWORD, self.password_wanted.emit, self)
        self.clock = label("", "fact")
        self.banner = label("", "banner")
        self.banner.hide()
        self.alert = label("", "banner", wrap=True)
        self.alert.hide()
        self.refused_note = RefusedNote(model)
        self.shows_alerts = False
        """Whether the person signed in is shown alerts about the hall and its devices."""
        self.devices: tuple[Device, ...] = ()
        self.pages = QStackedWidget()
        self.bar = self._bar()
        inside = QWidget()
        inside.setLayout(column(self.bar, self.banner, self.alert, self.refused_note, self.pages, gap=0))
        self.setCentralWidget(inside)
        self.setMinimumSize(*SMALLEST)
        self.resize(1280, 800)
        model.changed.connect(self.refresh)
        model.ticked.connect(self.refresh)
        self.refresh()

    def _bar(self) -> QWidget:
        self.to_points = KeyButton(self.tr("Service points"), keys.TO_POINTS, self.points_wanted.emit, "flat")
        self.to_reception = KeyButton(self.tr("Reception"), keys.TO_RECEPTION, self.reception_wanted.emit, "flat")
        self.to_set_up = KeyButton(self.tr("Set-up"), keys.TO_SET_UP, self.set_up_wanted.emit, "flat")
        self.sign_out = KeyButton(self.tr("Sign out"), keys.SIGN_OUT, self.sign_out_wanted.emit, "flat")
        self._buttons = [self.to_points, self.to_reception, self.to_set_up, self.sign_out]
        inside = row(
            self.point_name,
            self.status,
            self.hall_name,
            None,
            self.to_points,
            self.to_reception,
            self.to_set_up,
            self.person_button,
            self.sign_out,
            self.clock,
            gap=BAR_GAP,
        )
        inside.setContentsMargins(theme().margin, theme().gap, theme().margin, theme().gap)
        bar = frame("bar", inside)
        bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return bar

    def show_person(self, login: str) -> None:
        """Show who is signed in, on the button that changes their password."""
        self.person_button.ensurePolished()
        self.person_button.setText(no_mnemonic(elided(login, self.person_button.font(), LONGEST_NAME)))
        name = self.tr("Change password of {0}").format(sentences.in_sentence(login))
        self.person_button.setAccessibleName(name)
        self.person_button.setToolTip(f"{name} ({shown_key(keys.CHANGE_PASSWORD)})")

    def refresh(self) -> None:
        hall, point = self.model.hall, self._point
        self.banner.setText(self.model.blocked_because)
        self.banner.setVisible(bool(self.model.blocked_because))
        self._alert(hall)
        self.refused_note.refresh(shows=not self.bar.isHidden())
        self.clock.setText(clock(now(), hall))
        self.hall_name.setText(sentences.localized(hall, hall.settings.name) if hall else "")
        self.point_name.setText(sentences.point_name(hall, point) if hall and point else "")
        self.point_name.setVisible(point is not None)
        self.status.setVisible(point is not None)
        if hall and point:
            self.status.setText(sentences.status_now(hall, point, now()))
            set_tone(self.status, TONES[point.status])
        self._fit()
        self.setWindowTitle(
            " · ".join(filter(None, [self._ticket_label(), self.point_name.text(), self.hall_name.text()]))
        )

    def _alert(self, hall: Hall | None) -> None:
        uncalled = sentences.uncalled_warning(hall, hall.unattended()) if hall else ""
        same = sentences.same_number_warnings(hall) if hall else ()
        ahead = sentences.day_ahead_warning(hall, now()) if hall else ""
        found = [ahead, uncalled, *same, *device_sentences.alerts(self.devices, hall)] if self.shows_alerts else []
        lines = [*filter(None, found)]
        if len(lines) > MOST_ALERTS:  # alerts take room from the page
            lines[MOST_ALERTS - 1 :] = [self.tr("More needs attention: see the devices in the set-up.")]
        self.alert.setText("\n".join(lines))
        self.alert.setVisible(bool(self.alert.text()))

    @property
    def _point(self) -> Point | None:
        """The point this console works at, unless somebody took it over."""
        return None if self.model.lost_sentence else self.model.point

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In a narrow window, hide the hall's name, then the keys too; the login stays."""
        buttons = [part for part in self._buttons if not part.isHidden()]
        parts = [part for part in (self.point_name, self.status, self.person_button, self.clock) if not part.isHidden()]
        left = self.width() - 2 * theme().margin
        left -= sum(min(LONGEST_NAME, part.sizeHint().width()) + BAR_GAP for part in parts)
        left -= sum(part.full_width + BAR_GAP for part in buttons)
        self.hall_name.setVisible(left >= self.hall_name.sizeHint().width() + BAR_GAP)
        for part in buttons:
            part.show_key(shows=left >= 0)

    def _ticket_label(self) -> str:
        return self.model.ticket.label if self.model.ticket else ""
