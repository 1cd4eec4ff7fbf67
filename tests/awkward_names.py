"""Names as nobody means them: they look like markup, or mark a key, or turn the line."""

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
    """Somebody on the network who must never be asked for anything."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setblocking(False)
        yield door


def was_asked(door: socket.socket) -> bool:
    try:
        door.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def hostile(door: socket.socket) -> list[str]:
    """Names of all kinds; each is taken, for all of it is seen."""
    port = door.getsockname()[1]
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
    """As an old journal may have it: each name with what turns the direction in it, which no door lets in today."""
    spare = iter(names * 20)

    def named(before: str) -> str:
        return f"{before}{TURNING}{next(spare)}"

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
    """A name as it is shown: without what turns the direction."""
    return "".join(sign for sign in text if sign not in TURNING)
