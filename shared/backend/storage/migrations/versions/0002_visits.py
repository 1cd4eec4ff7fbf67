"""Notes about visits, and the outcome of a visit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("hall_id", sa.String(length=64), nullable=False),
        sa.Column("command_id", sa.String(length=64), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="May name people: never in the journal"),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.id"], name=op.f("fk_notes_hall_id_halls")),
        sa.PrimaryKeyConstraint("hall_id", "command_id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_hall_id_ticket"), "notes", ["hall_id", "ticket"])
    op.add_column("tickets", sa.Column("appointed_at", sa.DateTime(timezone=True)))
    op.add_column("tickets", sa.Column("outcome", sa.String(length=64), nullable=False, server_default=""))
    op.add_column(
        "tickets", sa.Column("rating", sa.Integer(), comment="What the customer thought of the visit, 1 to 5")
    )
    op.execute(sa.text("DELETE FROM snapshots"))  # written by older rules; they are made again
