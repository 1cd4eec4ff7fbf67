"""The ticket a kiosk may have failed to print, so that staff see it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column(
        "devices",
        sa.Column(
            "unprinted", sa.String(length=16), nullable=False, server_default="", comment="The label of a ticket"
        ),
    )
