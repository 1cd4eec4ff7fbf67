"""A hall whose time zone this machine does not know says so, can be mended, and stands in no other hall's way."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import zoneinfo
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.backend.halls import care
from shared.backend.halls.ledger import Ledger
from shared.backend.halls.timekeeper import look_after_all
from shared.backend.storage.database import Database
from shared.hall.wire import encode
from shared.hall.zones import is_known, zones
from tests.backend.night_watch import HandClock
from tests.backends import PASSWORD, Caller, Premises, nowserving


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    """Two halls, of which the first by name stands in a zone of which nobody here has heard."""
    made = Premises(tmp_path)
    with care.opened(made.database) as halls:
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
        asyncio.run(look_after_all(ledger))
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


def test_it_is_mended_by_defining_the_hall(premises: Premises) -> None:
    with care.opened(premises.database) as halls:
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
