"""The backend's own certificate authority, its certificates, and certificates that are given."""

from __future__ import annotations

import asyncio
import ipaddress
import shutil
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from shared.backend.http import certificate_authority as module
from shared.backend.http import tls
from shared.backend.http.certificate_authority import Authority, Names, this_machine, usual_folder
from shared.backend.http.server import _report_security, serve
from shared.hall.errors import Unfit
from shared.settings import Settings
from tests.backends import Premises


def certificates(file: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(file.read_bytes())


def names(certificate: x509.Certificate) -> set[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))}


def test_a_certificate_is_for_every_name_and_address_of_the_machine_and_the_names_it_was_given(tmp_path: Path) -> None:
    made = Authority(tmp_path / "tls", "hall.example.org", "192.168.7.7")
    made.renew()
    leaf, root = certificates(made.server)
    here = this_machine()
    assert names(leaf) >= {"localhost", "127.0.0.1", "::1", "hall.example.org", "192.168.7.7"}
    assert names(leaf) >= here.names | set(map(str, here.addresses))
    for host in ("localhost", "hall.example.org"):
        checks = PolicyBuilder().store(Store([root])).build_server_verifier(x509.DNSName(host))
        assert checks.verify(leaf, []), "a strict reader of RFC 5280 finds nothing wrong"


def test_the_authority_vouches_for_servers_of_this_house_only(tmp_path: Path) -> None:
    made = Authority(tmp_path)
    root = certificates(tmp_path / "authority.pem")[0]
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    for stranger in ("bank.example.com", "93.184.215.14"):
        (tmp_path / "server.pem").write_bytes(made._new_server(module.names_of("localhost", stranger)))
        leaf = certificates(tmp_path / "server.pem")[0]
        checks = PolicyBuilder().store(Store([root])).build_server_verifier(x509.DNSName("localhost"))
        with pytest.raises(VerificationError):
            checks.verify(leaf, [])


def test_it_is_made_once_however_many_backends_start_together(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as crowd:
        fingerprints = {made.fingerprint for made in crowd.map(lambda _: Authority(tmp_path / "tls"), range(8))}
    assert len(fingerprints) == 1
    assert [file.name for file in (tmp_path / "tls").iterdir()] == ["authority.pem"]


def test_a_certificate_stays_until_it_runs_out_or_the_machine_has_another_address(tmp_path, monkeypatch) -> None:
    made = Authority(tmp_path)
    assert made.renew()
    assert not made.renew()

    moved = this_machine() | Names(frozenset(), frozenset({ipaddress.ip_address("192.168.40.2")}))
    monkeypatch.setattr(module, "this_machine", lambda: moved)
    assert made.renew()
    assert "192.168.40.2" in names(certificates(made.server)[0])
    assert not made.renew()

    monkeypatch.setattr(module, "SERVER_LASTS", timedelta(days=29))
    made.server.unlink()
    assert made.renew() and made.renew(), "less than a month is left"
    monkeypatch.undo()
    assert made.renew()
    assert certificates(made.server)[0].not_valid_after_utc - datetime.now(UTC) > timedelta(days=390)


def test_an_address_it_may_not_vouch_for_does_not_spoil_the_certificate(tmp_path, monkeypatch, caplog) -> None:
    made = Authority(tmp_path)
    moved = this_machine() | Names(frozenset({"new.example.org"}), frozenset({ipaddress.ip_address("93.184.215.14")}))
    monkeypatch.setattr(module, "this_machine", lambda: moved)
    assert made.renew()
    assert not names(certificates(made.server)[0]) & {"new.example.org", "93.184.215.14"}
    assert "browsers will warn at 93.184.215.14, new.example.org" in caplog.text


def test_a_folder_that_can_not_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unfit, match="can't be used"):
        Authority(tmp_path / "file")
    (tmp_path / "authority.pem").write_text("nonsense")
    with pytest.raises(Unfit, match="holds no certificate authority"):
        Authority(tmp_path)


def test_the_authority_lives_beside_an_sqlite_file_else_in_the_state_folder() -> None:
    assert usual_folder("sqlite:////srv/hall/now.db", Path("/state")) == Path("/srv/hall/nowserving-tls")
    assert usual_folder("sqlite:///now.db", Path("/state")) == Path("nowserving-tls")
    assert usual_folder("postgresql://now@db/now", Path("/state")) == Path("/state/tls")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = Authority(tmp_path_factory.mktemp("company"))
    made.renew()
    return made


def test_a_renewed_certificate_is_taken_up_without_a_restart(company, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tls, "CHECK_EVERY", 0.01)
    file = tmp_path / "server.pem"
    shutil.copy(company.server, file)
    given = tls.tls_from_files(file, file)

    async def shown(port: int) -> bytes:
        context = ssl.create_default_context(cadata=company.pem)
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        certificate: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return certificate

    async def renewal() -> None:
        context = given.context()
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", ssl=context)
        port = server.sockets[0].getsockname()[1]
        fresh = asyncio.create_task(given.keep_fresh(context))
        before = await shown(port)
        file.write_text("half a file")
        company.server.unlink()
        company.renew()
        shutil.copy(company.server, tmp_path / "new.pem")
        (tmp_path / "new.pem").replace(file)
        while await shown(port) == before:
            await asyncio.sleep(0.02)
        fresh.cancel()
        server.close()

    asyncio.run(asyncio.wait_for(renewal(), 20))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Premises:
    """A database without a backend."""
    return Premises(tmp_path_factory.mktemp("premises"))


def test_with_a_given_certificate_browsers_are_told_to_come_by_https_alone(company, there, tmp_path: Path) -> None:
    base = there.serve("--tls-cert", str(company.server), "--tls-key", str(company.server))
    file = tmp_path / "company.pem"
    file.write_text(company.pem)
    page = requests.get(base + "/healthz", timeout=5, verify=str(file))
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert requests.get(base + "/api/v1/authority", timeout=5, verify=str(file)).json()["type"] == "unknown-authority"
    there.stop()


def test_what_is_no_certificate_is_said_in_one_sentence(there: Premises) -> None:
    settings = Settings(database=there.database, tls_cert="nothing.pem")
    with pytest.raises(Unfit, match="needs its key"):
        serve(settings, "127.0.0.1", 0)
    with pytest.raises(Unfit, match="can't be used as a certificate"):
        serve(replace(settings, tls_key="nothing.pem"), "127.0.0.1", 0)


def test_plain_http_to_the_network_is_warned_of_and_to_this_machine_is_not(
    there: Premises, capfd, tmp_path: Path
) -> None:
    with (tmp_path / "log").open("w") as log:
        twin = there.another()
        assert twin.serve("--host", "0.0.0.0", log=log).startswith("http://")
        twin.stop()
    warned = (tmp_path / "log").read_text()
    assert "plain HTTP" in warned and "--tls" in warned and warned.count("\n") == 1
    for host in ("127.0.0.1", "127.0.0.9", "::1", "localhost"):
        _report_security(host, None)
    assert capfd.readouterr().err == ""
