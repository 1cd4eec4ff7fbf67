"""Stores the answers to commands, so that a retry acts once and gets the same answer."""

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
from shared.hall.input_checks import remark_fields
from shared.hall.json_codec import encode
from shared.hall.messages import Accepted, Command

_json = json.JSONEncoder(ensure_ascii=False).encode
_sorted_json = json.JSONEncoder(sort_keys=True).encode

KEPT = timedelta(days=7)
"""How long an answer is kept at least: longer than any station retries."""

FORGOTTEN = ""
"""The fingerprint of a command whose own an upgrade deleted, because it was made from a remark."""

_EARLIER = select(tables.answers).where(
    tables.answers.c.hall_id == bindparam("hall"), tables.answers.c.command_id.in_(bindparam("ids", expanding=True))
)


class StoredAnswers:
    """A hall's answers to the commands of one batch, both those stored before and new ones."""

    def __init__(self, connection: Connection, hall_id: HallId, commands: Iterable[Command], rows: RowBuffer) -> None:
        self._hall = hall_id
        self._rows = rows
        ids = [command.command_id for command in commands]
        found = connection.execute(_EARLIER, {"hall": hall_id, "ids": ids}).mappings()
        self._answers: dict[str, Mapping[Any, Any]] = {row["command_id"]: row for row in found}

    def earlier(self, command: Command) -> Accepted | Refused | None:
        """The answer already given to this command; raises CommandIdReused if its id belongs to another command."""
        row = self._answers.get(command.command_id)
        if row is None:
            return None
        if row["fingerprint"] not in (_fingerprint(command), FORGOTTEN):
            raise CommandIdReused("This command_id was already used for another command: make a new one.")
        body = json.loads(row["body"])
        if "refused" in body:
            return Refused.of_type(body["refused"], body["status"], body["detail"], **body["about"])
        return Accepted(body["result"], row["seq"])

    def keep(self, command: Command, answer: Accepted | Refused, seq: int, at: datetime) -> None:
        """Buffer the answer to a command, with its time and the number of the hall's last event."""
        row = {
            "hall_id": self._hall,
            "command_id": command.command_id,
            "fingerprint": _fingerprint(command),
            "at": at,
            "seq": seq,
            "body": _json(_encoded(answer)),
        }
        self._answers[command.command_id] = row
        self._rows.insert(tables.answers, row)


def forget(connection: Connection, hall_id: HallId, now: datetime) -> None:
    """Delete answers older than ``KEPT``."""
    rows = tables.answers.c
    connection.execute(delete(tables.answers).where(rows.hall_id == hall_id, rows.at < now - KEPT))


def _fingerprint(command: Command) -> str:
    """A hash of the command without remarks, which may name people: a name can be guessed from a hash."""
    plain = encode(command)
    for name in remark_fields(command):
        del plain[name]
    text = _sorted_json([command.type_name(), plain])
    return hashlib.sha256(text.encode()).hexdigest()


def _encoded(answer: Accepted | Refused) -> dict[str, Any]:
    if isinstance(answer, Accepted):
        return {"result": answer.result}
    return {"refused": answer.type_name(), "status": answer.status, "detail": answer.sentence, "about": answer.about}
