"""What `nowserving check` says of the hall display of this machine: its board and its sound."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QLoggingCategory

from display.announcer import CHIME
from display.board import require_board
from shared.hall.errors import Unfit
from shared.settings import Settings


def faults(chosen: Settings) -> Iterator[str]:
    """A sentence for each fault. A missing sound device is no fault: a television may be switched on later."""
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
