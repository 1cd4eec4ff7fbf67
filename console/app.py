"""The console: which page is shown when, from the log-in to the work and the set-up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from console.console_memory import RECEPTION, ConsoleMemory
from console.device_alerts import DeviceAlerts
from console.reception.reception_model import ReceptionModel
from console.reception.reception_page import ReceptionPage
from console.remembered_text import RememberedText
from console.set_up.set_up_model import SetUpModel
from console.set_up.set_up_page import SetUpPage
from console.sign_in.log_in_page import LogInPage
from console.sign_in.password_page import PasswordPage
from console.sign_in.sign_on_model import SignOnModel
from console.tooltips import PlainTooltips
from console.window import ConsoleWindow
from console.work.drafts import Drafts
from console.work.points_page import PointsPage
from console.work.work_model import WorkModel
from console.work.work_page import WorkPage
from shared.hall.errors import NotSignedIn, PasswordMustChange
from shared.hall.roles import SUPERVISORS
from shared.hall.values import Point, PointStatus
from shared.requests.specialists import ReadSeats, Seat
from shared.ui.refusals import refusal_text
from shared.ui.station import Station


class Console(QObject):
    """One console on a station. In ``folder`` it keeps drafts, where people worked and who signed in over a restart.

    ``tls_ca`` is the path of a file of certificate authorities trusted for the identity provider. ``other_hall`` turns
    to another hall; without it none is offered.
    """

    def __init__(
        self,
        station: Station,
        folder: Path | None = None,
        tls_ca: str = "",
        other_hall: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.station = station
        self._remembered = RememberedText(folder)
        self.memory = ConsoleMemory(self._remembered)
        self._entering = False
        """Whether the next state of the hall decides which page is shown first."""
        self._after_customer: Callable[[], object] = self._sign_out
        """What is done once it is settled what happens to the customer at the point."""
        self._may_close = False
        self._warned_action: Callable[[], object] | None = None
        """The action last stopped by the warning of an unsaved form: asked for again, it goes through."""
        self.work = WorkModel(station, self.memory.name, Drafts(folder / "drafts" if folder else None), self)
        self.reception = ReceptionModel(station, self.work.parking_reasons, self)
        self.set_up = SetUpModel(station, self)
        self.window = ConsoleWindow(self.work)
        self.device_alerts = DeviceAlerts(station, self)
        self.signing_on = SignOnModel(station, tls_ca, self)
        self.log_in_page = LogInPage(station, self.signing_on, other_hall)
        self.password_page = PasswordPage(station)
        self.points_page = PointsPage(station, self.memory.name)
        self.work_page = WorkPage(self.work)
        self.reception_page = ReceptionPage(self.reception)
        self.set_up_page = SetUpPage(self.set_up)
        for page in (
            self.log_in_page,
            self.password_page,
            self.points_page,
            self.work_page,
            self.reception_page,
            self.set_up_page,
        ):
            self.window.pages.addWidget(page)
        self._wire()
        self.log_in_page.login.setText(self.memory.last_login)
        self.tooltips = PlainTooltips(self)
        QApplication.instance().installEventFilter(self.tooltips)  # type: ignore[union-attr]  # there is one: it has windows
        self.show_log_in()

    def _wire(self) -> None:
        self.log_in_page.signed_in.connect(self._on_signed_in)
        self.points_page.chosen.connect(self.show_work)
        self.work.too_late.connect(self._on_point_taken)
        self.points_page.set_up_wanted.connect(self.show_set_up)
        self.work_page.leave.decided.connect(self._on_customer_decided)
        self.device_alerts.changed.connect(self._on_alerts_changed)
        self.reception.erased.connect(self.work.erase)
        self.window.installEventFilter(self)
        self.window.points_wanted.connect(self._points_or_back)
        self.window.reception_wanted.connect(self._reception_or_back)
        self.window.set_up_wanted.connect(self._set_up_or_back)
        self.window.password_wanted.connect(self.show_password)
        self.window.sign_out_wanted.connect(self.sign_out)
        self.password_page.done.connect(self._enter_when_current)
        self.password_page.given_up.connect(self._on_password_given_up)
        self.station.changed.connect(self._on_hall_changed)
        self.station.reachable_changed.connect(self._on_reachable_changed)

    def close(self) -> None:
        self.signing_on.cancel()
        self.work.leave()
        self._may_close = True
        self.window.close()
        self.window.deleteLater()

    @property
    def page(self) -> QWidget | None:
        return self.window.pages.currentWidget()

    @property
    def may_open_set_up(self) -> bool:
        """Administrators set the hall up; supervisors may only read the audit there."""
        return self.station.actor is not None and self.station.actor.role in SUPERVISORS

    @property
    def _must_change_password(self) -> bool:
        return self.station.actor is not None and self.station.actor.must_change

    # ── pages ──

    def show_log_in(self, sentence: str = "") -> None:
        self.work.leave()
        self.set_up_page.forget()
        self._turn_to(self.log_in_page)
        self.log_in_page.ask(sentence)

    def show_password(self) -> None:
        if self.station.actor is None or self._must_change_password:
            return
        self._turn_to(self.password_page)
        self.password_page.begin()

    def show_points(self, too_late_at: str = "") -> None:
        self._turn_to(self.points_page)
        self.points_page.begin(self.work.point_id or self._last_point, too_late_at)

    def _on_point_taken(self, point: str) -> None:
        if self.page is self.work_page:
            self.show_points(point)

    @property
    def _login(self) -> str:
        return self.station.actor.name if self.station.actor else ""

    @property
    def _last_point(self) -> str:
        """Where this person worked last at this console, or else anybody: a point's id, or RECEPTION."""
        return self.memory.of(self._login) or self.memory.point

    def show_work(self, point: str, instead_of: str = "") -> None:
        self.memory.remember(point, self._login)
        self.work.work_at(point, instead_of)
        self._turn_to(self.work_page)
        self.work_page.begin()

    def show_reception(self) -> None:
        if self.station.actor is not None:
            if self.work.point is None:
                self.memory.remember(RECEPTION, self._login)
            self._turn_to(self.reception_page)
            self.reception_page.begin()

    def show_set_up(self) -> None:
        if self.station.actor and self.may_open_set_up:
            self.set_up_page.show_to(self.station.actor.role)
            self._turn_to(self.set_up_page)
            self.set_up_page.begin()

    def _turn_to(self, page: QWidget) -> None:
        self._warned_action = None
        self.window.pages.setCurrentWidget(page)
        may_work = page is not self.log_in_page and not self._must_change_password
        self.window.bar.setVisible(may_work)
        self.window.to_points.setVisible(may_work)
        self.window.to_reception.setVisible(may_work)
        self.window.to_set_up.setVisible(may_work and self.may_open_set_up)
        self.window.shows_alerts = may_work and (self.may_open_set_up or page is not self.work_page)
        self.device_alerts.set_watched(self.window.shows_alerts)
        self.window.devices = self.device_alerts.devices
        self.window.to_points.show_text(self.tr("Back to work") if self._can_go_back() else self.tr("Service points"))
        self.window.refresh()

    def _can_go_back(self) -> bool:
        return self.page is not self.work_page and self.work.point is not None and not self.work.lost_sentence

    def _points_or_back(self) -> None:
        if self._can_go_back():
            self.show_work(self.work.point_id)
        else:
            self.show_points()

    def _reception_or_back(self) -> None:
        if self.page is self.reception_page:
            self._points_or_back()
        else:
            self.show_reception()

    def _set_up_or_back(self) -> None:
        if self.page is self.set_up_page:
            self._points_or_back()
        else:
            self.show_set_up()

    def sign_out(self) -> None:
        """Sign out, after asking about an unsaved form or the customer; the service point stays as it is."""
        question = self.tr("What should happen to this customer before you sign out?")
        if not self._ask_before(self._sign_out, question):
            self._sign_out()

    def _ask_before(self, leave: Callable[[], object], question: str) -> bool:
        """Warn of an unsaved form, else ask about the customer at the point. Returns whether there is either."""
        if self._warn_unsaved(leave):
            return True
        if self.work.ticket:
            self._after_customer = leave
            if self.page is not self.work_page:
                self.show_work(self.work.point_id)
            self.work_page.ask_before_leaving(question)
        return self.work.ticket is not None

    def _warn_unsaved(self, leave: Callable[[], object]) -> bool:
        """Show an unsaved form with its warning. Returns False if there is none, or ``leave`` was warned of already."""
        form = self.set_up_page.unsaved
        if form is None or (leave == self._warned_action and form.is_already_warned):
            return False
        self.show_set_up()
        form.leave(form.begin)  # discarding the form does not leave this page
        self._warned_action = leave
        return True

    def _on_customer_decided(self) -> None:
        QTimer.singleShot(0, self, self._after_customer)  # the answer is still being delivered to other listeners

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Ask before the window closes, as before signing out."""
        if event.type() is QEvent.Type.Close and watched is self.window and not self._may_close:
            question = self.tr("What should happen to this customer before the window closes?")
            if self._ask_before(self._close_window, question):
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def _close_window(self) -> None:
        self._may_close = True
        self.window.close()

    def _sign_out(self) -> None:
        self.work_page.close_panel()
        self.work.leave()
        self.station.sign_out()
        self.reception.forget()
        self.log_in_page.login.clear()
        self.show_log_in()

    # ── what happens ──

    def _on_signed_in(self) -> None:
        typed_password, self.log_in_page.typed_password = self.log_in_page.typed_password, ""
        if login := self.log_in_page.login.text().strip():
            self.memory.remember_login(login)
        if self.station.actor:
            self.window.show_person(self.station.actor.name)
        if self._must_change_password:
            self._turn_to(self.password_page)
            self.password_page.begin(first=typed_password)
        else:
            self._enter_when_current()

    def _on_password_given_up(self) -> None:
        if self._must_change_password:
            self.sign_out()
        else:
            self._enter()

    def _enter_when_current(self) -> None:
        """Choose a page once the hall's next state arrives: the one remembered may be stale."""
        self._entering = True
        if not self.station.hall:
            self.show_points()

    def _enter(self) -> None:
        """Show the reception, or this person's last point if it is still open; otherwise ask for a point."""
        self._entering = False
        usual = self.work.point_id or self._last_point
        point = self.station.hall.points.get(usual) if self.station.hall else None
        if usual == RECEPTION:
            self.show_reception()
        elif self._can_go_back():
            self.show_work(usual)
        elif point and point.status is not PointStatus.INACTIVE and usual == self.memory.of(self._login):
            self.station.request(ReadSeats(), partial(self._return_to_point, point), lambda _: self.show_points())
        else:
            self.show_points()

    def _return_to_point(self, point: Point, seats: tuple[Seat, ...]) -> None:
        """Work there again, unless a colleague does now or a customer is there whom nobody is known to serve."""
        if self.station.actor is None:
            return
        self.points_page.show_seats(seats)
        if self.points_page.needs_question(point):
            self.show_points()
        else:
            self.show_work(point.id)

    def _on_hall_changed(self) -> None:
        if self._entering:
            self._enter()
        elif self.page is self.work_page and self.work.point is None:
            self.show_points()

    def _on_alerts_changed(self) -> None:
        self.window.devices = self.device_alerts.devices
        self.window.refresh()

    def _on_reachable_changed(self) -> None:
        refusal = self.station.refusal
        if isinstance(refusal, NotSignedIn) and self.station.actor and self.page is not self.log_in_page:
            self.show_log_in(self.tr("Please sign in again."))
        elif refusal and not isinstance(refusal, (NotSignedIn, PasswordMustChange)):
            self.log_in_page.ask(refusal_text(refusal))
