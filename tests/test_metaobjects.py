"""What QML reads is described to it by its class, and by nothing that comes and goes with each window.

PySide gives an object a description of its own (a ``QMetaObject``) when a method that is no slot is connected to a
signal. QML remembers descriptions by their address: when one is gone and another object's lies there, every property of
that object is *undefined*, and its window stays empty. That met one window in some hundreds.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from PySide6.QtCore import QObject

from display.app import DisplayWindow
from display.signs.sign_window import SignWindow
from kiosk.app import Kiosk
from shared.hall.roles import Role
from shared.settings import Settings
from shared.ui.joining_screen import JoiningScreen
from shared.ui.station import Station
from tests.memory_link import MemoryLink

SILENT = Settings(sound=False)
SCREENS: dict[str, Callable[[Station], Kiosk | DisplayWindow | SignWindow | JoiningScreen]] = {
    "kiosk": lambda station: Kiosk(station, None),
    "display": lambda station: DisplayWindow(station, SILENT),
    "sign": lambda station: SignWindow(station, SILENT, "1"),
    "joining": lambda _: JoiningScreen(Role.KIOSK, lambda *_: None, inches=0.0, taken_out=True),
}


@pytest.mark.parametrize("screen", SCREENS)
async def test_what_qml_reads_is_described_by_its_class(link: MemoryLink, until, screen: str) -> None:
    station = Station(link)
    with closing(SCREENS[screen](station)) as shown:
        station.start()
        await until(lambda: station.hall)
        read = [one for one in [shown.model, *shown.model.findChildren(QObject)] if is_read_by_qml(one)]
        assert shown.model in read
        assert not [type(one).__name__ for one in read if has_its_own_description(one)]
        station.stop()


def is_read_by_qml(one: QObject) -> bool:
    description = one.metaObject()
    names = [description.classInfo(at).name() for at in range(description.classInfoCount())]
    return "QML.Element" in names


def has_its_own_description(one: QObject) -> bool:
    """Whether the object has a description above that of its class, under the same name."""
    description = one.metaObject()
    return description.superClass().className() == description.className()
