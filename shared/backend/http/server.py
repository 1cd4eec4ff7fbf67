"""The HTTP backend as a process: how it listens, with or without TLS, is secured, and shuts down in order."""

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

from shared.addresses import checked_public_url
from shared.backend.access.accounts import Accounts
from shared.backend.access.id_tokens import TokenVerifier
from shared.backend.access.security_configuration import SecurityConfiguration, SignOnRules, provider_of
from shared.backend.halls.ledger import Ledger
from shared.backend.http import openapi, pairing_routes
from shared.backend.http.certificate_authority import this_machine, usual_folder
from shared.backend.http.connection import Handshake, HttpConnection
from shared.backend.http.connection_limits import ConnectionLimits, Deadlines
from shared.backend.http.event_feed import LiveFeed
from shared.backend.http.listening_socket import bound_socket, capacity
from shared.backend.http.network_announcement import AnnouncedBackend, Announcement
from shared.backend.http.routes import create_app
from shared.backend.http.tls import Tls, tls_from_files, tls_of_own_authority
from shared.backend.storage.database import Database
from shared.hall.errors import Unfit
from shared.settings import Settings, state_path

CLOSE_WITHIN = 0.7
"""Seconds after the order to stop until connections that are still open are closed."""

TICKS_PER_CHECK = 5
"""Ticks of uvicorn (a tenth of a second each) between two checks for slow connections."""

UNPROTECTED = (
    "nowserving: this backend speaks plain HTTP to the network, so anybody in it can read passwords, tokens and"
    " tickets and change them on their way: add --tls (or --tls-cert and --tls-key), or listen on 127.0.0.1 behind a"
    " proxy that speaks https."
)


def serve(settings: Settings, host: str, port: int, deadlines: Deadlines | None = None) -> int:
    """Serve until told to stop; returns the exit status.

    Raises Unfit if the database, a setting, the TLS files or the port can't be used, Unreachable if PostgreSQL is away.
    """
    database = Database(settings.database)
    database.require_current()
    database.require_sound()
    tls, available = _tls(settings, host), capacity()
    deadlines = deadlines or Deadlines()
    limits = ConnectionLimits(available.connections, deadlines.quiet)
    with contextlib.closing(bound_socket(host, port)) as listener, contextlib.closing(Ledger(database)) as ledger:
        _report_security(host, tls)
        app = create_app(ledger, Accounts(database), _security_configuration(settings, tls), limits=limits)
        config = uvicorn.Config(
            app,
            log_level=settings.log_level.lower(),
            timeout_graceful_shutdown=1,  # second; later than CLOSE_WITHIN
            access_log=False,
            backlog=available.backlog,
            ws="none",
            server_header=False,  # nobody needs to know which software this is
            # The client's address in a proxy's header is believed from these proxies alone: rate limits count by
            # address, and anybody can write a header. By default uvicorn believes every program on this machine.
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
            ssl_context_factory=(lambda *_: tls.context()) if tls else None,
        )
        config.load()
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            server = _Server(config, app.state.backend.feed, limits, deadlines)
            scheme = "https" if tls else "http"
            with _announcing(ledger, listener, scheme) if settings.announce else contextlib.nullcontext():
                runner.run(_run(server, listener, tls))
    return 0


@contextlib.contextmanager
def _announcing(ledger: Ledger, listener: socket.socket, scheme: str) -> Iterator[None]:
    """Let stations find this backend on the local network, until the block ends."""
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
    """The TLS of the settings, if any; raises Unfit for a certificate without its key, or an authority's bad folder."""
    if settings.tls_cert or settings.tls_key:
        if not (settings.tls_cert and settings.tls_key):
            raise Unfit("A certificate needs its key and a key its certificate: give --tls-cert and --tls-key.")
        return tls_from_files(Path(settings.tls_cert), Path(settings.tls_key))
    if not settings.tls:
        return None
    folder = Path(settings.tls_folder) if settings.tls_folder else usual_folder(settings.database, state_path())
    return tls_of_own_authority(folder, host, urlsplit(settings.public_url).hostname or "")


def _security_configuration(settings: Settings, tls: Tls | None) -> SecurityConfiguration:
    return SecurityConfiguration(
        authority=tls.authority.pem if tls and tls.authority else "",
        # Not with our own authority: a browser would accept nothing but https from this machine, on every port and for
        # a year, though only browsers of this house trust the certificate.
        only_https=tls is not None and tls.authority is None,
        metrics_token=settings.metrics_token,
        sign_on=_sign_on(settings),
        names=this_machine().names | {urlsplit(settings.public_url).hostname or ""},
        pages=checked_public_url(settings.public_url),
    )


def _sign_on(settings: Settings) -> SignOnRules | None:
    """Sign-on by an identity provider, if one is set up; raises Unfit if its settings are wrong."""
    provider = provider_of(settings)
    if provider is None:
        return None
    trusted = ssl.create_default_context()
    if settings.tls_ca:
        trusted.load_verify_locations(settings.tls_ca)
    verifier = TokenVerifier(provider, trusted)
    return SignOnRules(provider=provider, verifier=verifier, role_claim=settings.oidc_role_claim)


def _report_security(host: str, tls: Tls | None) -> None:
    if tls and tls.authority:
        sys.stderr.write(f"nowserving: stations know this backend by the fingerprint {tls.authority.fingerprint}\n")
    elif tls is None and not _is_loopback(host):
        sys.stderr.write(f"{UNPROTECTED}\n")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Server(uvicorn.Server):
    """A server that shuts down in order, with status 0, when it is told to stop; uvicorn would die of the signal."""

    def __init__(self, config: uvicorn.Config, feed: LiveFeed, limits: ConnectionLimits, deadlines: Deadlines) -> None:
        super().__init__(config)
        self._feed, self._limits, self._deadlines = feed, limits, deadlines

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen with our own protocols; uvicorn has no deadlines, and sees a connection only after its handshake."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        loop, backlog = asyncio.get_running_loop(), self.config.backlog
        self.servers = [await loop.create_server(self._connection, sock=one, backlog=backlog) for one in sockets or ()]
        self.started = True

    def _connection(self) -> asyncio.Protocol:
        connection = HttpConnection(self.config, self.server_state, self.lifespan.state, self._limits, self._deadlines)
        return Handshake(connection, self.config.ssl, self._limits, self._deadlines) if self.config.ssl else connection

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_PER_CHECK == 0:
            self._limits.check_timeouts(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams, which never end by themselves, then everything else."""
        self._feed.close()
        # Close connections whose clients do not read: uvicorn would cancel their tasks and log each at length.
        asyncio.get_running_loop().call_later(CLOSE_WITHIN, self._limits.drop_all)
        await super().shutdown(sockets)

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
        print(f"serving {scheme}://{_for_url(host)}:{port}", flush=True)  # noqa: T201  # programs wait for this line
    renewing = asyncio.create_task(tls.keep_fresh(server.config.ssl)) if tls and server.config.ssl else None
    await serving
    if renewing:
        renewing.cancel()


def _for_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
