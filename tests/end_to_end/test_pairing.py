"""A kiosk is paired and works minutes after it is unpacked, and stops when it is removed.

A real backend that announces itself, a kiosk that knows nothing, an administrator at a real console. The pictures are
for looking at: they go to the test's own folder.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

from console.__main__ import CONSOLE
from console.app import Console
from kiosk.__main__ import KIOSK
from kiosk.app import Kiosk
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.link.paired_hall import PairedHallFile
from shared.requests.devices import ConfirmPairing, Device, ListNewcomers, RefusePairing
from shared.settings import Settings, state_path
from shared.ui.lifecycle import AppLifecycle
from shared.ui.station import Station
from tests.backends import PASSWORD, Premises

UNPACKED = Settings(full_screen=False)
"""No settings at all."""

STOPS_WITHIN = 5.0


@pytest.fixture(autouse=True)
def fresh_from_the_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="module")
def announced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    there = Premises(tmp_path_factory.mktemp("premises"))
    there.serve("--host", "127.0.0.1")
    yield there
    there.stop()


def items(window: QQuickWindow) -> Iterator[QQuickItem]:
    todo = [window.contentItem()]
    while todo:
        item = todo.pop()
        if item.isVisible():
            yield item
            todo += item.childItems()


def text(window: QQuickWindow, name: str) -> str:
    return next((str(item.property("text")) for item in items(window) if item.objectName() == name), "")


def touch(window: QQuickWindow, name: str) -> None:
    window.grabWindow()  # everything finds its place
    item = next(item for item in items(window) if item.objectName() == name)
    place: QPoint = item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


class Wall:
    """The kiosk's screen, whichever window is on it."""

    def __init__(self, program: AppLifecycle, folder: Path) -> None:
        self.program = program
        self._folder = folder

    @property
    def window(self) -> QQuickWindow:
        if self.program.joining:
            return self.program.joining.window
        assert isinstance(self.program.screen, Kiosk)
        return self.program.screen.window

    @property
    def kiosk(self) -> Kiosk:
        assert isinstance(self.program.screen, Kiosk)
        return self.program.screen

    @property
    def step(self) -> str:
        return self.program.joining.model.step if self.program.joining else "at work"

    def picture(self, name: str) -> None:
        for size in (QSize(1080, 1920), QSize(1280, 800)):
            self.window.resize(size)
            assert self.window.grabWindow().save(str(self._folder / f"{name}-{size.width()}.png"))

    async def code(self, until, address: str) -> str:
        """The code it shows; if other programs announce backends on this machine too, ours is chosen first."""
        await until(lambda: self.step in ("code", "choosing"))
        if self.step == "choosing" or address not in text(self.window, "found"):
            touch(self.window, "elsewhere") if self.step == "code" else None
            here = address.removeprefix("http://")
            await until(lambda: any(one["about"] == here for one in self.program.joining.model.choices))
            choice = next(one["id"] for one in self.program.joining.model.choices if one["about"] == here)
            touch(self.window, f"choice {choice}")
            await until(lambda: self.step == "code")
        return text(self.window, "code")


async def test_a_kiosk_whose_file_is_damaged_says_why_it_shows_a_code_again(tmp_path: Path, until) -> None:
    state_path().mkdir(parents=True)
    (state_path() / "home-kiosk.json").write_bytes(b"\x00\xff")
    program = AppLifecycle(KIOSK, UNPACKED)
    program.open()
    wall = Wall(program, tmp_path)
    await until(lambda: "this device's pairing was damaged" in text(wall.window, "lost"))
    wall.picture("damaged")
    program.close()


async def administrators_console(base: str, until) -> tuple[Station, Console]:
    station = Station(connect(base, role=Role.CONSOLE))
    station.start()
    console = Console(station)
    console.window.show()
    console.log_in_page.login.setText("admin")
    console.log_in_page.password.setText(PASSWORD)
    console.log_in_page.sign_in()
    await until(lambda: station.hall and console.page is not console.log_in_page)
    console.show_set_up()
    console.set_up_page.tabs.setCurrentWidget(console.set_up_page.devices)
    return station, console


@pytest.mark.timeout(120)
async def test_a_kiosk_works_minutes_after_it_is_unpacked_and_stops_at_a_word(
    announced: Premises, tmp_path: Path, until
) -> None:
    program = AppLifecycle(KIOSK, UNPACKED)
    program.open()
    program.start()
    wall = Wall(program, tmp_path)
    wall.picture("1-looking")
    code = await wall.code(until, announced.base.removeprefix("http://"))
    assert "City Clinic" in text(wall.window, "found")
    wall.picture("2-code")

    station, console = await administrators_console(announced.base, until)
    devices = console.set_up_page.devices
    await until(lambda: devices.model.newcomers)
    QTest.keyClicks(devices.code, code.lower())
    QTest.keyClick(devices.code, Qt.Key.Key_Return)
    QTest.keyClicks(devices.name, "Kiosk at the door")
    console.window.grab().save(str(tmp_path / "3-console.png"))
    QTest.keyClick(devices.name, Qt.Key.Key_Return)

    await until(lambda: wall.step == "at work" and program.station.hall)
    file = state_path() / "home-kiosk.json"
    assert file.stat().st_mode & 0o777 == 0o600
    await until(lambda: wall.kiosk.model.page == "services")
    wall.picture("4-at-work")
    await until(wall.kiosk.model.takes_touch)
    touch(wall.window, "registration")
    await until(lambda: wall.kiosk.model.page == "precedence" and wall.kiosk.model.takes_touch())
    touch(wall.window, "regular")
    await until(lambda: wall.kiosk.model.visit.label == "A001")

    def kiosk() -> Device:
        return next(one for one in devices.model.devices if one.name == "Kiosk at the door")

    await until(lambda: devices.model.devices and kiosk().seen_at)
    devices.devices.choose(kiosk().id)
    console.window.grab().save(str(tmp_path / "5-console.png"))
    QTest.mouseClick(devices.revoke_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(devices.revoke_button, Qt.MouseButton.LeftButton)
    began = time.monotonic()
    await until(lambda: wall.step == "out")
    assert time.monotonic() - began < STOPS_WITHIN
    assert text(wall.window, "title") == "This kiosk was taken out of service by the administrator"
    assert PairedHallFile(state_path(), Role.KIOSK).load() is None
    wall.picture("6-out")

    touch(wall.window, "main")  # it may be paired again
    assert await wall.code(until, announced.base.removeprefix("http://")) != code
    program.stop()
    program.close()
    station.stop()
    console.close()


async def test_a_kiosk_that_belongs_somewhere_goes_there_by_itself(announced: Premises, tmp_path: Path, until) -> None:
    """Paired by its address, restarted without one; when it is refused, it says so."""
    program = AppLifecycle(KIOSK, Settings(full_screen=False, hall=announced.base))
    program.open()
    program.start()
    wall = Wall(program, tmp_path)
    await until(lambda: wall.step == "code")
    admin = announced.admin()
    admin.request(RefusePairing(newcomer=admin.request(ListNewcomers())[-1].id))
    await until(lambda: wall.step == "refused")
    wall.picture("refused")
    touch(wall.window, "main")
    await until(lambda: wall.step == "code")
    admin.request(ConfirmPairing(code=text(wall.window, "code"), name="Kiosk"))
    await until(lambda: wall.step == "at work")
    program.stop()
    program.close()
    again = AppLifecycle(KIOSK, UNPACKED)
    again.open()
    assert again.joining is None
    again.start()
    await until(lambda: again.station and again.station.hall and not again.station.away_since)
    again.stop()
    again.close()
    admin.close()


async def test_a_console_finds_its_hall_and_needs_no_pairing(announced: Premises, until) -> None:
    """People sign in there, or choose another hall if it is the wrong one."""
    program = AppLifecycle(CONSOLE, UNPACKED)
    program.open()
    program.start()
    model = program.joining.model
    here = announced.base.removeprefix("http://")
    await until(lambda: program.station or model.step == "choosing")
    if program.station is None:  # other programs announce theirs
        await until(lambda: any(one["about"] == here for one in model.choices))
        model.choose(next(one["id"] for one in model.choices if one["about"] == here))
        await until(lambda: program.station)
    console = program.screen
    assert isinstance(console, Console)
    console.log_in_page.login.setText("admin")
    console.log_in_page.password.setText(PASSWORD)
    console.log_in_page.sign_in()
    await until(lambda: program.station.hall)
    assert PairedHallFile(state_path(), Role.CONSOLE).load().token == ""
    console.sign_out()
    QTest.mouseClick(console.log_in_page.other_hall, Qt.MouseButton.LeftButton)
    await until(lambda: program.joining)
    assert program.screen is None and PairedHallFile(state_path(), Role.CONSOLE).load() is None
    program.stop()
    program.close()


async def test_a_backend_that_is_not_there_is_named_and_another_may_be_typed(
    announced: Premises, tmp_path: Path, until
) -> None:
    program = AppLifecycle(KIOSK, Settings(full_screen=False, hall="http://127.0.0.1:9"))
    program.open()
    program.start()
    wall = Wall(program, tmp_path)
    await until(lambda: wall.step == "silent")
    assert "127.0.0.1:9" in text(wall.window, "detail")
    touch(wall.window, "address")
    for key in "127.0.0.1":
        touch(wall.window, f"key {key}")
    touch(wall.window, "key ⌫")
    wall.picture("silent")
    for key in f"1:{announced.base.rpartition(':')[2]}":
        touch(wall.window, f"key {key}")
    touch(wall.window, "connect")
    await until(lambda: wall.step == "code")
    program.stop()
    program.close()
