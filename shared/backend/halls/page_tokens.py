"""The tokens of customers' own pages, by their hashes: each leads to one ticket for good, in whichever hall."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.errors import TokenTaken
from shared.hall.field_types import HallId
from shared.hall.messages import Command

_TAKEN = select(tables.tickets.c.token_hash, tables.tickets.c.hall_id, tables.tickets.c.id).where(
    tables.tickets.c.token_hash.in_(bindparam("hashes", expanding=True))
)


class PageTokens:
    """Those that one batch brings. Until its transaction ends no other hall takes the same ones."""

    def __init__(self, database: Database, connection: Connection, batch: Iterable[Command]) -> None:
        hashes = {brought for command in batch if (brought := _brought(command))}
        self._taken: dict[str, tuple[HallId, str]] = {}
        if hashes:
            database.kind.hold(connection, hashes)
            found = connection.execute(_TAKEN, {"hashes": list(hashes)})
            self._taken = {row.token_hash: (row.hall_id, row.id) for row in found}

    def require_free(self, hall: HallId, command: Command) -> None:
        """Raises TokenTaken for one that leads to another ticket, however old."""
        mine = hall, command.command_id
        if self._taken.get(_brought(command), mine) != mine:
            raise TokenTaken("Another ticket has this token_hash: make a new token.")

    def keep(self, hall: HallId, command: Command) -> None:
        """Whoever comes later in the batch finds it taken."""
        if brought := _brought(command):
            self._taken[brought] = hall, command.command_id


def _brought(command: Command) -> str:
    return getattr(command, "token_hash", None) or ""
