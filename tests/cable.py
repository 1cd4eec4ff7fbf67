"""A cable between a station and its backend that can be pulled out and put back: a small TCP relay."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class Cable:
    """Listens on ``base`` and passes everything on to the backend at ``target`` while it is plugged in."""

    def __init__(self, target: str) -> None:
        host, _, port = target.removeprefix("http://").partition(":")
        self._target = (host, int(port))
        self._server = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._plugged = True
        self.last_words: bytes | None = None
        """Bytes from the near side after which the connection is cut: they arrive, their answer does not."""
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, name="cable", daemon=True).start()

    def unplug(self) -> None:
        """Cut every connection, and let no new one through."""
        self._plugged = False
        for connection in [*self._open]:
            _cut(connection)

    def plug(self) -> None:
        self._plugged = True

    def close(self) -> None:
        self.unplug()
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        if not self._plugged:
            _cut(near)
            near.close()
            return
        far = socket.create_connection(self._target)
        self._open |= {near, far}
        back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
        back.start()
        _pass_on(near, far, self._was_last)
        back.join()
        self._open -= {near, far}
        near.close()
        far.close()

    def _was_last(self, said: bytes) -> bool:
        return self.last_words is not None and self.last_words in said


def _pass_on(source: socket.socket, sink: socket.socket, was_last: Callable[[bytes], bool] = lambda _: False) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            if was_last(data):
                source.shutdown(socket.SHUT_RDWR)
            sink.sendall(data)
    _cut(source)
    _cut(sink)


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
