"""What a console knows of itself over a restart: its own name, and where people worked last."""

from __future__ import annotations

import json

from console.remembered_text import RememberedText
from shared.hall.field_types import new_id

LAST_POINT, POINTS, NAME = "console-point", "console-points", "console-name"
RECEPTION = "@reception"
"""Remembered instead of a service point by those who have none; no point has such an id."""


class ConsoleMemory:
    """Where nothing can be remembered it lasts as long as the console."""

    def __init__(self, remembered: RememberedText) -> None:
        self._remembered = remembered
        self.point = remembered.read(LAST_POINT)
        """Whoever it was that worked there."""
        self._points = _by_login(remembered.read(POINTS))
        self.name = remembered.read(NAME)
        """No other console has it: colleagues' consoles tell a crash here from somebody at another desk."""
        if not self.name:
            self.name = new_id()
            remembered.write(NAME, self.name)

    def of(self, login: str) -> str:
        """Where this person worked last at this console, or nothing."""
        return self._points.get(login, "")

    def remember(self, point: str, login: str) -> None:
        self.point = self._points[login] = point
        self._remembered.write(POINTS, json.dumps(self._points))
        self._remembered.write(LAST_POINT, point)


def _by_login(text: str) -> dict[str, str]:
    try:
        return {str(login): str(point) for login, point in json.loads(text).items()}
    except (ValueError, AttributeError, RecursionError):  # nothing yet, or damaged: then the next one overwrites it
        return {}
