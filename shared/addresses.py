"""The address of the customers' pages: normalized, and whether a phone can reach it."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from shared.hall.errors import Unfit

PAGES_HEADER = "Nowserving-Pages"
"""The response header that tells stations where customers reach the pages, if the setting ``public_url`` says."""

HOST_NAME = re.compile(r"(?!.{254})[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?")
"""A host name (RFC 1123, 2.1), with the underscores that some offices use."""

NUMERIC_HOST = re.compile(r"([0-9a-z_-]+\.)*(\d+|0x[0-9a-f]*)\.?")
"""A host that browsers take for an IP address, because its last part is a number (WHATWG URL, 3.5): ``127.1``."""

LOCAL_DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa")
"""The host names and domains of local networks, each with everything below it."""

EXAMPLES = "http://192.0.2.7:8080 or https://queue.example.org"

UNFIT_SENTENCE = f"public_url must be an address such as {EXAMPLES}."
"""Without the setting itself, which may hold a password."""


def checked_public_url(address: str) -> str:
    """The setting ``public_url`` normalized, empty if it is empty; raises Unfit if it is no such address."""
    if not address.strip():
        return ""
    try:
        parts = urlsplit(address.strip())
        host, port = _normalized_host(parts.hostname or ""), parts.port
    except (ValueError, OSError):
        raise Unfit(UNFIT_SENTENCE) from None
    if parts.scheme not in ("http", "https") or port == 0:
        raise Unfit(UNFIT_SENTENCE)
    if parts.username is not None:
        raise Unfit(f"public_url must hold no user and no password: set it to an address such as {EXAMPLES}.")
    for part, name in ((parts.path.strip("/"), "path"), (parts.query, "`?`"), (parts.fragment, "`#`")):
        if part:
            raise Unfit(f"public_url must end after the host or its port: nothing may follow, not even a {name}.")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _normalized_host(host: str) -> str:
    """A host in lower case, ASCII or dotted numbers; raises ValueError or OSError if it is none."""
    if ":" in host:
        address = ipaddress.IPv6Address(host)
        if address.scope_id:
            raise ValueError("A scope has a meaning on one machine only.")
        return f"[{address}]"
    name = host.encode("idna").decode().lower()
    if not HOST_NAME.fullmatch(name):
        raise ValueError("This is not a host name.")
    return _dotted_quad(name)


def _dotted_quad(host: str) -> str:
    """A numeric host as ``127.0.0.1``, any other as it is; raises OSError if the numbers are no address."""
    return socket.inet_ntoa(socket.inet_aton(host.rstrip("."))) if NUMERIC_HOST.fullmatch(host) else host


def for_phones(address: str) -> str:
    """The address, without secrets, if a phone can reach it; empty if only this machine can, or it is no address."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""
    return without_secrets(address).rstrip("/") if host and not _reaches_only_this_machine(host) else ""


def without_secrets(address: str) -> str:
    """The address for texts and logs: without user and password, and without what follows ``?`` or ``#``."""
    return re.split("[?#]", re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*://)?.*@", r"\1", address))[0]


def faults(public_url: str) -> Iterator[str]:
    """What is wrong with the setting, a sentence each."""
    try:
        address = checked_public_url(public_url)
    except Unfit as unfit:
        yield unfit.detail
        return
    if address and not for_phones(address):
        yield f"public_url is {address}, which no phone can reach: set it to an address such as {EXAMPLES}."


def _reaches_only_this_machine(host: str) -> bool:
    """Whether a host is loopback, unspecified or link-local."""
    if host in ("localhost", "localhost.localdomain") or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(_dotted_quad(host))
    except (ValueError, OSError):
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified or address.is_link_local
