"""Backends are found on the local network, and a paired station finds its own again wherever it has moved to.

Everything here happens on the loopback network; whatever else is announced there is left out by its installation.
"""

from __future__ import annotations

import contextlib
import gc
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from zeroconf import DNSOutgoing, DNSPointer, ServiceInfo, Zeroconf
from zeroconf.const import _CLASS_IN, _FLAGS_AA, _FLAGS_QR_RESPONSE, _TYPE_PTR

from shared.backend.http.network_announcement import AnnouncedBackend, Announcement, addresses_of
from shared.hall.errors import Failure, Revoked, Unreachable
from shared.hall.roles import Role
from shared.link import timings
from shared.link.certificate_trust import Pin
from shared.link.discovery import SERVICE_TYPE, AnnouncedInstallation, Search
from shared.link.joining import base_url
from shared.link.paired_hall import PairedHall, PairedHallFile
from shared.link.pairing_client import PairingClient, new_token
from shared.link.roaming import RoamingLink
from shared.requests.devices import ConfirmPairing, ListDevices, RevokeDevice
from tests.backends import Premises

WITHIN = 20.0
"""Seconds for what takes one or two on a quiet machine."""


def until(fact: Callable[[], object]) -> None:
    end = time.monotonic() + WITHIN
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def search() -> Iterator[Search]:
    looking = Search()
    yield looking
    looking.close()


def of(search: Search, installation: str) -> AnnouncedInstallation | None:
    return next((found for found in search.found() if found.installation == installation), None)


@pytest.fixture(scope="module")
def announced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """A backend that announces itself, as every one does."""
    there = Premises(tmp_path_factory.mktemp("premises"))
    there.serve("--host", "127.0.0.1")
    yield there
    there.stop()


def a_home(premises: Premises, name: str) -> PairedHall:
    """A kiosk that has just been paired."""
    door = PairingClient(premises.base, token := new_token())
    admin = premises.admin()
    device = admin.request(ConfirmPairing(code=door.begin(Role.KIOSK).code, name=name))
    home = PairedHall(
        installation=door.installation().id,
        address=premises.base,
        hall=device.hall,
        device=device.id,
        token=token,
        pin=door.trust.pin,
    )
    admin.close()
    door.close()
    return home


# ── finding ──


def test_a_backend_is_found_with_its_halls_and_where_it_is(announced: Premises, search: Search) -> None:
    installation = PairingClient(announced.base).installation().id
    until(lambda: of(search, installation))
    assert of(search, installation) == AnnouncedInstallation(
        installation=installation, name="City Clinic", addresses=(announced.base,)
    )


def test_a_backend_that_ends_is_not_found_any_more(search: Search) -> None:
    offer = AnnouncedBackend(installation="passing", version="1", halls="", host="127.0.0.1", port=9)
    first, second = Announcement(offer), Announcement(replace(offer, port=10))
    until(lambda: (found := of(search, "passing")) and len(found.addresses) == 2)
    first.close()
    until(lambda: (found := of(search, "passing")) and found.addresses == ("http://127.0.0.1:10",))
    second.close()
    until(lambda: of(search, "passing") is None)


class Watched(Search):
    """A search that shows whether it has begun to ask, and how many backends it has noted."""

    asks = False
    answers = 0

    def is_running(self, asking: Zeroconf) -> bool:
        self.asks = True
        return super().is_running(asking)

    def note(self, name: str, info: ServiceInfo | None) -> None:
        self.answers += 1
        super().note(name, info)


def test_a_search_is_closed_while_it_asks_backends_that_do_not_answer() -> None:
    """Each was announced and does not answer, like a machine switched off since."""
    silent = DNSOutgoing(_FLAGS_QR_RESPONSE | _FLAGS_AA)
    for number in range(5):
        name = f"silent {number}.{SERVICE_TYPE}"
        silent.add_answer_at_time(DNSPointer(SERVICE_TYPE, _TYPE_PTR, _CLASS_IN, 60, name), 0)
    before = set(threading.enumerate())
    search = Watched()
    search.found()
    with contextlib.closing(Zeroconf()) as network:
        until(lambda: network.send(silent) or search.asks)
        search.close()
    assert search.answers < len(silent.answers)  # it does not wait for the others
    assert not {*threading.enumerate()} - before


def test_a_machine_tells_others_of_every_address_but_its_loopback() -> None:
    assert addresses_of("192.0.2.7") == ["192.0.2.7"]
    everywhere = addresses_of("0.0.0.0")
    assert everywhere and (everywhere == ["127.0.0.1"] or "127.0.0.1" not in everywhere)


# zeroconf leaves a socket behind when it can't begin; Python closes it, and says so
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_where_nothing_can_be_announced_the_backend_serves_all_the_same(caplog) -> None:
    announcement = Announcement(AnnouncedBackend(installation="x", version="1", halls="", host="203.0.113.250", port=9))
    until(lambda: "can't be announced" in caplog.text)
    announcement.close()
    assert caplog.text.count("can't be announced") == 1
    gc.collect()


def test_without_multicast_a_search_finds_nothing_and_says_nothing(monkeypatch, caplog) -> None:
    def no_network() -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr("shared.link.discovery.Zeroconf", no_network)
    search = Search()
    assert search.found() == []
    assert not caplog.records
    search.close()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("192.168.1.20", "http://192.168.1.20:8080"),
        (" reception:8081 ", "http://reception:8081"),
        ("https://queue.example.org/", "https://queue.example.org"),
        ("http://[fd00::2]:80", "http://[fd00::2]:80"),
        ("", ""),
        ("two words", ""),
        ("sqlite:///halls.db", ""),
        ("host:port", ""),
        ("http://host/page", ""),
    ],
)
def test_what_people_type_is_read_as_an_address(typed: str, meant: str) -> None:
    assert base_url(typed) == meant


# ── remembering ──


def test_a_home_is_kept_for_nobody_elses_eyes(tmp_path: Path) -> None:
    homes = PairedHallFile(tmp_path / "state", Role.KIOSK)
    assert homes.load() is None
    home = PairedHall(
        installation="i", address="https://a:1", hall="clinic", device="d", token="secret", pin=Pin("certificate")
    )
    homes.save(home)
    (file,) = (tmp_path / "state").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert homes.load() == home
    assert "secret" not in repr(home)
    file.write_text(file.read_text().replace("{", '{"of_a_later_version": 1, ', 1))
    assert homes.load() == home
    file.write_text("{")
    assert homes.load() is None
    homes.forget()
    homes.forget()
    assert not file.exists()


# ── going after it ──


@pytest.fixture
def moved() -> list[PairedHall]:
    return []


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timings, "ELSEWHERE_AFTER", 0.2)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def reached(link: RoamingLink) -> bool:
    try:
        link.snapshot()
    except Unreachable:
        return False
    return True


def test_a_station_finds_its_installation_at_a_new_address(announced: Premises, moved: list[PairedHall]) -> None:
    home = a_home(announced, "Roaming kiosk")
    link = RoamingLink(replace(home, address=f"http://127.0.0.1:{free_port()}"), moved.append)
    until(lambda: reached(link))
    assert moved == [home]
    link.close()


def test_a_station_paired_over_https_trusts_its_authority_wherever_it_is(
    tmp_path_factory: pytest.TempPathFactory, moved: list[PairedHall]
) -> None:
    there = Premises(tmp_path_factory.mktemp("https"))
    address = there.serve("--host", "127.0.0.1", "--tls")
    home = a_home(there, "Kiosk over https")
    assert address.startswith("https://") and home.pin and home.pin.fingerprint
    link = RoamingLink(replace(home, address=f"https://127.0.0.1:{free_port()}"), moved.append)
    until(lambda: reached(link))
    assert moved == [home] and link.fingerprint == home.pin.fingerprint
    link.close()
    there.stop()


class Impostor:
    """An impostor that announces the installation at its own address, and forwards every request to the real one."""

    def __init__(self, installation: str, real: str) -> None:
        self.asked: list[str] = []
        self.tokens: list[str] = []
        impostor = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                import requests

                impostor.asked.append(self.path)
                impostor.tokens += [self.headers["Authorization"]] if self.headers["Authorization"] else []
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = requests.post(real + self.path, body, timeout=5)
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.end_headers()
                self.wfile.write(answer.content)

            def do_GET(self) -> None:
                impostor.tokens += [self.headers["Authorization"]] if self.headers["Authorization"] else []
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        port = self._server.server_address[1]
        self._announcement = Announcement(
            AnnouncedBackend(installation=installation, version="1", halls="", host="127.0.0.1", port=port)
        )

    def close(self) -> None:
        self._announcement.close()
        self._server.shutdown()
        self._server.server_close()


def test_a_stranger_who_pretends_to_be_the_installation_is_never_told_the_token(
    premises: Premises, moved: list[PairedHall], caplog
) -> None:
    """Not even one that forwards the challenge to the real backend, which announces nothing."""
    home = a_home(premises, "Courted kiosk")
    impostor = Impostor(home.installation, premises.base)
    link = RoamingLink(replace(home, address=f"http://127.0.0.1:{free_port()}"), moved.append)
    until(lambda: not reached(link) and "/api/v1/pairings/proof" in impostor.asked)
    until(lambda: "can't prove" in caplog.text)
    assert not moved and not impostor.tokens
    link.close()
    impostor.close()


def test_only_its_own_installation_takes_a_device_out_of_service(
    premises: Premises, announced: Premises, moved: list[PairedHall]
) -> None:
    """Another installation may have its address meanwhile, and not know the device."""
    home = a_home(premises, "Kiosk between two")
    astray = RoamingLink(replace(home, address=announced.base), moved.append)
    with pytest.raises(Unreachable):
        astray.snapshot()
    astray.close()
    link = RoamingLink(home, moved.append)
    assert link.snapshot()
    admin = premises.admin()
    device = next(one for one in admin.request(ListDevices()) if one.id == home.device)
    admin.request(RevokeDevice(device=device.id))
    with pytest.raises(Revoked):
        link.snapshot()
    admin.close()
    link.close()
    with pytest.raises(Failure):
        link.snapshot()
