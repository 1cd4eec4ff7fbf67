"""A day of a hall display in minutes: calls and what becomes of them, pages, ticker, outages, changes of its set-up.

Its memory stays as large as it was once everything had happened.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from statistics import median

import qasync
from PySide6.QtCore import QTimer

from display.announcing import announcer
from display.app import DisplayWindow
from display.playlist import playlist
from display.screen import surroundings, view_model
from display.screen.qml_sizes import Viewing
from shared.hall.calling import CallNext
from shared.hall.display_values import DisplayLayout, PlaylistItem, PlaylistKind
from shared.hall.displays import DefineDisplay
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Command
from shared.hall.set_up import DefineHall
from shared.ui.event_loop import application
from tests.display.random_turns import SIZES, Bursts, is_at_rest, shows_the_open_calls_of, until_soon
from tests.display.test_media_zone import VIDEO, picture
from tests.display.waiting_room import Room
from tests.media_examples import Shelf
from tests.memory_link import MemoryLink, clinic

A_MINUTE = 0.15
"""Seconds a minute of the day takes at least."""

HIGHLIGHT, LINGER = 50, 200
"""Milliseconds: ten and sixty seconds of the day."""

BEGAN = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

SET_UP_STAYS = 10
"""Minutes."""

WARM_UP = 1 / 3
"""The part of the day in which everything happens for the first time, and bounded caches fill."""

LARGEST_GROWTH = 6.0
"""Mebibytes between the smallest and the largest reading after the warm-up: pictures and letters come and go."""

LARGEST_RISE = 1.5
"""Mebibytes from the first half of these readings to the second, in the median."""

ENOUGH = 8
"""Readings to be compared so: fewer are noise."""

BROKEN_PAGE = "4"
"""Its place where it is in the playlist."""

BROKEN = b"\x89PNG\r\n\x1a\n and no picture"


@dataclass
class DisplayDay:
    """What happened, and the memory after each hour, in mebibytes."""

    hours: int
    readings: list[float] = field(default_factory=list)
    events: int = 0
    announcements: int = 0
    pages: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def settled(self) -> list[float]:
        """The readings after the warm-up."""
        return self.readings[round(self.hours * WARM_UP) :]

    @property
    def rise(self) -> float:
        """Mebibytes from the first half of these to the second."""
        half = len(self.settled) // 2
        return median(self.settled[half:]) - median(self.settled[:half]) if half else 0.0


def display_day(hours: int, seed: int, say: Callable[[str], object]) -> DisplayDay:
    """Play so many hours, in a process of its own, whose memory nobody else uses."""
    app = application("soak")
    day = DisplayDay(hours)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        os.environ["XDG_STATE_HOME"] = folder  # before the display asks for it
        _hasten()
        runner.run(_play(day, seed, say))
    return day


def _hasten() -> None:
    """Let pages, captions and announcements go by nearly as fast as the day: as fast as they can be drawn."""
    playlist.SECOND = 10  # a page has ten of them
    surroundings.TURN = 100
    view_model.CLOCK_CHECK = 50
    announcer.BREATH = announcer.SETTLE = 1


async def _play(day: DisplayDay, seed: int, say: Callable[[str], object]) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, about: day.faults.append(f"a bug: {about}"))
    link = LongLink()
    room = await Room(link, until_soon).live()
    link.do(DefineHall(**{**vars(link.hall.settings), "announce_gap": 0, "announce_times": 1}))
    set_ups = _set_ups(link)
    bursts = Bursts(link, seed)
    viewing = Viewing(farthest_seat=3, highlight=HIGHLIGHT, linger=LINGER)
    with room.display(viewing, Player(), size=SIZES[0], wall=link.wall) as display:
        _count(day, display)
        for hour in range(day.hours):
            for minute in range(60):
                link.minutes += 1
                if minute % SET_UP_STAYS == 0:
                    link.do(next(set_ups))
                bursts.burst(display.window)
                await room.caught_up()
                display.model._around.next_ticker()
                await asyncio.sleep(A_MINUTE)
                day.events += link.forget()
            link.send_everybody_home()
            await _outage(link, room, long=hour % 2 == 0)
            await until_soon(lambda: shows_the_open_calls_of(link.hall, display) and is_at_rest(display))
            day.faults += [f"page {page.what} is skipped" for page in display.page_troubles if page.what != BROKEN_PAGE]
            day.readings.append(memory())
            say(f"display: hour {hour + 1} of {day.hours}, {day.events} events, it takes {day.readings[-1]:.1f} MiB")
    day.faults += _growth(day)


async def _outage(link: LongLink, room: Room, *, long: bool) -> None:
    """One that nobody is told of, or one long enough to be said; customers are called meanwhile."""
    link.unplug()
    link.meanwhile(IssueTicket(service="registration"))
    link.meanwhile(CallNext(point="1", holding=link.hall.points["1"].ticket))
    await (until_soon(lambda: room.station.away_since) if long else asyncio.sleep(A_MINUTE))
    link.plug()
    await room.caught_up()
    await until_soon(lambda: room.station.away_since is None)


def _count(day: DisplayDay, display: DisplayWindow) -> None:
    """Count what the display does."""

    def announced() -> None:
        day.announcements += 1

    def turned() -> None:
        day.pages += 1

    display.announcer.announced.connect(announced)
    display.model._playlist.image_changed.connect(turned)


class LongLink(MemoryLink):
    """A hall whose clock the day sets, and which forgets what a database would keep: only the display is measured."""

    def __init__(self) -> None:
        super().__init__(clinic())
        self.minutes = 0
        self.shelf = Shelf()
        self.asked |= self.shelf.answers

    def wall(self) -> datetime:
        return BEGAN + timedelta(minutes=self.minutes)

    def forget(self) -> int:
        """How many events are forgotten, because the display has followed them."""
        with self.news:
            events = len(self.journal)
            self.journal.clear()
            self.answers.clear()
            self.shelf.read.clear()
            return events

    def send_everybody_home(self) -> None:
        """Those who wait or were sent away, so that the hall itself does not grow."""
        at_points = {point.ticket for point in self.hall.points.values()}
        for ticket in [ticket for ticket in self.hall.tickets if ticket not in at_points]:
            self.meanwhile(CancelTicket(ticket=ticket))


class Player:
    """Plays everything at once."""

    fault = ""

    def play(self, sound: Path, percent: int, done: Callable[[str], None]) -> None:
        QTimer.singleShot(1, lambda: done(""))


def _set_ups(link: LongLink) -> Iterator[Command]:
    """The display in one way after another: each layout, with and without ticker, video and a broken picture."""
    pictures = [link.shelf.put(picture(colour, 640, 360)) for colour in ("red", "green", "blue")]
    stills = [PlaylistItem(kind=PlaylistKind.PICTURE, content=content, seconds=10) for content in pictures]
    text = PlaylistItem(kind=PlaylistKind.TEXT, text="Closed on Monday\nWe are back on Tuesday at eight.", seconds=10)
    video = PlaylistItem(kind=PlaylistKind.VIDEO, content=link.shelf.put(VIDEO))
    broken = PlaylistItem(kind=PlaylistKind.PICTURE, content=link.shelf.put(BROKEN))
    media, portrait = DisplayLayout.CALLS_AND_MEDIA, DisplayLayout.PORTRAIT
    ticker = {"en": "Please keep your ticket until you leave. " * 3, "ar": "يرجى الاحتفاظ بالتذكرة. " * 3}
    for layout, pages in cycle(
        [
            (media, (*stills, text)),
            (DisplayLayout.CALLS_AND_NEXT, ()),
            (media, (*stills, broken, text)),
            (DisplayLayout.CALLS_AND_WAITING, ()),
            (portrait, (*stills, video)),
            (DisplayLayout.CALLS, ()),
        ]
    ):
        yield DefineDisplay(
            id="hall", name="Hall", layout=layout, playlist=tuple(pages), ticker=ticker, languages=("en", "ar")
        )


def memory() -> float:
    """The resident memory of this process without what is free and only kept for later, in mebibytes."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    (pages,) = Path("/proc/self/statm").read_text("ascii").split()[1:2]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _growth(day: DisplayDay) -> Iterator[str]:
    settled = day.settled
    if max(settled) - min(settled) > LARGEST_GROWTH:
        yield f"a display's memory is {min(settled):.1f} to {max(settled):.1f} MiB after its warm-up"
    if len(settled) >= ENOUGH and day.rise > LARGEST_RISE:
        yield f"a display's memory rises by {day.rise:.1f} MiB after its warm-up"
