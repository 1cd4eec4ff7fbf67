"""One app from its first look around to its end: looking for its hall, at work, taken out of service, paired again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from shared.hall.errors import Failure, Revoked
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.link.certificate_trust import Pins, Trust
from shared.link.connect import connect
from shared.link.joining import Joining, as_base
from shared.link.link import Link
from shared.link.paired_hall import PairedHall, PairedHallFile
from shared.link.roaming import RoamingLink
from shared.link.state_files import close_to_others
from shared.settings import Settings, state_path
from shared.ui.font_coverage import ScriptLog
from shared.ui.joining_screen import JoiningScreen
from shared.ui.station import Station
from shared.ui.station_memory import StationMemory


class AppScreen(Protocol):
    """What an app shows to people."""

    def close(self) -> None: ...


class Show(Protocol):
    """Makes an app's screen on a station. ``elsewhere`` turns to another hall; None where the hall was given."""

    def __call__(self, station: Station, settings: Settings, elsewhere: Callable[[], None] | None) -> AppScreen: ...


class Way(Protocol):
    """What an app puts around its link, knowing the hall as it was last known here and what it is kept under."""

    def __call__(self, link: Link, settings: Settings, place: str, hall: Hall | None) -> Link: ...


def straight(link: Link, settings: Settings, place: str, hall: Hall | None) -> Link:
    return link


def nothing(settings: Settings) -> None:
    """Nothing to require."""


@dataclass(frozen=True, kw_only=True)
class App:
    """What tells one app from another."""

    role: Role
    show: Show
    way: Way = straight
    require: Callable[[Settings], None] = nothing
    """Raises Unfit for settings the app can't work with, before it looks for its hall."""


class AppLifecycle(QObject):
    """``open`` it, ``start`` it in a running loop, ``stop`` it; one screen is always there in between."""

    shown = Signal()
    """The hall is on the screen, or why it is not."""
    ended = Signal()
    """It can't go on; ``sentence`` says why."""

    def __init__(self, app: App, settings: Settings) -> None:
        super().__init__()
        self.sentence = ""
        self.screen: AppScreen | None = None
        self.joining: JoiningScreen | None = None
        self.station: Station | None = None
        self._app = app
        self._settings = settings
        close_to_others(state_path())
        self._homes = PairedHallFile(state_path(), app.role)
        self._pins = Pins(state_path() / "trust")

    # ── life ──

    def open(self) -> None:
        """Show something: the app itself if its hall is known, else the screen that looks for it. Raises Failure."""
        self._app.require(self._settings)
        if self._is_given:
            self._work(self._settings.hall, self._link(self._settings.hall))
        elif home := self._home():
            self._go_home(home)
        else:
            self._arrive(lost=self._homes.is_lost())

    def start(self) -> None:
        if self.station:
            self.station.start()
        else:
            self.shown.emit()

    def stop(self) -> None:
        if self.station:
            self.station.stop()

    def close(self) -> None:
        """Take down whatever is shown."""
        for screen in (self.screen, self.joining):
            if screen:
                screen.close()
        self.screen = self.joining = None

    def forget(self) -> None:
        """Belong nowhere any more."""
        self._homes.forget()

    # ── where to ──

    @property
    def _role(self) -> Role:
        return self._app.role

    @property
    def _is_given(self) -> bool:
        """Whether the settings say all: a database, an address with a token, or an address for people to sign in at."""
        address = self._settings.hall
        over_http = address.startswith(("http://", "https://"))
        return bool(address) and (not over_http or bool(self._settings.token) or self._role is Role.CONSOLE)

    def _home(self) -> PairedHall | None:
        """Where it belonged last time, unless the settings name another place."""
        home, given = self._homes.load(), as_base(self._settings.hall)
        return home if home and given in ("", home.address, home.given) else None

    def _go_home(self, home: PairedHall) -> None:
        if home.token:
            self._work(home.place, RoamingLink(home, self._homes.save, self._settings.tls_ca))
        else:
            self._work(home.place, self._link(home.url))

    def _link(self, address: str) -> Link:
        """Straight to this address, which nobody was paired with."""
        given = self._settings
        return connect(
            address,
            token=given.token,
            role=self._role,
            pins=self._pins,
            tls_ca=given.tls_ca,
            public_url=given.public_url,
        )

    def _trust(self, base: str) -> Trust:
        """A device begins anew with whoever pairs it; a console goes on with what it knows."""
        return Trust(base, pins=self._pins if self._role is Role.CONSOLE else None, ca=self._settings.tls_ca)

    # ── at work ──

    def _work(self, place: str, link: Link) -> None:
        """Raises Failure, with nothing left open."""
        memory = StationMemory(state_path(), place)
        station = Station(self._app.way(link, self._settings, place, memory.load()), memory)
        try:
            self.screen = self._app.show(station, self._settings, None if self._is_given else self._elsewhere)
        except Failure:
            station.stop()
            raise
        self.station = station
        ScriptLog(station)
        station.changed.connect(self.shown)
        station.reachable_changed.connect(self.shown)
        station.reachable_changed.connect(self._look_whether_revoked)

    def _look_whether_revoked(self) -> None:
        if self.station and isinstance(self.station.refusal, Revoked):
            QTimer.singleShot(0, self, partial(self._leave, taken_out=True))  # the station is still telling others

    def _elsewhere(self) -> None:
        QTimer.singleShot(0, self, self._leave)  # a button of the screen that goes is still being pressed

    def _leave(self, *, taken_out: bool = False) -> None:
        """Not this hall any more. The next screen is there before the last one goes."""
        if (station := self.station) is None:
            return
        station.stop()
        self._homes.forget()
        if station.memory:
            station.memory.forget()
        screen, self.screen, self.station = self.screen, None, None
        self._arrive(taken_out=taken_out)
        if screen:
            screen.close()
        station.deleteLater()

    # ── on the way ──

    def _arrive(self, *, taken_out: bool = False, lost: bool = False) -> None:
        address, pairs = self._settings.hall, self._role is not Role.CONSOLE
        self.joining = JoiningScreen(
            self._role,
            partial(Joining, self._role, address=address, pairs=pairs, trust=self._trust),
            inches=self._settings.screen_inches,
            taken_out=taken_out,
            lost=lost,
        )
        self.joining.model.settled.connect(self._settled)
        self.joining.show(full_screen=pairs and self._settings.full_screen)

    def _settled(self, home: PairedHall) -> None:
        """It belongs somewhere: remember that, and go straight on to the app."""
        home = replace(home, given=as_base(self._settings.hall))
        self._homes.save(home)
        joining, self.joining = self.joining, None
        try:
            self._go_home(home)
        except Failure as failure:
            self.sentence = failure.detail
            self.ended.emit()
        if self.station:
            self.station.start()
        if joining:
            joining.close()
