"""The kiosk in languages that our own catalogue does not hold: names, direction and figures as CLDR has them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize

from kiosk.page_timings import PageTimings
from shared.hall.set_up import DefineHall
from tests.kiosk.screen import LANDSCAPE, PORTRAIT, SMALL, kiosk
from tests.kiosk.test_window import with_services
from tests.memory_link import MemoryLink


@pytest.mark.parametrize(
    ("language", "name", "mirrored"),
    [
        ("fa", "فارسی", True),
        ("ar-EG", "العربية (مصر)", True),
        ("bn", "বাংলা", False),
        ("pt-BR", "Português (Brasil)", False),
    ],
)
async def test_a_language_has_its_own_name_its_direction_and_the_figures_of_labels(
    link: MemoryLink, until, language: str, name: str, mirrored: bool
) -> None:
    settings = vars(link.hall.settings)
    link.meanwhile(DefineHall(**{**settings, "languages": ("en", language)}))
    async with kiosk(link, until) as screen:
        await until(lambda: screen.says(name))
        screen.click(f"language {language}")
        await until(lambda: screen.model.rightToLeft is mirrored)
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        paper = screen.visit.paper_ticket()
        assert paper.right_to_left is mirrored
        assert all(figure in "0123456789" for figure in paper.time + paper.ahead if figure.isnumeric())


def first(link: MemoryLink, *languages: str) -> None:
    """An administrator takes over a file that names these languages."""
    link.meanwhile(DefineHall(**{**vars(link.hall.settings), "languages": languages}))


async def test_a_kiosk_nobody_touches_speaks_the_halls_first_language_at_once(link: MemoryLink, until) -> None:
    first(link, "de", "en", "ar")  # before the kiosk has ever heard of its hall
    async with kiosk(link, until) as screen:
        await until(lambda: screen.model.language == "de")
        first(link, "en", "de")
        await until(lambda: screen.model.language == "en")
        assert screen.says("Touch a service to take a number")


async def test_whoever_is_choosing_keeps_their_language_until_they_have_gone(link: MemoryLink, until) -> None:
    first(link, "de", "en", "ar")
    async with kiosk(link, until, timings=PageTimings(idle=60, settle=0)) as screen:
        await until(lambda: screen.model.language == "de")
        screen.click("registration")
        await until(lambda: screen.model.page == "precedence")
        first(link, "ar", "en", "de")
        await until(lambda: screen.station.hall.settings.languages[0] == "ar")
        assert screen.model.language == "de"
        screen.click("back")
        screen.click("language en")
        first(link, "de", "ar", "en")
        await until(lambda: screen.station.hall.settings.languages[0] == "de")
        assert screen.model.language == "en"
        screen.model.restart()
        assert screen.model.language == "de"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, SMALL, QSize(1350, 720)], ids=str)
async def test_the_first_and_the_last_tile_of_a_row_have_their_whole_border(
    link: MemoryLink, until, language: str, size: QSize
) -> None:
    first(link, language)
    async with kiosk(with_services(link, 20), until, size=size) as screen:
        await until(lambda: screen.model.language == language)
        screen.lay_out()
        picture, middle = screen.window.grabWindow(), screen.middle("registration").y()
        row = [picture.pixelColor(x, middle).name() for x in range(size.width())]
        drawn = [x for x, colour in enumerate(row) if colour != row[0]]
        border = [row[x] for x in range(drawn[0], drawn[0] + 4)]
        assert border[0] != border[-1] == "#ffffff"
        assert [row[x] for x in range(drawn[-1], drawn[-1] - 4, -1)] == border


async def test_what_nobody_has_translated_is_said_in_the_halls_own_language(link: MemoryLink, until) -> None:
    settings = vars(link.hall.settings)
    link.meanwhile(DefineHall(**{**settings, "languages": ("de", "fa", "en")}))
    async with kiosk(link, until) as screen:
        await until(lambda: screen.says("فارسی"))
        screen.click("language fa")
        await until(lambda: screen.model.rightToLeft)
        assert screen.says("Bitte wählen Sie Ihr Anliegen") and screen.item("tests").property("status").startswith(
            "Zurzeit"
        )
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        assert screen.visit.ahead.startswith("Zurzeit") and screen.says("Ihre Nummer")
