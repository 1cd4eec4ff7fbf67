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
from shared.access.specialists import ReadSeats, Seat
from shared.hall.errors import NotSignedIn, PasswordMustChange
from shared.hall.roles import SUPERVISORS
from shared.hall.values import Point, PointStatus
from shared.ui.refusals import why_not
from shared.ui.station import Station

LAST_LOGIN = "console-login"


class Console(QObject):
    """One console on a station. ``folder`` is where it remembers its service point and who signed in over a restart.

    ``tls_ca`` is a file of authorities that an identity provider may have its certificate from. ``elsewhere`` turns to
    another hall; without it none is offered.
    """

    def __init__(
        self,
        station: Station,
        folder: Path | None = None,
        tls_ca: str = "",
        elsewhere: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.station = station
        self._remembered = RememberedText(folder)
        self.memory = ConsoleMemory(self._remembered)
        self._arriving = False
        self._leave: Callable[[], object] = self._sign_out
        """What is done once it is known what becomes of the customer at the point."""
        self._may_close = False
        self._warned_before: Callable[[], object] | None = None
        """What was wanted when it was last said that a form is not saved yet; the same again goes through."""
        self.work = WorkModel(station, self.memory.name, Drafts(folder / "drafts" if folder else None), self)
        self.reception = ReceptionModel(station, self.work.reasons, self)
        self.set_up = SetUpModel(station, self)
        self.window = ConsoleWindow(self.work)
        self.unprinted = DeviceAlerts(station, self)
        self.signing_on = SignOnModel(station, tls_ca, self)
        self.log_in_page = LogInPage(station, self.signing_on, elsewhere)
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
        self.log_in_page.login.setText(self._remembered.read(LAST_LOGIN))
        self.tips = PlainTooltips(self)
        QApplication.instance().installEventFilter(self.tips)  # type: ignore[union-attr]  # there is one: it has windows
        self.show_log_in()

    def _wire(self) -> None:
        self.log_in_page.signed_in.connect(self._signed_in)
        self.points_page.chosen.connect(self.show_work)
        self.work.too_late.connect(self._too_late)
        self.points_page.set_up_wanted.connect(self.show_set_up)
        self.work_page.leave.decided.connect(self._seen_to)
        self.unprinted.changed.connect(self._unprinted_changed)
        self.reception.erased.connect(self.work.erase)
        self.window.installEventFilter(self)
        self.window.points_wanted.connect(self._points_or_back)
        self.window.reception_wanted.connect(self._reception_or_back)
        self.window.set_up_wanted.connect(self._set_up_or_back)
        self.window.password_wanted.connect(self.show_password)
        self.window.sign_out_wanted.connect(self.sign_out)
        self.password_page.done.connect(self._go_in)
        self.password_page.given_up.connect(self._no_new_password)
        self.station.changed.connect(self._hall_changed)
        self.station.reachable_changed.connect(self._reachable_changed)

    def close(self) -> None:
        """Take the window down for good."""
        self.signing_on.cancel()
        self.work.leave()
        self._may_close = True
        self.window.close()
        self.window.deleteLater()

    @property
    def page(self) -> QWidget | None:
        return self.window.pages.currentWidget()

    @property
    def may_set_up(self) -> bool:
        """Administrators; supervisors read there who did what."""
        return self.station.actor is not None and self.station.actor.role in SUPERVISORS

    @property
    def _must_change(self) -> bool:
        return self.station.actor is not None and self.station.actor.must_change

    # ── pages ──

    def show_log_in(self, sentence: str = "") -> None:
        self.work.leave()
        self.set_up_page.forget()
        self._turn_to(self.log_in_page)
        self.log_in_page.ask(sentence)

    def show_password(self) -> None:
        if self.station.actor is None or self._must_change:
            return
        self._turn_to(self.password_page)
        self.password_page.begin()

    def show_points(self, too_late_at: str = "") -> None:
        self._turn_to(self.points_page)
        self.points_page.begin(self.work.point_id or self._usual, too_late_at)

    def _too_late(self, point: str) -> None:
        if self.page is self.work_page:
            self.show_points(point)

    @property
    def _login(self) -> str:
        return self.station.actor.name if self.station.actor else ""

    @property
    def _usual(self) -> str:
        """Where this person worked last at this console, else where anybody did."""
        return self.memory.of(self._login) or self.memory.point

    def show_work(self, point: str, instead_of: str = "") -> None:
        self.memory.remember(point, self._login)
        self.work.choose(point, instead_of)
        self._turn_to(self.work_page)
        self.work_page.begin()

    def show_reception(self) -> None:
        if self.station.actor is not None:
            if self.work.point is None:
                self.memory.remember(RECEPTION, self._login)
            self._turn_to(self.reception_page)
            self.reception_page.begin()

    def show_set_up(self) -> None:
        if self.station.actor and self.may_set_up:
            self.set_up_page.show_to(self.station.actor.role)
            self._turn_to(self.set_up_page)
            self.set_up_page.begin()

    def _turn_to(self, page: QWidget) -> None:
        self._warned_before = None
        self.window.pages.setCurrentWidget(page)
        inside = page is not self.log_in_page and not self._must_change
        self.window.bar.setVisible(inside)
        self.window.to_points.setVisible(inside)
        self.window.to_reception.setVisible(inside)
        self.window.to_set_up.setVisible(inside and self.may_set_up)
        self.window.alerts = inside and (self.may_set_up or page is not self.work_page)
        self.unprinted.look(self.window.alerts)
        self.window.devices = self.unprinted.devices
        self.window.to_points.say(self.tr("Back to work") if self._can_go_back() else self.tr("Service points"))
        self.window.refresh()

    def _can_go_back(self) -> bool:
        return self.page is not self.work_page and self.work.point is not None and not self.work.lost

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
        """Back to the first page; the service point stays as it is, for whoever comes next."""
        if not self._asks_before(self._sign_out, self.tr("What becomes of this customer before you sign out?")):
            self._sign_out()

    def _asks_before(self, leave: Callable[[], object], question: str) -> bool:
        """Whether something is to be seen to first: a form that is not saved, then the customer at the point."""
        if self._leads_to_unsaved(leave):
            return True
        if self.work.ticket:
            self._leave = leave
            if self.page is not self.work_page:
                self.show_work(self.work.point_id)
            self.work_page.ask_before_leaving(question)
        return self.work.ticket is not None

    def _leads_to_unsaved(self, leave: Callable[[], object]) -> bool:
        form = self.set_up_page.unsaved
        if form is None or (leave == self._warned_before and form.asks):
            return False
        self.show_set_up()
        form.leave(form.begin)  # whoever discards it stays, wherever they wanted to go before
        self._warned_before = leave
        return True

    def _seen_to(self) -> None:
        QTimer.singleShot(0, self, self._leave)  # the answer that says so is still being told to others

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """A window that is closed asks first, like signing out."""
        if event.type() is QEvent.Type.Close and watched is self.window and not self._may_close:
            question = self.tr("What becomes of this customer before the window closes?")
            if self._asks_before(self._close_window, question):
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

    def _signed_in(self) -> None:
        typed, self.log_in_page.typed = self.log_in_page.typed, ""
        if login := self.log_in_page.login.text().strip():
            self._remembered.write(LAST_LOGIN, login)
        if self.station.actor:
            self.window.name(self.station.actor.name)
        if self._must_change:
            self._turn_to(self.password_page)
            self.password_page.begin(first=typed)
        else:
            self._go_in()

    def _no_new_password(self) -> None:
        if self._must_change:
            self.sign_out()
        else:
            self._arrive()

    def _go_in(self) -> None:
        """Once the hall is here as it is now: what is remembered of it may be old."""
        self._arriving = True
        if not self.station.hall:
            self.show_points()

    def _arrive(self) -> None:
        """Straight back to the reception, or to their own point of last time if it is still at work; else ask."""
        self._arriving = False
        usual = self.work.point_id or self._usual
        point = self.station.hall.points.get(usual) if self.station.hall else None
        if usual == RECEPTION:
            self.show_reception()
        elif self._can_go_back():
            self.show_work(usual)
        elif point and point.status is not PointStatus.INACTIVE and usual == self.memory.of(self._login):
            self.station.request(ReadSeats(), partial(self._go_back, point), lambda _: self.show_points())
        else:
            self.show_points()

    def _go_back(self, point: Point, seats: tuple[Seat, ...]) -> None:
        """Unless somebody else works there meanwhile, or a customer is there whom nobody is known to serve."""
        if self.station.actor is None:
            return
        self.points_page.see(seats)
        if self.points_page.is_asked_about(point):
            self.show_points()
        else:
            self.show_work(point.id)

    def _hall_changed(self) -> None:
        if self._arriving:
            self._arrive()
        elif self.page is self.work_page and self.work.point is None:
            self.show_points()

    def _unprinted_changed(self) -> None:
        self.window.devices = self.unprinted.devices
        self.window.refresh()

    def _reachable_changed(self) -> None:
        refusal = self.station.refusal
        if isinstance(refusal, NotSignedIn) and self.station.actor and self.page is not self.log_in_page:
            self.show_log_in(self.tr("Please sign in again."))
        elif refusal and not isinstance(refusal, (NotSignedIn, PasswordMustChange)):
            self.log_in_page.ask(why_not(refusal))
