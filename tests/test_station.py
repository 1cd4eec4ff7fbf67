"""A station always shows its hall: live, or as last known and since when."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.hall.calling import CallNext
from shared.hall.errors import Invalid, NotSignedIn, PointNotActive
from shared.hall.issuing import IssueTicket, TicketCancelled
from shared.hall.messages import Happened
from shared.hall.points import ActivatePoint
from shared.link import timings
from shared.requests.devices import ReportState, Trouble, TroubleKind
from shared.requests.request import Done
from shared.ui.device_report import DeviceReports
from shared.ui.station import Station
from shared.ui.station_memory import StationMemory, remembered_halls
from tests.memory_link import MemoryLink, clinic


async def test_a_command_is_answered_and_its_events_arrive(link: MemoryLink, until) -> None:
    station = Station(link)
    heard: list[str] = []
    station.event_happened.connect(lambda event: heard.append(event.type_name()))
    station.start()
    await until(lambda: station.hall)
    await station.do_and_wait(ActivatePoint(point="1"))
    ticket = (await station.do_and_wait(IssueTicket(service="registration"))).result["ticket"]
    called = (await station.do_and_wait(CallNext(point="1"))).result["ticket"]
    await until(lambda: station.hall and station.hall.points["1"].ticket == ticket["id"])
    assert called["label"] == ticket["label"] == "A001"
    assert heard[-3:] == ["point-activated", "ticket-issued", "ticket-called"]
    station.stop()


async def test_a_refusal_comes_back_by_name(link: MemoryLink, until) -> None:
    station = Station(link)
    station.start()
    await until(lambda: station.hall)
    with pytest.raises(PointNotActive):
        await station.do_and_wait(CallNext(point="1"))
    station.stop()


async def test_a_cut_cable_keeps_the_last_hall_and_says_since_when(link: MemoryLink, until) -> None:
    station = Station(link)
    station.start()
    await until(lambda: station.hall)
    link.unplug()
    await until(lambda: station.away_since)
    assert station.hall
    link.plug()
    await until(lambda: not station.away_since)
    link.do(IssueTicket(service="tests"))
    await until(lambda: station.hall and station.hall.waiting("tests") == 1)
    station.stop()


async def test_a_hall_that_refuses_is_there(link: MemoryLink, until) -> None:
    """As for a person who has yet to sign in, or to change a first password."""
    station = Station(link)
    station.start()
    await until(lambda: station.hall)
    link.unplug()
    await until(lambda: station.away_since)
    link.refusal = NotSignedIn("Please sign in.")
    await until(lambda: station.refusal)
    assert station.away_since is None
    station.stop()


async def test_a_station_stops_within_a_second(link: MemoryLink, until) -> None:
    station = Station(link)
    station.start()
    await until(lambda: station.hall)
    began = time.monotonic()
    station.stop()
    assert time.monotonic() - began < 1


async def test_a_station_remembers_its_hall_over_a_restart(link: MemoryLink, until, tmp_path) -> None:
    first = Station(link, StationMemory(tmp_path, "memory"))
    first.start()
    await until(lambda: first.hall)
    link.unplug()  # and nobody stops it: stations are more often switched off
    await until(lambda: remembered_halls(tmp_path))
    second = Station(link, StationMemory(tmp_path, "memory"))
    assert second.hall and second.hall.settings == link.hall.settings
    first.stop()


async def test_a_power_cut_takes_the_last_seconds_at_most(link: MemoryLink, until, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(timings, "REMEMBER_EVERY", 0.2)
    station = Station(link, StationMemory(tmp_path, "memory"))
    station.start()
    await until(lambda: remembered_halls(tmp_path))
    for service in ("registration", "tests"):
        link.do(IssueTicket(service=service))
    await until(lambda: remembered_halls(tmp_path)[0].seq == link.hall.seq)
    station.stop()


async def test_a_remembered_hall_is_as_old_as_its_last_event_until_the_hall_answers(
    link: MemoryLink, until, tmp_path
) -> None:
    link.do(IssueTicket(service="tests"))
    memory = StationMemory(tmp_path, "memory")
    memory.save(link.hall)
    link.unplug()
    station = Station(link, memory)
    assert station.outdated_since == link.hall.at
    station.start()
    await until(lambda: station.away_since)
    assert station.outdated_since == link.hall.at
    link.plug()
    await until(lambda: station.outdated_since is None)
    link.unplug()
    await until(lambda: station.away_since)
    assert station.outdated_since == station.away_since
    station.stop()


async def test_a_station_that_was_stopped_writes_nothing_more(link: MemoryLink, until, tmp_path) -> None:
    """The file of a hall that is left must not come back."""
    memory = StationMemory(tmp_path, "memory")
    station = Station(link, memory)
    station.start()
    await until(lambda: station.hall)
    station.stop()
    memory.forget()
    assert remembered_halls(tmp_path) == [] and not any(tmp_path.iterdir())


async def test_an_event_that_does_not_fit_is_answered_with_a_fresh_snapshot(link: MemoryLink, until, caplog) -> None:
    station = Station(link)
    station.start()
    await until(lambda: station.hall)
    link.hall = replace(link.hall, seq=link.hall.seq + 1, business_day=None)
    link.journal.append(Happened(link.hall.seq, TicketCancelled(ticket="nobody")))
    await until(lambda: station.hall == link.hall)
    assert "can't be applied" in caplog.text
    station.stop()


def test_a_memory_nested_without_end_is_no_memory(tmp_path: Path) -> None:
    memory = StationMemory(tmp_path, "memory")
    memory.save(clinic())
    [file] = tmp_path.iterdir()
    file.write_text("[" * 100_000, "utf-8")
    assert memory.load() is None and remembered_halls(tmp_path) == []


async def test_a_backend_that_does_not_know_sound_is_told_the_rest(link: MemoryLink, until) -> None:
    heard: list[ReportState] = []

    def answer(state: ReportState) -> Done:
        if state.sound:
            raise Invalid("report-state: there is no field 'sound'.")
        heard.append(state)
        return Done()

    link.asked[ReportState] = answer
    station = Station(link)
    trouble = Trouble(kind=TroubleKind.DAMAGED, what="file", at=datetime.now(UTC))
    DeviceReports(station, troubles=lambda: (trouble,), sound=lambda: "There is\nno sound.")
    station.start()
    await until(lambda: heard)
    assert heard[0].troubles == (trouble,) and heard[0].sound == ""
    station.stop()
