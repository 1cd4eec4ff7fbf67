"""The reasons for parking move from the journal to the notes if the customer is still here, and else are erased.

The reasons for pausing a point, which were never shown, are erased too.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

SAID = re.compile(r'"reason": ?"[^"]')
"""A reason in JSON; a closed hall and a refused ticket have such a field too, and keep it."""


def _table(name: str, *columns: str) -> Any:
    at = sa.column("at", sa.DateTime(timezone=True))
    return sa.table(name, at, *(sa.column(column) for column in columns))


journal = _table("journal", "hall_id", "seq", "type", "command_id", "actor", "body")
answers = _table("answers", "hall_id", "command_id", "fingerprint", "body")
snapshots = _table("snapshots", "hall_id", "body")
notes = _table("notes", "hall_id", "command_id", "ticket", "author", "text")
tickets = _table("tickets", "hall_id", "id", "ended_at")


def upgrade() -> None:
    for event in ("ticket-parked", "point-paused"):
        _clear_journal(event)
    _clear(answers, answers.c.hall_id, answers.c.command_id)
    _clear(snapshots, snapshots.c.hall_id)
    op.drop_column("service_points", "reason")


def _clear_journal(event: str) -> None:
    """Remove the reason from the events; the stored answer loses its fingerprint, and is given to every retry."""
    rows = journal.c
    spoken = sa.and_(rows.type == event, rows.body.contains('"reason"'))
    for row in op.get_bind().execute(sa.select(journal).where(spoken)).fetchall():
        body = json.loads(row.body)
        if reason := body.pop("reason").strip():
            _keep(row, body.get("ticket"), reason)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        here = sa.and_(rows.hall_id == row.hall_id, rows.seq == row.seq)
        op.execute(journal.update().where(here).values(body=text))
        its_own = sa.and_(answers.c.hall_id == row.hall_id, answers.c.command_id == row.command_id)
        op.execute(answers.update().where(its_own).values(fingerprint=""))


def _keep(row: Any, ticket: str | None, reason: str) -> None:
    """Keep the reason as a note, if the customer is still here and was not erased."""
    rows = tickets.c
    live = sa.select(rows.id).where(rows.hall_id == row.hall_id, rows.id == ticket, rows.ended_at.is_(None))
    erased = sa.select(notes.c.ticket).where(
        notes.c.hall_id == row.hall_id, notes.c.command_id == _key("erased", str(ticket))
    )
    bind = op.get_bind()
    if bind.scalar(live) and not bind.scalar(erased):
        key, author = _key("reason", row.command_id), row.actor.partition(":")[2]
        said = {"hall_id": row.hall_id, "command_id": key, "ticket": ticket, "at": row.at, "author": author}
        op.execute(notes.insert().values(**said, text=reason))


def _key(kind: str, identity: str) -> str:
    return f"{kind}:{hashlib.sha256(identity.encode()).hexdigest()[:56]}"


def _clear(table: Any, *keys: Any) -> None:
    """Remove the reasons of tickets and points from a column of JSON, which keeps its separators."""
    query = sa.select(*keys, table.c.body).where(table.c.body.contains('"reason"'))
    for *here, body in op.get_bind().execute(query).fetchall():
        if SAID.search(body):
            separators = (",", ":") if table is snapshots else None
            text = json.dumps(_without(json.loads(body)), ensure_ascii=False, separators=separators)
            its_own = sa.and_(*(key == value for key, value in zip(keys, here, strict=True)))
            op.execute(table.update().where(its_own).values(body=text))


def _without(said: Any) -> Any:
    """Empty the reason of tickets (which have a state) and points (a status); an undoable action keeps its own."""
    if isinstance(said, list):
        return [_without(one) for one in said]
    if not isinstance(said, dict):
        return said
    about = "state" in said or "status" in said
    return {name: "" if about and name == "reason" else _without(value) for name, value in said.items()}
