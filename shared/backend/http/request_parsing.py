"""What every request to the API brings: a token, and often a body."""

from __future__ import annotations

import json
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any

from starlette.requests import ClientDisconnect, Request

from shared.hall.errors import Invalid, Malformed, NotSignedIn, TooLarge
from shared.hall.field_limits import ADDRESS
from shared.hall.set_up_import import ImportSetUp
from shared.set_up_file.reader import LARGEST_FILE

LARGEST_BODY = 64 * 1024
"""Bytes; the longest command but one is far below."""

LARGEST = {ImportSetUp.type_name(): 8 * LARGEST_FILE}
"""Bytes of the one that brings a whole set-up: JSON may take several for each one of its file."""


def bearer(authorization: str | None) -> str:
    """The token of a request; raises NotSignedIn."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("This needs a token: send `Authorization: Bearer …`.")
    return token.strip()


def address_of(request: Request) -> str:
    """The network address a request came from, in its one usual spelling.

    uvicorn has put that of a trusted proxy's client there, as the proxy spells it.
    """
    return _spelled(request.client.host) if request.client else ""


def network_of(address: str) -> str:
    """Where an address is at home: of IPv6 its network, for every phone has as many addresses as it likes."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(known) >> 64 << 64)) if isinstance(known, IPv6Address) else address


@lru_cache(maxsize=10_000)
def _spelled(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:  # what a proxy calls an address
        return "".join(sign for sign in host[: ADDRESS.longest] if sign.isprintable())


async def json_body(request: Request) -> Any:
    """The body as JSON; raises TooLarge or Malformed."""
    body, largest = b"", LARGEST.get(request.url.path.rpartition("/")[2], LARGEST_BODY)
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > largest:
        raise TooLarge(f"A body has at most {largest} bytes.")
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > largest:
                raise TooLarge(f"A body has at most {largest} bytes.")
    except ClientDisconnect:
        raise Malformed("The body ends in the middle.") from None
    try:
        value = _decoder.decode(body.decode())
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    return _writable(value) if rb"\u" in body else value


def _writable(value: Any) -> Any:
    """The value; raises Invalid for half a character, which JSON can name and nobody can write."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Invalid("A text holds half a character (a lone surrogate).") from None
    return value


def _no_number(name: str) -> None:
    raise ValueError(name)


_decoder = json.JSONDecoder(parse_constant=_no_number)
