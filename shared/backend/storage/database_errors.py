"""What every kind of database can complain of, as a failure for a person."""

from __future__ import annotations

import logging

from shared.hall.errors import Unreachable


def busy() -> Unreachable:
    """Somebody else writes for longer than anybody waits, or every connection is in use."""
    return Unreachable("The database is busy with another program; please try again.")


BUSY = busy().detail


class Outage:
    """What can't be done while the database is away: said in the log when it begins, and when it is over."""

    def __init__(self, log: logging.Logger, begins: str, ends: str) -> None:
        self.lasts = False
        self._log, self._begins, self._ends = log, begins, ends

    def met(self, error: Exception) -> bool:
        """Whether it is new."""
        new, self.lasts = not self.lasts, True
        if new:
            self._log.warning("%s: %s", self._begins, error)
        return new

    def is_over(self) -> None:
        if self.lasts:
            self._log.warning("%s", self._ends)
        self.lasts = False
