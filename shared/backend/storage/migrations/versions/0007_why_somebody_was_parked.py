"""Why somebody was parked stands with the notes, for it may name people: no more in journal, snapshots and answers."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

AT_ONCE = 1000
"""Rows; memory stays that of so many."""

journal = sa.table("journal", *(sa.column(name) for name in ("hall_id", "seq", "type", "command_id", "actor", "body")))
notes = sa.table(
    "notes",
    *(sa.column(name) for name in ("hall_id", "command_id", "ticket", "author", "text")),
    sa.column("at", sa.DateTime(timezone=True)),
)
answers = sa.table("answers", *(sa.column(name) for name in ("hall_id", "command_id", "body")))
snapshots = sa.table("snapshots", *(sa.column(name) for name in ("hall_id", "body")))


def upgrade() -> None:
    _out_of_the_journal()
    _out_of(answers, answers.c.hall_id, answers.c.command_id)
    _out_of(snapshots, snapshots.c.hall_id)


def _out_of_the_journal() -> None:
    """Events follow one another, so they are found by their numbers, a page at a time."""
    connection, after = op.get_bind(), ("", 0)
    keys = sa.tuple_(journal.c.hall_id, journal.c.seq)
    at = sa.column("at", sa.DateTime(timezone=True))
    while True:
        page = sa.select(journal, at).where(journal.c.type == "ticket-parked", keys > after)
        rows = connection.execute(page.order_by(journal.c.hall_id, journal.c.seq).limit(AT_ONCE)).fetchall()
        for row in rows:
            body = json.loads(row.body)
            reason = str(body.pop("reason", "")).strip()
            here = sa.and_(journal.c.hall_id == row.hall_id, journal.c.seq == row.seq)
            connection.execute(sa.update(journal).where(here).values(body=_json(body)))
            if reason and not _is_erased(row.hall_id, body["ticket"]):
                _note(row, body["ticket"], reason)
        if not rows:
            return
        after = (rows[-1].hall_id, rows[-1].seq)


def _is_erased(hall: str, ticket: str) -> bool:
    here = sa.and_(notes.c.hall_id == hall, notes.c.command_id == _key("erased", ticket))
    return op.get_bind().execute(sa.select(notes.c.ticket).where(here)).first() is not None


def _note(row: Any, ticket: str, reason: str) -> None:
    said = {"ticket": ticket, "at": row.at, "author": row.actor.partition(":")[2], "text": reason}
    key = {"hall_id": row.hall_id, "command_id": _key("reason", row.command_id)}
    op.get_bind().execute(sa.insert(notes).values(**key, **said))


def _key(kind: str, identity: str) -> str:
    return f"{kind}:{hashlib.sha256(identity.encode()).hexdigest()[:56]}"


def _out_of(table: Any, *keys: Any) -> None:
    """Of every ticket in there, at whatever depth."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(*keys).where(table.c.body.contains('"reason"'))).fetchall():
        here = sa.and_(*(key == value for key, value in zip(keys, row, strict=True)))
        body = json.loads(connection.execute(sa.select(table.c.body).where(here)).scalar_one())
        _strip(body)
        connection.execute(sa.update(table).where(here).values(body=_json(body)))


def _strip(value: Any) -> None:
    if isinstance(value, dict):
        if "label" in value and "precedence" in value:
            value.pop("reason", None)
        value = list(value.values())
    for part in value if isinstance(value, list) else ():
        _strip(part)


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
