"""The interface of every link: the verbs by which a station reaches its hall, over HTTP or straight to a database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command, Happened, Note
from shared.hall.roles import Actor
from shared.requests.request import Request
from shared.requests.sign_on import Identity, Provider

A = TypeVar("A")


class Watch(Protocol):
    """Events as they happen, in order, without a gap. ``None`` is a heartbeat: the hall is there, nothing new.

    Iterating blocks; raises Unreachable if the connection is lost, UnknownEvent for an event of a newer version, and
    Refused if the hall no longer lets this station listen. ``close`` may be called from any thread; iterating then ends
    at once, or after a request that is under way.
    """

    def __iter__(self) -> Iterator[Happened | None]: ...

    def close(self) -> None: ...


class Link(Protocol):
    """A connection to one hall, on behalf of one person or device.

    Every verb blocks and raises Refused (the hall says no), Unreachable (ask again with the same command) or Unfit.
    """

    def do(self, command: Command) -> Accepted: ...

    def snapshot(self) -> Hall: ...

    def watch(self, after: int) -> Watch:
        """The events after this sequence number; connects before it returns."""

    def notes(self, ticket: TicketId) -> list[Note]:
        """What staff wrote about a visit, oldest first; kept apart from the hall because it may name people."""

    def request(self, request: Request[A]) -> A:
        """The answer to a request about access: staff, devices, contacts, the audit."""

    def sign_in(self, login: str, password: str) -> tuple[Link, Actor]:
        """A link on behalf of this person; raises NotSignedIn if login or password is wrong, or TooOften."""

    def sign_out(self) -> None:
        """End the session that ``sign_in`` or ``sign_on`` began: nobody acts through this link any more."""

    def provider(self) -> Provider | None:
        """The identity provider people may sign on through, besides their logins; None if this link has none."""

    def sign_on(self, identity: Identity) -> tuple[Link, Actor]:
        """A link on behalf of the person the provider vouches for; raises NotSignedIn, or NotAllowed without a role."""

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the one authority this link trusts; empty if there is none to compare."""

    @property
    def pages(self) -> str | None:
        """The address at which customers' phones reach the hall's pages; empty if none, None until the hall says."""

    def close(self) -> None:
        """Release everything, from any thread, within seconds; closing again does nothing.

        Watches end. A verb that waits ends by its own timeout, and over HTTP no new one is tried.
        """


class ForwardingLink:
    """The verbs that a link around another one, ``_link``, passes on unchanged."""

    _link: Link

    def notes(self, ticket: TicketId) -> list[Note]:
        return self._link.notes(ticket)

    def request(self, request: Request[A]) -> A:
        return self._link.request(request)

    def sign_in(self, login: str, password: str) -> tuple[Link, Actor]:
        return self._link.sign_in(login, password)

    def sign_out(self) -> None:
        self._link.sign_out()

    def provider(self) -> Provider | None:
        return self._link.provider()

    def sign_on(self, identity: Identity) -> tuple[Link, Actor]:
        return self._link.sign_on(identity)

    @property
    def fingerprint(self) -> str:
        return self._link.fingerprint

    @property
    def pages(self) -> str | None:
        return self._link.pages
