"""Each kiosk's own series of numbers, and the troubles devices report to administrators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    series = sa.Column(
        "series",
        sa.String(length=4),
        nullable=False,
        server_default="",
        comment="Of the numbers it gives without its hall",
    )
    op.add_column("devices", series)
    for name, comment in (("troubles", "As it tells of them itself"), ("seen_troubles", "By an administrator")):
        op.add_column(
            "devices", sa.Column(name, sa.JSON(), nullable=False, server_default=sa.text("'[]'"), comment=comment)
        )
    _one_each()


def _one_each() -> None:
    """K2, K3, … for the kiosks of each hall, the oldest first: all of them used K1 so far."""
    names = ("id", "hall_id", "role", "created_at", "series")
    devices = sa.table("devices", *(sa.column(name) for name in names))
    kiosks = sa.select(devices).where(devices.c.role == "kiosk").order_by(devices.c.created_at, devices.c.id)
    taken: dict[str, int] = {}
    for row in op.get_bind().execute(kiosks).fetchall():
        number = taken[row.hall_id] = taken.get(row.hall_id, 1) + 1
        if number < 1000:
            op.execute(devices.update().where(devices.c.id == row.id).values(series=f"K{number}"))
