"""An impostor that answers over TLS where a hall is expected, with any certificate and any authority."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from shared.link.certificate_trust import AUTHORITY_PATH


class Impostor:
    """``certificate`` is a PEM file with its key; ``authority`` the one it calls its own, if any."""

    def __init__(self, certificate: Path, authority: str = "", port: int = 0, host: str = "127.0.0.1") -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.authority = authority
        self.heard: list[str] = []
        """Paths and tokens of the requests that reached it."""

        class Answers(BaseHTTPRequestHandler):
            def do_GET(answers) -> None:  # noqa: N805  # the library's name, and the test's own self
                self.heard += [answers.path, answers.headers.get("Authorization", "")]
                said = self.authority.encode() if answers.path == AUTHORITY_PATH else b""
                answers.send_response(200 if said else 404)
                answers.send_header("Content-Length", str(len(said)))
                answers.end_headers()
                answers.wfile.write(said)

            def log_message(answers, *_: object) -> None:  # noqa: N805
                """Nobody reads it."""

        self._server = _Quiet((host, port), Answers)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.base = f"https://{host}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A caller is supposed to hang up on an impostor."""


@contextlib.contextmanager
def somebody(certificate: Path, authority: str = "", **where: Any) -> Iterator[Impostor]:
    there = Impostor(certificate, authority, **where)
    try:
        yield there
    finally:
        there.close()
