"""The files and devices that a hall's displays and clips name: what is not stored in the hall, or is of another kind.

The rules of a hall know neither, so the ledger asks here as it decides a command, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from shared.backend.storage import tables
from shared.hall.display_values import PlaylistKind
from shared.hall.displays import AssignDisplay, DefineDisplay, RecordClip
from shared.hall.errors import Invalid, UnknownDevice, UnknownMedium
from shared.hall.field_types import HallId, Hash, Id
from shared.hall.hall import Hall
from shared.hall.messages import Command
from shared.requests.media import MediumKind

KINDS = {PlaylistKind.PICTURE: MediumKind.PICTURE, PlaylistKind.VIDEO: MediumKind.VIDEO}
"""Of the file a page shows; the other pages have none."""


def require(connection: Connection, hall: Hall, command: Command) -> None:
    """Raises UnknownMedium, Invalid or UnknownDevice if a command names what is not there.

    Not of an import, which another hall's pages come with, nor of pages that came so and stay in their display.
    """
    match command:
        case RecordClip():
            _require_stored(connection, hall.id, command.content, MediumKind.CLIP, "content")
        case DefineDisplay():
            known = hall.displays.get(command.id)
            kept = {(page.kind, page.content) for page in known.playlist} if known else set()
            for page in command.playlist:
                if page.kind in KINDS and page.content and (page.kind, page.content) not in kept:
                    _require_stored(connection, hall.id, page.content, KINDS[page.kind], "playlist")
        case AssignDisplay() if command.display is not None:
            _require_device(connection, hall.id, command.device)


def lacking(connection: Connection, hall: Hall) -> Iterator[str]:
    """A sentence for each page of a display and each clip whose file is not there, or of another kind."""
    table = tables.media.c
    query = select(table.content, table.kind).where(table.hall_id == hall.id)
    stored = {content: MediumKind(kind) for content, kind in connection.execute(query)}
    for display in hall.displays.values():
        for place, page in enumerate(display.playlist, 1):
            if page.kind in KINDS and (why := _why_not(stored.get(page.content or ""), KINDS[page.kind])):
                yield (
                    f"{hall.id}: page {place} ({page.name or page.content!r}) of the display {display.id!r} is "
                    f"skipped, because {why}: upload it in the console under Media and choose it, or remove the page."
                )
    for clip in hall.clips.values():
        if why := _why_not(stored.get(clip.content), MediumKind.CLIP):
            yield (
                f"{hall.id}: the recording of {clip.says} in {clip.language} is not heard, because {why}: record it "
                "again in the console, or remove it there; until then a voice says this."
            )


def _why_not(found: MediumKind | None, kind: MediumKind) -> str:
    """Why a file can't be used as this kind; empty if it can."""
    if found is None:
        return "its file is not in the hall"
    return "" if found is kind else f"its file is a {found.value} and no {kind.value}"


def _require_stored(connection: Connection, hall: HallId, content: Hash, kind: MediumKind, field: str) -> None:
    table = tables.media.c
    found = connection.scalar(select(table.kind).where(table.hall_id == hall, table.content == content))
    if found is None:
        raise UnknownMedium("This file is not in the hall: upload it first, then choose it again.", field=field)
    if found != kind:
        raise Invalid("This file is of another kind: choose a picture, a video or a recording as asked.", field=field)


def _require_device(connection: Connection, hall: HallId, device: Id) -> None:
    table = tables.devices.c
    if connection.scalar(select(table.id).where(table.hall_id == hall, table.id == device)) is None:
        raise UnknownDevice("There is no such device here, or it has been removed.", field="device")
