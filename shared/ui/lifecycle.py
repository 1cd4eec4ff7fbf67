"""The life of an app: it joins a hall, works there, is taken out of service, and is paired again."""

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
from shared.link.joining import Joining, base_url
from shared.link.link import Link
from shared.link.paired_hall import PairedHall, PairedHallFile
from shared.link.roaming import RoamingLink
from shared.link.state_files import restrict_to_owner
from shared.settings import Settings, state_path
from shared.ui.font_coverage import ScriptLog
from shared.ui.joining_screen import JoiningScreen
from shared.ui.station import Station
from shared.ui.station_memory import StationMemory


class AppScreen(Protocol):
    """What an app shows to people."""

    def close(self) -> None: ...


class Show(Protocol):
    """Makes an app's screen on a station. ``leave_hall`` joins another one; None if settings decide."""

    def __call__(self, station: Station, settings: Settings, leave_hall: Callable[[], None] | None) -> AppScreen: ...


class WrapLink(Protocol):
    """Wraps an app's link, as in an outbox. ``hall_key`` names the hall's files; ``hall`` is as last known here."""

    def __call__(self, link: Link, settings: Settings, hall_key: str, hall: Hall | None) -> Link: ...


def unwrapped(link: Link, settings: Settings, hall_key: str, hall: Hall | None) -> Link:
    return link


def no_requirements(settings: Settings) -> None:
    """The app works with any settings."""


@dataclass(frozen=True, kw_only=True)
class App:
    """What tells one app from another."""

    role: Role
    show: Show
    wrap_link: WrapLink = unwrapped
    require: Callable[[Settings], None] = no_requirements
    """Raises Unfit for settings the app can't work with, before it looks for its hall."""


class AppLifecycle(QObject):
    """A program of the event loop. From ``open`` to ``close`` it shows the app, or the screen that joins a hall."""

    shown = Signal()
    """The screen shows the hall or why it can't, at every change of either; once from ``start`` if it joins a hall."""
    ended = Signal()
    """The app can't go on; ``sentence`` says why."""

    def __init__(self, app: App, settings: Settings) -> None:
        super().__init__()
        self.sentence = ""
        self.screen: AppScreen | None = None
        self.joining: JoiningScreen | None = None
        self.station: Station | None = None
        self._app = app
        self._settings = settings
        restrict_to_owner(state_path())
        self._paired_hall_file = PairedHallFile(state_path(), app.role)
        self._pins = Pins(state_path() / "trust")

    # ── life ──

    def open(self) -> None:
        """Show the app if its hall is known, else the screen that joins one; raises Failure if neither is possible."""
        self._app.require(self._settings)
        if self._settings_suffice:
            self._open_app(self._settings.hall, self._link(self._settings.hall))
        elif paired := self._paired_hall():
            self._open_paired(paired)
        else:
            self._open_joining(lost=self._paired_hall_file.is_lost())

    def start(self) -> None:
        if self.station:
            self.station.start()
        else:
            self.shown.emit()

    def stop(self) -> None:
        if self.station:
            self.station.stop()

    def close(self) -> None:
        for screen in (self.screen, self.joining):
            if screen:
                screen.close()
        self.screen = self.joining = None

    def forget(self) -> None:
        """Forget the paired hall, so that the next ``open`` joins one."""
        self._paired_hall_file.forget()

    # ── which hall ──

    @property
    def _settings_suffice(self) -> bool:
        """Whether the settings name a database, an address with a token, or an address for people to sign in at."""
        address = self._settings.hall
        over_http = address.startswith(("http://", "https://"))
        return bool(address) and (not over_http or bool(self._settings.token) or self._app.role is Role.CONSOLE)

    def _paired_hall(self) -> PairedHall | None:
        """The hall this app was paired with, or a console has found, unless the settings name another address."""
        paired, configured = self._paired_hall_file.load(), base_url(self._settings.hall)
        return paired if paired and configured in ("", paired.address, paired.given) else None

    def _open_paired(self, paired: PairedHall) -> None:
        if paired.token:  # a device's; people sign in at a console, which has none
            self._open_app(paired.key, RoamingLink(paired, self._paired_hall_file.save, self._settings.tls_ca))
        else:
            self._open_app(paired.key, self._link(paired.url))

    def _link(self, address: str) -> Link:
        """A link to an address without pairing, with the token of the settings, if any."""
        settings = self._settings
        return connect(
            address,
            token=settings.token,
            role=self._app.role,
            pins=self._pins,
            tls_ca=settings.tls_ca,
            public_url=settings.public_url,
        )

    def _trust(self, base: str) -> Trust:
        """What to trust at an address: a device pins anew at each pairing, a console keeps its pins."""
        return Trust(base, pins=self._pins if self._app.role is Role.CONSOLE else None, ca=self._settings.tls_ca)

    # ── at work ──

    def _open_app(self, hall_key: str, link: Link) -> None:
        """Show the app at this hall; raises Failure, with nothing left open."""
        memory = StationMemory(state_path(), hall_key)
        station = Station(self._app.wrap_link(link, self._settings, hall_key, memory.load()), memory)
        try:
            self.screen = self._app.show(station, self._settings, None if self._settings_suffice else self._leave_later)
        except Failure:
            station.stop()
            raise
        self.station = station
        ScriptLog(station)
        station.changed.connect(self.shown)
        station.reachable_changed.connect(self.shown)
        station.reachable_changed.connect(self._leave_if_revoked)

    def _leave_if_revoked(self) -> None:
        if self.station and isinstance(self.station.refusal, Revoked):
            QTimer.singleShot(0, self, partial(self._leave, taken_out=True))  # the signal is still being delivered

    def _leave_later(self) -> None:
        QTimer.singleShot(0, self, self._leave)  # a button of the screen to be closed is still being pressed

    def _leave(self, *, taken_out: bool = False) -> None:
        """Forget this hall and join another. The next screen is shown before this one closes."""
        if (station := self.station) is None:
            return
        station.stop()
        self._paired_hall_file.forget()
        if station.memory:
            station.memory.forget()
        screen, self.screen, self.station = self.screen, None, None
        self._open_joining(taken_out=taken_out)
        if screen:
            screen.close()
        station.deleteLater()

    # ── joining ──

    def _open_joining(self, *, taken_out: bool = False, lost: bool = False) -> None:
        """``taken_out``: this device was revoked. ``lost``: the file with its paired hall was damaged."""
        address, pairs = self._settings.hall, self._app.role is not Role.CONSOLE
        self.joining = JoiningScreen(
            self._app.role,
            partial(Joining, self._app.role, address=address, pairs=pairs, trust=self._trust),
            inches=self._settings.screen_inches,
            taken_out=taken_out,
            lost=lost,
        )
        self.joining.model.joined.connect(self._on_joined)
        self.joining.show(full_screen=pairs and self._settings.full_screen)

    def _on_joined(self, paired: PairedHall) -> None:
        """Keep the hall that was joined, and go straight on to the app."""
        paired = replace(paired, given=base_url(self._settings.hall))
        self._paired_hall_file.save(paired)
        joining, self.joining = self.joining, None
        try:
            self._open_paired(paired)
        except Failure as failure:
            self.sentence = failure.detail
            self.ended.emit()
        if self.station:
            self.station.start()
        if joining:
            joining.close()
