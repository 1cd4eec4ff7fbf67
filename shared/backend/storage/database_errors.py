"""The error every kind of database has when it is busy, and the logging of an outage."""

from __future__ import annotations

import logging

from shared.hall.errors import Unreachable


def busy() -> Unreachable:
    """The failure if a lock or a free connection was not to be had in time."""
    return Unreachable("The database is busy with another program; please try again.")


BUSY = busy().detail


class Outage:
    """An outage of the database: logged once when it begins and once when it is over."""

    def __init__(self, log: logging.Logger, begin_text: str, end_text: str) -> None:
        self.lasts = False
        self._log, self._begin_text, self._end_text = log, begin_text, end_text

    def begin(self, error: Exception) -> bool:
        """Called at each failure; returns whether it is the first of this outage, which is logged."""
        new, self.lasts = not self.lasts, True
        if new:
            self._log.warning("%s: %s", self._begin_text, error)
        return new

    def end(self) -> None:
        """Called at each success."""
        if self.lasts:
            self._log.warning("%s", self._end_text)
        self.lasts = False
