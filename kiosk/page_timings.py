"""How long the pages of the kiosk stay."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PageTimings:
    """How long pages stay, in seconds."""

    ticket: float = 20.0
    """The ticket; three times as long if it is not known to be on paper."""
    idle: float = 45.0
    """A page that waits for a touch; then the list of services returns, in the hall's own language."""
    refusal: float = 10.0
    """Why there is no ticket, or why the service is closed."""
    settle: float = 0.35
    """A new page ignores touches for so long: they may be the second half of a double tap on the page before."""
