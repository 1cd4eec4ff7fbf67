"""Collects every place a typed text may leak to, so that tests can search them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import requests
from sqlalchemy import select

from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.roles import Role
from shared.ui.station_memory import StationMemory
from tests.backends import Caller, Premises, nowserving


def seen_outside(there: Premises, folder: Path, own: str) -> dict[str, str]:
    """What kiosks, displays, strangers and the customer at ``own`` read, and what a station keeps on its disk."""
    return {
        "a station's memory": remembered(there, folder),
        "the set-up": nowserving("export", "--database", there.database).stdout,
        **answers_to_devices(there),
        **pages(there, own),
    }


def remembered(there: Premises, folder: Path) -> str:
    link = there.admin()
    StationMemory(folder / "memory", there.base).save(link.snapshot())
    link.close()
    return "".join(file.read_text() for file in (folder / "memory").iterdir())


def answers_to_devices(there: Premises) -> dict[str, str]:
    """What a kiosk and a display get to read."""
    said = {}
    for role in (Role.KIOSK, Role.DISPLAY):
        device = Caller(there)
        device.session.headers["Authorization"] = f"Bearer {there.device(role)}"
        hall = device.get(f"/api/v1/halls/{there.hall}")
        said[f"the hall for a {role}"] = hall.text
        with device.get(f"/api/v1/halls/{there.hall}/events?after=0", stream=True) as events:
            lines = events.iter_lines(decode_unicode=True)
            seq, text = hall.json()["seq"], ""
            while f"id: {seq}" not in text:
                text += next(lines) + "\n"
        said[f"the events for a {role}"] = text
        for ticket in hall.json()["tickets"]:
            name = ticket if isinstance(ticket, str) else ticket["id"]
            said[f"notes of {name} for a {role}"] = device.get(f"/api/v1/halls/{there.hall}/tickets/{name}/notes").text
        device.session.close()
    return said


def pages(there: Premises, own: str) -> dict[str, str]:
    return {
        path: requests.get(there.base + path, timeout=5).text
        for path in ("/metrics", "/", f"/h/{there.hall}", f"/h/{there.hall}/s/registration", own, "/api/docs")
    }


def rows(address: str) -> dict[str, str]:
    with closing(Database(address)) as database, database.reading() as connection:
        return {
            f"the table {table.name}": "\n".join(str(tuple(row)) for row in connection.execute(select(table)))
            for table in tables.metadata.sorted_tables
        }
