"""The window fits the screen it is opened on, comes back where it was, and knows who signed in here last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect

from tests.backends import run_code

SCRIPT = """
import json, sys
from pathlib import Path
from console.window_geometry import WindowGeometry
from console.remembered_text import RememberedText
from console.window import ConsoleWindow
from console.work.work_model import WorkModel
from shared.ui.event_loop import application
from shared.ui.station import Station
from tests.memory_link import MemoryLink, clinic

app = application("tests")
window = ConsoleWindow(WorkModel(Station(MemoryLink(clinic()))))
WindowGeometry(window, RememberedText(Path(sys.argv[1])))
window.show()
app.processEvents()
exec(sys.argv[2])
app.processEvents()
print(json.dumps([window.frameGeometry().getRect(), window.isMaximized()]))
window.close()
"""

AT_THE_RIGHT = "window.setScreen(app.screens()[1]); window.setGeometry(1700, 200, 1200, 760)"

LOOKING = """
from shared.hall.roles import Role
from shared.ui.joining_screen import JoiningScreen

screen = JoiningScreen(Role.CONSOLE, lambda *told: None, inches=0.0, taken_out=True)
screen.show(full_screen=False)
app.processEvents()
assert window.screen().geometry().contains(screen.window.frameGeometry()), screen.window.frameGeometry()
screen.window.close()
"""


def screen(x: int, width: int, height: int) -> dict[str, Any]:
    return {"name": f"at {x}", "x": x, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}


class Machine:
    """A machine with screens, on which the console is started again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, *screens: dict[str, Any], then: str = "") -> tuple[QRect, bool]:
        """Open the window, run ``then`` and close it. Returns where it stood with its frame, and whether it filled
        the screen."""
        (self.folder / "screens.json").write_text(json.dumps({"screens": screens}))
        platform = f"offscreen:configfile={self.folder / 'screens.json'}"
        done = run_code(SCRIPT, str(self.folder / "state"), then, QT_QPA_PLATFORM=platform, DISPLAY="")
        assert done.returncode == 0, done.stderr
        rect, fills = json.loads(done.stdout.splitlines()[-1])
        return QRect(*rect), fills


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1280, 800)])
def test_on_a_small_screen_it_fills_what_there_is(machine: Machine, size: tuple[int, int]) -> None:
    assert machine.start(screen(0, *size))[1]
    narrower, _ = machine.start(screen(0, *size), then="window.showNormal()")
    assert narrower.width() <= size[0] and narrower.height() <= size[1]


def test_before_it_has_a_hall_it_fits_as_well(machine: Machine) -> None:
    machine.start(screen(0, 1024, 768), then=LOOKING)


def test_on_a_large_screen_it_has_its_usual_size(machine: Machine) -> None:
    there, fills = machine.start(screen(0, 1920, 1080), then="assert window.size().toTuple() == (1280, 800)")
    assert not fills and QRect(0, 0, 1920, 1080).contains(there)


def test_it_comes_back_as_it_was(machine: Machine) -> None:
    wide = screen(0, 1920, 1080)
    before, _ = machine.start(wide, then="window.setGeometry(300, 120, 1100, 700)")
    assert machine.start(wide) == (before, False)
    machine.start(wide, then="window.showMaximized()")
    assert machine.start(wide)[1]
    assert machine.start(wide, then="window.showNormal()") == (before, False)


def test_it_comes_back_on_a_screen_there_still_is(machine: Machine) -> None:
    left, right = screen(0, 1366, 768), screen(1366, 1920, 1080)
    before, _ = machine.start(left, right, then=AT_THE_RIGHT)
    assert machine.start(left, right)[0] == before
    there, _ = machine.start(left)
    assert QRect(0, 0, 1366, 768).contains(there)


def test_a_file_of_nonsense_is_as_good_as_none(machine: Machine) -> None:
    (machine.folder / "state").mkdir()
    (machine.folder / "state" / "console-window").write_bytes(b"\xff\x00 nonsense")
    there, fills = machine.start(screen(0, 1920, 1080))
    assert (there.width() >= 1280) and not fills


def kept(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


async def test_who_signed_in_last_only_types_their_password(sit_down, busy, tmp_path: Path) -> None:
    async with sit_down(tmp_path) as seat:
        page = seat.console.log_in_page
        assert page.login.text() == "" and page.login.hasFocus()
        await seat.sign_in("anna", "wrong")
        await seat.sign_in("boris", "right")
        await seat.until(lambda: seat.console.page is not page)
    async with sit_down(tmp_path) as seat:
        page = seat.console.log_in_page
        await seat.until(page.password.hasFocus)
        assert (page.login.text(), page.password.text()) == ("boris", "")
        assert kept(tmp_path) == {"console-login": "boris", "console-name": seat.console.memory.name}
