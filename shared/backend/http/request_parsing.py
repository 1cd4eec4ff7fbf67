"""Reading a request to the API: its token, its network address, its JSON body."""

from __future__ import annotations

import json
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any

from starlette.requests import ClientDisconnect, Request

from shared.hall.errors import Invalid, Malformed, NotSignedIn, TooLarge
from shared.hall.field_limits import ADDRESS
from shared.hall.set_up_import import ImportSetUp
from shared.requests.media import PART, SendMediumPart
from shared.set_up_file.reader import LARGEST_FILE

LARGEST_BODY = 64 * 1024
"""Bytes; all others are far smaller."""

LARGEST = {ImportSetUp.type_name(): 8 * LARGEST_FILE, SendMediumPart.type_name(): PART.longest + 1024}
"""Bytes of a part of a medium, and of a whole set-up, where JSON may need several for one of the file."""


def bearer(authorization: str | None) -> str:
    """The token of a request; raises NotSignedIn if there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("This needs a token: send `Authorization: Bearer …`.")
    return token.strip()


def address_of(request: Request) -> str:
    """The normalised network address a request comes from; behind a trusted proxy uvicorn has set the client's."""
    return _normalised(request.client.host) if request.client else ""


def network_of(address: str) -> str:
    """The /64 network of an IPv6 address, because a phone may use any address in it; any other address as it is."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(known) >> 64 << 64)) if isinstance(known, IPv6Address) else address


@lru_cache(maxsize=10_000)
def _normalised(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:  # whatever a proxy calls an address
        return "".join(sign for sign in host[: ADDRESS.longest] if sign.isprintable())


async def json_body(request: Request) -> Any:
    """The body as JSON; raises TooLarge, Malformed if it is incomplete or no JSON, Invalid for a lone surrogate."""
    body, largest = b"", LARGEST.get(request.url.path.rpartition("/")[2], LARGEST_BODY)
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > largest:
        raise TooLarge(f"A body has at most {largest} bytes.")
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > largest:
                raise TooLarge(f"A body has at most {largest} bytes.")
    except ClientDisconnect:
        raise Malformed("The body is incomplete.") from None
    try:
        value = _decoder.decode(body.decode())
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    return _require_no_surrogates(value) if rb"\u" in body else value


def _require_no_surrogates(value: Any) -> Any:
    """The value; raises Invalid for a lone surrogate, which JSON can escape and UTF-8 can't encode."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Invalid("A text holds half a character (a lone surrogate).") from None
    return value


def _reject_constant(name: str) -> None:
    raise ValueError(name)


_decoder = json.JSONDecoder(parse_constant=_reject_constant)
