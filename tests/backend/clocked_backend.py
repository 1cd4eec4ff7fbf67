"""A backend whose clock a test holds in its hand: served over real HTTP from a thread, set and moved at will."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
import uvicorn

from shared.backend.access.accounts import Accounts
from shared.backend.halls.clock import Clock
from shared.backend.halls.ledger import Ledger
from shared.backend.http.routes import create_app
from shared.backend.storage.database import Database
from shared.hall.field_types import new_id
from shared.hall.roles import Role

PASSWORD = "a-good-password"


class HandClock(Clock):
    """Both clocks stand still until somebody moves them; whoever sleeps wakes whenever they were touched."""

    def __init__(self, wall: datetime) -> None:
        self._wall = wall.astimezone(UTC)
        self._elapsed = 0
        self._touched = 0

    def wall(self) -> datetime:
        return self._wall

    def elapsed(self) -> int:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        until, touched = self._elapsed + seconds * 1000, self._touched
        while self._elapsed < until and self._touched == touched:
            await asyncio.sleep(0.01)

    def pass_time(self, **span: float) -> None:
        passed = timedelta(**span)
        self._wall += passed
        self._elapsed += passed // timedelta(milliseconds=1)
        self._touched += 1

    def set_to(self, wall: datetime) -> None:
        """Somebody sets the clock on the wall."""
        self._wall = wall.astimezone(UTC)
        self._touched += 1


@dataclass
class Night:
    """A hall at night: its clock, and a program that speaks plain HTTP to it."""

    clock: HandClock
    base: str
    zone: str
    session: requests.Session
    kiosk: str
    """The token of a kiosk."""

    def do(self, name: str, /, token: str = "", **fields: Any) -> requests.Response:
        body = {"command_id": str(uuid.uuid4()), **fields}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = f"{self.base}/api/v1/halls/hall/commands/{name}"
        return self.session.post(address, json=body, headers=headers, timeout=10)

    def done(self, name: str, /, **fields: Any) -> dict[str, Any]:
        answer = self.do(name, **fields)
        assert answer.ok, answer.text
        result: dict[str, Any] = answer.json()["result"]
        return result

    def take(self, service: str = "desk") -> dict[str, Any]:
        ticket: dict[str, Any] = self.done("issue-ticket", service=service)["ticket"]
        return ticket

    def hall(self) -> dict[str, Any]:
        found: dict[str, Any] = self.session.get(f"{self.base}/api/v1/halls/hall", timeout=10).json()
        return found

    def desk(self) -> dict[str, Any]:
        service: dict[str, Any] = self.hall()["services"][0]
        return service

    def page(self) -> str:
        """What a phone shows."""
        return requests.get(f"{self.base}/h/hall?lang=en", timeout=10).text

    def waiting(self) -> list[str]:
        return [ticket["label"] for ticket in self.hall()["tickets"]]

    def local(self, text: str) -> datetime:
        """A time on the hall's own clock; the first one, where it is shown twice."""
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone))

    def until(self, text: str) -> None:
        """Let time pass, by the hall's own clock."""
        self.clock.pass_time(seconds=(self.local(text).astimezone(UTC) - self.clock.wall()).total_seconds())

    def wait(self, business_day: str) -> dict[str, Any]:
        """The hall once it keeps this day: the backend begins it by itself."""
        limit = time.monotonic() + 10
        while (hall := self.hall())["hall"]["business_day"] != business_day:
            assert time.monotonic() < limit, hall["hall"]
            self.clock.pass_time()  # who was about to sleep when the clock was moved looks at it again
            time.sleep(0.02)
        return hall


@contextlib.contextmanager
def night(folder: Path, begins: str, zone: str = "Europe/Berlin", **settings: Any) -> Iterator[Night]:
    """A hall with one service at one open point, at a time on its own clock."""
    clock = HandClock(datetime.fromisoformat(begins).replace(tzinfo=ZoneInfo(zone)))
    database = Database(f"sqlite:///{folder / 'night.db'}", create=True)
    accounts = Accounts(database)
    with contextlib.closing(Ledger(database, clock)) as ledger:
        if "hall" not in ledger.hall_ids():
            ledger.create_hall("hall")
            accounts.people.add("admin", PASSWORD, Role.ADMINISTRATOR)
        with _served(ledger, accounts) as base, requests.Session() as session:
            answer = session.post(f"{base}/api/v1/sessions", json={"login": "admin", "password": PASSWORD}, timeout=10)
            session.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            there = Night(clock, base, zone, session, accounts.add_device(f"kiosk {new_id()}", Role.KIOSK, "hall"))
            if settings:
                _set_up(there, settings)
            yield there


def _set_up(there: Night, settings: dict[str, Any]) -> None:
    service = settings.pop("service", {})
    there.done("define-hall", name="Hall", time_zone=there.zone, **settings)
    there.done("define-precedence", id="regular", name="Regular", allowance=30)
    there.done("define-service", id="desk", name="Desk", prefix="A", **service)
    there.done("define-point", id="1", serial_number=1, name="Counter 1", services=["desk"])
    there.done("activate-point", point="1")


@contextlib.contextmanager
def _served(ledger: Ledger, accounts: Accounts) -> Iterator[str]:
    app = create_app(ledger, accounts)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
