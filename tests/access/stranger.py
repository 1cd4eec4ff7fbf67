"""``python -m tests.access.stranger BASE WHAT``: somebody with no credentials, in another network; prints JSON.

``everything`` tries every operation, every page, and paths that attackers try; ``knock`` tries to sign in two thousand
times; ``owner`` signs in as the administrator.
"""

from __future__ import annotations

import http.client
import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from tests.backends import PASSWORD
from tests.hall.examples import EVERY_COMMAND, over_the_wire

TRIES, AT_ONCE = 2_000, 4

ELSEWHERE = (
    *("/admin", "/api", "/api/v1", "/api/v1/staff", "/api/v1/devices", "/docs", "/openapi.json", "/static/../api.py"),
    *(
        "/.git/config",
        "/nowserving.db",
        "/nowserving.toml",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/debug",
        "/shutdown",
    ),
)
"""Paths that attackers try first."""

PAGES = ("/", "/h/clinic", "/h/clinic/s/registration", "/t/" + "x" * 43, "/healthz", "/readyz", "/metrics", "/api/docs")


class Stranger:
    """One open connection."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=20)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body)
        self.connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def everything(base: str) -> dict[str, int]:
    """Every operation and page with its status; commands with a body that would be taken."""
    stranger = Stranger(base)
    described = json.loads(stranger.ask("GET", "/api/v1/openapi.json")[1])["paths"]
    bodies = {command.type_name(): over_the_wire(command) for command in EVERY_COMMAND}
    answers = {}
    for path, methods in described.items():
        there = path.format(hall="clinic", ticket="x")
        for method in methods:
            body = bodies.get(path.rpartition("/")[2], {}) if method == "post" else None
            answers[f"{method.upper()} {path}"] = stranger.ask(method.upper(), there, body)[0]
    for path in (*PAGES, *ELSEWHERE):
        answers[f"GET {path}"] = stranger.ask("GET", path)[0]
    return answers


def knock(base: str) -> dict[str, int]:
    """How two thousand tries to sign in as the administrator are answered."""

    def some(tries: int) -> Counter[str]:
        stranger = Stranger(base)
        wrong = {"login": "admin", "password": "kedava-wrong-words"}
        return Counter(str(stranger.ask("POST", "/api/v1/sessions", wrong)[0]) for _ in range(tries))

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return dict(sum(crowd.map(some, [TRIES // AT_ONCE] * AT_ONCE), Counter[str]()))


def owner(base: str) -> dict[str, int]:
    return {"status": Stranger(base).ask("POST", "/api/v1/sessions", {"login": "admin", "password": PASSWORD})[0]}


if __name__ == "__main__":
    acts = {"everything": everything, "knock": knock, "owner": owner}
    print(json.dumps(acts[sys.argv[2]](sys.argv[1])))  # noqa: T201  # the test reads it
