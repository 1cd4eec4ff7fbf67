"""Two customers come to their service point: one who only sees, one who only hears.

A real backend and real windows over HTTP. The one reads nothing but what is painted in the frames of kiosk, display and
sign; the other goes by nothing but what a recorder hears of the display, in the hall's own recordings.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtQuick import QQuickWindow

from demo.window_driver import find, touch
from display.app import DisplayWindow
from display.signs.sign_window import SignWindow
from kiosk.app import Kiosk
from kiosk.page_timings import PageTimings
from shared.hall.calling import CallNext
from shared.hall.displays import RecordClip
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.roles import Role
from shared.hall.serving import StartService
from shared.link.connect import connect
from shared.link.link import Link
from shared.requests.media import MediumKind, SendMediumPart, StoreMedium
from shared.settings import Settings
from shared.ui.station import Station
from shared.voice.vocabulary import vocabulary
from tests.backends import Premises
from tests.display.frame import ink
from tests.display.private_sound import MISSING, PrivateSound, tone

SERVICE, POINT = "registration", "1"
"""What both come for, and who gives it."""

SILENT, LOUD = Settings(full_screen=False, sound=False), Settings(full_screen=False)


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    there = Premises(tmp_path)
    there.serve()
    yield there
    there.stop()


@pytest.fixture
def admin(premises: Premises) -> Iterator[Link]:
    link = premises.admin()
    link.do(ActivatePoint(point=POINT))
    yield link
    link.close()


def station(premises: Premises, role: Role) -> Station:
    link = connect(premises.base, role=role, token=premises.device(role))
    made = Station(link)
    made.start()
    return made


def painted(window: QQuickWindow, name: str) -> bool:
    item = find(window, name)
    return item is not None and ink(window, item) > 0.5


def seen(window: QQuickWindow, name: str) -> str:
    """The text of this name, if it is really painted."""
    item = find(window, name)
    return str(item.property("text")).replace("\N{NO-BREAK SPACE}", " ") if item and painted(window, name) else ""


@contextmanager
def shown(*screens: Kiosk | DisplayWindow | SignWindow) -> Iterator[list[QQuickWindow]]:
    for screen in screens:
        screen.window.resize(QSize(960, 540))
        screen.window.show()
    try:
        yield [screen.window for screen in screens]
    finally:
        for screen in screens:
            screen.model._station.stop()
            screen.close()


async def test_who_only_sees_comes_to_the_point(premises: Premises, admin: Link, until) -> None:
    screens = (
        Kiosk(station(premises, Role.KIOSK), None, timings=PageTimings(settle=0.0)),
        DisplayWindow(station(premises, Role.DISPLAY), SILENT),
        SignWindow(station(premises, Role.SIGN), SILENT, POINT),
    )
    with shown(*screens) as (kiosk, display, sign):
        for choice in (SERVICE, "regular"):
            await until(lambda choice=choice: painted(kiosk, choice))
            await touch(kiosk, choice)
        await until(lambda: seen(kiosk, "number"))
        mine = seen(kiosk, "number")
        ticket = admin.do(CallNext(point=POINT)).result["ticket"]
        await until(lambda: seen(display, "number") == mine)
        await until(lambda: seen(display, "point"))
        assert seen(display, "point") == name_of(admin.snapshot(), POINT)
        await until(lambda: seen(sign, "number") == mine and seen(sign, "caption") == "Now calling")
        assert seen(sign, "pointName") == seen(display, "point"), "this is where to go"
        admin.do(StartService(point=POINT, ticket=ticket["id"]))
        await until(lambda: seen(sign, "number") == mine and seen(sign, "caption") == "Now serving")


@pytest.mark.skipif(MISSING, reason="pulseaudio is not installed: make setup installs it on Debian")
async def test_who_only_hears_comes_to_the_point(
    premises: Premises, admin: Link, until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = PrivateSound(tmp_path)
    monkeypatch.setenv("PULSE_SERVER", sound.server)
    meaning = record_everything(admin, tmp_path)
    display = DisplayWindow(station(premises, Role.DISPLAY), replace(LOUD, voice="none"))
    with shown(display):
        await until(lambda: display.speaker and display.speaker.is_ready and display.station.hall)
        clips = {clip.content for clip in admin.snapshot().clips.values()}
        await until(lambda: all(map(display.media.path, clips)))
        admin.do(IssueTicket(service=SERVICE, language="en"))  # at the reception, which tells them: A, one
        sound.record()
        admin.do(CallNext(point=POINT))
        await until(lambda: display.announcer.announcing)
        await until(lambda: not display.announcer.announcing)
        heard = [meaning.get(pitch, pitch) for pitch, _ in sound.heard() if pitch not in ("silence", "chime")]
        assert heard[-3:] == ["letter.A", "number.1", f"point.{POINT}"]
    sound.close()


def name_of(hall: Hall, point: str) -> str:
    name = hall.points[point].name
    return name if isinstance(name, str) else name[hall.settings.languages[0]]


def record_everything(admin: Link, folder: Path) -> dict[str, str]:
    """Record all that is said of this call, each in a pitch of its own; what each pitch means."""
    wanted = [word.key for word in vocabulary(admin.snapshot(), "en") if said(word.key)]
    meaning = {}
    for place, key in enumerate(wanted):
        pitch = 20 + 5 * place
        store(admin, tone(folder / f"{key}.wav", pitch, 0.4), key)
        meaning[str(pitch)] = key
    return meaning


def said(key: str) -> bool:
    return key in ("letter.A", "number.1", f"point.{POINT}") or key.startswith("sentence.")


def store(admin: Link, file: Path, key: str) -> None:
    content = file.read_bytes()
    name = hashlib.sha256(content).hexdigest()
    admin.request(SendMediumPart(content=name, at=0, data=base64.b64encode(content).decode()))
    admin.request(StoreMedium(content=name, name=file.name, kind=MediumKind.CLIP))
    admin.do(RecordClip(language="en", says=key, content=name))
