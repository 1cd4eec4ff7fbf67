"""The list of all requests by name, and how one is decoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.hall.errors import Malformed, UnknownRequest
from shared.hall.json_codec import decode
from shared.requests import audit, contacts, devices, media, specialists, staff
from shared.requests.request import Request

MODULES = (staff, devices, contacts, audit, specialists, media)

REQUESTS: Mapping[str, type[Request[Any]]] = {kind.type_name(): kind for module in MODULES for kind in module.REQUESTS}


def decode_request(name: str, data: Any) -> Request[Any]:
    """The request of this name; raises UnknownRequest, or Malformed or Invalid for a bad body."""
    if name not in REQUESTS:
        raise UnknownRequest(f"There is no request {name!r}.")
    if not isinstance(data, dict):
        raise Malformed("The body of a request is a JSON object.")
    return decode(REQUESTS[name], data, name)
