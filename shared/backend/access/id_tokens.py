"""ID tokens of an OpenID Connect provider: signed by it, for our consoles, just now, and for this very sign-on.

What is checked is written in OpenID Connect Core 1.0, 3.1.3.7, and RFC 8725. Whoever runs behind a gateway that has
verified tokens already puts another ``Verifier`` in this one's place.
"""

from __future__ import annotations

import hmac
import json
import logging
import ssl
import threading
import time
import urllib.request
from collections.abc import Mapping
from typing import Any, Protocol

import jwt

from shared.access.sign_on import Provider, require_safe
from shared.hall.errors import NotSignedIn, Unfit, Unreachable

log = logging.getLogger(__name__)

Claims = Mapping[str, Any]

ALGORITHMS = ["RS256", "ES256"]
"""Signatures by a private key. Never what the token itself asks for: `none`, or HS256 by the public key as password."""

LEEWAY = 60
"""Seconds that clocks may differ."""

FRESH = 600
"""Seconds within which a token is brought here after it was made; a console takes one or two."""

KEPT = 3600.0
REST = 10.0
"""Seconds the provider's keys are kept, and those before it is asked again for a key nobody has heard of: its keys
change now and then, and a stranger may invent as many as they like."""

LONGEST_SUBJECT = 255
"""Characters; the provider may not use more (OpenID Connect Core 1.0, 2)."""

PATIENCE = 2.0
"""Seconds the provider has to answer: whoever waits at a console is told within five."""

LARGEST = 1024 * 1024


class Verifier(Protocol):
    """From what a console brings to what its provider says about a person."""

    def verify(self, id_token: str, nonce: str) -> Claims:
        """What the provider vouches for; raises NotSignedIn or Unreachable."""


class TokenVerifier:
    """Verifies tokens here, by the keys the provider publishes."""

    def __init__(self, provider: Provider, context: ssl.SSLContext | None = None) -> None:
        self._provider = provider
        self._keys = Keys(provider.issuer, context or ssl.create_default_context())

    def verify(self, id_token: str, nonce: str) -> Claims:
        try:
            claims = self._claims(id_token)
        except jwt.PyJWTError as error:
            log.warning("an ID token was refused: %s", error)
            raise not_this() from None
        require_ours(claims, self._provider, nonce)
        return claims

    def _claims(self, id_token: str) -> Claims:
        key = self._keys.key(jwt.get_unverified_header(id_token).get("kid"))
        claims: Claims = jwt.decode(
            id_token,
            key,
            algorithms=ALGORITHMS,
            audience=self._provider.client_id,
            issuer=self._provider.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )
        return claims


def not_this() -> NotSignedIn:
    """What whoever brings a bad token hears; why it is bad is in the log."""
    return NotSignedIn("This sign-on is not valid (any more): please try again.")


def require_ours(claims: Claims, provider: Provider, nonce: str) -> None:
    """Raises NotSignedIn for what was made for another program, another sign-on or long ago, whoever has signed it."""
    if why := _strange(claims, provider, nonce):
        log.warning("an ID token was refused: %s", why)
        raise not_this()


def _strange(claims: Claims, provider: Provider, nonce: str) -> str | None:
    programs, person = claims.get("aud"), str(claims.get("sub") or "")
    if claims.get("iss") != provider.issuer:
        return "it is another provider's"
    if provider.client_id not in ([programs] if isinstance(programs, str) else programs or []):
        return "it is for another program"
    if not isinstance(programs, str) and len(programs or []) > 1 and claims.get("azp") != provider.client_id:
        return "it is for several programs, and was given to another one"
    if claims.get("token_use", "id") != "id":
        return "it is no ID token"  # Cognito's access tokens look alike
    if not (nonce and hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode())):
        return "its nonce is another sign-on's"
    if int(claims.get("iat") or 0) < time.time() - FRESH - LEEWAY:
        return "it was made too long ago"
    if not 0 < len(person) <= LONGEST_SUBJECT or not person.isprintable():
        return "it is about nobody"
    return None


class Keys:
    """The keys a provider signs with, as it publishes them."""

    def __init__(self, issuer: str, context: ssl.SSLContext) -> None:
        self._issuer = require_safe(issuer)
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _StayHere())
        self._known: dict[str | None, jwt.PyJWK] = {}
        self._asked = float("-inf")  # when, on the monotonic clock
        self._away: Unreachable | None = None
        self._lock = threading.Lock()

    def key(self, kid: str | None) -> jwt.PyJWK:
        """The key of this name; raises InvalidKeyError or Unreachable."""
        with self._lock:
            age = time.monotonic() - self._asked
            if age > KEPT or (kid not in self._known and age > REST):
                self._ask()
            if kid in self._known:
                return self._known[kid]
            raise self._away or jwt.InvalidKeyError(f"the provider has no key {kid!r}")

    def _ask(self) -> None:
        """Take the keys there are now; if the provider is away those of before stay, and nobody else waits for it."""
        try:
            self._known, self._away = self._published(), None
        except Unreachable as away:
            self._away = away
        self._asked = time.monotonic()

    def _published(self) -> dict[str | None, jwt.PyJWK]:
        about = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != self._issuer:
            raise Unreachable("The identity provider calls itself something else than oidc_issuer says.")
        found = self._fetch(require_safe(str(about.get("jwks_uri")))).get("keys")
        keys = [key for key in map(_usable, found if isinstance(found, list) else []) if key]
        named: dict[str | None, jwt.PyJWK] = {key.key_id: key for key in keys}
        return {**named, None: keys[0]} if len(keys) == 1 else named

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            with self._opener.open(address, timeout=PATIENCE) as response:
                said = json.loads(response.read(LARGEST))
        except (OSError, ValueError) as error:  # urllib's and ssl's errors are OSErrors
            log.warning("%s: %s", address, error)
            raise Unreachable("The identity provider does not answer.") from None
        return said if isinstance(said, dict) else {}


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Keys come from where the provider says they are, and from nowhere it leads on to."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _usable(said: Any) -> jwt.PyJWK | None:
    """A public key to verify signatures by; None for any other."""
    try:
        if said.get("kty") not in ("RSA", "EC") or said.get("use", "sig") != "sig":
            return None
        return jwt.PyJWK(said)
    except (jwt.PyJWTError, AttributeError, ValueError, TypeError):
        return None


def ports_of(text: str) -> tuple[int, ...]:
    """``8765, 8766`` as the setting ``oidc_ports`` has it; raises Unfit."""
    parts = text.replace(",", " ").split()
    if not parts or not all(part.isdecimal() and 1 <= int(part) <= 65535 for part in parts):
        raise Unfit(f"oidc_ports must be one or more ports, like 8765, not {text!r}.")
    return tuple(map(int, parts))
