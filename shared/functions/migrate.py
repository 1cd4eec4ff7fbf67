"""The function ``migrate``: makes or upgrades the tables, and adds a hall if the event names one or a sample.

``{"hall": "Clinic North", "sample": "clinic", "time_zone": "Europe/Paris"}`` names the hall, its sample set-up and its
time zone, which a cloud does not know; the same event again changes nothing.
"""

from __future__ import annotations

import contextlib
from typing import Any

from shared.backend.halls.database_administration import DatabaseAdmin, slug
from shared.backend.halls.ledger import Ledger
from shared.functions import environment


def handler(event: dict[str, Any] | None, context: object) -> dict[str, Any]:
    options = event or {}
    database = environment.database(create=True)
    with contextlib.closing(Ledger(database)) as ledger:
        database.upgrade()
        admin = DatabaseAdmin(database, ledger)
        sample, name = options.get("sample"), options.get("hall")
        if label := name or sample:
            admin.add_hall(slug(label), sample, name, options.get("time_zone"))
        ledger.drain(environment.REST_WITHIN)
        return {
            "revision": database.revision(),
            "database": database.url.get_backend_name(),
            "halls": ledger.hall_ids(),
        }
