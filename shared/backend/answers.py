"""The answers already given: the same command again, for its answer was lost, acts once and hears the same."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from shared.backend import tables
from shared.hall.errors import CommandIdReused, Refused
from shared.hall.messages import Accepted, Command
from shared.hall.wire import encode
from shared.hall.words import HallId

KEPT = timedelta(days=7)
"""How long an answer is kept for whoever asks again: a week is longer than any station waits."""


def earlier(connection: Connection, hall: HallId, command: Command) -> Accepted | Refused | None:
    """The answer already given to this command; raises CommandIdReused if its id was another command's."""
    rows = tables.answers.c
    query = select(rows.fingerprint, rows.seq, rows.body).where(
        rows.hall_id == hall, rows.command_id == command.command_id
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    if row.fingerprint != _fingerprint(command):
        raise CommandIdReused("This command_id was already used for another command: make a new one.")
    body = json.loads(row.body)
    if "refused" in body:
        return Refused.named(body["refused"], body["status"], body["detail"], **body["about"])
    return Accepted(body["result"], row.seq)


def keep(
    connection: Connection, hall: HallId, command: Command, answer: Accepted | Refused, seq: int, at: datetime
) -> None:
    """Write down what a command was answered, at this time and after this event of the hall."""
    row = {
        "hall_id": hall,
        "command_id": command.command_id,
        "fingerprint": _fingerprint(command),
        "at": at,
        "seq": seq,
        "body": json.dumps(_said(answer), ensure_ascii=False),
    }
    connection.execute(insert(tables.answers), row)


def forget(connection: Connection, hall: HallId, now: datetime) -> None:
    """Let go of what nobody will ask for again, so that the table does not grow for ever."""
    rows = tables.answers.c
    connection.execute(delete(tables.answers).where(rows.hall_id == hall, rows.at < now - KEPT))


def _fingerprint(command: Command) -> str:
    said = json.dumps([command.type_name(), encode(command)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _said(answer: Accepted | Refused) -> dict[str, Any]:
    if isinstance(answer, Accepted):
        return {"result": answer.result}
    return {"refused": answer.type_name(), "status": answer.status, "detail": answer.detail, "about": answer.about}
