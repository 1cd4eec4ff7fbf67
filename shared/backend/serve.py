"""The HTTP backend as a process: a port of its own, a line that says where, an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator

import uvicorn

from shared.backend.accounts import Accounts
from shared.backend.api import create_app
from shared.backend.database import Database
from shared.backend.feed import Feed
from shared.backend.ledger import Ledger
from shared.hall.errors import Unfit

PATIENCE = 0.7
"""Seconds a listener has to take the end of its stream."""


def serve(address: str, host: str, port: int, log_level: str = "WARNING", trusted_proxies: str = "") -> int:
    """Serve a database until told to stop; raises Unfit for a bad database or a port in use.

    What a proxy says of whom it speaks for is believed of ``trusted_proxies`` alone, addresses or networks with commas:
    limits count by address, and anybody may write anything into a header.
    """
    database = Database(address)
    database.require_current()
    with contextlib.closing(_listening(host, port)) as listener, contextlib.closing(Ledger(database)) as ledger:
        app = create_app(ledger, Accounts(database))
        config = uvicorn.Config(
            app,
            log_level=log_level.lower(),
            timeout_graceful_shutdown=1,
            access_log=False,
            proxy_headers=bool(trusted_proxies),  # by itself uvicorn would believe everything on this machine
            forwarded_allow_ips=trusted_proxies,
        )
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_run(_Server(config, app.state.backend.feed), listener))
    return 0


class _Server(uvicorn.Server):
    """A server that ends in order, and with status 0, when it is told to stop; uvicorn would die of the signal."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams, which never end by themselves; then everything else."""
        self._feed.close()
        asyncio.get_running_loop().call_later(PATIENCE, self._cut)
        await super().shutdown(sockets)

    def _cut(self) -> None:
        """Let go of whoever still does not take what was sent: a task that is cancelled would say so at length."""
        for connection in [*self.server_state.connections]:
            connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield


async def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    if server.started:
        host, port, *_ = listener.getsockname()
        print(f"serving http://{_for_url(host)}:{port}", flush=True)  # noqa: T201  # the promised line
    await serving


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every answer takes 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise Unfit(f"Port {port} of {host} can't be used ({error}): stop what uses it or choose another.") from None
    return listener


def _for_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
