"""The hall display itself, with somebody who looks at it: says when a number is in its frame, and when it is silent."""

from __future__ import annotations

import sys
import time
from typing import Any

from display import __main__ as program
from display.app import DisplayWindow
from tests.display.frame import contrast, place
from tests.display.waiting_room import items

LEGIBLE = 0.5
"""Contrast of letters and ground from 0 to 1: half of what it is in the end."""


class WatchedDisplay(DisplayWindow):
    """Prints ``shown LABEL SECONDS`` (time.monotonic) for each newest call, and ``silent`` after each announcement."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._seen = ""
        self._looks = False
        self.window.frameSwapped.connect(self._look)
        self.announcer.changed.connect(self._listen)

    def _look(self) -> None:
        """Read the newest call from the frame that has just come to the screen."""
        at, calls = time.monotonic(), self.model.calls.rows  # type: ignore[attr-defined]  # a Qt property
        if self._looks or not calls or calls[0].label == self._seen:
            return
        self._looks = True  # to look is to draw it once more
        if self._is_legible(calls[0].label):
            self._seen = calls[0].label
            print("shown", self._seen, at, flush=True)
        self._looks = False

    def _is_legible(self, label: str) -> bool:
        numbers = [item for item in items(self.window, "number") if item.property("text") == label]
        return any(contrast(self.window.grabWindow(), place(item)) >= LEGIBLE for item in numbers)

    def _listen(self) -> None:
        if not self.announcer.announcing:
            print("silent", flush=True)


if __name__ == "__main__":
    program.DisplayWindow = WatchedDisplay  # type: ignore[attr-defined, assignment]  # the real program, seen from inside
    sys.exit(program.main())
