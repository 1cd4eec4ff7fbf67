"""The host names under which customers may take tickets: protection against DNS rebinding.

A stranger's page may point its own name at the backend's address. To the browser both are then one site, and it sends
the page's forms. What a stranger can't have is a name of this house.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from starlette.types import Scope

from shared.addresses import LOCAL_DOMAINS
from shared.hall.errors import Refused

HOST = re.compile(rb"(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9_.~%!$&'()*+,;=-]*)(:[0-9]*)?")
"""What the Host header may hold (RFC 9110, 7.2)."""

UNREGISTRABLE = (*LOCAL_DOMAINS, "localdomain", "intranet", "private", "corp", "home")
"""Top-level names that nobody can register, nor anything below them (RFC 6762, appendix G)."""


class UnknownHost(Refused):
    """No tickets are issued under this host name."""

    status = 403


def names_one_host(scope: Scope) -> bool:
    """Whether a request has one valid Host header (RFC 9112, 3.2), or none, which HTTP/1.0 allows."""
    named = [value for name, value in scope["headers"] if name == b"host"]
    if not named:
        return bool(scope["http_version"] == "1.0")
    return len(named) == 1 and HOST.fullmatch(named[0]) is not None


def require_known_host(scheme: str, host: str, known: frozenset[str]) -> None:
    """Raises UnknownHost if a stranger may own this name; over TLS the browser has checked the certificate."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        name = ""
    if scheme != "https" and not _is_address(name) and not _is_unregistrable(name) and name not in known:
        raise UnknownHost("No tickets are issued under this host name: an administrator can set it as public_url.")


def _is_unregistrable(name: str) -> bool:
    return bool(name) and ("." not in name or name.endswith(tuple(f".{end}" for end in UNREGISTRABLE)))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
