"""The tour: visits through the real windows against the real backend, told line by line and pictured."""

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
from display.app import Display, Sign
from kiosk.app import Kiosk
from kiosk.printer.printer_choice import printer_for
from shared.hall.errors import Unfit
from shared.hall.field_types import in_language
from shared.hall.roles import Role
from shared.hall.values import PointStatus, Ticket, TicketState
from shared.link.connect import connect
from shared.link.link import Link
from shared.settings import Settings
from shared.ui.event_loop import application, collect_here_only
from shared.ui.station import Station

WIDE, TALL, SMALL = QSize(1920, 1080), QSize(1080, 1920), QSize(1280, 800)

SERVICE, POINT = "doctor", "3"
"""What the customers of the tour come for, and the service point that gives it."""


def play(hall: DemoHall, folder: Path) -> int:
    """Play the tour and save its pictures in a folder; 0 when everything happened."""
    folder.mkdir(parents=True, exist_ok=True)
    app = application("nowserving demo")
    app.setQuitOnLastWindowClosed(False)
    collect_here_only(app)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        try:
            runner.run(_play(hall, folder))
        except asyncio.CancelledError:  # told to stop
            return 1
    print(f"The pictures are in {folder}")
    return 0


async def _play(hall: DemoHall, folder: Path) -> None:
    _end_in_order()
    tour = Tour.of(hall, folder)
    tour.open()
    try:
        await tour.customers_come()
        await tour.a_phone_comes()
        await tour.the_specialist_begins()
        await tour.the_day_goes_on()
        await tour.the_point_closes()
        await tour.the_administrator_looks()
    finally:
        await tour.close()


def _end_in_order() -> None:
    """Told to stop, end this tour as a coroutine: an exit raised under Qt would leave everything running."""
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
    display: Display
    sign: Sign
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
            display=Display(stations[Role.DISPLAY], settings),
            sign=Sign(stations[Role.SIGN], settings, POINT),
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

    # ── what happens ──

    async def customers_come(self) -> None:
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
            await self._takes(precedence, pictured=precedence == "paid")

    async def _takes(self, precedence: str, *, pictured: bool) -> None:
        """A customer at the kiosk: a service, a precedence, a ticket in the hand."""
        window, before = self.kiosk.window, self._newest()
        await until(lambda: find(window, SERVICE), "the services on the kiosk")
        await settled()
        await touch(window, SERVICE)
        await until(lambda: find(window, precedence), "the precedences on the kiosk")
        await settled()
        if pictured:
            await picture(window, self._file("kiosk-precedence"))
        await touch(window, precedence)
        await until(lambda: find(window, "done"), "a ticket on the kiosk")
        await until(lambda: self._newest().id != before.id, "that ticket in the hall")
        await settled()
        self._tell(f"kiosk: ticket {self._newest().label} for {self._service()}, {precedence}, is printed")
        if pictured:
            await picture(window, self._file("kiosk-ticket"))
            await picture(window, self._file("kiosk-ticket-tall"), TALL)
            await picture(window, self._file("kiosk-ticket-small"), SMALL)
        await touch(window, "done")

    async def a_phone_comes(self) -> None:
        try:
            await self.phone.open(f"{self.hall.base}/h/{self.hall.hall}")
        except Unfit as unfit:
            self.has_browser = False
            self._tell(f"phone: left out. {unfit.detail}")
            return
        await self._phone_picture("phone-choice")
        await self.phone.tap(f'a[href*="/s/{SERVICE}"]')
        await self.phone.wait_for('button[value="regular"]')
        await self._phone_picture("phone-precedence")
        await self.phone.tap('button[value="regular"]')
        await self.phone.wait_for(".label")
        await self._phone_picture("phone-ticket")
        self._tell(f"phone: ticket {await self.phone.text('.label')}, followed live")

    async def the_specialist_begins(self) -> None:
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
        await until(lambda: self._status() is PointStatus.ACTIVE, "the point to open")
        self._tell(f"console: {self._point()} is open")
        await self._sign_shows()
        await picture(self.sign.window, self._file("sign-active"))

    async def the_day_goes_on(self) -> None:
        called = await self._calls_next()
        self._tell(f"console: one key calls {called.label}; it is {called.precedence} and due first")
        await self._everybody_sees(called)
        await self._key(Qt.Key.Key_F6)
        await until(lambda: self._here().recalls == 1, "the recall")
        self._tell(f"console: {called.label} is called again")
        await self._key(Qt.Key.Key_F5)
        await until(lambda: self._here().state is TicketState.SERVING, "the service to start")
        await picture(self.console.window, self._file("console-serving"))
        await picture(self.sign.window, self._file("sign-serving"))
        self._tell(f"console: {called.label} is being served")
        await self._pauses(called)
        second = await self._calls_next(after=called)
        self._tell(f"console: one key finishes {called.label} and calls {second.label}")
        await picture(self.console.window, self._file("console-undo"))
        await self._key(Qt.Key.Key_F9)
        await until(lambda: self._state(second) is TicketState.NO_SHOW, "the no-show")
        self._tell(f"console: {second.label} has not come")
        await self._transfer(await self._calls_next())
        if self.has_browser:
            await self._phone_is_called()

    async def _pauses(self, ticket: Ticket) -> None:
        """The visit pauses for a paper, and goes on."""
        await self._key(Qt.Key.Key_F8)
        page = self.console.work_page
        write(page.park.reason, "fetches a form")
        await picture(self.console.window, self._file("console-park"))
        press(page.park.reason, Qt.Key.Key_Return)
        await until(lambda: self._state(ticket) is TicketState.PARKED, "the pause of the visit")
        await until(page.aside.isVisible, "the list of those set aside")
        await self._key(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        await picture(self.console.window, self._file("console-parked"))
        self._tell(f"console: {ticket.label} is parked and fetches a form")
        await until(lambda: self.console.work.ready, "the console to take the next key")
        press(page.aside.table, Qt.Key.Key_Return)
        await until(lambda: self._ticket_here() == ticket.id, "the customer who is called back")
        await self._key(Qt.Key.Key_F5)
        await until(lambda: self._here().state is TicketState.SERVING, "the visit to go on")
        self._tell(f"console: {ticket.label} is called back")

    async def _phone_is_called(self) -> None:
        called = await self._calls_next()
        await self.phone.wait_for('[data-state="called"]')
        await settled()
        await self._phone_picture("phone-called")
        self._tell(f"phone: {called.label} is told to go to {self._point()}")
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
        self._tell(f"console: {ticket.label} is sent to another service and keeps its number")

    async def the_point_closes(self) -> None:
        await self._key(Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: self._status() is PointStatus.INACTIVE, "the point to close")
        await settled()
        self._tell(f"console: {self._point()} is closed")

    async def the_administrator_looks(self) -> None:
        console = self.console
        console.show_set_up()
        for number, name in enumerate(("services", "precedences", "points", "hall", "calling")):
            console.set_up_page.tabs.setCurrentIndex(number)
            await picture(console.window, self._file(f"set-up-{name}"))
        await picture(console.window, self._file("set-up-hall-wide"), WIDE)
        console.set_up_page.tabs.setCurrentWidget(console.set_up_page.file)
        await picture(console.window, self._file("set-up-file"))
        self._tell("console: the administrator's page")

    # ── what they see ──

    async def _key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key of the specialist once the console takes the next wish."""
        await until(lambda: self.console.work.ready, "the console to take the next key")
        press(self.console.window, key, modifier)

    async def _calls_next(self, after: Ticket | None = None) -> Ticket:
        """Press the main key; the ticket it called."""
        before = after.id if after else None
        await until(lambda: self._ticket_here() == before, "the point's last ticket")
        await self._key(Qt.Key.Key_F5)
        await until(lambda: self._ticket_here() not in (None, before), "the next ticket")
        return self._here()

    async def _everybody_sees(self, called: Ticket) -> None:
        await until(lambda: self._shown_first() == called.label, "the call on the display")
        await picture(self.display.window, self._file("display-call"))
        await picture(self.display.window, self._file("display-call-tall"), TALL)
        await picture(self.display.window, self._file("display-call-small"), SMALL)
        await picture(self.sign.window, self._file("sign-calling"))
        await picture(self.console.window, self._file("console-called"))
        await picture(self.console.window, self._file("console-called-wide"), WIDE)
        self._tell(f"display and sign: {called.label} please go to {self._point()}")

    async def _sign_shows(self) -> None:
        point = self.stations[Role.SIGN]
        await until(lambda: point.hall and point.hall.points[POINT].status is PointStatus.ACTIVE, "the sign")

    def _shown_first(self) -> str | None:
        hall = self.stations[Role.DISPLAY].hall
        return hall.calls[0].label if hall and hall.calls else None

    async def _phone_picture(self, name: str) -> None:
        await self.phone.picture(self._file(name))

    # ── what is so ──

    def _status(self) -> PointStatus:
        hall = self.console.station.hall
        assert hall is not None
        return hall.points[POINT].status

    def _ticket_here(self) -> str | None:
        hall = self.console.station.hall
        return hall.points[POINT].ticket if hall else None

    def _here(self) -> Ticket:
        hall = self.console.station.hall
        assert hall is not None
        return hall.ticket(str(hall.points[POINT].ticket))

    def _state(self, ticket: Ticket) -> TicketState:
        hall = self.console.station.hall
        assert hall is not None
        return hall.ticket(ticket.id).state

    def _newest(self) -> Ticket:
        hall = self.stations[Role.KIOSK].hall
        assert hall is not None
        return max(hall.tickets.values(), key=lambda ticket: ticket.number)

    def _service(self) -> str:
        hall = self.stations[Role.KIOSK].hall
        assert hall is not None
        return in_language(hall.services[SERVICE].name, "en")

    def _point(self) -> str:
        hall = self.console.station.hall
        assert hall is not None
        return in_language(hall.points[POINT].name, "en")

    # ── telling ──

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.png"

    def _tell(self, sentence: str) -> None:
        print(f"  {sentence}", flush=True)


def _link(hall: DemoHall, role: Role) -> Link:
    return connect(f"{hall.base}#{hall.hall}", token=hall.tokens[role], role=role)
