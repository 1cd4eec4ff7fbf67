"""Every key of the console, as ``QKeySequence`` reads it. One page is open at a time, so keys return on others."""

from __future__ import annotations

# ── on every page ──

CONFIRM, CONFIRM_OTHERWISE, CANCEL = "Enter", "Ctrl+Enter", "Esc"
TO_POINTS, TO_RECEPTION, TO_SET_UP, SIGN_OUT = "Ctrl+P", "Ctrl+R", "Ctrl+G", "Ctrl+L"
CHANGE_PASSWORD = "Ctrl+Shift+P"  # noqa: S105  # a key, no password
NOTE_READ = "Ctrl+Shift+N"

# ── at a service point ──

MAIN = "F5"
"""Whatever is next: open the point, call, start, finish and call."""
FINISH_AND_CALL = "Shift+F5"
FINISH = "F2"
PAUSE = "F3"
"""And resume; while a customer is asked about at leaving, they stay at the point."""
CLOSE_POINT = "Shift+F3"
NOTE = "F4"
RECALL = "F6"
TRANSFER = "F7"
RETURN = "F8"
"""To the queue; a visit that is being served is parked."""
NO_SHOW = "F9"
UNDO = "Ctrl+Z"
WAITING, SET_ASIDE = "Ctrl+1", "Ctrl+2"
PLACE_BY_TIME, PLACE_FIRST, PLACE_LAST = "Ctrl+3", "Ctrl+4", "Ctrl+5"

# ── at the reception ──

NEW_TICKET, FIND_TICKET = "Ctrl+N", "Ctrl+F"
APPOINTED_TIME = "Ctrl+T"
REINSTATE, CANCEL_TICKET = "F8", "F9"

# ── in the set-up ──

SAVE, DISCARD, NEW = "Ctrl+S", CANCEL, "Ctrl+N"
EXPORT, IMPORT = "Ctrl+Shift+S", "Ctrl+O"
NEXT_TAB, TAB_BEFORE = "Ctrl+Tab", "Ctrl+Shift+Tab"


def digit(number: int) -> str:
    """The key of the so-manieth choice in a short list, 1 to 9."""
    return f"Ctrl+{number}"
