"""The HTTP backend as a process: a port of its own, with or without TLS, a line that says where, an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from shared.addresses import public
from shared.backend.access.access_policy import AccessPolicy, SignOnRules, provider_of
from shared.backend.access.accounts import Accounts
from shared.backend.access.id_tokens import TokenVerifier
from shared.backend.halls.ledger import Ledger
from shared.backend.http import openapi, pairing_routes
from shared.backend.http.certificate_authority import this_machine, usual_folder
from shared.backend.http.connection import Deadlines, Handshake, HttpConnection
from shared.backend.http.connection_limits import ConnectionLimits
from shared.backend.http.event_feed import Feed
from shared.backend.http.listening_socket import capacity, listening
from shared.backend.http.network_announcement import AnnouncedBackend, Announcement
from shared.backend.http.routes import create_app
from shared.backend.http.tls import Tls, given, own
from shared.backend.storage.database import Database
from shared.hall.errors import Unfit
from shared.settings import Settings, state_path

PATIENCE = 0.7
"""Seconds a listener has to take the end of its stream."""

LOOKS_EVERY = 5
"""Tenths of a second between two looks at who is too slow."""


UNPROTECTED = (
    "nowserving: this backend speaks plain HTTP to the network, so whoever is in it can read passwords, tokens and"
    " tickets and change them on their way: add --tls (or --tls-cert and --tls-key), or listen on 127.0.0.1 behind a"
    " proxy that speaks https."
)


def serve(settings: Settings, host: str, port: int, deadlines: Deadlines | None = None) -> int:
    """Serve a database until told to stop; raises Unfit for a bad database, certificate or a port in use."""
    database = Database(settings.database)
    database.require_current()
    database.require_sound()
    tls, most = _tls(settings, host), capacity()
    deadlines = deadlines or Deadlines()
    limits = ConnectionLimits(most.lines, deadlines.quiet)
    with contextlib.closing(listening(host, port)) as listener, contextlib.closing(Ledger(database)) as ledger:
        _say_how_safe(host, tls)
        app = create_app(ledger, Accounts(database), _entrance(settings, tls), limits=limits)
        config = uvicorn.Config(
            app,
            log_level=settings.log_level.lower(),
            timeout_graceful_shutdown=1,
            access_log=False,
            backlog=most.waiting,
            ws="none",
            server_header=False,  # nobody needs to know what this is made of
            # What a proxy says of whom it speaks for is believed of these alone: limits count by address, and anybody
            # may write anything into a header. By itself uvicorn would believe everything on this machine.
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
            ssl_context_factory=(lambda *_: tls.context()) if tls else None,
        )
        config.load()
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            server = _Server(config, app.state.backend.feed, limits, deadlines)
            scheme = "https" if tls else "http"
            with _announced(ledger, listener, scheme) if settings.announce else contextlib.nullcontext():
                runner.run(_run(server, listener, tls))
    return 0


@contextlib.contextmanager
def _announced(ledger: Ledger, listener: socket.socket, scheme: str) -> Iterator[None]:
    """Let stations find this backend on the local network."""
    host, port, *_ = listener.getsockname()
    offer = AnnouncedBackend(
        installation=pairing_routes.installation_id(ledger.database),
        version=openapi.VERSION,
        halls=" · ".join(hall["name"] for hall in pairing_routes.halls(ledger, 3)),
        host=host,
        port=port,
        scheme=scheme,
    )
    with contextlib.closing(Announcement(offer)):
        yield


def _tls(settings: Settings, host: str) -> Tls | None:
    """What proves who this backend is, if anything; raises Unfit."""
    if settings.tls_cert or settings.tls_key:
        if not (settings.tls_cert and settings.tls_key):
            raise Unfit("A certificate needs its key and a key its certificate: give --tls-cert and --tls-key.")
        return given(Path(settings.tls_cert), Path(settings.tls_key))
    if not settings.tls:
        return None
    folder = Path(settings.tls_folder) if settings.tls_folder else usual_folder(settings.database, state_path())
    return own(folder, host, urlsplit(settings.public_url).hostname or "")


def _entrance(settings: Settings, tls: Tls | None) -> AccessPolicy:
    return AccessPolicy(
        authority=tls.authority.pem if tls and tls.authority else "",
        # Not with our own authority: a browser would lock the whole machine, every port of it, to a certificate that
        # nobody outside this house can vouch for, for a year.
        only_https=tls is not None and tls.authority is None,
        metrics_token=settings.metrics_token,
        sign_on=_sign_on(settings),
        names=this_machine().names | {urlsplit(settings.public_url).hostname or ""},
        pages=public(settings.public_url),
    )


def _sign_on(settings: Settings) -> SignOnRules | None:
    """Who signs people on beside their own logins, if anybody; raises Unfit."""
    provider = provider_of(settings)
    if provider is None:
        return None
    trusted = ssl.create_default_context()
    if settings.tls_ca:
        trusted.load_verify_locations(settings.tls_ca)
    verifier = TokenVerifier(provider, trusted)
    return SignOnRules(provider=provider, verifier=verifier, role_claim=settings.oidc_role_claim)


def _say_how_safe(host: str, tls: Tls | None) -> None:
    if tls and tls.authority:
        sys.stderr.write(f"nowserving: stations know this backend by the mark {tls.authority.fingerprint}\n")
    elif tls is None and not _is_loopback(host):
        sys.stderr.write(f"{UNPROTECTED}\n")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Server(uvicorn.Server):
    """A server that ends in order, and with status 0, when it is told to stop; uvicorn would die of the signal."""

    def __init__(self, config: uvicorn.Config, feed: Feed, limits: ConnectionLimits, deadlines: Deadlines) -> None:
        super().__init__(config)
        self._feed, self._room, self._deadlines = feed, limits, deadlines

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen; uvicorn knows of no deadlines, and of a connection only once TLS stands."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        loop, backlog = asyncio.get_running_loop(), self.config.backlog
        self.servers = [await loop.create_server(self._line, sock=one, backlog=backlog) for one in sockets or ()]
        self.started = True

    def _line(self) -> asyncio.Protocol:
        line = HttpConnection(self.config, self.server_state, self.lifespan.state, self._room, self._deadlines)
        return Handshake(line, self.config.ssl, self._room, self._deadlines) if self.config.ssl else line

    async def on_tick(self, counter: int) -> bool:
        if counter % LOOKS_EVERY == 0:
            self._room.look(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams, which never end by themselves; then everything else."""
        self._feed.close()
        asyncio.get_running_loop().call_later(PATIENCE, self._cut)
        await super().shutdown(sockets)

    def _cut(self) -> None:
        """Let go of whoever still does not take what was sent: a task that is cancelled would say so at length."""
        self._room.clear()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield


async def _run(server: uvicorn.Server, listener: socket.socket, tls: Tls | None) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    if server.started:
        host, port, *_ = listener.getsockname()
        scheme = "https" if tls else "http"
        print(f"serving {scheme}://{_for_url(host)}:{port}", flush=True)  # noqa: T201  # the promised line
    fresh = asyncio.create_task(tls.keep_fresh(server.config.ssl)) if tls and server.config.ssl else None
    await serving
    if fresh:
        fresh.cancel()


def _for_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
