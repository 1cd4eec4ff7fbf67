"""Signing on through the house's identity provider: the browser goes there, and comes back to this machine.

The authorization code flow of a public client with PKCE (RFC 7636) and a redirect to the loopback interface (RFC 8252,
7.3). Nobody types a password of the house into a program of ours.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from shared.access.sign_on import Identity, Provider, require_safe
from shared.hall.errors import NotSignedIn, Unreachable
from shared.link import retry
from shared.link.http_sessions import KeepAliveAdapter, usual_authorities

PATH = "/signed-in"
LISTENS_FOR = 300.0
"""Seconds somebody has to find their password, and their telephone for the second factor."""

FREED = 1.0
"""Seconds within which a port is free again that an earlier try has given up."""

TIMEOUT = (retry.CONNECT_TIMEOUT * 2, retry.ANSWER_TIMEOUT * 2)
"""Twice what a hall gets: the provider is somewhere in the web."""

Page = Callable[[bool], str]
"""What the browser shows in the end: HTML for somebody who was let through, or not."""


class BrowserSignOn:
    """One person's way there and back. Made where waiting is no harm: it asks the provider where to go."""

    def __init__(self, provider: Provider, page: Page, ca: str = "") -> None:
        """Raises Unreachable, Unfit, or NotSignedIn if no port is free to wait on."""
        self._provider = provider
        self._web = _web(ca)
        about = self._about()
        self._token_address = require_safe(str(about.get("token_endpoint")))
        self._verifier, self._nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
        self._state = secrets.token_urlsafe(32)
        self._answer: Mapping[str, str] = {}
        self._over = threading.Event()
        self._cancelled = False
        self._server = _listening(self, provider.ports, page)
        self._redirect = f"http://{provider.loopback}:{self._server.server_port}{PATH}"
        self.address = self._asking(require_safe(str(about.get("authorization_endpoint"))))
        """Where the browser has to go."""
        self._listening = threading.Thread(target=self._listen, name="sign-on", daemon=True)
        self._listening.start()

    def wait(self) -> Identity | None:
        """Until the browser is back: who signed on, None if they gave up; raises NotSignedIn or Unreachable."""
        self._listening.join()
        if self._cancelled:
            return None
        if not self._over.is_set():
            raise NotSignedIn("Nobody signed in in the browser: please try again.")
        return self._identity()

    def _listen(self) -> None:
        until = time.monotonic() + LISTENS_FOR
        with contextlib.closing(self._server.socket):
            while not self._over.is_set() and time.monotonic() < until:
                self._server.handle_request()

    def cancel(self) -> None:
        """Stop waiting; from any thread."""
        self._cancelled = True
        self._over.set()

    def came_back(self, query: str) -> bool | None:
        """Take what the browser brings: whether it was let through; None for what is not the answer waited for."""
        said = {name: values[0] for name, values in parse_qs(query).items() if len(values) == 1}
        if self._over.is_set() or not secrets.compare_digest(said.get("state", "").encode(), self._state.encode()):
            return None
        if said.get("iss", self._provider.issuer) != self._provider.issuer:  # RFC 9207
            return None
        self._answer = said
        self._over.set()
        return "code" in said

    def _about(self) -> dict[str, Any]:
        issuer = require_safe(self._provider.issuer)
        about = self._fetch("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != issuer:
            raise Unreachable("The identity provider calls itself something else than oidc_issuer says.")
        return about

    def _asking(self, address: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self._verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._redirect,
            "scope": self._provider.scopes,
            "state": self._state,
            "nonce": self._nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            # Consoles stand at counters: whoever signs on is asked, and not taken for whoever did before.
            "prompt": "login",
        }
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"

    def _identity(self) -> Identity:
        if "code" not in self._answer:
            raise NotSignedIn("The identity provider did not let you in.")
        asked = {
            "grant_type": "authorization_code",
            "code": self._answer["code"],
            "redirect_uri": self._redirect,
            "client_id": self._provider.client_id,
            "code_verifier": self._verifier,
        }
        token = self._fetch("POST", self._token_address, asked).get("id_token")
        if not (isinstance(token, str) and token.isascii()):
            raise NotSignedIn("The identity provider did not let you in.")
        return Identity(id_token=token, nonce=self._nonce)

    def _fetch(self, method: str, address: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object that is there; an empty one for a refusal. Raises Unreachable."""
        try:
            response = self._web.request(method, address, data=form, timeout=TIMEOUT, allow_redirects=False)
            said = response.json() if response.status_code < 500 else None
        except (requests.RequestException, ValueError) as error:
            raise Unreachable("The identity provider does not answer.") from error
        if not isinstance(said, dict):
            raise Unreachable("The identity provider does not answer.")
        return said


def _web(ca: str) -> requests.Session:
    """A session for the web: unlike the way to a hall, it may lead through the house's proxy."""
    made = requests.Session()
    made.mount("https://", KeepAliveAdapter(usual_authorities(ca)))
    return made


class _RedirectListener(ThreadingHTTPServer):
    timeout = 0.05  # seconds after which it looks whether anybody still waits
    daemon_threads = True  # browsers open lines they may never use
    allow_reuse_address = os.name != "nt"  # there it would let another program take the port over


def _listening(attempt: BrowserSignOn, ports: tuple[int, ...], page: Page) -> _RedirectListener:
    class Browser(_Browser):
        sign_on = attempt
        said = staticmethod(page)

    until = time.monotonic() + FREED
    while True:
        for port in ports:
            with contextlib.suppress(OSError):
                return _RedirectListener(("127.0.0.1", port), Browser)
        if time.monotonic() > until:
            raise NotSignedIn("Another program uses the port the browser would come back to: close it, then try again.")
        time.sleep(_RedirectListener.timeout)


class _Browser(BaseHTTPRequestHandler):
    """The browser that comes back; whatever else asks here hears nothing."""

    sign_on: BrowserSignOn
    said: Page
    timeout = 5

    def do_GET(self) -> None:  # the library's name
        path, _, query = self.path.partition("?")
        let_in = self.sign_on.came_back(query) if path == PATH else None
        body = self.said(let_in).encode() if let_in is not None else b""
        self.send_response(404 if let_in is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("Referrer-Policy", "no-referrer")  # the address holds the code
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "nowserving"

    def log_message(self, *_: object) -> None:
        """The address holds the code: it goes into no log."""
