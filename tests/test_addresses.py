"""Which addresses are given to phones, and in what spelling."""

from __future__ import annotations

from contextlib import closing

import pytest

from shared.addresses import checked_public_url, faults, for_phones, without_secrets
from shared.hall.errors import Unfit, Unreachable
from shared.link.http_link import HttpLink
from shared.requests.sign_on import require_https_or_loopback


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("https://queue.example.org", "https://queue.example.org"),
        (" https://Queue.Example.org/ ", "https://queue.example.org"),
        ("HTTP://192.0.2.7:8080//", "http://192.0.2.7:8080"),
        ("http://[2001:DB8::7]:8080/", "http://[2001:db8::7]:8080"),
        ("http://[2001:db8:0:0::7]", "http://[2001:db8::7]"),
        ("https://bürgeramt.example", "https://xn--brgeramt-65a.example"),
        ("http://3221225991:8080", "http://192.0.2.7:8080"),
        ("http://front_desk", "http://front_desk"),
        ("https://7.example.org.", "https://7.example.org."),
        ("", ""),
    ],
)
def test_the_public_address_has_one_spelling(written: str, spelled: str) -> None:
    assert checked_public_url(written) == spelled
    assert [*faults(written)] == []


@pytest.mark.parametrize(
    "written",
    [
        "queue.example.org",
        "ftp://queue.example.org",
        "https://",
        "https://queue.example.org:many",
        "https://me:secret@queue.example.org",
        "https://queue.example.org/below",
        "https://queue.example.org?x",
        "http://[",
        "http://[2001:db8::7%eth0]",
        "http://a b",
        'http://"><script>',
        "http://*",
        "http://-queue.example.org",
        "http://queue..example.org",
        f"http://{'q' * 64}.example.org",
        f"http://{'queue.' * 42}example",
        "http://192.0.2.777",
        "http://1.2.3.4.5",
        "https://queue.example.org:0",
    ],
)
def test_what_can_be_no_public_address_is_refused_in_a_sentence(written: str) -> None:
    with pytest.raises(Unfit, match="public_url must"):
        checked_public_url(written)
    assert ["public_url must" in fault for fault in faults(written)] == [True]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("https://me:secret@queue.example.org", "must hold no user and no password"),
        ("https://me:secret@queue.example.org/below", "must hold no user and no password"),
        ("https://me:se#cret@queue.example.org", "must be an address such as"),
        ("https://me:secret", "must be an address such as"),
        ("me:secret@queue.example.org", "must be an address such as"),
        ("https://queue.example.org/secret", "nothing may follow, not even a path"),
        ("https://queue.example.org?token=secret", "nothing may follow, not even a `?`"),
        ("https://queue.example.org/#secret", "nothing may follow, not even a `#`"),
    ],
)
def test_what_is_wrong_with_the_public_address_is_said_without_a_secret_it_may_hold(written: str, says: str) -> None:
    [fault] = faults(written)
    assert says in fault and "me:" not in fault and "cret" not in fault


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://192.0.2.7:8080", "http://192.0.2.7:8080"),
        ("https://me:se/cr@et@queue.example.org:81", "https://queue.example.org:81"),
        ("me:secret@queue.example.org", "queue.example.org"),
        ("https://queue.example.org?token=secret", "https://queue.example.org"),
    ],
)
def test_an_address_is_said_without_a_secret_it_may_hold(address: str, said: str) -> None:
    assert without_secrets(address) == said


def test_no_password_of_a_hall_is_said_when_it_does_not_answer_or_given_to_a_phone() -> None:
    for scheme in ("http", "https"):
        with closing(HttpLink(f"{scheme}://me:secret@127.0.0.1:1", "clinic")) as link:
            with pytest.raises(Unreachable, match=f"{scheme}://127.0.0.1:1 does not answer") as told:
                link.snapshot()
            assert "secret" not in told.value.detail
    assert for_phones("http://me:secret@192.0.2.7:8080/") == "http://192.0.2.7:8080"


def test_no_password_of_an_identity_provider_is_said() -> None:
    with pytest.raises(Unfit, match=r"https://, also that at issuer\.example\.$"):
        require_https_or_loopback("http://me:secret@issuer.example")


@pytest.mark.parametrize(
    "address",
    ["http://192.168.1.20:8080", "https://queue.example.org", "http://[fd00::7]:8080", "http://reception:8080"],
)
def test_what_a_phone_may_reach_is_given_to_it(address: str) -> None:
    assert for_phones(f"{address}/") == for_phones(address) == address


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1.2.3:8080",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0",
        "localhost",
        "LOCALHOST.",
        "office.localhost",
        "0.0.0.0:8080",
        "[::1]:8080",
        "[::]",
        "[::ffff:127.0.0.1]",
        "169.254.7.7",
        "[fe80::1%25eth0]",
        "",
        "[",
    ],
)
def test_what_only_this_machine_reaches_is_given_to_nobody(host: str) -> None:
    assert for_phones(f"http://{host}") == ""


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "127.1", "2130706433", "0", "0.0.0.0"])
def test_an_address_of_this_machine_as_the_public_one_is_a_fault(host: str) -> None:
    assert ["which no phone can reach" in fault for fault in faults(f"http://{host}/")] == [True]
