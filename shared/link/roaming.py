"""The link of a paired device. The device belongs to an installation, so its link follows that to new addresses."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn, TypeVar

from shared.hall.errors import Failure, NotSignedIn, Revoked, Unreachable
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command, Note
from shared.link import timings
from shared.link.certificate_trust import Trust
from shared.link.discovery import Search
from shared.link.http_link import HttpLink
from shared.link.link import ForwardingLink, Watch
from shared.link.paired_hall import PairedHall
from shared.link.pairing_client import PairingClient
from shared.requests.request import Request

A = TypeVar("A")

log = logging.getLogger(__name__)


class RoamingLink(ForwardingLink):
    """A link to a paired hall. The verbs about people are only passed on: nobody signs in at a paired device.

    ``on_move`` is called with the paired hall at its new address, on the thread that called ``snapshot`` or ``watch``;
    ``ca`` is a PEM file of certificate authorities.
    """

    _link: HttpLink

    def __init__(self, paired_hall: PairedHall, on_move: Callable[[PairedHall], None], ca: str = "") -> None:
        self._paired_hall = paired_hall
        self._on_move = on_move
        self._ca = ca
        self._link = self._link_at(paired_hall.address)
        self._lost_at: float | None = None  # in seconds of time.monotonic; None while the hall answers
        self._search: Search | None = None
        self._closed = threading.Event()

    def do(self, command: Command) -> Accepted:
        return self._ask(lambda link: link.do(command))

    def snapshot(self) -> Hall:
        self._move_if_found_elsewhere()
        return self._ask(lambda link: link.snapshot())

    def watch(self, after: int) -> Watch:
        self._move_if_found_elsewhere()
        return self._ask(lambda link: link.watch(after))

    def notes(self, ticket: TicketId) -> list[Note]:
        return self._ask(lambda link: link.notes(ticket))

    def request(self, request: Request[A]) -> A:
        return self._ask(lambda link: link.request(request))

    def close(self) -> None:
        self._closed.set()
        self._link.close()
        self._stop_searching()

    def _ask(self, call: Callable[[HttpLink], A]) -> A:
        try:
            answer = call(self._link)
        except Unreachable:
            self._lost_at = self._lost_at or time.monotonic()
            raise
        except NotSignedIn as refused:
            self._raise_revoked_or_unreachable(refused)
        self._mark_reached()
        return answer

    def _raise_revoked_or_unreachable(self, refused: NotSignedIn) -> NoReturn:
        """Raises Revoked if what answers names our installation, Unreachable if another; or what the question raises.

        The name is not proved as for a move: over http anybody at that address may state it.
        """
        with contextlib.closing(
            PairingClient(self._paired_hall.address, trust=self._trust(self._paired_hall.address))
        ) as client:
            if client.installation().id == self._paired_hall.installation:
                raise Revoked("This device was taken out of service by the administrator.") from refused
        self._lost_at = self._lost_at or time.monotonic()
        raise Unreachable("Another installation answers at the address of this hall.") from refused

    # ── searching: on the thread that follows the hall, which has nothing else to do then ──

    def _move_if_found_elsewhere(self) -> None:
        """Once the hall is lost for ELSEWHERE_AFTER: look, without waiting, at what is announced, and move there."""
        if self._lost_at is None or time.monotonic() - self._lost_at < timings.ELSEWHERE_AFTER or self._closed.is_set():
            return
        self._search = self._search or Search()
        for found in self._search.found():
            if found.installation == self._paired_hall.installation:
                self._try_addresses([address for address in found.addresses if address != self._paired_hall.address])
        if self._closed.is_set():
            self._stop_searching()

    def _try_addresses(self, addresses: list[str]) -> None:
        """Move to the first backend that proves that it knows this device; only then is the token sent to it.

        A station paired over https never moves to plain HTTP.
        """
        over_https = self._paired_hall.address.startswith("https://")
        for address in addresses:
            if over_https and not address.startswith("https://"):
                continue
            client = PairingClient(address, trust=self._trust(address))
            with contextlib.suppress(Failure), contextlib.closing(client):  # if it does not answer: the next one
                if client.knows(self._paired_hall):
                    self._move_to(address)
                    return
                log.warning("%s can't prove that it knows this device: its token is not sent there", address)

    def _move_to(self, address: str) -> None:
        log.warning("the hall is found at %s", address)
        self._paired_hall = replace(self._paired_hall, address=address)
        old, self._link = self._link, self._link_at(address)
        old.close()
        self._mark_reached()
        self._on_move(self._paired_hall)

    def _mark_reached(self) -> None:
        self._lost_at = None
        self._stop_searching()

    def _stop_searching(self) -> None:
        searching, self._search = self._search, None
        if searching:
            searching.close()

    def _link_at(self, address: str) -> HttpLink:
        return HttpLink(address, self._paired_hall.hall, self._paired_hall.token, self._trust(address))

    def _trust(self, address: str) -> Trust:
        """The pin of the pairing, at any address.

        Without one (paired over http), a link trusts what it finds at its first contact with an https address, which is
        not saved.
        """
        return Trust(address, pin=self._paired_hall.pin, ca=self._ca)
