"""Nothing a playlist holds ends a display twice: web pages are tried in another process, deadly pages noted."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest
import shiboken6

from display.playlist import web_pages
from display.playlist.playlist import Playlist
from shared.hall.display_values import Display, PlaylistItem, PlaylistKind
from shared.hall.errors import Unfit
from shared.ui.media_files import MediaFiles
from shared.ui.station import Station
from shared.ui.station_memory import StationMemory
from tests.memory_link import MemoryLink

WEB = PlaylistItem(kind=PlaylistKind.WEB, url="https://example.org/", seconds=1)
WELCOME = PlaylistItem(kind=PlaylistKind.TEXT, text={"en": "Welcome"}, seconds=1)

with_chromium = pytest.mark.skipif(find_spec("PySide6.QtWebEngineQuick") is None, reason="needs Qt WebEngine")


@with_chromium
def test_a_web_page_is_shown_by_a_process_with_the_displays_own_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "1")  # the tests may run as root
    web_pages.probe()


@with_chromium
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="Chromium ends a program of root")
def test_chromium_that_ends_its_program_ends_the_probe_alone() -> None:
    with pytest.raises(Unfit, match="root"):
        web_pages.probe()


class Displays:
    """One display after another on the same state folder."""

    def __init__(self, link: MemoryLink, folder: Path) -> None:
        self.link, self.folder = link, folder
        self.running: list[tuple[Station, Playlist]] = []

    def start(self) -> Playlist:
        station = Station(self.link, StationMemory(self.folder, "clinic"))
        playlist = Playlist(station, MediaFiles(station, self.folder))
        station.start()
        playlist.show(Display(id="wall", name="Wall", playlist=(WELCOME, WEB)), ("en",))
        self.running.append((station, playlist))
        return playlist

    @property
    def note(self) -> Path:
        [file] = self.folder.glob("page-*")
        return file

    def close(self) -> None:
        for station, playlist in self.running:
            station.stop()
            shiboken6.delete(playlist)


@pytest.fixture
def displays(link: MemoryLink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("display.playlist.playlist.SECOND", 30)
    monkeypatch.setattr(web_pages, "are_prepared", lambda: True)
    monkeypatch.setattr(web_pages, "probe", lambda: None)
    displays = Displays(link, tmp_path)
    yield displays
    displays.close()


async def test_a_display_that_died_of_a_page_skips_it_at_its_next_start_and_says_so(displays: Displays, until) -> None:
    died = displays.start()
    await until(lambda: died.webAddress)
    again = displays.start()
    await until(lambda: [trouble.what for trouble in again.troubles] == ["2"])
    assert (again.kind, again.webAddress) == ("text", "")
    third = displays.start()
    await until(lambda: third.webAddress)


async def test_an_orderly_end_and_a_power_cut_say_nothing_against_a_page(displays: Displays, until) -> None:
    first = displays.start()
    await until(lambda: first.webAddress)
    first.end()
    second = displays.start()
    await until(lambda: second.webAddress)
    displays.note.write_text(json.dumps({"boot": "another", "page": "web"}), "utf-8")
    third = displays.start()
    await until(lambda: third.webAddress)


async def test_until_the_probe_has_answered_no_web_page_is_shown(displays: Displays, until, monkeypatch) -> None:
    def dies() -> None:
        raise Unfit("It died.")

    monkeypatch.setattr(web_pages, "probe", dies)
    playlist = displays.start()
    assert playlist.troubles == () and playlist.kind == "text"
    await until(lambda: [trouble.what for trouble in playlist.troubles] == ["2"])
    assert playlist.webAddress == ""
