"""Verifies ID tokens of an OpenID Connect provider: signature, client, age, and the nonce of this sign-on.

The checks follow OpenID Connect Core 1.0, 3.1.3.7, and RFC 8725. Behind a gateway that has verified tokens already,
another ``Verifier`` takes the place of this one.
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

from shared.hall.errors import NotSignedIn, Unfit, Unreachable
from shared.requests.sign_on import Provider, require_https_or_loopback

log = logging.getLogger(__name__)

Claims = Mapping[str, Any]

ALGORITHMS = ["RS256", "ES256"]
"""Signatures by a private key. Never what the token itself names: `none`, or HS256 with the public key as secret."""

LEEWAY = 60
"""Seconds by which the provider's clock and ours may differ."""

MAX_AGE = 600
"""Seconds a token is accepted after it was issued; a console takes one or two."""

CACHED_FOR = 3600.0
"""Seconds the provider's keys are cached."""

RETRY_AFTER = 10.0
"""Seconds from one fetch to the next because of an unknown key: a stranger may invent any number of them."""

LONGEST_SUBJECT = 255
"""Characters; the provider may not use more (OpenID Connect Core 1.0, 2)."""

TIMEOUT = 2.0
"""Seconds the provider may be silent, in each of two requests: people at a console are told within five."""

LARGEST_ANSWER = 1024 * 1024
"""Bytes read of an answer; a longer one counts as none."""


class Verifier(Protocol):
    """Turns the ID token a console sends into verified claims."""

    def verify(self, id_token: str, nonce: str) -> Claims:
        """The claims of a valid token; raises NotSignedIn if it is not, Unreachable if the provider does not answer."""


class TokenVerifier:
    """Verifies tokens with the keys the provider publishes."""

    def __init__(self, provider: Provider, context: ssl.SSLContext | None = None) -> None:
        self._provider = provider
        self._keys = SigningKeys(provider.issuer, context or ssl.create_default_context())

    def verify(self, id_token: str, nonce: str) -> Claims:
        try:
            claims = self._claims(id_token)
        except jwt.PyJWTError as error:
            log.warning("an ID token was refused: %s", error)
            raise invalid_sign_on() from None
        require_valid_claims(claims, self._provider, nonce)
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


def invalid_sign_on() -> NotSignedIn:
    """The refusal of a bad token; the reason is in the log alone."""
    return NotSignedIn("This sign-on is not valid: please try again.")


def require_valid_claims(claims: Claims, provider: Provider, nonce: str) -> None:
    """Raises NotSignedIn if the token is for another client or sign-on, or too old; checks no signature or ``exp``."""
    if why := _fault(claims, provider, nonce):
        log.warning("an ID token was refused: %s", why)
        raise invalid_sign_on()


def _fault(claims: Claims, provider: Provider, nonce: str) -> str | None:
    """What is wrong with the claims, for the log; None if nothing is."""
    audience, person = claims.get("aud"), str(claims.get("sub") or "")
    if claims.get("iss") != provider.issuer:
        return "it is from another provider"
    if provider.client_id not in ([audience] if isinstance(audience, str) else audience or []):
        return "it is for another client"
    if not isinstance(audience, str) and len(audience or []) > 1 and claims.get("azp") != provider.client_id:
        return "it is for several clients, and was issued to another one"
    if claims.get("token_use", "id") != "id":
        return "it is not an ID token"  # Cognito's access tokens look alike
    if not (nonce and hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode())):
        return "its nonce is of another sign-on"
    if int(claims.get("iat") or 0) < time.time() - MAX_AGE - LEEWAY:
        return "it was issued too long ago"
    if not 0 < len(person) <= LONGEST_SUBJECT or not person.isprintable():
        return "it names nobody"
    return None


class SigningKeys:
    """The published signing keys of a provider, cached; safe to use from several threads."""

    def __init__(self, issuer: str, context: ssl.SSLContext) -> None:
        self._issuer = require_https_or_loopback(issuer)
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirects())
        self._known: dict[str | None, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")  # seconds of the monotonic clock
        self._failure: Unreachable | None = None
        self._lock = threading.Lock()

    def key(self, kid: str | None) -> jwt.PyJWK:
        """The key with this id (None: the only one); raises jwt.InvalidKeyError, Unreachable after a failed fetch."""
        with self._lock:
            age = time.monotonic() - self._fetched_at
            if age > CACHED_FOR or (kid not in self._known and age > RETRY_AFTER):
                self._refresh()
            if kid in self._known:
                return self._known[kid]
            raise self._failure or jwt.InvalidKeyError(f"the provider has no key {kid!r}")

    def _refresh(self) -> None:
        """Fetch the keys; if that fails the old ones stay, and RETRY_AFTER keeps the next sign-ons from waiting too."""
        try:
            self._known, self._failure = self._fetch_keys(), None
        except Unreachable as failure:
            self._failure = failure
        self._fetched_at = time.monotonic()

    def _fetch_keys(self) -> dict[str | None, jwt.PyJWK]:
        configuration = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if configuration.get("issuer") != self._issuer:
            raise Unreachable("The identity provider's issuer differs from the setting oidc_issuer.")
        found = self._fetch(require_https_or_loopback(str(configuration.get("jwks_uri")))).get("keys")
        keys = [key for key in map(_public_key, found if isinstance(found, list) else []) if key]
        named: dict[str | None, jwt.PyJWK] = {key.key_id: key for key in keys}
        return {**named, None: keys[0]} if len(keys) == 1 else named

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            with self._opener.open(address, timeout=TIMEOUT) as response:
                answer = json.loads(response.read(LARGEST_ANSWER))
        except (OSError, ValueError) as error:  # urllib's and ssl's errors are OSErrors
            log.warning("%s: %s", address, error)
            raise Unreachable("The identity provider does not answer.") from None
        return answer if isinstance(answer, dict) else {}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: keys come only from the URL in the provider's configuration."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _public_key(jwk: Any) -> jwt.PyJWK | None:
    """The key a JWK describes; None if it is no public key for signatures."""
    try:
        if jwk.get("kty") not in ("RSA", "EC") or jwk.get("use", "sig") != "sig":
            return None
        return jwt.PyJWK(jwk)
    except (jwt.PyJWTError, AttributeError, ValueError, TypeError):
        return None


def ports_of(text: str) -> tuple[int, ...]:
    """The ports of the setting ``oidc_ports``, like ``8765, 8766``; raises Unfit if one is no port."""
    parts = text.replace(",", " ").split()
    if not parts or not all(part.isdecimal() and 1 <= int(part) <= 65535 for part in parts):
        raise Unfit(f"oidc_ports must be one or more ports, like 8765, not {text!r}.")
    return tuple(map(int, parts))
