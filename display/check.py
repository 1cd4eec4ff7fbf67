"""What can be wrong with the hall display of this machine: its sound."""

from __future__ import annotations

from collections.abc import Iterator

from display.chime import CHIME, hushed
from shared.settings import Settings


def faults(chosen: Settings) -> Iterator[str]:
    """What is wrong, a sentence each. No loudspeaker is no fault: a television that is off may be switched on later."""
    if not chosen.sound:
        return
    if not CHIME.is_file():
        yield f"The chime {CHIME} is missing: install Now Serving again."
    try:
        with hushed():
            from PySide6.QtMultimedia import QMediaPlayer  # noqa: F401, PLC0415  # it is looked whether it can be loaded
    except ImportError as error:
        yield f"The hall display can't chime here ({error}): install what is missing, or set sound = false."
