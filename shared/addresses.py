"""The address of the customer's pages: in one spelling, and given to people only if their phones can get there."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from shared.hall.errors import Unfit

HEADER = "Nowserving-Pages"
"""In what a hall answers to its stations: where customers reach its pages, if the backend was told."""

NAME = re.compile(r"(?!.{254})[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?")
"""A name as DNS has it (RFC 1123, 2.1), with the underscores that some offices give their machines."""

NUMBERS = re.compile(r"([0-9a-z_-]+\.)*(\d+|0x[0-9a-f]*)\.?")
"""What no browser asks DNS for, since its last part is a number (WHATWG URL, 3.5): ``127.1`` is 127.0.0.1."""

INSIDE = ("localhost", "local", "lan", "internal", "home.arpa")
"""The names of machines inside a house, each with everything below it."""

EXAMPLES = "http://192.0.2.7:8080 or https://queue.example.org"

UNFIT = f"public_url must be an address such as {EXAMPLES}."
"""It does not repeat what was written there, which may hold a password."""


def public(address: str) -> str:
    """The address of the setting ``public_url`` in its one spelling, empty if it is; raises Unfit if it can be none."""
    if not address.strip():
        return ""
    try:
        parts = urlsplit(address.strip())
        host, port = _spelled(parts.hostname or ""), parts.port
    except (ValueError, OSError):
        raise Unfit(UNFIT) from None
    if parts.scheme not in ("http", "https") or port == 0:
        raise Unfit(UNFIT)
    if parts.username is not None:
        raise Unfit(f"public_url must hold no user and no password: set it to an address such as {EXAMPLES}.")
    for more, what in ((parts.path.strip("/"), "path"), (parts.query, "`?`"), (parts.fragment, "`#`")):
        if more:
            raise Unfit(f"public_url must end behind the host or its port: nothing may follow, no {what} either.")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _spelled(host: str) -> str:
    """A host in its one spelling; raises ValueError or OSError if it can be none."""
    if ":" in host:
        address = ipaddress.IPv6Address(host)
        if address.scope_id:
            raise ValueError("A scope means something on one machine only.")
        return f"[{address}]"
    name = host.encode("idna").decode().lower()
    if not NAME.fullmatch(name):
        raise ValueError("There is no such name.")
    return _counted(name)


def _counted(host: str) -> str:
    """The usual four numbers for a host of numbers, any other as it is; raises OSError if they are no address."""
    return socket.inet_ntoa(socket.inet_aton(host.rstrip("."))) if NUMBERS.fullmatch(host) else host


def for_phones(address: str) -> str:
    """The address as far as a phone can get there: empty for one that is only this machine's own."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""
    return shown(address).rstrip("/") if host and not _is_of_this_machine(host) else ""


def shown(address: str) -> str:
    """The address as others may read it: without user and password, and what stands behind ``?`` or ``#``."""
    return re.split("[?#]", re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*://)?.*@", r"\1", address))[0]


def faults(public_url: str) -> Iterator[str]:
    """What is wrong with the setting, a sentence each."""
    try:
        address = public(public_url)
    except Unfit as unfit:
        yield unfit.detail
        return
    if address and not for_phones(address):
        yield f"public_url is {address}, where no phone gets: set it to an address such as {EXAMPLES}."


def _is_of_this_machine(host: str) -> bool:
    """Whether it names the machine itself, or nothing beyond its own cable."""
    if host in ("localhost", "localhost.localdomain") or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(_counted(host))
    except (ValueError, OSError):
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified or address.is_link_local
