"""Pictures of every layout of the hall display, to be looked at: ``python -m tests.display.pictures FOLDER``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QImage

from display.app import DisplayWindow
from display.preview.sample_hall import sample_hall
from display.screen.qml_sizes import Viewing
from shared.hall.display_values import Display, DisplayLayout, PlaylistItem, PlaylistKind
from shared.hall.hall import Hall
from shared.hall.points import PointStatus
from shared.hall.values import Point
from shared.link.link import Link
from shared.settings import Settings
from shared.ui.event_loop import application
from shared.ui.station import Station
from tests.memory_link import clinic

NOW = datetime(2026, 3, 2, 9, 42, tzinfo=UTC)
SIZES = {"1080p": (1920, 1080), "4k": (3840, 2160), "upright": (1080, 1920)}
LANGUAGES = ("en", "ru", "ar")
CALLS = (1, 5, 20)
WORDS = {
    "en": "Please keep your number until you are called. Children are welcome in the play corner on the first floor.",
    "ru": "Сохраняйте талон до вызова. Для детей есть игровой уголок на первом этаже.",
    "ar": "يرجى الاحتفاظ بالرقم حتى يُنادى عليك. للأطفال ركن لعب في الطابق الأول.",
}


@dataclass(frozen=True, kw_only=True)
class Pictured:
    """A display in a window of this size, with so many calls."""

    display: Display
    size: tuple[int, int] = SIZES["1080p"]
    calls: int = 5

    @contextmanager
    def window(self) -> Iterator[DisplayWindow]:
        """The window, when nothing in it moves any more."""
        station = Station(cast("Link", None))
        station.hall = sample_hall(busy_hall(), self.display, NOW, self.calls)
        viewing = Viewing(linger=round(timedelta(days=1) / timedelta(milliseconds=1)))
        shown = DisplayWindow(station, Settings(sound=False, motion="less"), viewing=viewing, wall=lambda: NOW)
        shown.window.resize(*self.size)
        shown.window.show()
        for _ in range(3):
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        try:
            yield shown
        finally:
            shown.close()

    def picture(self) -> QImage:
        with self.window() as shown:
            return shown.window.grabWindow()


def busy_hall() -> Hall:
    """The clinic with twenty service points."""
    hall = clinic()
    names = {"en": "Room", "de": "Raum", "ru": "Кабинет", "ar": "غرفة"}
    points = {
        str(number): Point(
            id=str(number),
            serial_number=number,
            name={language: f"{name} {number}" for language, name in names.items()},
            services=("registration", "tests") if number % 2 else ("tests",),
            status=PointStatus.ACTIVE,
        )
        for number in range(1, 21)
    }
    return replace(hall, points=points)


def display_of(layout: DisplayLayout, language: str = "en", **other: object) -> Display:
    page = PlaylistItem(kind=PlaylistKind.TEXT, name="page", text="Opening hours\nMonday to Friday, 8 to 16")
    return Display(
        id="hall",
        name="Hall",
        layout=layout,
        languages=(language,),
        ticker=WORDS[language] if layout is not DisplayLayout.CALLS else "",
        playlist=(page,),
        **other,  # type: ignore[arg-type]  # fields of a display
    )


def everything() -> Iterator[tuple[str, Pictured]]:
    for layout in DisplayLayout:
        for language in LANGUAGES:
            for size, pixels in SIZES.items():
                for calls in CALLS:
                    display = display_of(layout, language, dark=language != "ru")
                    yield f"{layout}-{size}-{language}-{calls}", Pictured(display=display, size=pixels, calls=calls)


def main(folder: Path) -> None:
    application("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    for name, pictured in everything():
        pictured.picture().save(str(folder / f"{name}.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
