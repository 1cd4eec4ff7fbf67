"""The whole hall at once: the tour through the real windows, and the three apps as programs of their own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from shared.hall.roles import Role
from tests.backends import Premises

PICTURES = (
    "kiosk-choice", "kiosk-choice-ar", "kiosk-ticket", "kiosk-ticket-tall", "display-call", "display-call-tall",
    "sign-active", "sign-calling", "console-called", "console-parked", "console-undo", "console-transfer",
    "set-up-services", "set-up-points",
    "phone-ticket", "phone-called",
)  # fmt: skip

SAID = (
    r"kiosk: ticket B001 for General practitioner, regular, is printed",
    r"kiosk: ticket B003 for General practitioner, paid, is printed",
    r"phone: ticket B004, followed live",
    r"console: one key calls B003; it is paid and due first",
    r"display and sign: B003 please go to Room 3",
    r"console: B003 is called again",
    r"console: B003 is parked and fetches a form",
    r"console: B003 is called back",
    r"console: one key finishes B003 and calls B001",
    r"console: B001 did not come",
    r"console: B002 is sent to another service and keeps its number",
    r"phone: B004 is told to go to Room 3",
    r"console: Room 3 is closed",
)


@pytest.mark.timeout(150)
def test_the_tour_takes_customers_from_touch_to_served(tmp_path: Path) -> None:
    """Real windows, a real backend process, a real browser; the tour's report agrees with the hall."""
    told = tmp_path / "told.txt"
    with told.open("w") as out:
        tour = subprocess.run(
            [sys.executable, "-m", "nowserving", "demo", "--tour", str(tmp_path / "tour")],
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=140,
            check=False,
        )
    text = told.read_text()
    assert tour.returncode == 0, text
    at = 0
    for sentence in SAID:
        found = re.compile(sentence).search(text, at)
        assert found, f"{sentence!r} is missing, or too late, in:\n{text}"
        at = found.end()
    for name in PICTURES:
        image = QImage(str(tmp_path / "tour" / f"{name}.png"))
        assert len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}) > 8


APPS = {Role.KIOSK: ["kiosk", "--windowed"], Role.DISPLAY: ["display", "--windowed"], Role.CONSOLE: ["console"]}


@pytest.mark.parametrize("kind", ["http", "database"])
def test_each_app_runs_as_a_program_and_ends_when_told(tmp_path: Path, kind: str) -> None:
    premises = Premises(tmp_path)
    address = premises.serve() if kind == "http" else premises.database
    with _supervisor(tmp_path / "supervisor") as supervisor:
        apps = [_started(arguments, address, premises.device(role), tmp_path) for role, arguments in APPS.items()]
        try:
            for _ in apps:
                assert supervisor.recv(100) == b"READY=1"
            for app in apps:
                app.send_signal(signal.SIGTERM)
            assert [(app.wait(10), app.communicate()[1]) for app in apps] == [(0, "")] * len(apps)
        finally:
            for app in apps:
                app.kill()
            premises.stop()


@contextlib.contextmanager
def _supervisor(address: Path) -> Iterator[socket.socket]:
    """In place of systemd: a socket on which the program reports that it is ready."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(address))
        listening.settimeout(30)
        yield listening


def _started(arguments: list[str], address: str, token: str, folder: Path) -> subprocess.Popen[str]:
    own = {
        "NOWSERVING_TOKEN": token,
        "NOWSERVING_LOG_LEVEL": "ERROR",
        "NOTIFY_SOCKET": str(folder / "supervisor"),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "nowserving", *arguments, "--hall", address],
        env={**os.environ, **own},
        stderr=subprocess.PIPE,
        text=True,
    )
