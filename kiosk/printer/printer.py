"""A way to paper: what a printer is asked for, and what it says of the ticket and of itself."""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import Protocol

from PySide6.QtGui import QImage


class Printed(StrEnum):
    """What became of a ticket on its way to paper."""

    YES = "yes"
    PERHAPS = "perhaps"
    """Sent, at least in part, but the printer does not say that it is printed."""
    NO_PAPER = "no-paper"
    NOT_READY = "not-ready"
    """Its cover is open, or it has stopped for another reason."""
    NO_ANSWER = "no-answer"


class Paper(Enum):
    """What a printer says about its paper."""

    OK = auto()
    LOW = auto()
    OUT = auto()
    UNKNOWN = auto()


class Printer(Protocol):
    """A way to paper. Both verbs block, so that they are called beside the screen; they never raise."""

    @property
    def paper(self) -> Paper:
        """As it was last asked, or noticed while printing."""

    def put(self, picture: QImage, label: str) -> Printed:
        """Print the picture of the ticket with this label; returns what became of it."""

    def ask(self) -> Paper | None:
        """What it says of its paper now; None if it can't be reached."""
