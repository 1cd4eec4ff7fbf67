"""Thirty services with names of sixty characters in every script: all of it is read, and the number is the largest."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickItem

from kiosk.printer.printer_choice import FolderPrinter
from shared.hall.calling import CallNext
from shared.hall.points import ActivatePoint
from shared.hall.set_up import DefinePoint, DefinePrecedence, DefineService
from tests.kiosk.screen import PORTRAIT, Screen, kiosk
from tests.kiosk.test_printing import as_image
from tests.kiosk.test_window import check_sizes
from tests.memory_link import MemoryLink

SIZES = pytest.mark.parametrize(
    "size", [PORTRAIT, QSize(1366, 768), QSize(1024, 768)], ids=["portrait", "laptop", "tv"]
)
SIXTY = {
    "en": "Registration, change of address and certificates of residency",
    "de": "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsamt",
    "ru": "Межрайонная регистрационно-экзаменационная инспекция столицы",
    "ar": "مكتب تسجيل الولادات والوفيات وإصدار شهادات الإقامة والسكنى",
}
NAMES = list(SIXTY.values())
QUIET = 0x40
"""The ink of a description is never as dark; that of a name is."""


@pytest.fixture
def large(link: MemoryLink) -> MemoryLink:
    """Of each script some services, descriptions, precedences and points."""
    link.hall = replace(link.hall, settings=replace(link.hall.settings, name=SIXTY))
    for place in range(30):
        name, about = NAMES[place % 4], NAMES[(place + 1) % 4]
        link.do(
            DefineService(
                id=f"s{place}", prefix=f"S{place}", place=place, name={**SIXTY, "en": name}, description=about,
                precedences=("regular", "paid"), on=place % 7 != 5,
            )
        )  # fmt: skip
    for precedence in ("regular", "paid"):
        link.do(DefinePrecedence(id=precedence, name=SIXTY, allowance=30))
    link.do(DefinePoint(id="2", serial_number=2, name=SIXTY, services=("s0",)))
    link.do(ActivatePoint(point="2"))
    return link


@SIZES
async def test_no_name_runs_into_what_stands_below_it(large: MemoryLink, until, size: QSize) -> None:
    async with kiosk(large, until, size=size) as screen:
        for language in SIXTY:
            screen.model.choose_language(language)
            picture = seen(screen)
            view = scene(screen.item("view"))
            descriptions = [item for item in screen.items() if item.objectName() == "description" and item.isEnabled()]
            whole = [description for description in descriptions if view.contains(scene(description))]
            assert len(whole) >= 2
            for description in whole:
                assert darkest(picture, scene(description)) > QUIET, (language, description.property("text"))


@SIZES
async def test_the_halls_name_is_read_whole(large: MemoryLink, until, size: QSize) -> None:
    async with kiosk(large, until, size=size) as screen:
        for language in SIXTY:
            screen.model.choose_language(language)
            screen.lay_out()
            name = screen.item("hall")
            assert not name.property("truncated"), language
            assert scene(name.parentItem()).adjusted(0, -2, 0, 2).contains(scene(name))


@SIZES
async def test_every_page_shows_long_names_whole_and_apart(large: MemoryLink, until, size: QSize, tmp_path) -> None:
    async with kiosk(large, until, FolderPrinter(tmp_path), size=size) as screen:
        holding = None
        for language in SIXTY:
            screen.model.choose_language(language)
            screen.model.choose_service("s5")
            check(screen)
            screen.model.back()
            screen.model.choose_service("s0")
            check(screen)
            screen.click("regular")
            await until(lambda: screen.sees("number") and screen.visit.printed)
            check(screen)
            assert_largest(screen)
            holding = large.do(CallNext(point="2", holding=holding)).result["ticket"]["id"]
            await until(lambda: screen.visit.call)
            check(screen)
            assert_largest(screen)
            screen.click("done")


def check(screen: Screen) -> None:
    check_sizes(screen)
    for one, other in itertools.combinations(screen.texts(), 2):
        common = text_in_scene(one) & text_in_scene(other)
        assert common.height() < screen.millimetre * 2 or common.width() < 1, (
            one.property("text"), other.property("text"),
        )  # fmt: skip


def assert_largest(screen: Screen) -> None:
    sizes = {text.objectName() or str(text.property("text")): pixels(text) for text in screen.texts()}
    number = sizes.pop("number")
    assert number > 1.5 * max(sizes.values()), sizes


def pixels(text: QQuickItem) -> float:
    return float(text.property("fontInfo").property("pixelSize").toNumber())


def scene(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


def text_in_scene(text: QQuickItem) -> QRectF:
    return text.mapRectToScene(text.boundingRect())


def seen(screen: Screen) -> Image.Image:
    screen.lay_out()
    return as_image(screen.window.grabWindow().convertToFormat(QImage.Format.Format_Grayscale8))


def darkest(picture: Image.Image, place: QRectF) -> int:
    return int(picture.crop(place.toRect().getCoords()).getextrema()[0])
