"""How long a station waits for an answer, pauses between two tries, and keeps quiet about an outage.

All in seconds of this machine's monotonic clock, but for ``MISSES``. No station backs off for longer than ``COOLED``:
whoever stands before it must see within a minute that the hall is back.
"""

from __future__ import annotations

# ── waiting for an answer ──

CONNECT_TIMEOUT = 2.0
ANSWER_TIMEOUT = 4.5
"""A hall on the same network answers in milliseconds; one whose database is busy says so after four seconds."""

HEARTBEAT = 2
SILENCE = 3.5
"""Between two signs of life a watch asks for, and those without one after which the way is cut."""

ONCE_MORE = 1.0
"""Within which an answer that is lost is asked for once more, as when a backend has just come back. The command's id
makes that safe; later than this, whoever waits wants to know."""

# ── following a hall ──

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 3.0
"""Between two tries to reach a hall that is away; doubled each time, jittered so that a thousand stations do not come
back at the same moment."""

SOONEST, LATEST = 0.2, 30.0
"""After which a stream that ended in order is asked for again, whatever pause it named itself."""

OUTAGE = 1.0
"""A hall must be away for so long before anybody is told: a restart nobody noticed is not an outage."""

STALE = 30.0
"""Away for longer, what was missed is seen in a snapshot and no longer told event by event: nobody wants to be called
by a display that was off while the customer went home."""

# ── delivering what waits ──

REDELIVERY = 5.0
"""Until a ticket of the outbox that could not be delivered, or an abandoned one that could not be given back, is tried
again, if nothing says sooner that the hall is back."""

# ── looking for a hall ──

LOOK_ELSEWHERE = 4.0
"""Without an answer after which a paired station looks for its installation at other addresses: a restart is over
sooner."""

LOOK = 0.3
"""Between two looks at what the local network says."""

SEARCH_AFRESH = 20.0
"""After which a search of the local network that found nothing begins again: the network may have come meanwhile."""

# ── being paired ──

ASK = 1.0
"""Between two questions whether an administrator has confirmed the code, and between two tries."""

MISSES = 3
"""Questions without an answer after which it is said: a backend that restarts is back sooner."""

NO_ROOM = 10.0
"""Until a backend is asked again that gives no codes now."""

COOLED = 60.0
"""Until a device that was refused asks again by itself: a display has nobody to touch it."""
