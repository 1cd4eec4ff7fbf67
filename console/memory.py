"""What a console knows of itself over a restart: its own name, and where somebody worked last."""

from __future__ import annotations

from console.remembered import Remembered
from shared.hall.words import new_id

LAST_POINT, NAME = "console-point", "console-name"
RECEPTION = "@reception"
"""Remembered instead of a service point by those who have none; no point has such an id."""


class ConsoleMemory:
    """Where nothing can be remembered it lasts as long as the console."""

    def __init__(self, remembered: Remembered) -> None:
        self._remembered = remembered
        self.point = remembered.read(LAST_POINT)
        self.name = remembered.read(NAME)
        """No other console has it: colleagues' consoles tell a crash here from somebody at another desk."""
        if not self.name:
            self.name = new_id()
            remembered.write(NAME, self.name)

    def remember(self, point: str) -> None:
        self.point = point
        self._remembered.write(LAST_POINT, point)
