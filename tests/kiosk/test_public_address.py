"""The code on a ticket leads a phone to where phones get, or there is none: read back from paper and screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from kiosk.check import faults
from kiosk.printer.printer_choice import FolderPrinter
from shared.backend.http.server import serve
from shared.hall.errors import Unfit
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.settings import Settings, state_path
from shared.ui.station_memory import StationMemory
from tests.backends import Premises, nowserving
from tests.kiosk.screen import LANDSCAPE, Screen, kiosk
from tests.kiosk.test_printing import as_image, read_back
from tests.memory_link import MemoryLink

PUBLIC = "https://queue.example.org"
FOLLOW = "Follow your place in the queue on your phone"


@pytest.fixture(autouse=True)
def a_machine_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """A clinic that is not served yet."""
    premises = Premises(tmp_path_factory.mktemp("clinic"))
    yield premises
    premises.stop()


def papers(folder: Path) -> set[Path]:
    return set(folder.glob("*.png"))


async def codes(screen: Screen, until, folder: Path) -> tuple[list[str], list[str]]:
    """What a phone reads on the paper and on the screen of a fresh ticket."""
    before = papers(folder)
    screen.click("vaccination")
    await until(lambda: screen.says("Printed: please take your ticket"))
    [paper] = papers(folder) - before
    shown = screen.window.grabWindow().convertToFormat(QImage.Format.Format_Grayscale8)
    read = read_back(Image.open(paper)), read_back(as_image(shown))
    screen.click("done")
    return read


async def test_a_loopback_gives_no_code_until_the_backend_is_told_its_public_address(premises, until, tmp_path) -> None:
    link = connect(premises.serve(), token=premises.device(Role.KIOSK), role=Role.KIOSK)
    async with kiosk(link, until, FolderPrinter(tmp_path / "p"), LANDSCAPE) as screen:
        assert await codes(screen, until, tmp_path / "p") == ([], [])
        assert not screen.says(FOLLOW)
        premises.stop()
        premises.serve(NOWSERVING_PUBLIC_URL=f"{PUBLIC}/")
        await until(lambda: link.pages == PUBLIC)
        paper, shown = await codes(screen, until, tmp_path / "p")
        assert paper == shown and paper[0].startswith(f"{PUBLIC}/t/")


@pytest.mark.parametrize(("told", "starts"), [(PUBLIC, [True]), ("", [])])
async def test_a_kiosk_on_a_database_has_the_address_in_its_settings(premises, until, tmp_path, told, starts) -> None:
    link = connect(premises.database, role=Role.KIOSK, public_url=told)
    async with kiosk(link, until, FolderPrinter(tmp_path / "p"), LANDSCAPE) as screen:
        paper, shown = await codes(screen, until, tmp_path / "p")
        assert paper == shown
        assert [address.startswith(f"{PUBLIC}/t/") for address in paper] == starts


async def test_a_station_remembers_the_public_address_while_its_hall_is_away(link: MemoryLink, until, tmp_path) -> None:
    StationMemory(tmp_path, "here").save(link.hall, PUBLIC)
    link.unplug()
    link.pages = None
    async with kiosk(link, until, memory=StationMemory(tmp_path, "here")) as screen:
        assert screen.station.page_url("token") == f"{PUBLIC}/t/token"


def test_a_backend_does_not_start_with_a_public_address_that_is_none(premises: Premises) -> None:
    with pytest.raises(Unfit, match="public_url must be an address such as"):
        serve(Settings(database=premises.database, public_url="queue.example.org"), "127.0.0.1", 0)


def said(hall: str, public_url: str = "") -> list[str]:
    return [fault for fault in faults(Settings(hall=hall, public_url=public_url)) if "public_url" in fault]


def test_check_says_what_to_set_where_no_phone_gets(premises: Premises) -> None:
    assert said("") == said("http://192.0.2.7:8080") == said(premises.database, PUBLIC) == []
    for hall in ("http://127.0.0.1:8080", "http://localhost:8080#clinic", premises.database):
        assert ["set public_url" in fault for fault in said(hall)] == [True]
    with closing(connect(premises.database, role=Role.KIOSK)) as link:
        StationMemory(state_path(), "http://127.0.0.1:8080").save(link.snapshot(), PUBLIC)
    assert said("http://127.0.0.1:8080") == []


def test_the_command_says_it_too(premises: Premises) -> None:
    checked = nowserving("check", "--database", premises.database, NOWSERVING_PUBLIC_URL="http://127.0.0.1:8080")
    assert checked.returncode == 1
    assert "public_url is http://127.0.0.1:8080, which no phone can reach" in checked.stderr
