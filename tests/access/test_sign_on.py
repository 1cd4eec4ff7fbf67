"""Single sign-on: people sign in with a valid ID token, and with nothing that only looks like one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.backend.access import id_tokens as module
from shared.backend.access.id_tokens import SigningKeys, TokenVerifier, ports_of
from shared.backend.access.sign_on_accounts import granted
from shared.backend.halls.database_administration import opened
from shared.backend.http.server import serve
from shared.hall.errors import NotAllowed, NotSignedIn, Unfit, Unreachable
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.requests.sign_on import Identity, Provider
from shared.settings import Settings
from tests.backends import PASSWORD, Premises
from tests.issuer import CLIENT, Issuer, free_port


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    there = Issuer()
    yield there
    there.close()


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[Premises]:
    there = Premises(tmp_path_factory.mktemp("premises"))
    there.serve(**issuer.settings)
    yield there
    there.stop()


def come(premises: Premises, token: str, nonce: str = "n") -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(premises.base + "/api/v1/sign-on", json={"nonce": nonce}, headers=headers, timeout=5)


# ── coming in ──


def test_a_console_is_told_where_to_send_people(premises: Premises, issuer: Issuer) -> None:
    console = connect(premises.base, role=Role.CONSOLE)
    assert console.provider() == Provider(issuer=issuer.address, client_id=CLIENT, ports=(issuer.port,))
    console.close()


def test_whom_the_provider_vouches_for_works_here_as_what_it_says(premises: Premises, issuer: Issuer) -> None:
    came = come(premises, issuer.token(sub="anna-7", preferred_username="anna", groups=["staff", "supervisor"]))
    assert came.status_code == 200, came.text
    assert {name: came.json()[name] for name in ("login", "role", "hall")} == {
        "login": "anna",
        "role": "supervisor",
        "hall": None,
    }
    seen = requests.get(
        f"{premises.base}/api/v1/halls/{premises.hall}",
        headers={"Authorization": f"Bearer {came.json()['token']}"},
        timeout=5,
    )
    assert seen.ok

    later = come(premises, issuer.token(sub="anna-7", preferred_username="anna.m", groups="[specialist@clinic x]"))
    assert {name: later.json()[name] for name in ("login", "role", "hall")} == {
        "login": "anna",
        "role": "specialist",
        "hall": "clinic",
    }, "the same person, whatever they call themselves, and what they may do now"


def test_nobody_takes_over_an_account_of_the_same_name(premises: Premises, issuer: Issuer) -> None:
    token = issuer.token(sub="impostor", preferred_username="admin", groups=["specialist"])
    came = come(premises, token)
    assert (came.json()["login"], came.json()["role"]) == ("admin-2", "specialist")
    local = {"login": "admin", "password": PASSWORD}
    assert requests.post(premises.base + "/api/v1/sessions", json=local, timeout=5).json()["role"] == "administrator"
    with opened(premises.database) as halls:
        people = {person.login: person for person in halls.accounts.people.all()}
    assert people["admin-2"].signs_on and not people["admin"].signs_on


def test_people_of_the_provider_have_no_password_here(premises: Premises, issuer: Issuer) -> None:
    come(premises, issuer.token(sub="boris-1", preferred_username="boris"))
    for password in ("", "boris-1", PASSWORD):
        answer = requests.post(
            premises.base + "/api/v1/sessions", json={"login": "boris", "password": password}, timeout=5
        )
        assert answer.status_code == 401


def test_without_a_role_nobody_signs_in_and_whoever_lost_theirs_is_signed_out(
    premises: Premises, issuer: Issuer
) -> None:
    session = come(premises, issuer.token(sub="clara-1", preferred_username="clara")).json()["token"]
    for groups in (None, [], ["staff"], "boss", ["specialist@nowhere"], {"specialist": 1}, 7):
        answer = come(premises, issuer.token(sub="clara-1", preferred_username="clara", groups=groups))
        assert (answer.status_code, answer.json()["type"]) == (403, "not-allowed"), groups
    url = premises.base + "/api/v1/halls"
    assert requests.get(url, headers={"Authorization": f"Bearer {session}"}, timeout=5).status_code == 401
    stranger = come(premises, issuer.token(sub="nobody-9", preferred_username="dora", groups=[]))
    assert stranger.status_code == 403
    with opened(premises.database) as halls:
        assert "dora" not in {person.login for person in halls.accounts.people.all()}


@pytest.mark.parametrize(
    ("claim", "grant"),
    [
        (["specialist", "administrator", "supervisor"], (Role.ADMINISTRATOR, None)),
        (["supervisor@a", "supervisor"], (Role.SUPERVISOR, None)),
        (["supervisor@b", "supervisor@a"], (Role.SUPERVISOR, "a")),
        (["administrator@a", "specialist"], (Role.ADMINISTRATOR, "a")),
        ("[specialist@b staff]", (Role.SPECIALIST, "b")),
        ("staff, supervisor", (Role.SUPERVISOR, None)),
        ('["specialist"]', (Role.SPECIALIST, None)),
        (["kiosk", "clock", "Administrator", "administrator@", "specialist@c"], None),
        (["administrator@@a", "@a", "", None, {"a": 1}], None),
        (None, None),
    ],
)
def test_the_strongest_role_counts(claim: Any, grant: Any) -> None:
    assert granted(claim, ["a", "b"]) == grant


# ── what only looks like it ──


def unsigned(token: str) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}."


def by_the_public_key(issuer: Issuer) -> str:
    """HS256 with the public key as the secret: a careless verifier takes it for a signature."""

    def part(said: bytes) -> bytes:
        return base64.urlsafe_b64encode(said).rstrip(b"=")

    head = part(json.dumps({"alg": "HS256", "kid": "first"}).encode())
    signed = head + b"." + issuer.token().split(".")[1].encode()
    return (signed + b"." + part(hmac.new(issuer.public_pem(), signed, hashlib.sha256).digest())).decode()


def by_somebody_else(issuer: Issuer, kid: str) -> str:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    return jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", {"kid": kid})


now = time.time
ATTACKS: dict[str, Any] = {
    "for another program": lambda issuer: issuer.token(aud="another"),
    "for several, given to another": lambda issuer: issuer.token(aud=[CLIENT, "another"], azp="another"),
    "from another issuer": lambda issuer: issuer.token(iss="https://elsewhere.example"),
    "another sign-on's": lambda issuer: issuer.token(nonce="another"),
    "without a nonce": lambda issuer: issuer.token(nonce=None),
    "over": lambda issuer: issuer.token(exp=int(now()) - 120),
    "made an hour ago": lambda issuer: issuer.token(iat=int(now()) - 3600),
    "made tomorrow": lambda issuer: issuer.token(iat=int(now()) + 86400),
    "not yet valid": lambda issuer: issuer.token(nbf=int(now()) + 3600),
    "without an end": lambda issuer: issuer.token(exp=None),
    "about nobody": lambda issuer: issuer.token(sub=""),
    "about nobody at all": lambda issuer: issuer.token(sub=None),
    "about a list": lambda issuer: issuer.token(sub=["admin"]),
    "about a name nobody can write": lambda issuer: issuer.token(sub="x\0y"),
    "about too long a name": lambda issuer: issuer.token(sub="x" * 256),
    "an access token": lambda issuer: issuer.token(token_use="access"),
    "unsigned": lambda issuer: unsigned(issuer.token()),
    "signed by the public key": by_the_public_key,
    "signed by somebody else": lambda issuer: by_somebody_else(issuer, "first"),
    "signed by an unknown key": lambda issuer: by_somebody_else(issuer, "second"),
    "changed on the way": lambda issuer: issuer.token()[:-6] + "AAAAAA",
    "nonsense": lambda _: "a.b.c",
    "nearly nothing": lambda _: ".",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_token_is_refused_that_is(premises: Premises, issuer: Issuer, attack: str) -> None:
    answer = come(premises, ATTACKS[attack](issuer))
    assert (answer.status_code, answer.json()["type"]) == (401, "not-signed-in"), answer.text
    assert "please try again" in answer.json()["detail"]


def test_half_a_character_is_refused_and_no_bug(premises: Premises, issuer: Issuer) -> None:
    assert come(premises, issuer.token(), nonce="\ud800").status_code == 422
    password = {"login": "admin", "password": "\udfff"}
    assert requests.post(premises.base + "/api/v1/sessions", json=password, timeout=5).status_code == 422


def test_a_token_is_accepted_once(premises: Premises, issuer: Issuer) -> None:
    token = issuer.token(sub="emil-1", preferred_username="emil")
    assert come(premises, token).status_code == 200
    assert come(premises, token).status_code == 401
    head, claims, signature = token.split(".")
    rewritten = signature[:-1] + chr(ord(signature[-1]) + 1)  # other letters for the same bytes
    assert come(premises, f"{head}.{claims}.{rewritten}").status_code == 401


def test_a_link_without_a_provider_says_so(premises: Premises, issuer: Issuer) -> None:
    database = connect(f"{premises.database}#{premises.hall}", role=Role.CONSOLE)
    assert database.provider() is None
    with pytest.raises(NotSignedIn, match="no identity provider"):
        database.sign_on(Identity(id_token=issuer.token(), nonce="n"))
    database.close()


# ── the provider's keys ──


def test_a_new_key_is_fetched_once_and_a_crowd_of_made_up_ones_is_not(issuer: Issuer, monkeypatch) -> None:
    provider = Provider(issuer=issuer.address, client_id=CLIENT)
    verifier = TokenVerifier(provider)
    assert verifier.verify(issuer.token(), "n")["sub"]
    before = issuer.key_fetches
    for number in range(5):
        with pytest.raises(NotSignedIn):
            verifier.verify(by_somebody_else(issuer, f"made-up-{number}"), "n")
    assert issuer.key_fetches == before, "it was asked a moment ago"
    monkeypatch.setattr(module, "RETRY_AFTER", 0.0)
    issuer.keys["second"] = rsa.generate_private_key(65537, 2048)
    assert verifier.verify(issuer.token(kid="second"), "n")["sub"]
    assert issuer.key_fetches == before + 1
    del issuer.keys["second"]


def test_a_provider_that_is_away_or_not_the_one_set_is_reported(issuer: Issuer, monkeypatch) -> None:
    context = ssl.create_default_context()
    keys = SigningKeys(f"http://127.0.0.1:{free_port()}", context)
    began = time.monotonic()
    for _ in range(3):
        with pytest.raises(Unreachable, match="does not answer"):
            keys.key("first")
    assert time.monotonic() - began < 1
    with pytest.raises(Unreachable, match="issuer differs"):
        SigningKeys(issuer.address + "/", context).key("first")
    with pytest.raises(Unfit, match="https"):
        SigningKeys("http://issuer.example", context)


def test_impossible_settings_are_reported(premises: Premises) -> None:
    with pytest.raises(Unfit, match="oidc_ports"):
        ports_of("8765, none")
    assert ports_of("8765, 8766 8767") == (8765, 8766, 8767)
    with pytest.raises(Unfit, match="oidc_client_id"):
        serve(Settings(database=premises.database, oidc_issuer="https://issuer.example"), "127.0.0.1", 0)


def test_a_link_signs_in_and_is_told_why_not(premises: Premises, issuer: Issuer) -> None:
    console = connect(premises.base, role=Role.CONSOLE)
    link, actor = console.sign_on(Identity(id_token=issuer.token(sub="fred", preferred_username="fred"), nonce="n"))
    assert (actor.name, actor.role) == ("fred", Role.SPECIALIST)
    assert link.snapshot().id == premises.hall
    with pytest.raises(NotAllowed, match="no role"):
        console.sign_on(Identity(id_token=issuer.token(sub="gina", groups=[]), nonce="n"))
    link.close()
    console.close()
