"""Metrics of a backend for Prometheus, and who may read them: they say how busy every hall is."""

from __future__ import annotations

import hmac
import ipaddress
from collections import Counter

from starlette.requests import Request

from shared.backend.access.authentication import Authenticator
from shared.backend.access.security_configuration import SecurityConfiguration
from shared.backend.halls.ledger import Ledger
from shared.backend.http.connection_limits import ConnectionLimits
from shared.backend.http.request_parsing import address_of, bearer
from shared.hall.errors import NotAllowed
from shared.hall.roles import Role

PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers that a proxy on this machine adds to the requests it forwards for others."""


async def require_reader(request: Request, security: SecurityConfiguration, authenticator: Authenticator) -> None:
    """Raises NotSignedIn or NotAllowed unless this machine, the metrics token or an administrator of all halls asks."""
    if _is_this_machine(request):
        return
    token = bearer(request.headers.get("authorization"))
    if security.metrics_token and hmac.compare_digest(token.encode(), security.metrics_token.encode()):
        return
    actor = await authenticator.actor(token, address_of(request))
    if actor.role is not Role.ADMINISTRATOR or actor.hall is not None:
        raise NotAllowed("The figures of all halls are for administrators of all halls.", role=actor.role)


def _is_this_machine(request: Request) -> bool:
    """Whether a program on this machine asks: no proxy, and no page of another host name (DNS rebinding)."""
    host = request.url.hostname or ""
    return (
        _is_loopback(address_of(request))
        and (host == "localhost" or _is_loopback(host))
        and not any(header in request.headers for header in PROXY_HEADERS)
    )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def figures(ledger: Ledger, limits: ConnectionLimits) -> str:
    """The metrics in Prometheus's text format 0.0.4."""
    lines = ["# TYPE nowserving_tickets gauge", "# TYPE nowserving_events_total counter"]
    for hall in ledger.readable_halls():
        states = Counter(str(ticket.state) for ticket in hall.tickets.values())
        lines += [f'nowserving_tickets{{hall="{hall.id}",state="{state}"}} {n}' for state, n in sorted(states.items())]
        lines += [f'nowserving_events_total{{hall="{hall.id}"}} {hall.seq}']
    lines += ["# TYPE nowserving_connections gauge"]
    lines += [f'nowserving_connections{{who="{who}"}} {n}' for who, n in limits.count.items()]
    lines += ["# TYPE nowserving_connections_most gauge", f"nowserving_connections_most {limits.most}"]
    lines += ["# TYPE nowserving_turned_away_total counter"]
    lines += [f'nowserving_turned_away_total{{who="{who}"}} {n}' for who, n in limits.turned_away.items()]
    lines += ["# TYPE nowserving_too_slow_total counter", f"nowserving_too_slow_total {limits.slow}"]
    return "\n".join(lines) + "\n"
