"""Fills a database with years of plausible history in bulk, for a benchmark.

A million tickets issued by the rules would take an hour. Each ticket has the rows of one that was issued, called and
served: three events, its own row, a call, and in the last week three stored answers.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from shared.backend.halls import journal
from shared.backend.storage.database import Database
from shared.hall.field_types import HallId
from shared.hall.json_codec import encode_hall

A_DAY = 1000
"""Tickets of a business day."""
A_WEEK = 7 * A_DAY
"""Tickets whose answers are still kept."""

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :tickets)"
DAY = "printf('%d-%02d-%02d', 2020 + i / 336000, 1 + i / 28000 % 12, 1 + i / 1000 % 28)"
AT = f"{DAY} || ' 09:' || printf('%02d:%02d.000000', i / 60 % 60, i % 60)"
TICKET = "printf('018f%08x-7000-8000-%012x', i, i * 7919)"
LABEL = "printf('B%03d', 1 + i % 999)"

FILL = (
    f"""INSERT INTO journal (hall_id, seq, type, at, command_id, actor, body) {NUMBERS}, e(k, type) AS (
        VALUES (1, 'ticket-issued'), (2, 'ticket-called'), (3, 'ticket-served'))
        SELECT :hall, :seq + 3 * i + k, type, {AT}, {TICKET} || k, 'specialist:anna',
        json_object('type', type, 'version', 1, 'ticket', {TICKET}, 'label', {LABEL}, 'note', hex(zeroblob(120)))
        FROM n CROSS JOIN e""",
    f"""INSERT INTO tickets (hall_id, id, business_day, label, service, precedence, language, origin, state, issued_at,
        number, due, point, called_at, ended_at, recalls, token_hash) {NUMBERS}
        SELECT :hall, {TICKET}, {DAY}, {LABEL}, 'doctor', 'regular', 'en', 'kiosk', 'served', {AT}, :seq + 3 * i + 1, i,
        '3', {AT}, {AT}, 0, CASE WHEN i % 3 THEN NULL ELSE hex(randomblob(32)) END FROM n""",
    f"""INSERT INTO calls (hall_id, seq, ticket, point, at, recall, why) {NUMBERS}
        SELECT :hall, :seq + 3 * i + 2, {TICKET}, '3', {AT}, 0, '{{"waited": 300, "passed_over": 0}}' FROM n""",
    f"""INSERT INTO answers (hall_id, command_id, fingerprint, at, seq, body) {NUMBERS}, e(k) AS (
        VALUES (1), (2), (3))
        SELECT :hall, {TICKET} || k, hex(randomblob(32)), {AT}, :seq + 3 * i + k, hex(zeroblob(200))
        FROM n CROSS JOIN e WHERE i >= :tickets - {A_WEEK}""",
    "UPDATE halls SET seq = seq + 3 * :tickets WHERE id = :hall",
)


def fill(address: str, file: Path, hall: HallId, tickets: int) -> None:
    """Add this many tickets to a hall's history. Nobody else may have the database open."""
    database = Database(address)
    with database.reading() as connection:
        before = journal.load(connection, hall)
    database.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for statement in FILL:
            connection.execute(statement, {"hall": hall, "seq": before.seq, "tickets": tickets})
        after = replace(before, seq=before.seq + 3 * tickets)
        snapshot = (hall, after.seq, json.dumps(encode_hall(after)))
        connection.execute("INSERT OR REPLACE INTO snapshots (hall_id, seq, body) VALUES (?, ?, ?)", snapshot)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
