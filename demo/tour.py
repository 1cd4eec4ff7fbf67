"""The tour: visits through the real windows against the real backend, printed step by step, with a picture of each."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path

import qasync
from PySide6.QtCore import QSize, Qt

from console.app import Console
from demo.demo_hall import DemoHall
from demo.phone import Phone
from demo.window_driver import find, picture, press, settled, touch, until, write
from display.app import DisplayWindow
from display.signs.sign_window import SignWindow
from kiosk.app import Kiosk
from kiosk.printer.printer_choice import printer_for
from shared.hall.errors import Unfit
from shared.hall.field_types import in_language
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.hall.values import PointStatus, Ticket, TicketState
from shared.link.connect import connect
from shared.link.link import Link
from shared.settings import Settings
from shared.ui.event_loop import application, collect_garbage_on_gui_thread
from shared.ui.station import Station

WIDE, TALL, SMALL = QSize(1920, 1080), QSize(1080, 1920), QSize(1280, 800)
"""Sizes of the windows, in pixels."""

SERVICE, POINT = "doctor", "3"
"""The service the customers of the tour come for, and the point that gives it: ids of the clinic's sample."""


def play(hall: DemoHall, folder: Path) -> int:
    """Play the tour and save its pictures in a folder; raises TimeoutError if stuck. Returns 1 if told to stop."""
    folder.mkdir(parents=True, exist_ok=True)
    app = application("nowserving demo")
    app.setQuitOnLastWindowClosed(False)
    collect_garbage_on_gui_thread(app)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        try:
            runner.run(_play(hall, folder))
        except asyncio.CancelledError:  # told to stop
            return 1
    print(f"The pictures are in {folder}")
    return 0


async def _play(hall: DemoHall, folder: Path) -> None:
    _stop_cleanly()
    tour = Tour.of(hall, folder)
    tour.open()
    try:
        await tour.take_tickets()
        await tour.take_a_ticket_by_phone()
        await tour.open_the_point()
        await tour.serve_customers()
        await tour.close_the_point()
        await tour.show_the_set_up()
    finally:
        await tour.close()


def _stop_cleanly() -> None:
    """On SIGTERM, cancel the tour's task: a SystemExit raised under Qt would leave everything running."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if task and (number := getattr(signal, name, None)):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(task.cancel))


@dataclass
class Tour:
    """The windows of one hall, and what happens in them."""

    hall: DemoHall
    folder: Path
    stations: dict[Role, Station]
    kiosk: Kiosk
    display: DisplayWindow
    sign: SignWindow
    console: Console
    phone: Phone
    has_browser: bool = True

    @classmethod
    def of(cls, hall: DemoHall, folder: Path) -> Tour:
        stations = {role: Station(_link(hall, role)) for role in (Role.KIOSK, Role.DISPLAY, Role.SIGN, Role.CONSOLE)}
        settings = Settings(full_screen=False)
        return cls(
            hall=hall,
            folder=folder,
            stations=stations,
            kiosk=Kiosk(stations[Role.KIOSK], printer_for(f"file:{folder / 'tickets'}")),
            display=DisplayWindow(stations[Role.DISPLAY], settings),
            sign=SignWindow(stations[Role.SIGN], settings, POINT),
            console=Console(stations[Role.CONSOLE]),
            phone=Phone(),
        )

    def open(self) -> None:
        for station in self.stations.values():
            station.start()
        for window, size in (
            (self.kiosk.window, WIDE),
            (self.display.window, WIDE),
            (self.sign.window, SMALL),
            (self.console.window, SMALL),
        ):
            window.resize(size)
            window.show()

    async def close(self) -> None:
        await self.phone.close()
        for station in self.stations.values():
            station.stop()
        for window in (self.kiosk, self.display, self.sign, self.console):
            window.close()

    # ── the visits ──

    async def take_tickets(self) -> None:
        window = self.kiosk.window
        await until(lambda: find(window, SERVICE), "the services on the kiosk")
        await picture(window, self._file("kiosk-choice"))
        await picture(window, self._file("kiosk-choice-tall"), TALL)
        await picture(window, self._file("kiosk-choice-small"), SMALL)
        for language in ("ru", "de", "ar", "en"):
            await touch(window, f"language {language}")
            await settled()
            if language != "en":
                await picture(window, self._file(f"kiosk-choice-{language}"))
        for precedence in ("regular", "regular", "paid"):
            await self._take_ticket(precedence, pictured=precedence == "paid")

    async def _take_ticket(self, precedence: str, *, pictured: bool) -> None:
        """Take a ticket at the kiosk as a customer does: a service, a precedence, *Done*."""
        window, before = self.kiosk.window, self._newest_ticket()
        await until(lambda: find(window, SERVICE), "the services on the kiosk")
        await settled()
        await touch(window, SERVICE)
        await until(lambda: find(window, precedence), "the precedences on the kiosk")
        await settled()
        if pictured:
            await picture(window, self._file("kiosk-precedence"))
        await touch(window, precedence)
        await until(lambda: find(window, "done"), "a ticket on the kiosk")
        await until(lambda: self._newest_ticket().id != before.id, "that ticket in the hall")
        await settled()
        self._print(f"kiosk: ticket {self._newest_ticket().label} for {self._service_name()}, {precedence}, is printed")
        if pictured:
            await picture(window, self._file("kiosk-ticket"))
            await picture(window, self._file("kiosk-ticket-tall"), TALL)
            await picture(window, self._file("kiosk-ticket-small"), SMALL)
        await touch(window, "done")

    async def take_a_ticket_by_phone(self) -> None:
        try:
            await self.phone.open(f"{self.hall.url}/h/{self.hall.hall_id}")
        except Unfit as unfit:
            self.has_browser = False
            self._print(f"phone: left out. {unfit.detail}")
            return
        await self._phone_picture("phone-choice")
        await self.phone.tap(f'a[href*="/s/{SERVICE}"]')
        await self.phone.wait_for('button[value="regular"]')
        await self._phone_picture("phone-precedence")
        await self.phone.tap('button[value="regular"]')
        await self.phone.wait_for(".label")
        await self._phone_picture("phone-ticket")
        self._print(f"phone: ticket {await self.phone.text('.label')}, followed live")

    async def open_the_point(self) -> None:
        console, page = self.console, self.console.log_in_page
        await settled()
        await picture(console.window, self._file("console-log-in"))
        write(page.login, self.hall.login)
        write(page.password, self.hall.password)
        press(page.password, Qt.Key.Key_Return)
        await until(lambda: console.page is console.points_page and console.station.hall, "the service points")
        await picture(console.window, self._file("console-points"))
        rows = [point.id for point in console.points_page.rows.rows]
        console.points_page.list.selectRow(rows.index(POINT))
        press(console.points_page.list, Qt.Key.Key_Return)
        await until(lambda: console.page is console.work_page, "the work page")
        await picture(self.sign.window, self._file("sign-closed"))
        await self._key(Qt.Key.Key_F5)
        await until(lambda: self._point_status() is PointStatus.ACTIVE, "the point to open")
        self._print(f"console: {self._point_name()} is open")
        await self._sign_is_active()
        await picture(self.sign.window, self._file("sign-active"))

    async def serve_customers(self) -> None:
        called = await self._call_next()
        self._print(f"console: one key calls {called.label}; it is {called.precedence} and due first")
        await self._picture_call(called)
        await self._key(Qt.Key.Key_F6)
        await until(lambda: self._ticket_at_point().recalls == 1, "the recall")
        self._print(f"console: {called.label} is called again")
        await self._key(Qt.Key.Key_F5)
        await until(lambda: self._ticket_at_point().state is TicketState.SERVING, "the service to start")
        await picture(self.console.window, self._file("console-serving"))
        await picture(self.sign.window, self._file("sign-serving"))
        self._print(f"console: {called.label} is being served")
        await self._park(called)
        second = await self._call_next(after=called)
        self._print(f"console: one key finishes {called.label} and calls {second.label}")
        await picture(self.console.window, self._file("console-undo"))
        await self._key(Qt.Key.Key_F9)
        await until(lambda: self._state(second) is TicketState.NO_SHOW, "the no-show")
        self._print(f"console: {second.label} did not come")
        await self._transfer(await self._call_next())
        if self.has_browser:
            await self._call_the_phone()

    async def _park(self, ticket: Ticket) -> None:
        """Park the visit while the customer fetches a form, then resume it."""
        await self._key(Qt.Key.Key_F8)
        page = self.console.work_page
        write(page.park.reason, "fetches a form")
        await picture(self.console.window, self._file("console-park"))
        press(page.park.reason, Qt.Key.Key_Return)
        await until(lambda: self._state(ticket) is TicketState.PARKED, "the pause of the visit")
        await until(page.set_aside.isVisible, "the list of parked tickets")
        await self._key(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        await picture(self.console.window, self._file("console-parked"))
        self._print(f"console: {ticket.label} is parked and fetches a form")
        await until(lambda: self.console.work.ready, "the console to take the next key")
        press(page.set_aside.table, Qt.Key.Key_Return)
        await until(lambda: self._ticket_id_at_point() == ticket.id, "the customer who is called back")
        await self._key(Qt.Key.Key_F5)
        await until(lambda: self._ticket_at_point().state is TicketState.SERVING, "the visit to go on")
        self._print(f"console: {ticket.label} is called back")

    async def _call_the_phone(self) -> None:
        called = await self._call_next()
        await self.phone.wait_for('[data-state="called"]')
        await settled()
        await self._phone_picture("phone-called")
        self._print(f"phone: {called.label} is told to go to {self._point_name()}")
        await self._key(Qt.Key.Key_F2)
        await until(lambda: self._state(called) is TicketState.SERVED, "the visit to end")
        await self.phone.wait_for('[data-state="served"]')

    async def _transfer(self, ticket: Ticket) -> None:
        await self._key(Qt.Key.Key_F7)
        await settled()
        await picture(self.console.window, self._file("console-transfer"))
        panel = self.console.work_page.transfer
        write(panel.search, "Blood")
        press(panel.search, Qt.Key.Key_Return)
        await until(lambda: self._state(ticket) is TicketState.WAITING, "the transfer")
        self._print(f"console: {ticket.label} is sent to another service and keeps its number")

    async def close_the_point(self) -> None:
        await self._key(Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: self._point_status() is PointStatus.INACTIVE, "the point to close")
        await settled()
        self._print(f"console: {self._point_name()} is closed")

    async def show_the_set_up(self) -> None:
        console = self.console
        console.show_set_up()
        for number, name in enumerate(("services", "precedences", "points", "hall", "calling")):
            console.set_up_page.tabs.setCurrentIndex(number)
            await picture(console.window, self._file(f"set-up-{name}"))
        await picture(console.window, self._file("set-up-hall-wide"), WIDE)
        console.set_up_page.tabs.setCurrentWidget(console.set_up_page.file)
        await picture(console.window, self._file("set-up-file"))
        self._print("console: the administrator's page")

    # ── keys and screens ──

    async def _key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key of the specialist once the console takes the next command."""
        await until(lambda: self.console.work.ready, "the console to take the next key")
        press(self.console.window, key, modifier)

    async def _call_next(self, after: Ticket | None = None) -> Ticket:
        """Press the main key; returns the ticket it called."""
        before = after.id if after else None
        await until(lambda: self._ticket_id_at_point() == before, "the point's last ticket")
        await self._key(Qt.Key.Key_F5)
        await until(lambda: self._ticket_id_at_point() not in (None, before), "the next ticket")
        return self._ticket_at_point()

    async def _picture_call(self, called: Ticket) -> None:
        await until(lambda: self._newest_on_display() == called.label, "the call on the display")
        await picture(self.display.window, self._file("display-call"))
        await picture(self.display.window, self._file("display-call-tall"), TALL)
        await picture(self.display.window, self._file("display-call-small"), SMALL)
        await picture(self.sign.window, self._file("sign-calling"))
        await picture(self.console.window, self._file("console-called"))
        await picture(self.console.window, self._file("console-called-wide"), WIDE)
        self._print(f"display and sign: {called.label} please go to {self._point_name()}")

    async def _sign_is_active(self) -> None:
        sign = self.stations[Role.SIGN]
        await until(lambda: sign.hall and sign.hall.points[POINT].status is PointStatus.ACTIVE, "the sign")

    def _newest_on_display(self) -> str | None:
        hall = self.stations[Role.DISPLAY].hall
        return hall.calls[0].label if hall and hall.calls else None

    async def _phone_picture(self, name: str) -> None:
        await self.phone.picture(self._file(name))

    # ── the state of the hall ──

    @property
    def _console_hall(self) -> Hall:
        """The hall as the console knows it, once it does."""
        assert self.console.station.hall is not None
        return self.console.station.hall

    def _point_status(self) -> PointStatus:
        return self._console_hall.points[POINT].status

    def _ticket_id_at_point(self) -> str | None:
        hall = self.console.station.hall
        return hall.points[POINT].ticket if hall else None

    def _ticket_at_point(self) -> Ticket:
        return self._console_hall.ticket(str(self._console_hall.points[POINT].ticket))

    def _state(self, ticket: Ticket) -> TicketState:
        return self._console_hall.ticket(ticket.id).state

    def _newest_ticket(self) -> Ticket:
        hall = self.stations[Role.KIOSK].hall
        assert hall is not None
        return max(hall.tickets.values(), key=lambda ticket: ticket.number)

    def _service_name(self) -> str:
        hall = self.stations[Role.KIOSK].hall
        assert hall is not None
        return in_language(hall.services[SERVICE].name, "en")

    def _point_name(self) -> str:
        return in_language(self._console_hall.points[POINT].name, "en")

    # ── what is saved and printed ──

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.png"

    def _print(self, sentence: str) -> None:
        print(f"  {sentence}", flush=True)


def _link(hall: DemoHall, role: Role) -> Link:
    return connect(f"{hall.url}#{hall.hall_id}", token=hall.tokens[role], role=role)
