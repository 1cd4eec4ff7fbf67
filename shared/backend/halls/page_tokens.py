"""Keeps the tokens of customers' own pages unique: each hash belongs to one ticket for good, in any hall."""

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
    """The token hashes of one batch, locked: until its transaction ends no other one can take them."""

    def __init__(self, database: Database, connection: Connection, batch: Iterable[Command]) -> None:
        hashes = {token_hash for command in batch if (token_hash := _token_hash(command))}
        self._taken: dict[str, tuple[HallId, str]] = {}
        if hashes:
            database.kind.lock(connection, hashes)
            found = connection.execute(_TAKEN, {"hashes": list(hashes)})
            self._taken = {row.token_hash: (row.hall_id, row.id) for row in found}

    def require_free(self, hall: HallId, command: Command) -> None:
        """Raises TokenTaken if the command's token belongs to another ticket, however old."""
        owner = hall, command.command_id
        if self._taken.get(_token_hash(command), owner) != owner:
            raise TokenTaken("Another ticket has this token_hash: make a new token.")

    def keep(self, hall: HallId, command: Command) -> None:
        """Mark the command's token as taken for later commands of the batch."""
        if token_hash := _token_hash(command):
            self._taken[token_hash] = hall, command.command_id


def _token_hash(command: Command) -> str:
    return getattr(command, "token_hash", None) or ""
