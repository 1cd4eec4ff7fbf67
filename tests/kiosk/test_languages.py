"""The kiosk in languages that our own catalogue does not hold: names, direction and figures as CLDR has them."""

from __future__ import annotations

import pytest

from shared.hall.set_up import DefineHall
from tests.kiosk.screen import kiosk
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
        await until(lambda: screen.model.mirrored is mirrored)
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        paper = screen.visit.on_paper()
        assert paper.right_to_left is mirrored
        assert all(figure in "0123456789" for figure in paper.time + paper.ahead if figure.isnumeric())


async def test_what_nobody_has_translated_is_said_in_the_halls_own_language(link: MemoryLink, until) -> None:
    settings = vars(link.hall.settings)
    link.meanwhile(DefineHall(**{**settings, "languages": ("de", "fa", "en")}))
    async with kiosk(link, until) as screen:
        await until(lambda: screen.says("فارسی"))
        screen.click("language fa")
        await until(lambda: screen.model.mirrored)
        assert screen.says("Bitte wählen Sie Ihr Anliegen") and screen.item("tests").property("waiting").startswith(
            "Zurzeit"
        )
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        assert screen.visit.ahead.startswith("Zurzeit") and screen.says("Ihre Nummer")
