"""Sign-on behind a gateway that has verified the ID token: its claims are in the event the gateway sends.

A function in a private network can't fetch the provider's keys, and need not: the gateway has an authorizer at the
route of the sign-on. Requests by any other route have no claims, so they sign nobody on.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from shared.backend.access.id_tokens import Claims, require_valid_claims
from shared.requests.sign_on import Provider

NO_CLAIMS: Claims = {}

_claims: ContextVar[Claims] = ContextVar("vouched", default=NO_CLAIMS)


def remember_claims(event: Mapping[str, Any]) -> None:
    """Remember the claims the gateway has verified for this request."""
    authorizer = event.get("requestContext", {}).get("authorizer", {})
    _claims.set(authorizer.get("jwt", {}).get("claims") or NO_CLAIMS)


class GatewayVerifier:
    """Checks a sign-on against the claims the gateway has verified; ignores the ID token itself."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def verify(self, id_token: str, nonce: str) -> Claims:
        """The claims of this request; raises NotSignedIn if they are not of our provider and this sign-on."""
        claims = _claims.get()
        require_valid_claims(claims, self._provider, nonce)
        return claims
