"""Which kind of link an address leads to: over HTTP, or straight to a database."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shared.addresses import checked_public_url, for_phones
from shared.hall.errors import Unfit
from shared.hall.roles import Actor, Role
from shared.link.link import Link

if TYPE_CHECKING:
    from shared.link.certificate_trust import Pin, Pins


def connect(
    address: str,
    *,
    token: str = "",
    role: Role,
    pin: Pin | None = None,
    pins: Pins | None = None,
    tls_ca: str = "",
    public_url: str = "",
) -> Link:
    """A link to the hall at this address, for a device of this role.

    ``http(s)://HOST:PORT`` or a database URL; ``#ID`` behind it names one of several halls. ``token`` is the
    device's; a database needs none, because opening it already gives every right. Over https ``pin`` is what a paired
    station trusts, ``pins`` where others keep theirs, ``tls_ca`` a file of authorities. ``public_url`` is where
    phones reach the pages of a database's hall; a backend says it itself. Raises Unfit for any other address, and for
    a database also UnknownHall or Unreachable.
    """
    base, _, hall = address.partition("#")
    kind = urlsplit(base).scheme.partition("+")[0]
    if kind in ("http", "https"):
        from shared.link.certificate_trust import Trust  # noqa: PLC0415
        from shared.link.http_link import HttpLink  # noqa: PLC0415  # each kind of link needs only its own libraries

        return HttpLink(base, hall, token, Trust(base, pin=pin, pins=pins, ca=tls_ca))
    if kind in ("sqlite", "postgresql"):
        return _database_link(base, hall, role, for_phones(checked_public_url(public_url)))
    named = "This" if set("@?") & set(address) else repr(address)  # it may hold a password
    raise Unfit(f"{named} is not the address of a hall: write http://HOST:PORT or the address of a database.")


def _database_link(address: str, hall: str, role: Role, pages: str) -> Link:
    try:
        from shared.link.database_link import DatabaseLink  # noqa: PLC0415  # a kiosk over HTTP has no SQLAlchemy
    except ImportError:
        raise Unfit("A database address needs more packages: install nowserving[database].") from None
    device = None if role is Role.CONSOLE else Actor(name=role.value, role=role)
    return DatabaseLink.open(address, hall, device, pages)
