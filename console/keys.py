"""Every keyboard shortcut of the console, as ``QKeySequence`` reads it; only one page is open, so pages share them."""

from __future__ import annotations

# ── on every page ──

CONFIRM, CONFIRM_OTHERWISE, CANCEL = "Enter", "Ctrl+Enter", "Esc"
TO_POINTS, TO_RECEPTION, TO_SET_UP, SIGN_OUT = "Ctrl+P", "Ctrl+R", "Ctrl+G", "Ctrl+L"
CHANGE_PASSWORD = "Ctrl+Shift+P"  # noqa: S105  # a key, no password
NOTE_READ = "Ctrl+Shift+N"

# ── at a service point ──

MAIN = "F5"
"""Open the point, call, start, or finish and call. A slip to F4 only opens the note, one to F6 recalls."""
FINISH_AND_CALL = "Shift+F5"
FINISH = "F2"
PAUSE = "F3"
"""Also resumes, and in the leave panel leaves the customer at the point."""
CLOSE_POINT = "Shift+F3"
NOTE = "F4"
RECALL = "F6"
TRANSFER = "F7"
RETURN = "F8"
"""Returns a called customer to the queue, parks one who is being served, and without one says how long a pause is."""
NO_SHOW = "F9"
UNDO = "Ctrl+Z"
WAITING, SET_ASIDE = "Ctrl+1", "Ctrl+2"
PAUSES = ("Ctrl+3", "Ctrl+4", "Ctrl+5", "Ctrl+6", "Ctrl+7")
"""From the shortest pause to the longest."""
PLACE_BY_TIME, PLACE_FIRST, PLACE_LAST = "Ctrl+3", "Ctrl+4", "Ctrl+5"

# ── at the reception ──

NEW_TICKET, FIND_TICKET = "Ctrl+N", "Ctrl+F"
APPOINTED_TIME = "Ctrl+T"
REINSTATE, CANCEL_TICKET = "F8", "F9"

# ── in the set-up ──

SAVE, DISCARD, NEW = "Ctrl+S", CANCEL, "Ctrl+N"
EXPORT, IMPORT = "Ctrl+Shift+S", "Ctrl+O"
NEXT_TAB, PREVIOUS_TAB = "Ctrl+Tab", "Ctrl+Shift+Tab"


def digit(number: int) -> str:
    """The key of a choice in a short list, by its number, 1 to 9."""
    return f"Ctrl+{number}"
