"""Who works at which service point."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "seats",
        sa.Column("hall_id", sa.String(length=64), nullable=False),
        sa.Column("point", sa.String(length=64), nullable=False),
        sa.Column(
            "session",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of its token: whose it is while that lasts",
        ),
        sa.Column("console", sa.String(length=64), nullable=False, comment="What the console calls itself"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.id"], name=op.f("fk_seats_hall_id_halls")),
        sa.PrimaryKeyConstraint("hall_id", "point", name=op.f("pk_seats")),
    )
