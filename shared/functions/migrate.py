"""The function ``migrate``: makes or upgrades the tables, and a first hall if it is asked for one.

``{"hall": "Clinic North", "sample": "clinic", "time_zone": "Europe/Paris"}`` names the hall, what it begins with and
where it is, for a cloud does not know; the same again changes nothing.
"""

from __future__ import annotations

import contextlib
from typing import Any

from shared.backend.halls.database_administration import DatabaseAdmin, slug
from shared.backend.halls.ledger import Ledger
from shared.functions import environment


def handler(event: dict[str, Any] | None, context: object) -> dict[str, Any]:
    asked = event or {}
    database = environment.database(create=True)
    with contextlib.closing(Ledger(database)) as ledger:
        database.upgrade()
        admin = DatabaseAdmin(database, ledger)
        sample, name = asked.get("sample"), asked.get("hall")
        if called := name or sample:
            admin.add_hall(slug(called), sample, name, asked.get("time_zone"))
        ledger.rest(environment.LAST_WORDS)
        return {"revision": database.revision(), "database": database.url.get_backend_name(), "halls": ledger.halls()}
