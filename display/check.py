"""What `nowserving check` says of the hall display of this machine: how it moves, and its sound."""

from __future__ import annotations

from collections.abc import Iterator

from display.chime import CHIME, multimedia_messages_logged
from display.motion import require_motion
from shared.hall.errors import Unfit
from shared.settings import Settings


def faults(chosen: Settings) -> Iterator[str]:
    """A sentence for each fault. A missing sound device is no fault: a television may be switched on later."""
    try:
        require_motion(chosen.motion)
    except Unfit as unfit:
        yield unfit.detail
    if not chosen.sound:
        return
    if not CHIME.is_file():
        yield f"The chime {CHIME} is missing: install Now Serving again."
    try:
        with multimedia_messages_logged():
            from PySide6.QtMultimedia import QMediaPlayer  # noqa: F401, PLC0415  # only to see whether it can be loaded
    except ImportError as error:
        yield f"The hall display can't chime here ({error}): install what is missing, or set sound = false."
