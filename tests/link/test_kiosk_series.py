"""A kiosk's own numbers begin with the series its hall has given it, so that no two people hold the same number."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest

from shared.hall.errors import UnknownRequest
from shared.link.outbox import Outbox
from shared.link.outbox_store import OutboxStore
from shared.requests.devices import ClaimSeries, OwnSeries
from tests.link.test_outbox import NOW, back, label, link, store, taken, wait  # noqa: F401  # two are fixtures
from tests.memory_link import MemoryLink

# ruff: noqa: F811  # which takes a fixture for a name used twice


def told(link: MemoryLink, name: str, *shared_with: str) -> list[str]:
    """The configured series in each claim to a hall that gives this one."""
    heard: list[str] = []

    def answer(asked: ClaimSeries) -> OwnSeries:
        heard.append(asked.set_to)
        return OwnSeries(name=asked.set_to or name, shared_with=shared_with)

    link.asked[ClaimSeries] = answer
    return heard


def test_a_kiosk_gives_numbers_of_the_series_its_hall_has_told_it_also_after_a_restart(
    link: MemoryLink, store: OutboxStore
) -> None:
    told(link, "K7")
    outbox = Outbox(link, store, "", link.hall)
    back(link, outbox)
    wait(lambda: store.series() == "K7")
    outbox.close()
    link.unplug()
    again = Outbox(link, OutboxStore(store.folder), "", link.hall)
    assert label(again.do(taken())) == "K7-01"
    again.close()


def test_a_kiosk_that_was_never_told_uses_k1_and_one_that_is_set_to_another_that(
    link: MemoryLink, store: OutboxStore
) -> None:
    link.unplug()
    for set_to, printed in (("", "K1-01"), ("Q", "Q-01")):
        outbox = Outbox(link, store, set_to, link.hall)
        assert label(outbox.do(taken())) == printed
        outbox.close()


def test_a_kiosk_says_what_it_is_set_to_and_its_log_says_who_has_the_same(
    link: MemoryLink, store: OutboxStore, caplog: pytest.LogCaptureFixture
) -> None:
    heard = told(link, "K7", "Kiosk at the door")
    outbox = Outbox(link, store, "Q", link.hall)
    back(link, outbox)
    wait(lambda: "Kiosk at the door" in caplog.text)
    assert set(heard) == {"Q"}
    outbox.close()


def test_an_older_hall_that_knows_nothing_of_series_gets_its_tickets(link: MemoryLink, store: OutboxStore) -> None:
    def refuses(_: ClaimSeries) -> OwnSeries:
        raise UnknownRequest("There is no request 'claim-series'.")

    link.asked[ClaimSeries] = refuses
    link.unplug()
    outbox = Outbox(link, store, "", link.hall)
    outbox.do(taken())
    back(link, outbox)
    wait(lambda: link.hall.tickets and not store.undelivered())
    outbox.close()


def test_two_kiosks_that_gave_one_number_are_both_delivered_and_each_can_be_called(
    link: MemoryLink, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    link.unplug()
    kiosks = [Outbox(link, OutboxStore(tmp_path / name), "K1", link.hall) for name in ("a", "b")]
    assert [label(kiosk.do(taken(NOW - timedelta(minutes=minutes)))) for minutes, kiosk in enumerate(kiosks)] == [
        "K1-01",
        "K1-01",
    ]
    for kiosk in kiosks:
        back(link, kiosk)
        wait(lambda: "was delivered" in caplog.text)
    wait(lambda: len(link.hall.tickets) == 2)
    labels = sorted(one.label for one in link.hall.tickets.values())
    assert labels[0] == "K1-01"
    assert re.fullmatch(r"K1-01 \d\d:\d\d", labels[1])
    wait(lambda: f"this one is called as {labels[1]}" in caplog.text)
    for kiosk in kiosks:
        kiosk.close()


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
