"""Pairing of devices, rate limits, sign-on; contacts of customers; the append-only audit."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    _people_and_devices()
    _limits()
    _about_people()
    _audit()


def _people_and_devices() -> None:
    installation = op.create_table(
        "installation",
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="Tells this database from every other: the one row there is",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.bulk_insert(installation, [{"id": str(uuid.uuid4())}])
    op.add_column(
        "staff",
        sa.Column(
            "must_change",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="The password, at the next log-in",
        ),
    )
    op.add_column("staff", sa.Column("issuer", sa.String(length=255), comment="The identity provider they come by"))
    op.add_column("staff", sa.Column("subject", sa.String(length=255), comment="Who they are to that provider"))
    op.create_index(op.f("ix_staff_issuer_subject"), "staff", ["issuer", "subject"], unique=True)
    op.add_column("devices", sa.Column("seen_at", UTC))
    op.add_column("devices", sa.Column("address", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("devices", sa.Column("version", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("devices", sa.Column("paper", sa.String(length=16), nullable=False, server_default=""))
    _tell_devices_apart()
    op.create_index(op.f("ix_devices_hall_id_name"), "devices", ["hall_id", "name"], unique=True)
    op.create_table(
        "newcomers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "code", sa.String(length=16), nullable=False, comment="What the device shows and an administrator types"
        ),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False, comment="SHA-256 of the token the device made"),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newcomers")),
        sa.UniqueConstraint("code", name=op.f("uq_newcomers_code")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_newcomers_token_hash")),
    )


def _tell_devices_apart() -> None:
    """Two devices of a hall could have the same name until now: the end of its id is added to that of the later one."""
    connection = op.get_bind()
    devices = sa.table("devices", sa.column("id"), sa.column("name"), sa.column("hall_id"))
    seen = set()
    for row in connection.execute(sa.select(devices).order_by(devices.c.id)).all():
        if (row.hall_id, row.name) in seen:
            renamed = f"{row.name[:50]} {row.id[-12:]}"
            connection.execute(devices.update().where(devices.c.id == row.id).values(name=renamed))
        seen.add((row.hall_id, row.name))


def _limits() -> None:
    op.create_table(
        "tries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "what",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of what is counted: an account at a place, an address",
        ),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_what_at"), "tries", ["what", "at"])
    op.create_table(
        "usual_places",
        sa.Column(
            "what",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of an account and a place it was signed in from",
        ),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_usual_places")),
    )


def _about_people() -> None:
    op.create_table(
        "contacts",
        sa.Column("hall_id", sa.String(length=64), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.id"], name=op.f("fk_contacts_hall_id_halls")),
        sa.PrimaryKeyConstraint("hall_id", "ticket", name=op.f("pk_contacts")),
    )
    op.create_table(
        "browsers",
        sa.Column(
            "what",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the browser's cookie; forgotten within a day",
        ),
        sa.Column("hall_id", sa.String(length=64), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.id"], name=op.f("fk_browsers_hall_id_halls")),
        sa.PrimaryKeyConstraint("what", "hall_id", "ticket", name=op.f("pk_browsers")),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="As they were written down",
        ),
        sa.Column("at", UTC, nullable=False),
        sa.Column(
            "hall_id",
            sa.String(length=64),
            comment="None: it concerns no hall, or one that is not there",
        ),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("ticket", sa.String(length=64), comment="The id of the ticket it is about"),
        sa.Column(
            "about",
            sa.String(length=128),
            nullable=False,
            comment="What it names of the hall's: a label, a point, a person",
        ),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_hall_id_at"), "audit", ["hall_id", "at"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


APPEND_ONLY = {
    "sqlite": (
        """
        CREATE TRIGGER audit_is_not_rewritten BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'The audit is never rewritten.'); END
        """,
        """
        CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
        WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id)
        BEGIN SELECT RAISE(ABORT, 'The audit is never rewritten.'); END
        """,
        """
        CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
        WHEN old.at > datetime('now', '-365 days')
        BEGIN SELECT RAISE(ABORT, 'The audit is kept for 365 days.'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF OLD.at <= now() - interval '365 days' THEN RETURN OLD; END IF;
                RAISE EXCEPTION 'The audit is kept for 365 days.';
            END IF;
            RAISE EXCEPTION 'The audit is never rewritten.';
        END $$
        """,
        """
        CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_is_kept()
        """,
        """
        CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()
        """,
    ),
}
"""Triggers that make the audit append-only. REPLACE deletes without firing SQLite's trigger for deletions."""
