"""The three verbs by which a station reaches its hall, whatever is behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from shared.access.request import Request
from shared.access.sign_on import Identity, Provider
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command, Happened, Note
from shared.hall.roles import Actor

A = TypeVar("A")


class Watch(Protocol):
    """Events as they happen, in order, without a gap. ``None`` is a heartbeat: the hall is there, nothing new.

    Iterating blocks; raises Unreachable when the way is cut, UnknownEvent for an event of a newer version.
    ``close`` may be called from another thread and ends the iteration at once.
    """

    def __iter__(self) -> Iterator[Happened | None]: ...

    def close(self) -> None: ...


class Link(Protocol):
    """A way to one hall, on behalf of one person or device.

    Every verb blocks and raises Refused (the hall says no) or Unreachable (ask again with the same command).
    """

    def do(self, command: Command) -> Accepted: ...

    def snapshot(self) -> Hall: ...

    def watch(self, after: int) -> Watch: ...

    def notes(self, ticket: TicketId) -> list[Note]:
        """What staff wrote down about a visit, the oldest first: apart from the hall, for it may name people."""

    def request(self, request: Request[A]) -> A:
        """What is asked about who may come in: people, devices, contacts, the audit."""

    def sign_in(self, login: str, password: str) -> tuple[Link, Actor]:
        """A link on behalf of this person; raises NotSignedIn if login or password is wrong, TooOften if that often."""

    def sign_out(self) -> None:
        """End what ``sign_in`` began: nobody acts through this link any more."""

    def provider(self) -> Provider | None:
        """The identity provider people may sign on through, beside their logins; None if there is none on this way."""

    def sign_on(self, identity: Identity) -> tuple[Link, Actor]:
        """A link on behalf of whom the provider vouches for; raises NotSignedIn, NotAllowed for want of a role."""

    @property
    def fingerprint(self) -> str:
        """The mark of the one authority trusted on this way; empty where there is none to compare."""

    @property
    def pages(self) -> str | None:
        """Where customers' phones reach the hall's pages; empty if nowhere, None until the hall has said."""

    def close(self) -> None:
        """Let go of everything, from any thread, within a second; again does nothing.

        Watches end at once. A verb that waits ends by its own time limit, and no new one is tried.
        """
