"""What a console remembers over a restart: its own name, who signed in last, and where people worked."""

from __future__ import annotations

import json

from console.remembered_text import RememberedText
from shared.hall.field_types import new_id

LAST_LOGIN, LAST_POINT, POINTS, NAME = "console-login", "console-point", "console-points", "console-name"
RECEPTION = "@reception"
"""Remembered instead of a point's id for a person who worked at the reception; no point has such an id."""


class ConsoleMemory:
    """If ``remembered`` has no folder, all is forgotten when the console ends."""

    def __init__(self, remembered: RememberedText) -> None:
        self._remembered = remembered
        self.point = remembered.read(LAST_POINT)
        """Where anybody worked last: a point's id, or RECEPTION; empty at first."""
        self._points = _by_login(remembered.read(POINTS))
        self.name = remembered.read(NAME)
        """Unique to this console: somebody who comes back after a crash here is not taken for somebody elsewhere."""
        if not self.name:
            self.name = new_id()
            remembered.write(NAME, self.name)

    def of(self, login: str) -> str:
        """Where this person worked last at this console: a point's id, or RECEPTION; empty if it is not known."""
        return self._points.get(login, "")

    @property
    def last_login(self) -> str:
        """The login of whoever signed in last; empty at first."""
        return self._remembered.read(LAST_LOGIN)

    def remember_login(self, login: str) -> None:
        self._remembered.write(LAST_LOGIN, login)

    def remember(self, point: str, login: str) -> None:
        self.point = self._points[login] = point
        self._remembered.write(POINTS, json.dumps(self._points))
        self._remembered.write(LAST_POINT, point)


def _by_login(text: str) -> dict[str, str]:
    try:
        return {str(login): str(point) for login, point in json.loads(text).items()}
    except (ValueError, AttributeError, RecursionError):  # nothing yet, or damaged: then the next one overwrites it
        return {}
