"""A real OpenID Connect provider on this machine: discovery, authorization with PKCE, tokens, keys.

One public client is registered. Every browser is signed on as ``person`` without a question.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "the-consoles"


class Issuer:
    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        """Where consoles wait for the browser."""
        self.person: dict[str, Any] | None = {"sub": "7f3a", "preferred_username": "mira", "groups": ["specialist"]}
        """The claims about the person who signs on; None refuses everybody."""
        self.asked: list[dict[str, str]] = []
        """The parameters of every authorization request."""
        self.key_fetches = 0
        self.keys = {"first": rsa.generate_private_key(65537, 2048)}
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"issuer": self}))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def settings(self) -> dict[str, str]:
        """A backend's settings for this provider."""
        return {
            "NOWSERVING_OIDC_ISSUER": self.address,
            "NOWSERVING_OIDC_CLIENT_ID": CLIENT,
            "NOWSERVING_OIDC_PORTS": str(self.port),
        }

    def token(self, nonce: str = "n", kid: str = "first", **claims: Any) -> str:
        """An ID token as it is issued, with these claims changed; None leaves one out."""
        now = int(time.time())
        usual = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 3600, "nonce": nonce}
        all_claims = {**usual, **(self.person or {}), "jti": secrets.token_hex(8), **claims}
        said = {name: value for name, value in all_claims.items() if value is not None}
        return jwt.encode(said, self.keys[kid], "RS256", {"kid": kid})

    def public_pem(self) -> bytes:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self.keys["first"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    # ── what it answers ──

    def about(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
        }

    def published(self) -> dict[str, Any]:
        self.key_fetches += 1
        made = {kid: json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) for kid, key in self.keys.items()}
        return {"keys": [{**key, "kid": kid, "use": "sig", "alg": "RS256"} for kid, key in made.items()]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent."""
        self.asked.append(asked)
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code"
        assert asked["redirect_uri"] == f"http://127.0.0.1:{self.port}/signed-in", "not registered"
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        if self.person is None:
            answer = {"error": "access_denied"}
        else:
            answer = {"code": secrets.token_urlsafe(16)}
            self._codes[answer["code"]] = asked
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}"

    def exchange(self, form: dict[str, str]) -> dict[str, str] | None:
        """The token for a code, once, if the PKCE verifier fits; else None."""
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        return {"id_token": self.token(asked["nonce"]), "access_token": "a", "token_type": "Bearer"}


class _Answers(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:  # the library's name
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self._json(self.issuer.about())
        elif parts.path == "/keys":
            self._json(self.issuer.published())
        elif parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.issuer.authorize(_fields(parts.query)))
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:  # the library's name
        form = _fields(self.rfile.read(int(self.headers["Content-Length"])).decode())
        found = self.issuer.exchange(form) if self.path == "/token" else None
        self._json(found or {"error": "invalid_grant"}, 200 if found else 400)

    def _json(self, said: Any, status: int = 200) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def _fields(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port
