"""What `nowserving check` says of the hall display of this machine, and of the displays of its halls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QLoggingCategory

from display.announcing.announcer import CHIME
from display.board.board import require_board
from display.screen.legibility import illegible, in_english
from display.screen.motion import require_motion
from shared.hall.errors import Unfit
from shared.hall.hall import Hall
from shared.settings import Settings
from shared.ui.event_loop import windowless_application


def faults(chosen: Settings) -> Iterator[str]:
    """A sentence for each fault. A missing sound device is no fault: a television may be switched on later."""
    try:
        require_motion(chosen.motion)
    except Unfit as unfit:
        yield unfit.detail
    try:
        require_board(chosen)
    except Unfit as unfit:
        yield unfit.detail
    if not chosen.sound:
        return
    if not CHIME.is_file():
        yield f"The chime {CHIME} is missing: install Now Serving again."
    QLoggingCategory.setFilterRules("qt.multimedia*=false")  # it tells of every library it could use and does not find
    try:
        from PySide6.QtMultimedia import QMediaPlayer  # noqa: F401, PLC0415  # only to see whether it can be loaded
    except ImportError as error:
        yield f"The hall display can't chime here ({error}): install what is missing, or set sound = false."


def faults_of_halls(halls: Iterable[Hall]) -> Iterator[str]:
    """A sentence for each display that can't be read from its farthest seat."""
    for hall in halls:
        for display in hall.displays.values():
            windowless_application("check")  # measures texts
            if why := illegible(hall, display, translate=in_english):
                yield f"The display {display.id!r} of the hall {hall.id!r} can't be read: {why}"
