"""What plays beside the calls: seen in the frame, never distorted, and never stopped by a page that is broken."""

from __future__ import annotations

import asyncio
import gc
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from display.playlist import web_pages  # registers what QML uses
from display.playlist.playlist import Playlist, decoded
from display.qml_window import DISPLAY_QML
from shared.hall.display_values import Display, PlaylistItem, PlaylistKind
from shared.hall.errors import Unfit
from shared.requests.devices import TroubleKind
from shared.ui.event_loop import QML
from shared.ui.media_files import MediaFiles
from shared.ui.station import Station
from tests.display.frame import ink
from tests.display.waiting_room import items
from tests.media_examples import Shelf, content_of
from tests.memory_link import MemoryLink

pytestmark = pytest.mark.qt_log_ignore("qt.multimedia", "VAAPI", "No RHI backend", "pipewire", extend=True)

VIDEO = (Path(__file__).parent / "media" / "short.mp4").read_bytes()
"""Six frames at ten a second: red, then blue, with something white that moves."""

WINDOW = """
import QtQuick
import NowServing.Display
import NowServing.Display.Models

Window {
    id: window

    required property Playlist playlist
    property bool ducked: false

    color: "#101010"

    MediaZone {
        objectName: "zone"
        anchors.fill: parent
        playlist: window.playlist
        ducked: window.ducked
    }
}
"""


def picture(colour: str, width: int = 160, height: int = 90) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    written = QByteArray()
    buffer = QBuffer(written)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes
    return bytes(written.data())


def endless_picture(side: int) -> bytes:
    """A PNG that says it has so many pixels a side: small on the disk, enormous in memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1 + side * 3)))
        + chunk(b"IEND", b"")
    )


class Zone:
    """A window with nothing but the media zone."""

    def __init__(self, link: MemoryLink, folder: Path, until: Any) -> None:
        self.shelf = Shelf()
        link.asked |= self.shelf.answers
        self.until = until
        self.station = Station(link)
        self.files = MediaFiles(self.station, folder)
        self.playlist = Playlist(self.station, self.files)
        self._engine = QQmlApplicationEngine()
        for path in (QML, DISPLAY_QML):
            self._engine.addImportPath(str(path))
        self._engine.setInitialProperties({"playlist": self.playlist})
        self._engine.loadData(WINDOW.encode())
        window = self._engine.rootObjects()[0]
        assert isinstance(window, QQuickWindow)
        self.window = window
        self.window.resize(640, 360)
        self.window.show()

    async def play(self, *pages: PlaylistItem, languages: tuple[str, ...] = ("en", "de")) -> None:
        if self.station.hall is None:
            self.station.start()
            await self.until(lambda: self.station.hall)
        self.files.keep([page.content for page in pages if page.content])
        self.playlist.show(Display(id="wall", name="Wall", playlist=pages), languages)

    def page(self, file: bytes, kind: PlaylistKind = PlaylistKind.PICTURE, seconds: int = 1) -> PlaylistItem:
        return PlaylistItem(kind=kind, content=self.shelf.put(file), name="page", seconds=seconds)

    def colour(self, x: float = 0.5, y: float = 0.5) -> str:
        frame = self.window.grabWindow()
        return frame.pixelColor(QPoint(round(x * (frame.width() - 1)), round(y * (frame.height() - 1)))).name()

    async def shows(self, colour: str) -> None:
        await self.until(lambda: self.colour() == QColor(colour).name())

    def close(self) -> None:
        self.station.stop()
        shiboken6.delete(self._engine)
        shiboken6.delete(self.playlist)


@pytest.fixture
def zone(link: MemoryLink, tmp_path: Path, until: Any, qapp: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    """Its seconds are short."""
    monkeypatch.setattr("display.playlist.playlist.SECOND", 60)
    zone = Zone(link, tmp_path / "media", until)
    yield zone
    zone.close()


def text(words: Any, seconds: int = 1) -> PlaylistItem:
    return PlaylistItem(kind=PlaylistKind.TEXT, text=words, seconds=seconds)


async def test_pages_are_shown_one_after_another(zone: Zone) -> None:
    await zone.play(zone.page(picture("red")), text("Welcome"), zone.page(VIDEO, PlaylistKind.VIDEO))
    seen: list[str] = []
    zone.playlist.changed.connect(lambda: seen.append(zone.playlist.kind))  # type: ignore[arg-type]
    for _ in "12":
        await zone.shows("red")
        await zone.until(lambda: [item for item in items(zone.window, "pageHeading") if ink(zone.window, item) > 0.5])
        await zone.until(lambda: zone.playlist.kind == "video" and QColor(zone.colour()).saturation() > 100)
    assert {*filter(None, seen)} == {"picture", "text", "video"}
    assert zone.playlist.troubles == ()


async def test_a_picture_is_whole_and_not_distorted(zone: Zone) -> None:
    await zone.play(zone.page(picture("red", 400, 1200), seconds=60))
    await zone.shows("red")
    ends = [zone.colour(x, y) for x, y in ((0.5, 0.01), (0.5, 0.99), (0.3, 0.5), (0.7, 0.5))]
    assert ends == ["#ff0000", "#ff0000", "#101010", "#101010"]
    zone.window.resize(360, 640)
    await zone.until(lambda: zone.colour(0.5, 0.01) == "#ff0000")


async def test_a_large_picture_is_decoded_as_large_as_the_zone(zone: Zone) -> None:
    await zone.play(zone.page(picture("blue", 3000, 1000), seconds=60))
    await zone.shows("blue")
    await zone.until(lambda: zone.playlist.image.width() == 640)
    assert zone.playlist.image.height() == 213


async def test_a_picture_whose_time_is_up_while_it_is_fitted_to_a_new_size_is_not_taken_for_broken(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await zone.play(zone.page(picture("red"), seconds=2))
    await zone.shows("red")
    monkeypatch.setattr("display.playlist.playlist.decoded", lambda *where: time.sleep(0.2) or decoded(*where))
    zone.playlist.fit(80, 45)
    await zone.until(lambda: zone.playlist.image.width() < 160)
    assert zone.playlist.troubles == ()


BROKEN = {
    "a truncated picture": picture("red")[:60],
    "no picture at all": b"\x89PNG\r\n\x1a\nhello",
    "a picture of 20,000 pixels a side": endless_picture(20_000),
    "an empty page": None,
    "a video without frames": VIDEO[:200],
    "a file that is no video": b"\0\0\0\x20ftypisom" + bytes(500),
}


@pytest.mark.qt_log_ignore("libpng|QImage|Rejecting|PngHandler|moov|Invalid data|ffmpeg", extend=True)
@pytest.mark.parametrize("what", BROKEN)
async def test_a_broken_page_is_skipped_and_said(zone: Zone, what: str) -> None:
    file = BROKEN[what]
    kind = PlaylistKind.VIDEO if "video" in what else PlaylistKind.PICTURE
    broken = zone.page(file, kind) if file else text({"en": " \n "})
    await zone.play(zone.page(picture("red")), broken, zone.page(picture("blue")))
    for colour in ("red", "blue", "red", "blue"):
        await zone.shows(colour)
    [trouble] = zone.playlist.troubles
    assert (trouble.kind, trouble.what) == (TroubleKind.PAGE, "2")
    await zone.play(zone.page(picture("red")))
    assert zone.playlist.troubles == ()


@pytest.mark.qt_log_ignore("Could not open media", extend=True)
async def test_the_last_good_page_stays_when_all_others_are_broken(zone: Zone) -> None:
    await zone.play(zone.page(picture("red")))
    await zone.shows("red")
    await zone.play(zone.page(picture("blue")[:60]), zone.page(b"nothing", PlaylistKind.VIDEO))
    await zone.until(lambda: len(zone.playlist.troubles) == 2)
    await zone.shows("red")


async def test_a_playlist_that_is_changed_while_a_page_is_loaded_goes_on(zone: Zone) -> None:
    red, blue, green = (zone.page(picture(colour)) for colour in ("red", "blue", "#00ff00"))
    await zone.play(red, blue)
    await zone.shows("red")
    await zone.until(lambda: zone.playlist._coming is not None)
    await zone.play(red, blue, green)
    await zone.shows("#00ff00")


async def test_one_page_alone_is_not_loaded_again(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []
    monkeypatch.setattr(
        "display.playlist.playlist.decoded", lambda *about: (loads.append(about[0]), decoded(*about))[1]
    )
    await zone.play(zone.page(picture("red")))
    await zone.until(lambda: zone.playlist.hasPages)
    await zone.shows("red")
    await asyncio.sleep(0.1)
    assert len(loads) == 1


async def test_one_video_alone_plays_again_and_again(zone: Zone) -> None:
    await zone.play(zone.page(VIDEO, PlaylistKind.VIDEO))
    seen: list[str] = []

    def look() -> bool:
        now = QColor(zone.colour(0.5, 0.1))
        colour = "red" if now.red() > 2 * now.blue() else "blue" if now.blue() > 2 * now.red() else ""
        if colour and seen[-1:] != [colour]:
            seen.append(colour)
        return len(seen) > 3

    await zone.until(look)
    assert seen == ["red", "blue", "red", "blue"]


async def test_nothing_to_show_gives_the_room_to_the_calls(zone: Zone) -> None:
    missing = PlaylistItem(kind=PlaylistKind.PICTURE, content=content_of(b"never uploaded"))
    await zone.play(missing)
    await zone.until(lambda: zone.files.troubles)
    assert not zone.playlist.hasPages
    assert [trouble.what for trouble in zone.playlist.troubles] == ["1"]
    await zone.play(text("Welcome"))
    assert zone.playlist.hasPages
    await zone.play()
    assert not zone.playlist.hasPages
    assert items(zone.window, "zone") == []


async def test_a_file_that_is_damaged_on_the_disk_is_fetched_and_shown(zone: Zone) -> None:
    red, blue = zone.page(picture("red")), zone.page(picture("blue"))
    await zone.play(red, blue)
    await zone.shows("blue")
    file = zone.files.path(blue.content or "")
    assert file
    file.write_bytes(b"damaged")
    await zone.until(lambda: zone.playlist.troubles)
    await zone.shows("blue")
    await zone.until(lambda: not zone.playlist.troubles)


async def test_the_zone_is_dimmed_while_a_call_is_announced(zone: Zone) -> None:
    await zone.play(zone.page(picture("white"), seconds=60))
    await zone.shows("white")
    zone.window.setProperty("ducked", True)
    await zone.until(lambda: QColor(zone.colour()).lightness() < 120)
    zone.window.setProperty("ducked", False)
    await zone.shows("white")


@pytest.mark.parametrize("size", [(640, 360), (3840, 2160), (300, 900)])
async def test_a_long_text_fits_its_page(zone: Zone, size: tuple[int, int]) -> None:
    zone.window.resize(*size)
    await zone.play(text("Opening hours\n" + "We are closed on Friday afternoon. " * 57, seconds=60))
    [body] = items(zone.window, "pageBody")
    assert body.property("paintedHeight") <= body.height()
    assert not body.property("truncated")
    assert ink(zone.window, body) > 0.5


async def test_a_heading_shrinks_before_its_words_are_broken(zone: Zone) -> None:
    zone.window.resize(290, 500)
    await zone.play(text("Öffnungszeiten\nMontag bis Freitag", seconds=60))
    [heading] = items(zone.window, "pageHeading")
    assert heading.property("lineCount") == 1 and heading.property("contentWidth") <= heading.width()
    await zone.play(text("Straßenverkehrszulassungsordnungsdurchführungsverordnungen" * 2 + "\nA", seconds=61))
    assert heading.property("lineCount") > 1 and heading.property("contentWidth") <= heading.width()


async def test_a_text_is_in_the_displays_language(zone: Zone) -> None:
    words = {"en": "Welcome\nCome in", "de": "Willkommen\nHerein", "ar": "أهلا\nتفضل"}
    await zone.play(text(words, seconds=60), languages=("de", "en"))
    assert (zone.playlist.heading, zone.playlist.body, zone.playlist.rightToLeft) == ("Willkommen", "Herein", False)
    await zone.play(text({**words}, seconds=61), languages=("ar",))
    assert (zone.playlist.heading, zone.playlist.rightToLeft) == ("أهلا", True)


async def test_thousands_of_turns_keep_nothing(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display.playlist.playlist.SECOND", 0)
    turns: list[None] = []
    zone.playlist.image_changed.connect(lambda: turns.append(None))
    await zone.play(*(zone.page(picture(colour)) for colour in ("red", "blue", "green")))
    await zone.until(lambda: len(turns) > 100)
    before = _resident()
    await zone.until(lambda: len(turns) > 500)
    gc.collect()
    assert _resident() - before < 12 * 1024


def _resident() -> int:
    """KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def test_a_picture_that_cant_be_decoded_says_why(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"nothing")
    with pytest.raises(Unfit, match="can't be shown"):
        decoded(str(tmp_path / "x"), QImage(10, 10, QImage.Format.Format_RGB32).size())


async def test_videos_are_skipped_where_qt_multimedia_is_missing(
    link: MemoryLink, tmp_path: Path, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "display.playlist.video_player", None)
    zone = Zone(link, tmp_path, until)
    await zone.play(zone.page(VIDEO, PlaylistKind.VIDEO), zone.page(picture("red")))
    await zone.shows("red")
    await until(lambda: [trouble.what for trouble in zone.playlist.troubles] == ["1"])
    zone.close()


# ── web pages ──

WEB = PlaylistItem(kind=PlaylistKind.WEB, url="https://example.org/", seconds=1)


async def test_a_web_page_is_skipped_and_said_where_none_can_be_shown(zone: Zone) -> None:
    await zone.play(zone.page(picture("red")), WEB, zone.page(picture("blue")))
    for colour in ("red", "blue", "red", "blue"):
        await zone.shows(colour)
    assert [trouble.what for trouble in zone.playlist.troubles] == ["2"]


async def test_a_web_page_that_hangs_or_fails_is_skipped_and_tried_again_later(
    link: MemoryLink, tmp_path: Path, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a window: Qt WebEngine would have to be there before the tests' application."""
    for name, value in (("SECOND", 30), ("LOADS_WITHIN", 50), ("WEB_AGAIN_AFTER", 0.2)):
        monkeypatch.setattr(f"display.playlist.playlist.{name}", value)
    monkeypatch.setattr(web_pages, "are_prepared", lambda: True)
    monkeypatch.setattr(web_pages, "probe", lambda: None)
    station = Station(link)
    playlist = Playlist(station, MediaFiles(station, tmp_path))
    station.start()
    playlist.show(Display(id="wall", name="Wall", playlist=(text("Welcome"), WEB)), ("en",))
    await until(lambda: playlist.troubles)
    assert (playlist.kind, playlist.heading) == ("text", "Welcome")
    await until(lambda: playlist.webAddress)
    playlist.webLoaded(False)
    assert playlist.kind == "text"
    await until(lambda: playlist.webAddress)
    playlist.webLoaded(True)
    assert (playlist.kind, playlist.troubles) == ("web", ())
    await until(lambda: playlist.kind == "text")
    station.stop()
    shiboken6.delete(playlist)
