"""The answers already given: the same command again, for its answer was lost, acts once and hears the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from shared.backend.storage import tables
from shared.backend.storage.row_buffer import RowBuffer
from shared.hall.errors import CommandIdReused, Refused
from shared.hall.field_types import HallId
from shared.hall.input_checks import remarks
from shared.hall.json_codec import encode
from shared.hall.messages import Accepted, Command

_json = json.JSONEncoder(ensure_ascii=False).encode
_sorted_json = json.JSONEncoder(sort_keys=True).encode

KEPT = timedelta(days=7)
"""How long an answer is kept for whoever asks again: a week is longer than any station waits."""

FORGOTTEN = ""
"""The fingerprint of a command whose own an upgrade took, for it was made of what somebody had said."""

_EARLIER = select(tables.answers).where(
    tables.answers.c.hall_id == bindparam("hall"),
    tables.answers.c.command_id.in_(bindparam("ids", expanding=True)),
)


class StoredAnswers:
    """The answers of a hall to the commands of one batch: those given long ago, and those it gets now."""

    def __init__(self, connection: Connection, hall: HallId, asked: Iterable[Command], rows: RowBuffer) -> None:
        self._hall = hall
        self._rows = rows
        ids = [command.command_id for command in asked]
        found = connection.execute(_EARLIER, {"hall": hall, "ids": ids}).mappings()
        self._given: dict[str, Mapping[Any, Any]] = {row["command_id"]: row for row in found}

    def earlier(self, command: Command) -> Accepted | Refused | None:
        """The answer already given to this command; raises CommandIdReused if its id was another command's."""
        row = self._given.get(command.command_id)
        if row is None:
            return None
        if row["fingerprint"] not in (_fingerprint(command), FORGOTTEN):
            raise CommandIdReused("This command_id was already used for another command: make a new one.")
        body = json.loads(row["body"])
        if "refused" in body:
            return Refused.named(body["refused"], body["status"], body["detail"], **body["about"])
        return Accepted(body["result"], row["seq"])

    def keep(self, command: Command, answer: Accepted | Refused, seq: int, at: datetime) -> None:
        """Write down what a command was answered, at this time and after this event of the hall."""
        row = {
            "hall_id": self._hall,
            "command_id": command.command_id,
            "fingerprint": _fingerprint(command),
            "at": at,
            "seq": seq,
            "body": _json(_said(answer)),
        }
        self._given[command.command_id] = row
        self._rows.insert(tables.answers, row)


def forget(connection: Connection, hall: HallId, now: datetime) -> None:
    """Let go of what nobody will ask for again, so that the table does not grow for ever."""
    rows = tables.answers.c
    connection.execute(delete(tables.answers).where(rows.hall_id == hall, rows.at < now - KEPT))


def _fingerprint(command: Command) -> str:
    """Without remarks, which may name people: even of a hash a name can be guessed."""
    told = encode(command)
    for name in remarks(command):
        del told[name]
    said = _sorted_json([command.type_name(), told])
    return hashlib.sha256(said.encode()).hexdigest()


def _said(answer: Accepted | Refused) -> dict[str, Any]:
    if isinstance(answer, Accepted):
        return {"result": answer.result}
    return {"refused": answer.type_name(), "status": answer.status, "detail": answer.sentence, "about": answer.about}
