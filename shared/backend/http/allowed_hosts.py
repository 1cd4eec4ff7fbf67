"""Under which names a house gives numbers, so that a page elsewhere can not take them through a visitor's browser.

A stranger's page may let its own name lead to the backend's address (DNS rebinding). To the browser that is then one
site, whose forms it sends without a doubt. What a stranger can't have is a name of this house.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from starlette.types import Scope

from shared.addresses import INSIDE
from shared.hall.errors import Refused

HOST = re.compile(rb"(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9_.~%!$&'()*+,;=-]*)(:[0-9]*)?")
"""What the header may hold (RFC 9110, 7.2)."""

NOBODYS = (*INSIDE, "localdomain", "intranet", "private", "corp", "home")
"""Names that nobody can register, each with everything below it (RFC 6762, appendix G)."""


class UnknownHost(Refused):
    """No numbers are given under this name."""

    status = 403


def is_one(scope: Scope) -> bool:
    """Whether a request names one host, as every request must (RFC 9112, 3.2); in HTTP/1.0 it need not."""
    named = [value for name, value in scope["headers"] if name == b"host"]
    if not named:
        return bool(scope["http_version"] == "1.0")
    return len(named) == 1 and HOST.fullmatch(named[0]) is not None


def require_ours(scheme: str, host: str, ours: frozenset[str]) -> None:
    """Raises UnknownHost for a name a stranger may have given to this machine; over TLS a browser has seen to that."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        name = ""
    if scheme != "https" and not _is_an_address(name) and not _is_inside(name) and name not in ours:
        raise UnknownHost("No numbers are given under this name: an administrator can name it in public_url.")


def _is_inside(name: str) -> bool:
    """Whether nobody outside can have this name."""
    return bool(name) and ("." not in name or name.endswith(tuple(f".{end}" for end in NOBODYS)))


def _is_an_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
