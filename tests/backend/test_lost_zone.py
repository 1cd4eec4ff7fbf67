"""A hall whose time zone this machine does not know says so, can be mended, and stands in no other hall's way."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import zoneinfo
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from shared.backend.background.business_days import look_after_all
from shared.backend.halls import database_administration
from shared.backend.halls.ledger import Ledger
from shared.backend.storage.database import Database
from shared.hall.field_types import new_id
from shared.hall.json_codec import encode
from shared.hall.roles import Role
from shared.hall.time_zones import is_known, zones
from tests.backend.clocked_backend import HandClock
from tests.backends import PASSWORD, Caller, Premises, nowserving


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    """Two halls, of which the first by name stands in a zone of which nobody here has heard."""
    made = Premises(tmp_path)
    with database_administration.opened(made.database) as halls:
        halls.add_hall("bank", "bank", time_zone="America/Lima")
    with closing(sqlite3.connect(tmp_path / "halls.db")) as raw, raw:
        for table in ("journal", "answers"):
            raw.execute(f"UPDATE {table} SET body = replace(body, 'America/Lima', 'Mars/Olympus')")
    yield made
    made.kill()


def test_the_clock_begins_the_days_of_all_other_halls(premises: Premises, caplog: pytest.LogCaptureFixture) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with closing(Ledger(Database(premises.database), HandClock(tomorrow))) as ledger:
        before = ledger.hall(premises.hall).business_day
        told: dict[str, str] = {}
        for _ in range(3):
            asyncio.run(look_after_all(ledger, told))
        assert ledger.hall(premises.hall).business_day != before
    assert [(line.levelno, "Mars/Olympus" in line.getMessage()) for line in caplog.records] == [(logging.WARNING, True)]


def test_it_says_so_and_others_go_on(premises: Premises) -> None:
    premises.serve()
    admin = Caller(premises)
    assert admin.sign_in().ok
    assert admin.command("issue-ticket", command_id="here", service="registration").ok
    assert {hall["id"] for hall in admin.get("/api/v1/halls").json()} == {"bank", premises.hall}
    ticket = {"command_id": "there", "service": "accounts"}
    refused = [
        admin.get("/api/v1/halls/bank"),
        admin.post("/api/v1/halls/bank/commands/issue-ticket", ticket),
    ]
    assert [(answer.status_code, answer.json()["type"]) for answer in refused] == [(409, "unknown-time-zone")] * 2
    assert admin.get("/?lang=en").status_code == 200
    assert admin.get("/h/bank?lang=en").status_code == 409


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[Premises]:
    """Two halls, of which the first by name has an event that can't be read."""
    made = Premises(tmp_path)
    with database_administration.opened(made.database) as halls:
        halls.add_hall("bank", "bank")
    with closing(sqlite3.connect(tmp_path / "halls.db")) as raw, raw:
        raw.execute("UPDATE journal SET body = substr(body, 1, 40) WHERE hall_id = 'bank' AND seq = 1")
    yield made
    made.kill()


def test_a_hall_that_can_t_be_read_says_so_and_others_go_on(damaged: Premises, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as said:
        damaged.serve(log=said)
    admin = Caller(damaged)
    assert admin.sign_in().ok
    kiosks = {hall: damaged.device(Role.KIOSK, hall) for hall in ("bank", damaged.hall)}
    presses = [("bank", "accounts"), (damaged.hall, "registration")] * 8
    with ThreadPoolExecutor(len(presses)) as together:
        statuses = together.map(lambda press: pressed(damaged, kiosks[press[0]], *press), presses)
        assert [*statuses] == [503, 200] * 8
    kiosk = {"command_id": "there", "service": "accounts"}
    for _ in range(3):
        refused = [admin.get("/api/v1/halls/bank"), admin.post("/api/v1/halls/bank/commands/issue-ticket", kiosk)]
        assert [(one.status_code, one.json()["type"]) for one in refused] == [(503, "hall-unreadable")] * 2
        page = admin.get("/h/bank", headers={"Accept-Language": "de", "Accept": "text/html"})
        assert page.status_code == 503 and 'lang="de"' in page.text
    assert admin.get("/?lang=en").status_code == 200
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["ERROR", "WARNING"], log.read_text()
    at = ("--database", damaged.database)
    for command in (
        ("export", "--hall", "bank"),
        ("audit", "--hall", "bank"),
        ("personal", "export", "A1", "--hall", "bank"),
    ):
        done = nowserving(*command, *at)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-1].startswith("nowserving: "), done.stderr
    assert "bank: event 1 of the journal can't be read" in nowserving("check", *at).stderr


def pressed(there: Premises, kiosk: str, hall: str, service: str) -> int:
    path, body = f"{there.base}/api/v1/halls/{hall}/commands/issue-ticket", {"command_id": new_id(), "service": service}
    return requests.post(path, json=body, headers={"Authorization": f"Bearer {kiosk}"}, timeout=10).status_code


def test_the_clock_begins_the_days_of_all_others_whatever_is_wrong_with_one(
    damaged: Premises, caplog: pytest.LogCaptureFixture
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with closing(Ledger(Database(damaged.database), HandClock(tomorrow))) as ledger:
        before = ledger.hall(damaged.hall).business_day
        asyncio.run(look_after_all(ledger))
        assert ledger.hall(damaged.hall).business_day != before
    assert "bank: no business day was started" in caplog.text


def test_it_is_mended_by_defining_the_hall(premises: Premises) -> None:
    with database_administration.opened(premises.database) as halls:
        settings = halls.ledger.hall("bank").settings
    premises.serve()
    admin = Caller(premises)
    admin.sign_in()
    wanted = {**encode(settings), "command_id": "mend", "time_zone": "America/Lima"}
    mended = admin.post("/api/v1/halls/bank/commands/define-hall", wanted)
    assert mended.ok, mended.text
    assert admin.get("/api/v1/halls/bank").ok


def test_it_is_said_by_check_and_mended_by_a_file(premises: Premises, tmp_path: Path) -> None:
    at = ("--database", premises.database)
    checked = nowserving("check", *at)
    assert "bank: this machine does not know the time zone Mars/Olympus" in checked.stdout + checked.stderr
    assert "bank" in nowserving("hall", "list", *at).stdout
    exported = nowserving("export", "--hall", "bank", *at)
    file = tmp_path / "bank.toml"
    file.write_text(exported.stdout.replace("Mars/Olympus", "America/Lima"), "utf-8")
    imported = nowserving("import", str(file), "--hall", "bank", *at)
    assert imported.returncode == 0, imported.stderr
    assert nowserving("check", *at).stdout == "Nothing is wrong.\n"


@pytest.mark.parametrize("name", ["localtime", "posix/Europe/Berlin", "../../etc/passwd", "Mars/Olympus"])
def test_only_zones_of_the_packaged_list_are_taken(name: str, tmp_path: Path) -> None:
    """Whatever else this machine has: the next one may not."""
    at = ("--database", f"sqlite:///{tmp_path / 'halls.db'}")
    refused = nowserving("init", "--sample", "clinic", "--time-zone", name, *at, NOWSERVING_ADMIN_PASSWORD=PASSWORD)
    assert (refused.returncode, "time zone" in refused.stderr) == (1, True), refused.stderr


def test_every_zone_of_the_list_is_known_where_the_system_has_none() -> None:
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    try:
        assert [name for name in zones() if not is_known(name)] == []
    finally:
        zoneinfo.reset_tzpath()
