"""The link to a hall behind the HTTP backend."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, TypeVar, cast
from urllib.parse import quote

import requests

from shared.addresses import PAGES_HEADER, for_phones, without_secrets
from shared.hall.errors import Invalid, Refused, Unknown, UnknownHall, Unreachable
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.json_codec import decode, decode_event, decode_hall, encode
from shared.hall.messages import Accepted, Command, Happened, Note
from shared.hall.roles import Actor, Role
from shared.link import timings
from shared.link.certificate_trust import Trust, is_untrusted
from shared.link.link import Link
from shared.requests.request import Request
from shared.requests.sign_on import Identity, Provider, SignOnProof

A = TypeVar("A")

NO_HALL = "What answers there is not a hall."

PROBLEM_FIELDS = ("type", "title", "status", "detail", "sentence")
"""The members of a problem document that are not details of the refusal (RFC 9457)."""


class HttpLink:
    """One hall of a backend, on behalf of the person or device the token belongs to.

    ``hall_id`` may be empty if the token may see only one hall. The calls may come from several threads.
    """

    def __init__(self, base: str, hall_id: str = "", token: str = "", trust: Trust | None = None) -> None:
        self._base = base.rstrip("/")
        self._trust = trust or Trust(self._base)
        self._hall_id = hall_id
        self._token = token
        self._announced_pages: str | None = None  # None before the first answer; empty: at the backend's own address
        self._closed = False
        self._local = threading.local()
        self._watches: list[HttpWatch] = []

    def do(self, command: Command) -> Accepted:
        path = f"{self._hall_path()}/commands/{command.type_name()}"
        began = time.monotonic()
        try:
            answer = self._ask("POST", path, _body(command))
        except Unreachable:
            if self._closed or time.monotonic() - began > timings.RETRY_WITHIN:
                raise
            answer = self._ask("POST", path, _body(command))
        with _malformed_is_unreachable():
            accepted = Accepted(answer["result"], answer["seq"])
        for watch in self._watches:
            watch.skip_pause()
        return accepted

    def snapshot(self) -> Hall:
        response = self._with_pages_noted(self._send("GET", self._hall_path()))
        with _malformed_is_unreachable():
            return decode_hall(response.json())

    def watch(self, after: int) -> HttpWatch:
        path = f"{self._hall_path()}/events?heartbeat={timings.HEARTBEAT}&after="
        watch = HttpWatch(lambda seq: self._with_pages_noted(self._send("GET", f"{path}{seq}", stream=True)), after)
        self._watches = [*(one for one in self._watches if not one.is_over), watch]
        return watch

    def notes(self, ticket: TicketId) -> list[Note]:
        answer = self._ask("GET", f"{self._hall_path()}/tickets/{quote(ticket, safe='')}/notes")
        with _malformed_is_unreachable():
            return [decode(Note, note) for note in answer]

    def request(self, request: Request[A]) -> A:
        answer = self._ask("POST", f"{self._hall_path()}/requests/{request.type_name()}", _body(request))
        with _malformed_is_unreachable():
            return cast("A", decode(request.ANSWER, answer["answer"], strict=False))

    def sign_in(self, login: str, password: str) -> tuple[Link, Actor]:
        return self._link_of_session(self._ask("POST", "/api/v1/sessions", {"login": login, "password": password}))

    def provider(self) -> Provider | None:
        try:
            answer = self._ask("GET", "/api/v1/sign-on")
        except Unknown:
            return None  # a backend that is older than this
        with _malformed_is_unreachable():
            return decode(Provider, answer["provider"], strict=False) if answer["provider"] else None

    def sign_on(self, identity: Identity) -> tuple[Link, Actor]:
        proof = encode(SignOnProof(nonce=identity.nonce))
        # In place of our own token: a gateway that verifies ID tokens looks for one there.
        return self._link_of_session(self._ask("POST", "/api/v1/sign-on", proof, token=identity.id_token))

    def _link_of_session(self, begun: Any) -> tuple[Link, Actor]:
        with _malformed_is_unreachable():
            must_change = bool(begun.get("must_change"))
            hall_id = begun["hall"]
            actor = Actor(name=begun["login"], role=Role(begun["role"]), hall=hall_id, must_change=must_change)
            return HttpLink(self._base, self._hall_id or hall_id or "", begun["token"], self._trust), actor

    @property
    def fingerprint(self) -> str:
        return self._trust.fingerprint

    def sign_out(self) -> None:
        self._send("DELETE", "/api/v1/sessions/current").close()

    @property
    def pages(self) -> str | None:
        return None if self._announced_pages is None else for_phones(self._announced_pages or self._base)

    def _with_pages_noted(self, response: requests.Response) -> requests.Response:
        """Note where the backend says that phones reach its pages; after a restart it may say something else."""
        self._announced_pages = response.headers.get(PAGES_HEADER, "")
        return response

    def close(self) -> None:
        self._closed = True
        for watch in self._watches:
            watch.close()

    def _hall_path(self) -> str:
        """The path of the hall named, else of the only one this token may see (asked once); raises UnknownHall."""
        if not self._hall_id:
            answer = self._ask("GET", "/api/v1/halls")
            with _malformed_is_unreachable():
                halls = [str(hall["id"]) for hall in answer]
            if len(halls) != 1:
                raise UnknownHall(f"Say which hall: write #ID behind the address ({', '.join(halls) or 'none yet'}).")
            self._hall_id = halls[0]
        return f"/api/v1/halls/{quote(self._hall_id, safe='')}"

    def _ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """The JSON answer; ``token`` in place of our own. Raises Refused, Unreachable or Unfit."""
        response = self._send(method, path, body, token=token)
        with _malformed_is_unreachable():
            return response.json()

    def _send(
        self, method: str, path: str, body: Any = None, *, stream: bool = False, token: str = ""
    ) -> requests.Response:
        if self._closed:
            raise Unreachable("This station is closing.")
        bearer = token or self._token
        try:
            response = self._http_session().request(
                method,
                self._base + path,
                json=body,
                headers={"Authorization": f"Bearer {bearer}"} if bearer else {},
                timeout=(timings.CONNECT_TIMEOUT, timings.SILENCE if stream else timings.ANSWER_TIMEOUT),
                stream=stream,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            if is_untrusted(error):
                raise self._trust.certificate_mismatch() from error
            raise Unreachable("The hall at {address} does not answer.", address=without_secrets(self._base)) from error
        return _checked(response)

    def _http_session(self) -> requests.Session:
        """One session per thread: those of requests are not safe to share."""
        if not hasattr(self._local, "session"):
            self._local.session = self._trust.session()
        return cast("requests.Session", self._local.session)


class HttpWatch:
    """The backend's event stream, read line by line (WHATWG HTML, 9.2).

    A stream that ends in order is opened again after the pause it named: not every backend can hold a connection.
    """

    def __init__(self, open_stream: Callable[[int], requests.Response], after: int) -> None:
        """``open_stream`` requests the events after a sequence number."""
        self._open_stream = open_stream
        self._seq = after
        self._retry_after: float | None = None  # seconds until the next request; None if the stream named none
        self._closed = threading.Event()
        self._wake = threading.Event()  # set when there is no need to wait
        self._is_iterated = False
        self._response = self._open()

    def __iter__(self) -> Iterator[Happened | None]:
        self._is_iterated = True
        try:
            yield from self._events()
            while self._reconnect():
                yield None
                yield from self._events()
        except (requests.RequestException, OSError, AttributeError, ValueError) as error:
            if not self.is_over:  # ``close`` shuts the socket down under the reader
                raise Unreachable("The connection to the hall was lost.") from error
        finally:
            self._response.close()

    @property
    def is_over(self) -> bool:
        """Whether it was closed; a watch that lost its connection is not over before its reader closes it."""
        return self._closed.is_set()

    def skip_pause(self) -> None:
        """Skip this pause, or the next: this app has just sent a command, and is to see its events at once."""
        self._wake.set()

    def close(self) -> None:
        self._closed.set()
        self._wake.set()
        if not self._is_iterated:  # otherwise ``__iter__`` closes it
            self._response.close()
            return
        try:
            self._response.raw.shutdown()
        except (RuntimeError, OSError, ValueError, AttributeError):
            return  # already closed

    def _open(self) -> requests.Response:
        self._wake.clear()  # before the request: the answer may lack what happens from now on
        response = self._open_stream(self._seq)
        if not _has_type(response, "text/event-stream"):
            response.close()
            raise Unreachable(NO_HALL)
        return response

    def _events(self) -> Iterator[Happened | None]:
        seq = self._seq
        for line in self._response.iter_lines(chunk_size=1):  # larger chunks hold events back
            name, _, value = line.decode().partition(":")
            if name == "id":
                seq = int(value)
            elif name == "data":
                yield Happened(seq, decode_event(json.loads(value)))
                self._seq = seq
            elif name == "retry":  # milliseconds
                self._retry_after = min(max(int(value) / 1000, timings.SHORTEST_RECONNECT), timings.LONGEST_RECONNECT)
            elif not name and value:  # a comment: a heartbeat
                yield None

    def _reconnect(self) -> bool:
        """Wait, then open the stream again where it ended; False if it named no pause or the watch was closed."""
        if self._retry_after is None:
            return False
        self._wake.wait(self._retry_after)
        if not self.is_over:
            self._response = self._open()
        return not self.is_over


def _body(message: Command | Request[Any]) -> dict[str, Any]:
    """A message without the fields left at their defaults, which an older backend may not know."""
    defaults = {field.name for field in fields(message) if getattr(message, field.name) == field.default}
    return {name: value for name, value in encode(message).items() if name not in defaults}


def _checked(response: requests.Response) -> requests.Response:
    """The response, if its status is a success; raises the Refused it stands for, or Unreachable."""
    if response.status_code < 300:
        return response
    with contextlib.closing(response), _malformed_is_unreachable():  # closed: nobody will read its stream
        if response.status_code >= 500 or not _has_type(response, "application/problem+json"):
            raise Unreachable("What answers there is not a working hall (HTTP {code}).", code=str(response.status_code))
        problem = response.json()
        about = {name: value for name, value in problem.items() if name not in PROBLEM_FIELDS}
        sentence = problem.get("sentence", problem["detail"])
        refused = Refused.of_type(problem["type"], response.status_code, sentence, **about)
        str(refused)  # raises TypeError if the fields do not fit the sentence
    raise refused


def _has_type(response: requests.Response, content_type: str) -> bool:
    return response.headers.get("Content-Type", "").startswith(content_type)


@contextlib.contextmanager
def _malformed_is_unreachable() -> Iterator[None]:
    """Raises Unreachable for an answer no hall gives: a public network's log-in page, another program at that port."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, Invalid, requests.RequestException) as error:
        raise Unreachable(NO_HALL) from error
