"""The least a broadcast can be: what one line says, every other hears. The peer of the event feed, run as a process."""

from __future__ import annotations

import asyncio


class Line(asyncio.Protocol):
    """One open line."""

    everybody: set[asyncio.Transport] = set()  # noqa: RUF012  # one room for all of them

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
    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", 0, backlog=1024)
    host, port = server.sockets[0].getsockname()
    print(f"serving http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
