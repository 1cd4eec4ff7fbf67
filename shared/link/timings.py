"""A station's timeouts, pauses between retries, back-off, and how long an outage lasts before it is shown.

All in seconds of this machine's monotonic clock, except ``MISSES``. No station backs off for longer than
``RETRY_REFUSED``: a person in front of it must see within a minute that the hall is back.
"""

from __future__ import annotations

# ── waiting for an answer ──

CONNECT_TIMEOUT = 2.0
ANSWER_TIMEOUT = 4.5
"""A hall on the same network answers in milliseconds; one whose database is busy says so after four seconds."""

HEARTBEAT = 2
"""How often a watch asks the backend for a heartbeat."""
SILENCE = 3.5
"""How long without one until the connection counts as lost."""

RETRY_WITHIN = 1.0
"""A command that failed within this time is sent once more, as when a backend has just restarted: its id makes that
safe. Later than this, the person who waits is told."""

# ── following a hall ──

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 3.0
"""Back-off while the hall is away: doubled each time, with jitter so that a thousand stations do not reconnect at
the same moment."""

SHORTEST_RECONNECT, LONGEST_RECONNECT = 0.2, 30.0
"""The limits of the pause a stream may name until it is opened again after it ended in order."""

OUTAGE = 1.0
"""How long a hall must be away before anybody is told: a restart nobody noticed is not an outage."""

STALE = 30.0
"""After a longer outage a station takes a snapshot instead of the events it missed: no display may announce calls
whose customers have gone home."""

REMEMBER_EVERY = 5.0
"""The shortest pause between two times that the hall is written to disk, where it is shown from after a power cut."""

# ── delivering the outbox ──

REDELIVERY = 5.0
"""Pause until a ticket that could not be delivered, or an abandoned one that could not be cancelled, is retried, if
nothing says sooner that the hall is back."""

# ── looking for a hall ──

ELSEWHERE_AFTER = 4.0
"""How long a paired station's hall must be away before it is searched for at other addresses: longer than a restart."""

DISCOVERY_POLL = 0.3
"""How often the results of discovery are read."""

SEARCH_AFRESH = 20.0
"""How long until a search that found nothing starts again: the network may have come up meanwhile."""

# ── being paired ──

PAIRING_POLL = 1.0
"""How often a station asks whether an administrator has confirmed its code, and retries an address."""

MISSES = 3
"""Polls without an answer after which the screen says so: a backend that restarts is back sooner."""

RETRY_FULL = 10.0
"""Pause after a backend gave no code because too many devices wait."""

RETRY_REFUSED = 60.0
"""Pause until a device that was refused asks again by itself: nobody touches a display."""
