"""How every window is started as a program: what a person may say, which hall it is for, and why it can't begin."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from shared.hall.errors import Failure, Unfit
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.link.port import Link
from shared.link.trust import Pins
from shared.settings import Settings, load, state_path
from shared.ui.memory import Memory
from shared.ui.run import application, live
from shared.ui.station import Station

NO_HALL = "Which hall? Give its address: --hall http://HOST:PORT, or a database URL."


class Screen(Protocol):
    """What an app shows to people."""

    def close(self) -> None: ...


def options(app: str, meaning: str, *, fills_screen: bool = True) -> argparse.ArgumentParser:
    """What may be written behind ``nowserving APP``; an app adds its own."""
    parser = argparse.ArgumentParser(f"nowserving {app}", description=meaning)
    parser.add_argument("--hall", metavar="URL", help="how to reach the hall: http(s)://HOST:PORT or a database URL")
    parser.add_argument("--config", type=Path, metavar="PATH", help="the settings file, if not the usual one")
    if fills_screen:
        parser.add_argument("--windowed", action="store_true", help="a window instead of the whole screen")
    return parser


class Way(Protocol):
    """What an app puts around its link, knowing the hall as it was last known here."""

    def __call__(self, link: Link, settings: Settings, hall: Hall | None) -> Link: ...


def straight(link: Link, settings: Settings, hall: Hall | None) -> Link:
    return link


def start(
    app: str,
    wanted: argparse.Namespace,
    role: Role,
    show: Callable[[Station, Settings], Screen],
    way: Way = straight,
) -> int:
    """Show the app until its window closes; the exit status. ``show`` makes its screen on a station."""
    try:
        settings = _settings(wanted)
        if not settings.hall:
            return _say(NO_HALL, 2)
        station = _station(app, settings, role, way)
    except Failure as failure:
        return _say(failure.detail, 1)
    try:
        screen = show(station, settings)
    except Failure as failure:
        station.stop()
        return _say(failure.detail, 1)
    return live(application(app), station, screen.close)


def _settings(wanted: argparse.Namespace) -> Settings:
    windowed = getattr(wanted, "windowed", False)
    settings = load(wanted.config, hall=wanted.hall, full_screen=False if windowed else None)
    if settings.log_level not in logging.getLevelNamesMapping():
        raise Unfit(f"log_level must be DEBUG, INFO, WARNING or ERROR, not {settings.log_level!r}.")
    logging.basicConfig(level=settings.log_level)
    return settings


def _station(app: str, settings: Settings, role: Role, way: Way) -> Station:
    memory = Memory(state_path(), settings.hall)
    pins = Pins(state_path() / "trust")
    link = connect(settings.hall, token=settings.token, role=role, pins=pins, tls_ca=settings.tls_ca)
    link = way(link, settings, memory.load())
    application(app)  # before the first object that belongs to Qt
    return Station(link, memory)


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return status
