"""The demo with a screen: every app as a process of its own, as in a real hall."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from demo.demo_hall import LOGINS, PASSWORD, DemoHall
from shared.hall.roles import Role

APPS = {
    Role.KIOSK: ["kiosk", "--windowed"],
    Role.DISPLAY: ["display", "--windowed"],
    Role.SIGN: ["display", "--point", "3", "--windowed"],
    Role.CONSOLE: ["console"],
}
POLL_INTERVAL = 0.3
"""Seconds between two checks of which windows are open."""


def open_all(hall: DemoHall) -> None:
    """Open the windows and wait until all of them are closed, or for Ctrl-C."""
    print(f"The web page for phones: {hall.url}/h/{hall.hall_id}")
    print(f"Sign in at the console as {' or '.join(LOGINS)}; the password is {PASSWORD}.")
    print("Close the windows, or press Ctrl-C, to end.")
    windows = [_open(hall, role, arguments) for role, arguments in APPS.items()]
    try:
        while any(window.poll() is None for window in windows):
            time.sleep(POLL_INTERVAL)
    finally:
        for window in windows:
            window.terminate()
        for window in windows:
            window.wait()


def _open(hall: DemoHall, role: Role, arguments: list[str]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "NOWSERVING_TOKEN": hall.tokens[role], "NOWSERVING_PRINTER": _printer(hall)}
    command = [sys.executable, "-m", "nowserving", *arguments, "--hall", f"{hall.url}#{hall.hall_id}"]
    return subprocess.Popen(command, env=environment)


def _printer(hall: DemoHall) -> str:
    return f"file:{hall.folder / 'tickets'}"
