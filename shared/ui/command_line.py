"""The command line of every window: its options, and the one-line error when it can't start."""

from __future__ import annotations

import argparse
import logging
import sys

from shared.hall.errors import Failure, Unfit
from shared.settings import Settings, as_path, load
from shared.ui.event_loop import application, run
from shared.ui.lifecycle import App, AppLifecycle


def options(app: str, description: str, *, fills_screen: bool = True) -> argparse.ArgumentParser:
    """A parser with the options every app has behind ``nowserving APP``; an app adds its own."""
    parser = argparse.ArgumentParser(f"nowserving {app}", description=description)
    parser.add_argument(
        "--hall",
        metavar="URL",
        help="address of the hall: http(s)://HOST:PORT or a database URL (default: the last one, else the local "
        "network is searched)",
    )
    parser.add_argument("--elsewhere", action="store_true", help="forget the last hall and search for another")
    parser.add_argument("--config", type=as_path, metavar="PATH", help="settings file instead of the usual one")
    if fills_screen:
        parser.add_argument("--windowed", action="store_true", help="open a window instead of filling the screen")
    return parser


def start(name: str, arguments: argparse.Namespace, app: App) -> int:
    """Run the app until it ends; returns the exit status, 1 after a failure that was printed."""
    try:
        settings = _settings(arguments)
        application(name)  # before the first object that belongs to Qt
        program = AppLifecycle(app, settings)
        if arguments.elsewhere:
            program.forget()
        program.open()
    except Failure as failure:
        return _print_error(failure.detail)
    run(application(name), program)
    return _print_error(program.sentence) if program.sentence else 0


def _settings(arguments: argparse.Namespace) -> Settings:
    windowed = getattr(arguments, "windowed", False)
    display = getattr(arguments, "show", None)
    settings = load(arguments.config, hall=arguments.hall, full_screen=False if windowed else None, display=display)
    if settings.log_level not in logging.getLevelNamesMapping():
        raise Unfit(f"log_level must be DEBUG, INFO, WARNING or ERROR, not {settings.log_level!r}.")
    logging.basicConfig(level=settings.log_level)
    return settings


def _print_error(sentence: str) -> int:
    """Print a sentence to stderr; returns the exit status of a failure."""
    sys.stderr.write(f"{sentence}\n")
    return 1
