"""Awkward names: they look like markup, mark a key, or turn the direction of a line."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from shared.hall.values import Service, frozen
from tests.memory_link import MemoryLink

TURNING = "\u202e\u2066\u200f"


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A server that no window may ever send a request to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def was_asked(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def hostile(server: socket.socket) -> list[str]:
    """Names of all kinds; each is allowed, because all its characters are visible."""
    port = server.getsockname()[1]
    return [
        f"<img src=http://127.0.0.1:{port}/x>",
        "<b>bold</b>",
        "<h1>Headline</h1>",
        "&Save && more",
        "&lt;b&gt;",
        f'<a href="http://127.0.0.1:{port}/">x</a>',
        "Wohnsitzanmeldebestätigungen und Ausländerangelegenheiten 12",
        "👩\u200d⚕️ 🏳️\u200d🌈",
        "می\u200cخواهم <i>x</i>",
    ]


def rename_everything(link: MemoryLink, names: list[str]) -> None:
    """Rename as an old journal may have it: with characters that turn the direction, which are refused today."""
    unused_names = iter(names * 20)

    def named(before: str) -> str:
        return f"{before}{TURNING}{next(unused_names)}"

    hall = link.hall
    link.hall = replace(
        hall,
        settings=replace(hall.settings, name=named(""), outcomes=tuple(dict.fromkeys(names))),
        services=frozen({key: _service(one, named("")) for key, one in hall.services.items()}),
        precedences=frozen({key: replace(one, name=named("")) for key, one in hall.precedences.items()}),
        points=frozen({key: replace(one, name=named("")) for key, one in hall.points.items()}),
    )


def _service(service: Service, name: str) -> Service:
    return replace(service, name=name, description=name)


def shows(text: str) -> str:
    """A name as it is shown: without the characters that turn the direction."""
    return "".join(sign for sign in text if sign not in TURNING)
