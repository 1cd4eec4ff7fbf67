"""Attacks from another network without credentials: two network namespaces, with the real backend in one of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from shared.hall.rules import COMMANDS
from shared.requests.request_list import REQUESTS
from tests.access.stranger import ELSEWHERE, TRIES
from tests.backends import Premises

HOUSE, STREET = "10.77.0.1", "10.77.0.2"

pytestmark = [
    pytest.mark.skipif(not shutil.which("ip"), reason="needs iproute2, for networks of its own"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes networks"),
    pytest.mark.timeout(300),  # two thousand attempts on a busy machine
]

OPEN = {
    "GET /": 303,
    "GET /h/clinic": 200,
    "GET /h/clinic/s/registration": 200,
    "GET /t/" + "x" * 43: 404,
    "GET /healthz": 200,
    "GET /readyz": 200,
    "GET /api/docs": 200,
    "GET /api/v1/sign-on": 200,
    "POST /api/v1/sign-on": 401,
    "GET /api/v1/authority": 404,
    "GET /api/v1/installation": 200,
    "POST /api/v1/pairings": 422,
    "POST /api/v1/pairings/proof": 422,
    "POST /api/v1/sessions": 422,
}
"""All that is open to everybody: the customer's pages, health, and authentication itself."""


def ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine makes no networks: {done.stderr.strip()}")


class Street:
    """A backend in one network, and a stranger in the other."""

    def __init__(self, premises: Premises, house: str, street: str) -> None:
        self.premises, self._house, self._street = premises, house, street

    def serve(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "nowserving", "serve", "--database", self.premises.database]
        served = subprocess.Popen(
            ["ip", "netns", "exec", self._house, *command, "--host", HOUSE, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert served.stdout
        self.base = served.stdout.readline().split()[-1]
        return served

    def walk_by(self, what: str, where: str = "") -> dict[str, int]:
        command = [sys.executable, "-m", "tests.access.stranger", self.base, what]
        done = subprocess.run(
            ["ip", "netns", "exec", where or self._street, *command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def from_inside(self, what: str) -> dict[str, int]:
        return self.walk_by(what, self._house)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    house, street = f"house{os.getpid()}", f"street{os.getpid()}"
    here, there = f"h{os.getpid()}", f"s{os.getpid()}"
    with ExitStack() as stack:
        for name in (house, street):
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
        ip("link", "add", here, "netns", house, "type", "veth", "peer", "name", there, "netns", street)
        for name, end, address in ((house, here, HOUSE), (street, there, STREET)):
            ip("-n", name, "addr", "add", f"{address}/24", "dev", end)
            ip("-n", name, "link", "set", end, "up")
            ip("-n", name, "link", "set", "lo", "up")
        found = Street(Premises(tmp_path_factory.mktemp("premises")), house, street)
        served = stack.enter_context(found.serve())
        stack.callback(served.terminate)
        yield found


def test_nothing_answers_a_stranger_but_the_customers_pages_and_authentication(street: Street) -> None:
    answers = street.walk_by("everything")
    assert {what: answers[what] for what in OPEN} == OPEN
    closed = {what: status for what, status in answers.items() if what not in OPEN}
    assert set(closed.values()) <= {401, 403, 404, 405}, closed
    for kind, names in (("commands", COMMANDS), ("requests", REQUESTS)):
        assert {closed[f"POST /api/v1/halls/{{hall}}/{kind}/{name}"] for name in names} == {401}
    assert {closed[f"GET {path}"] for path in ELSEWHERE} <= {404}
    assert closed["GET /metrics"] in (401, 403)


def test_two_thousand_tries_get_ten_through_at_most_and_the_owner_still_signs_in(street: Street) -> None:
    assert street.from_inside("owner") == {"status": 200}
    answers = street.walk_by("knock")
    assert sum(answers.values()) == TRIES
    assert set(answers) == {"401", "429"}
    assert answers["401"] <= 10
    assert street.from_inside("owner") == {"status": 200}
