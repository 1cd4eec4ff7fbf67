"""What every printer of the kiosk offers: printing a ticket, and the state of the ticket and of its paper."""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import Protocol

from PySide6.QtGui import QImage


class Printed(StrEnum):
    """Whether a ticket is on paper, and if not, why."""

    YES = "yes"
    PERHAPS = "perhaps"
    """Sent, at least in part, but the printer does not confirm that it is printed."""
    NO_PAPER = "no-paper"
    NOT_READY = "not-ready"
    """Its cover is open, or it has stopped for another reason."""
    NO_ANSWER = "no-answer"


class Paper(Enum):
    """The state of a printer's paper."""

    OK = auto()
    LOW = auto()
    OUT = auto()
    UNKNOWN = auto()


class Printer(Protocol):
    """A printer. Both methods block, so they are called on another thread; they never raise."""

    @property
    def paper(self) -> Paper:
        """As last asked, or noticed while printing."""

    def print_ticket(self, picture: QImage, label: str) -> Printed:
        """Print the picture of the ticket with this label."""

    def ask(self) -> Paper | None:
        """The state of its paper now; None if it can't be reached."""
