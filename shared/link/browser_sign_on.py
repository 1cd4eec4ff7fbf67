"""A console's sign-on through the organisation's identity provider, in the browser of its machine.

The authorization code flow of a public client with PKCE (RFC 7636) and a redirect to the loopback interface (RFC 8252,
7.3). Nobody types the organisation's password into a program of ours.
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

from shared.hall.errors import NotSignedIn, Unreachable
from shared.link import timings
from shared.link.http_sessions import KeepAliveAdapter, usual_authorities
from shared.requests.sign_on import Identity, Provider, require_https_or_loopback

PATH = "/signed-in"
LISTENS_FOR = 300.0
"""Seconds a person has to find their password, and their phone for the second factor."""

PORT_FREED_WITHIN = 1.0
"""Seconds within which the port of an earlier attempt is free again."""

TIMEOUT = (timings.CONNECT_TIMEOUT * 2, timings.ANSWER_TIMEOUT * 2)
"""Seconds; twice what a hall gets, because the provider may be far away."""

Page = Callable[[bool], str]
"""The HTML the browser shows at the end, given whether the provider granted the sign-on."""


class BrowserSignOn:
    """One person's sign-on. Making it blocks, because it fetches the provider's metadata."""

    def __init__(self, provider: Provider, page: Page, ca: str = "") -> None:
        """Raises Unreachable, Unfit for ``ca`` or a provider without https, NotSignedIn if no port is free."""
        self._provider = provider
        self._web_session = _web_session(ca)
        metadata = self._provider_metadata()
        self._token_address = require_https_or_loopback(str(metadata.get("token_endpoint")))
        self._verifier, self._nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
        self._state = secrets.token_urlsafe(32)
        self._answer: Mapping[str, str] = {}
        self._finished = threading.Event()
        self._cancelled = False
        self._server = _bind_free_port(self, provider.ports, page)
        self._redirect = f"http://{provider.loopback}:{self._server.server_port}{PATH}"
        self.address = self._authorization_url(require_https_or_loopback(str(metadata.get("authorization_endpoint"))))
        """The address the browser has to open."""
        self._thread = threading.Thread(target=self._listen, name="sign-on", daemon=True)
        self._thread.start()

    def wait(self) -> Identity | None:
        """Wait for the redirect; returns the identity, or None if cancelled. Raises NotSignedIn or Unreachable."""
        self._thread.join()
        if self._cancelled:
            return None
        if not self._finished.is_set():
            raise NotSignedIn("Nobody signed in in the browser: please try again.")
        return self._identity()

    def _listen(self) -> None:
        until = time.monotonic() + LISTENS_FOR
        with contextlib.closing(self._server.socket):
            while not self._finished.is_set() and time.monotonic() < until:
                self._server.handle_request()

    def cancel(self) -> None:
        """Stop waiting; from any thread."""
        self._cancelled = True
        self._finished.set()

    def take_redirect(self, query: str) -> bool | None:
        """Take a redirect's query; returns whether the sign-on was granted, None if it is not the redirect awaited."""
        answer = {name: values[0] for name, values in parse_qs(query).items() if len(values) == 1}
        state = answer.get("state", "")
        if self._finished.is_set() or not secrets.compare_digest(state.encode(), self._state.encode()):
            return None
        if answer.get("iss", self._provider.issuer) != self._provider.issuer:  # RFC 9207
            return None
        self._answer = answer
        self._finished.set()
        return "code" in answer

    def _provider_metadata(self) -> dict[str, Any]:
        issuer = require_https_or_loopback(self._provider.issuer)
        metadata = self._fetch("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != issuer:
            raise Unreachable("The identity provider's issuer differs from the setting oidc_issuer.")
        return metadata

    def _authorization_url(self, address: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self._verifier.encode()).digest()).rstrip(b"=").decode()
        parameters = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._redirect,
            "scope": self._provider.scopes,
            "state": self._state,
            "nonce": self._nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            # Consoles are shared: without this the provider would take the next person for the previous one.
            "prompt": "login",
        }
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(parameters)}"

    def _identity(self) -> Identity:
        if "code" not in self._answer:
            raise NotSignedIn("The identity provider did not let you in.")
        parameters = {
            "grant_type": "authorization_code",
            "code": self._answer["code"],
            "redirect_uri": self._redirect,
            "client_id": self._provider.client_id,
            "code_verifier": self._verifier,
        }
        token = self._fetch("POST", self._token_address, parameters).get("id_token")
        if not (isinstance(token, str) and token.isascii()):
            raise NotSignedIn("The identity provider did not let you in.")
        return Identity(id_token=token, nonce=self._nonce)

    def _fetch(self, method: str, address: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object this address answers, also with a refusal; raises Unreachable if there is none."""
        try:
            response = self._web_session.request(method, address, data=form, timeout=TIMEOUT, allow_redirects=False)
            answer = response.json() if response.status_code < 500 else None
        except (requests.RequestException, ValueError) as error:
            raise Unreachable("The identity provider does not answer.") from error
        if not isinstance(answer, dict):
            raise Unreachable("The identity provider does not answer.")
        return answer


def _web_session(ca: str) -> requests.Session:
    """A session for the web: unlike that to a hall, it may use the organisation's proxy."""
    session = requests.Session()
    session.mount("https://", KeepAliveAdapter(usual_authorities(ca)))
    return session


class _RedirectListener(ThreadingHTTPServer):
    timeout = 0.05  # seconds between two looks at whether the sign-on is over
    daemon_threads = True  # browsers open connections they may never use
    allow_reuse_address = os.name != "nt"  # on Windows another program could take the port over


def _bind_free_port(attempt: BrowserSignOn, ports: tuple[int, ...], page: Page) -> _RedirectListener:
    class Handler(_RedirectHandler):
        sign_on = attempt
        page_html = staticmethod(page)

    until = time.monotonic() + PORT_FREED_WITHIN
    while True:
        for port in ports:
            with contextlib.suppress(OSError):
                return _RedirectListener(("127.0.0.1", port), Handler)
        if time.monotonic() > until:
            raise NotSignedIn("Another program uses the port the browser has to return to: close it, then try again.")
        time.sleep(_RedirectListener.timeout)


class _RedirectHandler(BaseHTTPRequestHandler):
    """Answers the browser's redirect, and anything else with an empty 404."""

    sign_on: BrowserSignOn
    page_html: Page
    timeout = 5  # seconds for a request

    def do_GET(self) -> None:  # the library's name
        path, _, query = self.path.partition("?")
        granted = self.sign_on.take_redirect(query) if path == PATH else None
        body = self.page_html(granted).encode() if granted is not None else b""
        self.send_response(404 if granted is None else 200)
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
