"""A backend older than ``TakePoint``: it refuses commands, requests and fields it does not know."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shared.hall.errors import Invalid, Refused, UnknownCommand, UnknownRequest
from shared.hall.json_codec import decode_command, encode, encode_event, encode_hall
from shared.hall.shifts import TakePoint
from shared.requests.devices import ReportState
from shared.requests.request import Done
from tests.memory_link import MemoryLink

HALL = "/api/v1/halls/clinic"
NEWER = ("shift", "console", "unprinted")
"""Fields of newer versions."""


class OlderBackend:
    """Serves the hall of a link over HTTP, as it was done then."""

    def __init__(self, link: MemoryLink) -> None:
        self.link = link
        self.reports: list[dict[str, Any]] = []

        class Answers(BaseHTTPRequestHandler):
            def do_GET(answers) -> None:  # noqa: N805  # the library's name, and the test's own self
                if "/events" in answers.path:
                    answers.follow(int(answers.path.rpartition("=")[2]))
                else:
                    answers.say(200, self.snapshot())

            def do_POST(answers) -> None:  # noqa: N805
                body = json.loads(answers.rfile.read(int(answers.headers["Content-Length"])))
                try:
                    answers.say(200, self.answer(answers.path, body))
                except Refused as refused:
                    problem = {"type": refused.type_name(), "detail": refused.detail, "sentence": refused.sentence}
                    answers.say(refused.status, problem, "application/problem+json")

            def say(answers, status: int, said: Any, kind: str = "application/json") -> None:  # noqa: N805
                body = json.dumps(said).encode()
                answers.send_response(status)
                answers.send_header("Content-Type", kind)
                answers.send_header("Content-Length", str(len(body)))
                answers.end_headers()
                answers.wfile.write(body)

            def follow(answers, after: int) -> None:  # noqa: N805
                answers.send_response(200)
                answers.send_header("Content-Type", "text/event-stream")
                answers.end_headers()
                with contextlib.suppress(OSError):  # the listener has gone
                    while True:
                        for news in [news for news in link.journal if news.seq > after]:
                            after = news.seq
                            said = f"id: {after}\ndata: {json.dumps(encode_event(news.event))}\n\n"
                            answers.wfile.write(said.encode())
                        answers.wfile.write(b": alive\n\n")
                        time.sleep(0.02)

            def log_message(answers, *_: object) -> None:  # noqa: N805
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def snapshot(self) -> dict[str, Any]:
        hall = encode_hall(self.link.hall)
        for point in hall["points"]:
            del point["shift"]
        return hall

    def answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        name = path.rpartition("/")[2]
        if path == "/api/v1/sessions":
            return {"login": body["login"], "role": "specialist", "hall": "clinic", "token": "a-token"}
        if name == TakePoint.type_name():
            raise UnknownCommand(f"There is no command {name!r}.")
        if f"{HALL}/requests" in path and name != ReportState.type_name():
            raise UnknownRequest(f"There is no request {name!r}.")
        for field in NEWER:
            if field in body:
                raise Invalid(f"{name}: there is no field {field!r}.")
        if name == ReportState.type_name():
            self.reports.append(body)
            return {"answer": encode(Done())}
        accepted = self.link.do(decode_command(name, body))
        return {"result": accepted.result, "seq": accepted.seq}


@contextlib.contextmanager
def older_backend(link: MemoryLink) -> Iterator[OlderBackend]:
    there = OlderBackend(link)
    try:
        yield there
    finally:
        there.close()
