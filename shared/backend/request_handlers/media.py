"""Handles requests about a hall's media. A medium comes and goes in parts, and is never in memory as a whole."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, insert, select

from shared.backend.halls import journal, media_parts
from shared.backend.request_handlers.medium_kinds import require_clip, require_kind
from shared.backend.request_handlers.request_context import RequestContext
from shared.backend.storage import tables
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import Invalid, Malformed, NoRoomForMedia, StillInUse, TooLarge, UnknownMedium
from shared.hall.field_types import HallId, Hash, in_language
from shared.hall.hall import Hall
from shared.hall.roles import Actor
from shared.requests.media import (
    LARGEST,
    LARGEST_HALL,
    LARGEST_PART,
    MIB,
    PART,
    ListMedia,
    Medium,
    MediumKind,
    MediumPart,
    ReadMediumPart,
    RemoveMedium,
    SendMediumPart,
    StoreMedium,
)
from shared.requests.request import Done, Request

MOST_PARTS = max(LARGEST.values()) // LARGEST_PART

HEAD_PARTS = 4
"""Parts in which a picture must say how large it is: a camera may write much before that."""

UNSTORED_KEPT = timedelta(hours=20)
"""How long parts wait for their medium to be stored; they are gone within a day."""

media, parts = tables.media.c, tables.media_parts.c


def send(context: RequestContext, hall: HallId, request: SendMediumPart, by: Actor) -> Done:
    """Keep a part, unless it or the whole medium is there already; raises Invalid, Malformed or NoRoomForMedia."""
    body = _decoded(request)
    with context.ledger.database.writing() as connection:
        if _find(connection, hall, request.content):
            return Done()
        kept = connection.scalar(select(func.sum(func.length(parts.body))).where(parts.hall_id == hall)) or 0
        if kept + len(body) > LARGEST_HALL + max(LARGEST.values()):
            raise _no_room()
        row = {"hall_id": hall, "content": request.content, "at": request.at, "body": body}
        insert_unless_there(connection, tables.media_parts, {**row, "sent_at": context.ledger.wall()})
    return Done()


def _decoded(request: SendMediumPart) -> bytes:
    try:
        body = base64.b64decode(request.data, validate=True)
    except binascii.Error:
        raise Invalid(PART.sentence, field="data") from None
    if not 0 < len(body) <= LARGEST_PART:
        raise Malformed(f"A part has 1 to {LARGEST_PART} bytes.")
    if not 0 <= request.at < MOST_PARTS:
        raise Malformed(f"A medium has at most {MOST_PARTS} parts, from 0.")
    return body


def _no_room() -> NoRoomForMedia:
    return NoRoomForMedia(
        "There is no room for this file: the media of a hall have at most {most} MiB together. "
        "Remove some you no longer need, then try again.",
        most=str(LARGEST_HALL // MIB),
    )


def store(context: RequestContext, hall: HallId, request: StoreMedium, by: Actor) -> Medium:
    """Store the medium if its parts make it and it is of its kind; one that is stored already stays as it is.

    It is read before the database is locked. Parts that make something else are removed, for nothing overwrites them.
    """
    with context.ledger.database.reading() as connection:
        if known := _find(connection, hall, request.content):
            return known
        sent = _sent(connection, hall, request.content)
        size = _size(request.kind, sent)
        is_right = media_parts.digest(connection, hall, request.content, len(sent)) == request.content
        if is_right:
            _require_kind(connection, hall, request)
    with context.ledger.database.writing() as connection:
        journal.lock(connection, hall)  # for two at once there may be room for one
        if known := _find(connection, hall, request.content):
            return known
        if not is_right:
            _remove_parts(connection, hall, request.content)
        elif _sent(connection, hall, request.content) == sent:
            return _insert(connection, hall, request, size, context.ledger.wall())
    raise _broken()


def _broken() -> Invalid:
    return Invalid("The file did not arrive as it was sent, and was not stored: send it again.", field="content")


def _sent(connection: Connection, hall: HallId, content: Hash) -> list[tuple[int, int, datetime]]:
    """Number, bytes and time of each part there is."""
    query = select(parts.at, func.length(parts.body), parts.sent_at).order_by(parts.at)
    found = connection.execute(query.where(parts.hall_id == hall, parts.content == content))
    return [(at, size, sent_at) for at, size, sent_at in found]


def _size(kind: MediumKind, sent: list[tuple[int, int, datetime]]) -> int:
    """The bytes of all parts; raises Invalid if one is missing or too short, TooLarge if they are too many."""
    size = sum(length for _, length, _ in sent)
    if size > LARGEST[kind]:
        most = str(LARGEST[kind] // MIB)
        raise TooLarge(
            "This file is too large: it may have at most {most} MiB. Make it smaller, then try again.", most=most
        )
    is_whole = [at for at, _, _ in sent] == [*range(len(sent))] and all(
        length == LARGEST_PART for (_, length, _), _ in pairwise(sent)
    )
    if not sent or not is_whole:
        raise _broken()
    return size


def _require_kind(connection: Connection, hall: HallId, request: StoreMedium) -> None:
    if request.kind is MediumKind.CLIP:
        most = LARGEST[MediumKind.CLIP] // LARGEST_PART
        require_clip(b"".join(media_parts.bodies(connection, hall, request.content, most)))
    else:
        most = HEAD_PARTS if request.kind is MediumKind.PICTURE else 1
        require_kind(request.kind, b"".join(media_parts.bodies(connection, hall, request.content, most)))


def _insert(connection: Connection, hall: HallId, request: StoreMedium, size: int, now: datetime) -> Medium:
    stored = connection.scalar(select(func.sum(media.size)).where(media.hall_id == hall)) or 0
    if stored + size > LARGEST_HALL:
        raise _no_room()
    name = request.name.strip() or request.content[:8]
    medium = Medium(content=request.content, name=name, kind=request.kind, size=size, added_at=now)
    row = {"content": medium.content, "name": name, "kind": request.kind.value, "size": size, "added_at": now}
    connection.execute(insert(tables.media), {"hall_id": hall, **row})
    return medium


def listed(context: RequestContext, hall: HallId, request: ListMedia, by: Actor) -> tuple[Medium, ...]:
    with context.ledger.database.reading() as connection:
        found = connection.execute(select(tables.media).where(media.hall_id == hall))
        return tuple(sorted(map(_medium, found), key=lambda medium: (medium.name.casefold(), medium.content)))


def _find(connection: Connection, hall: HallId, content: Hash) -> Medium | None:
    query = select(tables.media).where(media.hall_id == hall, media.content == content)
    found = connection.execute(query).first()
    return _medium(found) if found else None


def _medium(row: Any) -> Medium:
    kind = MediumKind(row.kind)
    return Medium(content=row.content, name=row.name, kind=kind, size=row.size, added_at=row.added_at)


def read(context: RequestContext, hall: HallId, request: ReadMediumPart, by: Actor) -> MediumPart:
    """A part of a stored medium of this hall; raises UnknownMedium."""
    with context.ledger.database.reading() as connection:
        medium = _find(connection, hall, request.content)
        body = media_parts.body(connection, hall, request.content, request.at) if medium else None
    if medium is None or body is None:
        raise _unknown()
    return MediumPart(data=base64.b64encode(body).decode(), size=medium.size)


def _unknown() -> UnknownMedium:
    return UnknownMedium("This file is not in the hall: it was never uploaded here, or was removed.")


def remove(context: RequestContext, hall: HallId, request: RemoveMedium, by: Actor) -> Done:
    """Remove a medium; raises UnknownMedium, or StillInUse if a display or a clip names it."""
    with context.ledger.database.writing() as connection:
        journal.lock(connection, hall)
        if _find(connection, hall, request.content) is None:
            raise _unknown()
        _require_unused(context.ledger.hall(hall), request.content)
        connection.execute(delete(tables.media).where(media.hall_id == hall, media.content == request.content))
        _remove_parts(connection, hall, request.content)
    return Done()


def _remove_parts(connection: Connection, hall: HallId, content: Hash) -> None:
    connection.execute(delete(tables.media_parts).where(parts.hall_id == hall, parts.content == content))


def _require_unused(hall: Hall, content: Hash) -> None:
    for display in hall.displays.values():
        if any(page.content == content for page in display.playlist):
            name = in_language(display.name, hall.settings.languages[0], hall.settings.languages)
            raise StillInUse(
                "The display {name} shows this file: take it out of its pages first.", name=name, display=display.id
            )
    if clip := next((clip for clip in hall.clips.values() if clip.content == content), None):
        raise StillInUse("The hall says {says} with this recording: remove that clip first.", says=clip.says)


def forget(connection: Connection, now: datetime) -> None:
    """Remove the parts of media that were never stored."""
    stored = exists().where(and_(media.hall_id == parts.hall_id, media.content == parts.content))
    connection.execute(delete(tables.media_parts).where(parts.sent_at < now - UNSTORED_KEPT, ~stored))


HANDLERS: Mapping[type[Request[Any]], Callable[..., Any]] = {
    SendMediumPart: send,
    StoreMedium: store,
    ListMedia: listed,
    ReadMediumPart: read,
    RemoveMedium: remove,
}
