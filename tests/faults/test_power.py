"""After a power cut everything that was answered is there, whatever the disk had not written yet."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from console.work.drafts import ConfirmedNote, DraftedVisit, Drafts
from shared.backend.http import certificate_authority
from shared.backend.storage.database import Database
from shared.hall.roles import Role
from shared.link.certificate_trust import Pin, Pins
from shared.link.paired_hall import PairedHall, PairedHallFile, write_whole
from tests.faults.disk_after_power_cut import SECTOR, Record, disk
from tests.faults.power import SCENES, campaign, record_scene
from tests.faults.recording import recording

CUTS = 42

FULL = "PRAGMA synchronous = FULL"
FOR_MACS = "PRAGMA fullfsync = ON"


@pytest.mark.parametrize("mac", [False, True])
def test_wherever_the_power_is_cut(mac: bool) -> None:
    done = [cut for name in SCENES for cut in campaign(CUTS // len(SCENES), scenes=[name], mac=mac)]
    assert not [(cut.command, cut.faults) for cut in done if cut.faults]
    assert sum(cut.at_a_sync for cut in done) >= CUTS / 2
    assert sum(cut.answered for cut in done) > CUTS, "or there was nothing to keep"


# ── the checks are checked ──


@pytest.mark.parametrize("name", ["morning", "alone"])
@pytest.mark.parametrize("instead", ["PRAGMA synchronous = NORMAL", "PRAGMA synchronous = OFF"])
def test_a_database_that_does_not_wait_for_the_disk_is_found_out(name: str, instead: str) -> None:
    done = campaign(100, scenes=[name], instead={FULL: instead}, log_pages=1_000)
    assert any(cut.faults for cut in done)


@pytest.mark.parametrize("name", ["morning", "alone"])
def test_a_database_that_would_lose_answers_on_a_mac_alone_is_found_out(name: str) -> None:
    assert any(cut.faults for cut in campaign(100, scenes=[name], instead={FOR_MACS: "SELECT 1"}, mac=True))


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_goes_the_same_way_every_time(name: str) -> None:
    """Otherwise no cut could be repeated by its seed."""
    runs = [[(type(step), getattr(step, "about", "")) for step in record_scene(name, 5).record.steps] for _ in range(2)]
    assert runs[0] == runs[1]


# ── what was erased ──


def test_what_was_erased_does_not_come_back(tmp_path: Path) -> None:
    with recording(tmp_path) as record, closing(Database(f"sqlite:///{tmp_path / 'hall.db'}", create=True)) as database:
        with database.writing() as connection:
            connection.exec_driver_sql("INSERT INTO halls (id, seq, created_at) VALUES ('a secret', 0, '2026-01-01')")
        with database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM halls")
        database.scrub()
        record.answered("the erasure", "done")
    for seed in range(40):
        assert not [name for name, kept in _left(record, _first_answer(record), seed).items() if b"a secret" in kept]


def _first_answer(record: Record) -> int:
    """The first step after the first answer."""
    return next(cut for cut in range(len(record.steps) + 1) if record.answers(cut))


# ── files that are not databases ──


def test_a_file_that_was_not_synced_may_be_there_empty_or_in_parts(tmp_path: Path) -> None:
    with recording(tmp_path) as record:
        (tmp_path / "careless").write_bytes(b"x" * 2_000)
        record.answered("it", "written")
    found = {_left(record, len(record.steps), seed).get("careless") for seed in range(200)}
    assert {None, b"", b"x" * 2_000, bytes(2_000)} <= found
    torn = {len(content) % SECTOR for content in found if content and len(content) < 2_000}
    assert 0 in torn and len(torn) > 1, "between two sectors, or within one"


def _note(folder: Path, text: str) -> None:
    Drafts(folder / "drafts").confirm(ConfirmedNote("1", DraftedVisit("clinic", "anna", "t"), text))


def _home(folder: Path, text: str) -> None:
    PairedHallFile(folder / "state", Role.KIOSK).save(
        PairedHall(address=f"http://{text}", installation="1", hall="clinic")
    )


WRITERS: dict[str, Callable[[Path, str], object]] = {
    "a file": lambda folder, text: write_whole(folder / "state" / "deep" / "doubtful", text),
    "a note that is confirmed": _note,
    "where a station belongs": _home,
    "whom a station trusts": lambda folder, text: Pins(folder / "trust").keep("https://hall", Pin(text)),
    "a certificate": lambda folder, text: certificate_authority._write(folder / "key.pem", text.encode(), replace=True),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_is_there_whole_once_it_is_said_to_be(writer: str, tmp_path: Path) -> None:
    """After any cut the file is the last one written, or the one being written, and nothing else."""
    texts = ["first", "second", "third"]
    with recording(tmp_path) as record:
        for text in texts:
            WRITERS[writer](tmp_path, text)
            record.answered(text, "written")
    for cut in range(record.first, len(record.steps) + 1):
        written = len(record.answers(cut))
        allowed = texts[max(0, written - 1) : written + 1]
        for seed in range(20):
            kept = [content for name, content in _left(record, cut, seed).items() if _is_complete(name)]
            assert len(kept) == 1 or not written, (cut, seed)
            assert all(any(text.encode() in content for text in allowed) for content in kept), (cut, seed, kept)


def _is_complete(name: str) -> bool:
    return not name.endswith(".new") and not name.startswith(".")


def _left(record: Record, cut: int, seed: int) -> dict[str, bytes]:
    """The files on a disk that was cut off."""
    with tempfile.TemporaryDirectory() as left:
        disk(record, cut, random.Random(seed), Path(left))
        return {path.name: path.read_bytes() for path in Path(left).rglob("*") if path.is_file()}
