"""A station trusts its hall over https, and nobody else: real certificates, real backends, real impostors."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.backend.http.certificate_authority import Authority
from shared.hall.errors import Unfit, Unreachable
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Role
from shared.link.certificate_trust import USUAL, Pin, Pins, Trust, first_contact
from shared.link.connect import connect
from shared.link.http_link import HttpLink
from shared.link.http_sessions import usual_authorities
from shared.link.link import Link
from shared.ui.station import Station
from tests.backends import PASSWORD, Premises
from tests.impostor import somebody
from tests.link.test_strange_backends import STRANGE, Strange

SOMEBODY_ELSE = "Somebody else answers"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """A backend that is its own authority."""
    there = Premises(tmp_path_factory.mktemp("premises"))
    there.serve("--tls")
    yield there
    there.stop()


@pytest.fixture(scope="module")
def pin(hall: Premises) -> Pin:
    return first_contact(hall.base)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another authority, made in the same way, with a certificate for this machine."""
    made = Authority(tmp_path_factory.mktemp("theirs"))
    made.renew()
    return made


def kiosk(premises: Premises, base: str = "", **known: object) -> Link:
    return connect(base or premises.base, token="a-token", role=Role.KIOSK, **known)


def folder(premises: Premises) -> Path:
    """Where its authority is kept."""
    return Path(premises.database.removeprefix("sqlite:///")).parent / "nowserving-tls"


def test_the_promised_line_says_https_and_the_folder_is_for_nobody_else(hall: Premises) -> None:
    assert hall.base.startswith("https://127.0.0.1:")
    assert folder(hall).stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in folder(hall).iterdir()} == {
        "authority.pem": 0o600,
        "server.pem": 0o600,
    }
    assert b"PRIVATE KEY" not in Path(hall.database.removeprefix("sqlite:///")).read_bytes()


def test_the_first_contact_finds_the_authority_and_the_fingerprint_people_compare(hall: Premises, pin: Pin) -> None:
    made = Authority(folder(hall))
    assert pin == Pin(made.pem)
    assert pin.fingerprint == made.fingerprint
    assert [len(group) for group in pin.fingerprint.split(" ")] == [4, 4, 4, 4]


def test_all_verbs_work_over_a_pinned_connection_and_a_watch_ends_at_once(hall: Premises, pin: Pin) -> None:
    console = connect(hall.base, role=Role.CONSOLE, pin=pin)
    link, _ = console.sign_in("admin", PASSWORD)
    assert link.fingerprint == pin.fingerprint
    before = link.snapshot().seq
    watch = link.watch(before)
    heard, over = threading.Event(), threading.Event()

    def listen() -> None:
        with contextlib.closing(watch):
            for news in watch:
                if news:
                    heard.set()
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    link.do(IssueTicket(service=link.snapshot().menu()[0].id))
    assert heard.wait(5)
    began = time.monotonic()
    link.close()
    assert over.wait(5) and time.monotonic() - began < 1
    console.close()


def test_what_the_first_contact_found_is_remembered_and_holds(hall, pin, theirs, tmp_path: Path) -> None:
    pins = Pins(tmp_path)
    with pytest.raises(Exception, match="not valid"):
        kiosk(hall, pins=pins).snapshot()
    assert pins.load(hall.base) == pin
    port = int(hall.base.rpartition(":")[2])
    hall.stop()
    try:
        with somebody(theirs.server, theirs.pem, port=port) as impostor:
            with pytest.raises(Unreachable, match=SOMEBODY_ELSE):
                kiosk(hall, pins=Pins(tmp_path)).snapshot()
            assert not any("a-token" in heard for heard in impostor.heard)
    finally:
        hall.serve("--tls")
    assert first_contact(hall.base) == pin, "a restart is no new authority"


def test_a_pinned_hall_may_answer_at_an_address_its_certificate_was_not_made_for(hall: Premises, pin: Pin) -> None:
    with somebody(folder(hall) / "server.pem", host="127.0.0.2") as moved:
        with pytest.raises(Unreachable, match="not a working hall"):  # it connected, and met no hall
            kiosk(hall, moved.base, pin=pin).snapshot()
        assert "Bearer a-token" in moved.heard


def test_a_pinned_connection_trusts_no_public_authority_besides(hall: Premises, pin: Pin) -> None:
    trust = Trust(hall.base, pin=pin)
    session = trust.session()
    assert session.get(hall.base + "/healthz", timeout=5).ok
    assert len(trust._context.get_ca_certs()) == 1


def test_an_authority_that_did_not_sign_the_certificate_is_not_believed(theirs: Authority, pin: Pin) -> None:
    with somebody(theirs.server, pin.pem) as liar, pytest.raises(Unreachable, match="can't be verified"):
        first_contact(liar.base)
    for said in ("", "no certificate at all", pin.pem + theirs.pem):
        with somebody(theirs.server, said) as odd, pytest.raises(Unreachable, match="can't be verified"):
            first_contact(odd.base)


def test_where_a_known_certificate_was_found_nobody_becomes_an_authority_later(theirs, tmp_path: Path) -> None:
    pins = Pins(tmp_path)
    with somebody(theirs.server, theirs.pem) as impostor:
        pins.keep(impostor.base, Pin())
        assert pins.file(impostor.base).read_text() == USUAL
        with pytest.raises(Unreachable, match=SOMEBODY_ELSE):
            HttpLink(impostor.base, "clinic", "a-token", Trust(impostor.base, pins=pins)).snapshot()
        assert impostor.heard == []


def test_a_damaged_memory_trusts_nobody(hall: Premises, tmp_path: Path) -> None:
    pins = Pins(tmp_path)
    pins.file(hall.base).write_text("")
    with pytest.raises(Unreachable, match="can't be read"):
        kiosk(hall, pins=pins).snapshot()


def test_a_company_s_authority_is_named_in_a_file_and_its_names_are_compared(theirs, tmp_path: Path) -> None:
    file = tmp_path / "company.pem"
    file.write_text(theirs.pem)
    with somebody(theirs.server) as hall:
        with pytest.raises(Unreachable, match="can't be verified"):
            kiosk(None, hall.base).snapshot()
        assert first_contact(hall.base, str(file)) == Pin()
        with pytest.raises(Unreachable, match="not a working hall"):  # it connected, and met no hall
            kiosk(None, hall.base, tls_ca=str(file)).snapshot()
    with somebody(theirs.server, host="127.0.0.2") as hall, pytest.raises(Unreachable, match="can't be verified"):
        kiosk(None, hall.base, tls_ca=str(file)).snapshot()
    with pytest.raises(Unfit, match="tls_ca"):
        usual_authorities(str(tmp_path / "nothing.pem"))


def test_a_connection_that_is_lost_or_has_no_tls_is_no_impostor(pin: Pin, tmp_path: Path) -> None:
    there = Strange(STRANGE["a page"])
    plain = there.base.replace("http://", "https://")
    for known in ({"pin": pin}, {"pins": Pins(tmp_path)}):
        with pytest.raises(Unreachable, match="does not answer"):
            kiosk(None, plain, **known).snapshot()
    there.close()
    assert Pins(tmp_path).load(plain) is None


def test_old_tls_is_refused(hall: Premises) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():  # Python warns of what is tried here
        warnings.simplefilter("ignore")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    port = int(hall.base.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as line, pytest.raises(ssl.SSLError):
        context.wrap_socket(line)


async def test_a_station_starts_before_its_hall_and_trusts_it_when_it_comes(hall, tmp_path, until) -> None:
    hall.stop()
    station = Station(connect(hall.base, token="", role=Role.KIOSK, pins=Pins(tmp_path)))
    station.start()
    await until(lambda: station.away_since)
    hall.serve("--tls")
    await until(lambda: station.refusal)  # it came in, and has no token
    assert Pins(tmp_path).load(hall.base)
    station.stop()
