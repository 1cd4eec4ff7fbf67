"""How every window is started as a program: what a person may say, and why it can't begin."""

from __future__ import annotations

import argparse
import logging
import sys

from shared.hall.errors import Failure, Unfit
from shared.settings import Settings, as_path, load
from shared.ui.event_loop import application, live
from shared.ui.lifecycle import App, AppLifecycle


def options(app: str, meaning: str, *, fills_screen: bool = True) -> argparse.ArgumentParser:
    """What may be written behind ``nowserving APP``; an app adds its own."""
    parser = argparse.ArgumentParser(f"nowserving {app}", description=meaning)
    parser.add_argument(
        "--hall",
        metavar="URL",
        help="how to reach the hall: http(s)://HOST:PORT or a database URL (default: the one of last time, else it is "
        "looked for on the local network)",
    )
    parser.add_argument("--elsewhere", action="store_true", help="forget the hall of last time, and look for another")
    parser.add_argument("--config", type=as_path, metavar="PATH", help="the settings file, if not the usual one")
    if fills_screen:
        parser.add_argument("--windowed", action="store_true", help="a window instead of the whole screen")
    return parser


def start(name: str, wanted: argparse.Namespace, app: App) -> int:
    """Show the app until its window closes; the exit status."""
    try:
        settings = _settings(wanted)
        application(name)  # before the first object that belongs to Qt
        program = AppLifecycle(app, settings)
        if wanted.elsewhere:
            program.forget()
        program.open()
    except Failure as failure:
        return _say(failure.detail, 1)
    live(application(name), program)
    return _say(program.sentence, 1) if program.sentence else 0


def _settings(wanted: argparse.Namespace) -> Settings:
    windowed = getattr(wanted, "windowed", False)
    settings = load(wanted.config, hall=wanted.hall, full_screen=False if windowed else None)
    if settings.log_level not in logging.getLevelNamesMapping():
        raise Unfit(f"log_level must be DEBUG, INFO, WARNING or ERROR, not {settings.log_level!r}.")
    logging.basicConfig(level=settings.log_level)
    return settings


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return status
