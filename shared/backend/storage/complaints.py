"""What every kind of database can complain of, as a failure for a person."""

from __future__ import annotations

from shared.hall.errors import Unreachable


def busy() -> Unreachable:
    """Somebody else writes for longer than anybody waits, or every connection is in use."""
    return Unreachable("The database is busy with another program; please try again.")


BUSY = busy().detail
