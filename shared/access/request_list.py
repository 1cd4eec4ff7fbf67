"""The whole list of what may be asked about who comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.access import audit, contacts, devices, specialists, staff
from shared.access.request import Request
from shared.hall.errors import Malformed, UnknownRequest
from shared.hall.json_codec import decode

MODULES = (staff, devices, contacts, audit, specialists)

REQUESTS: Mapping[str, type[Request[Any]]] = {kind.type_name(): kind for room in MODULES for kind in room.REQUESTS}


def decode_request(name: str, data: Any) -> Request[Any]:
    """The request of this name; raises UnknownRequest, Malformed, Invalid."""
    if name not in REQUESTS:
        raise UnknownRequest(f"There is no request {name!r}.")
    if not isinstance(data, dict):
        raise Malformed("The body of a request is a JSON object.")
    return decode(REQUESTS[name], data, name)
