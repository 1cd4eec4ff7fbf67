"""Sign-on behind a gateway that has verified the ID token: what it says about somebody is in the event it sends.

A function in a private network can't fetch the provider's keys, and need not: the gateway has an authorizer of its own
at the route of the sign-on. What comes by any other route has no claims, and lets nobody in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from shared.access.sign_on import Provider
from shared.backend.access.id_tokens import Claims, require_ours

NOBODY: Claims = {}

_vouched: ContextVar[Claims] = ContextVar("vouched", default=NOBODY)


def hear(event: Mapping[str, Any]) -> None:
    """Remember, for this request, whom the gateway vouches for."""
    authorizer = event.get("requestContext", {}).get("authorizer", {})
    _vouched.set(authorizer.get("jwt", {}).get("claims") or NOBODY)


class GatewayVerifier:
    """Believes what the gateway has verified for this very request."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def verify(self, id_token: str, nonce: str) -> Claims:
        claims = _vouched.get()
        require_ours(claims, self._provider, nonce)
        return claims
