"""The simplest broadcast server, compared with the event feed: sends what one connection sends to all others."""

from __future__ import annotations

import asyncio


class BroadcastConnection(asyncio.Protocol):
    everybody: set[asyncio.Transport] = set()  # noqa: RUF012  # shared by all of them

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.everybody.add(transport)

    def data_received(self, data: bytes) -> None:
        for other in self.everybody:
            if other is not self.transport:
                other.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        self.everybody.discard(self.transport)


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(BroadcastConnection, "127.0.0.1", 0, backlog=1024)
    host, port = server.sockets[0].getsockname()
    print(f"serving http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
