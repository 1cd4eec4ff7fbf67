"""Pictures, videos and recordings of halls, and what a display says of its sound."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("hall_id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False, comment="SHA-256"),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes"),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.id"], name=op.f("fk_media_hall_id_halls")),
        sa.PrimaryKeyConstraint("hall_id", "content", name=op.f("pk_media")),
    )
    op.create_table(
        "media_parts",
        sa.Column("hall_id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False, comment="SHA-256 of the whole"),
        sa.Column("at", sa.Integer(), autoincrement=False, nullable=False, comment="Which part, from 0"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.id"], name=op.f("fk_media_parts_hall_id_halls")),
        sa.PrimaryKeyConstraint("hall_id", "content", "at", name=op.f("pk_media_parts")),
    )
    sound = sa.Column("sound", sa.String(length=200), nullable=False, server_default="", comment="What ails its voice")
    op.add_column("devices", sound)
