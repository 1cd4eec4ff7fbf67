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

from shared.access.request import Request
from shared.access.sign_on import Identity, Provider, SignOnProof
from shared.addresses import HEADER, for_phones, shown
from shared.hall.errors import Invalid, Refused, Unknown, UnknownHall, Unreachable
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.json_codec import decode, decode_event, decode_hall, encode
from shared.hall.messages import Accepted, Command, Happened, Note
from shared.hall.roles import Actor, Role
from shared.link import retry
from shared.link.certificate_trust import Trust, is_untrusted
from shared.link.link import Link

A = TypeVar("A")

NO_HALL = "What answers there is not a hall."


PROBLEM = ("type", "title", "status", "detail", "sentence")
"""What a problem document holds beside what it is about (RFC 9457)."""


class HttpLink:
    """One hall of a backend, on behalf of whoever the token belongs to."""

    def __init__(self, base: str, hall: str = "", token: str = "", trust: Trust | None = None) -> None:
        self._base = base.rstrip("/")
        self._trust = trust or Trust(self._base)
        self._hall = hall
        self._token = token
        self._told: str | None = None
        self._closed = False
        self._local = threading.local()
        self._watches: list[HttpWatch] = []

    def do(self, command: Command) -> Accepted:
        path = f"{self._hall_path()}/commands/{command.type_name()}"
        began = time.monotonic()
        try:
            answer = self._ask("POST", path, _body(command))
        except Unreachable:
            if self._closed or time.monotonic() - began > retry.ONCE_MORE:
                raise
            answer = self._ask("POST", path, _body(command))
        with _from_a_hall():
            accepted = Accepted(answer["result"], answer["seq"])
        for watch in self._watches:
            watch.hurry()
        return accepted

    def snapshot(self) -> Hall:
        response = self._hear(self._send("GET", self._hall_path()))
        with _from_a_hall():
            return decode_hall(response.json())

    def watch(self, after: int) -> HttpWatch:
        path = f"{self._hall_path()}/events?heartbeat={retry.HEARTBEAT}&after="
        watch = HttpWatch(lambda seq: self._hear(self._send("GET", f"{path}{seq}", stream=True)), after)
        self._watches = [*(one for one in self._watches if not one.is_over), watch]
        return watch

    def notes(self, ticket: TicketId) -> list[Note]:
        answer = self._ask("GET", f"{self._hall_path()}/tickets/{quote(ticket, safe='')}/notes")
        with _from_a_hall():
            return [decode(Note, note) for note in answer]

    def request(self, request: Request[A]) -> A:
        answer = self._ask("POST", f"{self._hall_path()}/requests/{request.type_name()}", _body(request))
        with _from_a_hall():
            return cast("A", decode(request.ANSWER, answer["answer"], strict=False))

    def sign_in(self, login: str, password: str) -> tuple[Link, Actor]:
        return self._come_in(self._ask("POST", "/api/v1/sessions", {"login": login, "password": password}))

    def provider(self) -> Provider | None:
        try:
            answer = self._ask("GET", "/api/v1/sign-on")
        except Unknown:
            return None  # a backend that is older than this
        with _from_a_hall():
            return decode(Provider, answer["provider"], strict=False) if answer["provider"] else None

    def sign_on(self, identity: Identity) -> tuple[Link, Actor]:
        proof = encode(SignOnProof(nonce=identity.nonce))
        # In place of a token of ours: where a gateway verifies ID tokens, that is where it looks for one.
        return self._come_in(self._ask("POST", "/api/v1/sign-on", proof, token=identity.id_token))

    def _come_in(self, found: Any) -> tuple[Link, Actor]:
        with _from_a_hall():
            must_change = bool(found.get("must_change"))
            actor = Actor(name=found["login"], role=Role(found["role"]), hall=found["hall"], must_change=must_change)
            return HttpLink(self._base, self._hall or found["hall"] or "", found["token"], self._trust), actor

    @property
    def fingerprint(self) -> str:
        return self._trust.fingerprint

    def sign_out(self) -> None:
        self._send("DELETE", "/api/v1/sessions/current").close()

    @property
    def pages(self) -> str | None:
        return None if self._told is None else for_phones(self._told or self._base)

    def _hear(self, response: requests.Response) -> requests.Response:
        """Remember where the backend says that phones reach its pages; after a restart it may say something else."""
        self._told = response.headers.get(HEADER, "")
        return response

    def close(self) -> None:
        self._closed = True
        for watch in self._watches:
            watch.close()

    def _hall_path(self) -> str:
        """The address of the hall: the one named, else the only one this token may see."""
        if not self._hall:
            answer = self._ask("GET", "/api/v1/halls")
            with _from_a_hall():
                halls = [str(hall["id"]) for hall in answer]
            if len(halls) != 1:
                raise UnknownHall(f"Say which hall: write #ID behind the address ({', '.join(halls) or 'none yet'}).")
            self._hall = halls[0]
        return f"/api/v1/halls/{quote(self._hall, safe='')}"

    def _ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """The JSON answer; raises Refused or Unreachable."""
        response = self._send(method, path, body, token=token)
        with _from_a_hall():
            return response.json()

    def _send(
        self, method: str, path: str, body: Any = None, *, stream: bool = False, token: str = ""
    ) -> requests.Response:
        if self._closed:
            raise Unreachable("This station is closing.")
        known_by = token or self._token
        try:
            response = self._session().request(
                method,
                self._base + path,
                json=body,
                headers={"Authorization": f"Bearer {known_by}"} if known_by else {},
                timeout=(retry.CONNECT_TIMEOUT, retry.SILENCE if stream else retry.ANSWER_TIMEOUT),
                stream=stream,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            if is_untrusted(error):
                raise self._trust.broken() from error
            raise Unreachable("The hall at {address} does not answer.", address=shown(self._base)) from error
        return _checked(response)

    def _session(self) -> requests.Session:
        """A session for each thread: requests' are not made to be shared."""
        if not hasattr(self._local, "session"):
            self._local.session = self._trust.session()
        found: requests.Session = self._local.session
        return found


class HttpWatch:
    """The backend's event stream, read line by line (WHATWG HTML, 9.2).

    One that ends in order is asked for again after the time it named: not every backend can hold a line.
    """

    def __init__(self, ask: Callable[[int], requests.Response], after: int) -> None:
        """``ask`` gives the stream of what comes after an event."""
        self._ask = ask
        self._seq = after
        self._again: float | None = None  # seconds after which to come again
        self._over = threading.Event()
        self._news = threading.Event()  # no need to wait: something has happened
        self._is_read = False
        self._response = self._asked()

    def __iter__(self) -> Iterator[Happened | None]:
        self._is_read = True
        try:
            yield from self._heard()
            while self._comes_again():
                yield None
                yield from self._heard()
        except (requests.RequestException, OSError, AttributeError, ValueError) as error:
            if not self.is_over:  # closing pulls the socket away under the reader
                raise Unreachable("The line to the hall was cut.") from error
        finally:
            self._response.close()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def hurry(self) -> None:
        """Something has just happened here: whoever did it is to see it at once."""
        self._news.set()

    def close(self) -> None:
        self._over.set()
        self._news.set()
        if not self._is_read:  # whoever reads closes it
            self._response.close()
            return
        try:
            self._response.raw.shutdown()
        except (RuntimeError, OSError, ValueError, AttributeError):
            return  # already over

    def _asked(self) -> requests.Response:
        self._news.clear()  # before it is asked for: what happens from now on may be missing in the answer
        response = self._ask(self._seq)
        if not _is(response, "text/event-stream"):
            response.close()
            raise Unreachable(NO_HALL)
        return response

    def _heard(self) -> Iterator[Happened | None]:
        seq = self._seq
        for line in self._response.iter_lines(chunk_size=1):  # larger chunks hold events back
            name, _, value = line.decode().partition(":")
            if name == "id":
                seq = int(value)
            elif name == "data":
                yield Happened(seq, decode_event(json.loads(value)))
                self._seq = seq
            elif name == "retry":
                self._again = min(max(int(value) / 1000, retry.SOONEST), retry.LATEST)
            elif not name and value:
                yield None

    def _comes_again(self) -> bool:
        """Wait, then ask for what came since; False if nobody wants to know any more."""
        if self._again is None:
            return False
        self._news.wait(self._again)
        if not self.is_over:
            self._response = self._asked()
        return not self.is_over


def _body(wish: Command | Request[Any]) -> dict[str, Any]:
    """What a wish says, without the fields left at what they are anyway: an older backend may not know them."""
    unsaid = {field.name for field in fields(wish) if getattr(wish, field.name) == field.default}
    return {name: value for name, value in encode(wish).items() if name not in unsaid}


def _checked(response: requests.Response) -> requests.Response:
    """The response, if it is an answer; raises the refusal or the outage it stands for."""
    if response.status_code < 300:
        return response
    with contextlib.closing(response), _from_a_hall():  # closed: nobody else will read a stream that is none
        if response.status_code >= 500 or not _is(response, "application/problem+json"):
            raise Unreachable("What answered is not a hall that works (HTTP {code}).", code=str(response.status_code))
        problem = response.json()
        about = {name: value for name, value in problem.items() if name not in PROBLEM}
        sentence = problem.get("sentence", problem["detail"])
        refused = Refused.named(problem["type"], response.status_code, sentence, **about)
        str(refused)  # raises TypeError where no hall has said this
    raise refused


def _is(response: requests.Response, content_type: str) -> bool:
    return response.headers.get("Content-Type", "").startswith(content_type)


@contextlib.contextmanager
def _from_a_hall() -> Iterator[None]:
    """Raises Unreachable for what no hall would say: the page of a public network, another program at that port."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, Invalid, requests.RequestException) as error:
        raise Unreachable(NO_HALL) from error
