"""What a hall display is set up to show: its layout, what it is for, and what plays beside the calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from shared.hall.field_types import (
    ClipKey,
    Hash,
    Id,
    Language,
    MediumName,
    Name,
    PageText,
    PointId,
    PrecedenceId,
    ServiceId,
    TickerText,
    WebAddress,
)
from shared.hall.units import Seconds

DisplayId = Id


class DisplayLayout(StrEnum):
    """What stands beside the calls."""

    CALLS = "calls"
    CALLS_AND_MEDIA = "calls-media"
    CALLS_AND_NEXT = "calls-next"
    """The numbers that are due next, so that people get ready."""
    CALLS_AND_WAITING = "calls-waiting"
    """Everybody who waits, in order."""
    PORTRAIT = "portrait"
    """For an upright screen: calls above, media below them if there are any."""


class PlaylistKind(StrEnum):
    PICTURE = "picture"
    VIDEO = "video"
    TEXT = "text"
    WEB = "web"


@dataclass(frozen=True, kw_only=True)
class PlaylistItem:
    """One page of what plays beside the calls."""

    kind: PlaylistKind
    name: MediumName = ""
    """What staff call it."""
    content: Hash | None = None
    """The stored picture or video."""
    text: PageText = ""
    """Of a text page; its first line is the heading."""
    url: WebAddress = ""
    """Of a web page."""
    seconds: Seconds = 15
    """How long it is shown; a video is shown to its end."""


@dataclass(frozen=True, kw_only=True)
class Display:
    """A hall display as the administrator set it up; a display device is given one."""

    id: DisplayId
    name: Name
    layout: DisplayLayout = DisplayLayout.CALLS
    services: tuple[ServiceId, ...] = ()
    """Only calls for these are shown and said; empty: for all."""
    points: tuple[PointId, ...] = ()
    """Only calls to these; empty: to all."""
    precedences: tuple[PrecedenceId, ...] = ()
    """Only calls of these; empty: of all."""
    languages: tuple[Language, ...] = ()
    """What it is written in and said in, the first one above all; empty: the hall's own."""
    farthest_seat: int = 8
    """Metres from the screen to the last seat: it sets the size of the calls."""
    inches: int = 43
    """The screen's diagonal, where the device itself has no other setting."""
    dark: bool = True
    """White on dark; else dark on white."""
    ticker: TickerText = ""
    """A line that runs below the calls; empty: none."""
    clock: bool = True
    speaks: bool = True
    """Whether it chimes and says the calls."""
    playlist: tuple[PlaylistItem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Volume:
    """How loud calls are announced from a time of day on, until the next one."""

    since: time
    percent: int
    """Of the loudest, 0 to 100; 0: only pictures."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A recording of the hall's own, in place of a voice."""

    language: Language
    says: ClipKey
    """What is said in it: ``letter.A``, ``number.42``, ``point.room-1``."""
    content: Hash
    """The stored recording."""

    @property
    def id(self) -> str:
        return f"{self.language}:{self.says}"
