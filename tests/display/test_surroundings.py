"""What stands around the calls is readable, dark or light; the ticker runs, or turns its pages where nothing moves."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QColor
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtWidgets import QApplication

from display.display_sentences import pages_of
from shared.hall.display_values import DisplayLayout
from shared.hall.displays import DefineDisplay
from shared.ui.event_loop import QML
from tests.display.frame import contrast, place
from tests.display.waiting_room import Room, items, texts
from tests.memory_link import MemoryLink

LINE = {"en": "Please keep your number until you are called. " * 4, "ar": "يرجى الاحتفاظ بالرقم حتى يُنادى عليك. " * 6}

PAIRS = [
    *product(("inkOnNight", "quietOnNight"), ("night", "nightRow")),
    ("inkOnCall", "call"),
]
"""Inks with the grounds they stand on."""


def luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: QColor, other: QColor) -> float:
    """WCAG 2.2, contrast ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [True, False])
def test_dark_or_light_every_ink_has_a_contrast_of_seven(qapp: QApplication, dark: bool) -> None:
    engine = QQmlEngine()
    engine.addImportPath(str(QML))
    component = QQmlComponent(engine)
    component.setData(b"import QtQml; import NowServing; QtObject { property QtObject theme: Theme }", QUrl())
    theme: QObject = component.create().property("theme")
    theme.setProperty("dark", dark)
    ratios = {pair: ratio(*(theme.property(name) for name in pair)) for pair in PAIRS}
    assert {pair: found for pair, found in ratios.items() if found < 7} == {}
    assert ratio(theme.property("call"), theme.property("night")) > 3  # a call stands out from what is around it


@pytest.mark.parametrize("language", LINE)
async def test_the_ticker_runs_as_its_language_is_read(link: MemoryLink, until, language: str) -> None:
    link.do(DefineDisplay(id="north", name="North", languages=(language,), ticker=LINE))
    room = await Room(link, until).live()
    with room.display(size=(960, 540)) as display:
        await until(lambda: items(display.window, "tickerStrip"))
        first = items(display.window, "tickerStrip")[0]
        seen = [first.mapToScene(first.boundingRect().topLeft()).x()]

        def moved() -> bool:
            now = first.mapToScene(first.boundingRect().topLeft()).x()
            if now != seen[-1]:
                seen.append(now)
            return len(seen) > 10

        await until(moved)
        assert (sorted(seen) == seen) is (language == "ar")
        strips = [place(item) for item in items(display.window, "tickerStrip")]
        await until(lambda: any(contrast(display.window.grabWindow(), strip) > 0.7 for strip in strips))


async def test_lines_of_different_length_run_on_the_same_pictures(link: MemoryLink, until) -> None:
    """A display shows them for years."""
    lines = {**LINE, "en": LINE["en"] * 3}
    link.do(DefineDisplay(id="north", name="North", languages=("en", "ar"), ticker=lines))
    room = await Room(link, until).live()
    with room.display(size=(960, 540)) as display:
        await until(lambda: items(display.window, "tickerStrip"))
        before = items(display.window, "tickerStrip")
        widths = []
        for _ in "1234":
            display.model._around.next_ticker()
            widths.append(sum(item.width() for item in items(display.window, "tickerStrip")))
        assert {*items(display.window, "tickerStrip")} == {*before}
        assert widths[0] < widths[1] and widths[:2] == widths[2:]


async def test_where_nothing_moves_the_ticker_turns_its_pages(link: MemoryLink, until) -> None:
    link.do(DefineDisplay(id="north", name="North", languages=("en",), ticker=LINE))
    room = await Room(link, until).live()
    with room.display(size=(960, 540)) as display:
        display._qml.theme.setProperty("still", True)
        (part,) = items(display.window, "tickerPart")
        await until(lambda: part.property("text") not in ("", LINE["en"]) and not part.property("truncated"))
        assert LINE["en"].startswith(part.property("text"))
        assert items(display.window, "tickerStrip") == []


async def test_a_short_line_stands_still_and_none_takes_no_room(link: MemoryLink, until) -> None:
    link.do(DefineDisplay(id="north", name="North", ticker="Hello", clock=False))
    room = await Room(link, until).live()
    with room.display() as display:
        assert texts(display.window, "tickerPart") == ["Hello"]
        assert texts(display.window, "clock") == [""]
        link.do(DefineDisplay(id="north", name="North"))
        await until(lambda: texts(display.window, "tickerPart") == [])
        assert texts(display.window, "clock") != [""]


def test_a_line_is_parted_between_words(qapp: QApplication) -> None:
    assert pages_of("one two three", 4.5) == ["one two", "three"]
    assert pages_of("incomprehensibilities", 2) == ["incomprehensibilities"]
    assert pages_of("", 5) == [""]


async def test_the_invitation_is_said_to_its_end_beside_another_zone(link: MemoryLink, until) -> None:
    link.do(DefineDisplay(id="north", name="North", languages=("de",), layout=DisplayLayout.CALLS_AND_NEXT))
    room = await Room(link, until).live()
    with room.display() as display:
        await until(lambda: texts(display.window, "invitation") == ["Bitte ziehen Sie eine Nummer"])
        (invitation,) = items(display.window, "invitation")
        await until(lambda: invitation.width() < display.window.width())
        await until(lambda: invitation.property("contentHeight") <= invitation.height())
        assert invitation.property("contentWidth") <= invitation.width() and not invitation.property("truncated")
