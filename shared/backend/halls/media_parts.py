"""Reads the parts of media one by one, and checks that each medium is what its name, a SHA-256, says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from shared.backend.storage import tables
from shared.hall.field_types import HallId, Hash

parts = tables.media_parts.c


def body(connection: Connection, hall: HallId, content: Hash, at: int) -> bytes | None:
    query = select(parts.body).where(parts.hall_id == hall, parts.content == content, parts.at == at)
    return connection.scalar(query)


def bodies(connection: Connection, hall: HallId, content: Hash, count: int) -> Iterator[bytes]:
    """The first ``count`` parts, of which one is in memory at a time."""
    for at in range(count):
        yield body(connection, hall, content, at) or b""


def digest(connection: Connection, hall: HallId, content: Hash, count: int) -> Hash:
    whole = hashlib.sha256()
    for part in bodies(connection, hall, content, count):
        whole.update(part)
    return whole.hexdigest()


def media_differ(connection: Connection, hall: HallId) -> Iterator[str]:
    """A sentence for each stored medium that is not what was uploaded."""
    media = tables.media.c
    query = select(media.content, media.name).where(media.hall_id == hall).order_by(media.content)
    for content, name in connection.execute(query).all():
        count = connection.scalar(
            select(func.count()).select_from(tables.media_parts).where(parts.hall_id == hall, parts.content == content)
        )
        if digest(connection, hall, content, count or 0) != content:
            yield (
                f"{hall}: the file {name!r} of the displays is damaged, so they skip it: take it out of their pages, "
                "remove it and upload it again."
            )
