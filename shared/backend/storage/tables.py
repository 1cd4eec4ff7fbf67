"""The tables of a database of halls: the journal, which is the truth, and tables for queries, which follow it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)
from sqlalchemy.types import BigInteger

from shared.hall.field_limits import (
    ADDRESS,
    COMMAND_ID,
    CONSOLE,
    DEVICE,
    HASH,
    ID,
    LANGUAGE,
    LOGIN,
    MEDIUM_NAME,
    OUTCOME,
    PREFIX,
    VERSION,
)


class Utc(TypeDecorator[datetime]):
    """A time in UTC, with its time zone in Python whatever the database returns."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _hall() -> Column[str]:
    return Column("hall_id", String(ID.longest), ForeignKey("halls.id"), primary_key=True)


# ── the truth ──

halls = Table(
    "halls",
    metadata,
    Column("id", String(ID.longest), primary_key=True),
    Column("seq", BigInteger, nullable=False, comment="The row a command locks: the number of the hall's last event"),
    Column("created_at", Utc, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    _hall(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("type", String(64), nullable=False),
    Column("at", Utc, nullable=False),
    Column("command_id", String(COMMAND_ID.longest), nullable=False),
    Column("actor", String(128), nullable=False, comment="Who it was: role and name"),
    Column("body", Text, nullable=False, comment="The event as JSON, with its version"),
)

answers = Table(
    "answers",
    metadata,
    _hall(),
    Column("command_id", String(COMMAND_ID.longest), primary_key=True),
    Column("fingerprint", String(64), nullable=False, comment="SHA-256 of the command: the same id is the same wish"),
    Column("at", Utc, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("body", Text, nullable=False, comment="The answer as JSON; a refusal too"),
)

snapshots = Table(
    "snapshots",
    metadata,
    _hall(),
    Column("seq", BigInteger, nullable=False),
    Column("body", Text, nullable=False, comment="The hall as JSON, so that start-up does not replay history"),
)

# ── tables for queries; written in the same transaction as the journal ──

services = Table(
    "services",
    metadata,
    _hall(),
    Column("id", String(ID.longest), primary_key=True),
    Column("name", JSON, nullable=False),
    Column("description", JSON, nullable=False),
    Column("prefix", String(PREFIX.longest), nullable=False),
    Column("precedences", JSON, nullable=False),
    Column("place", Integer, nullable=False),
    Column("on", Boolean, nullable=False),
)

precedences = Table(
    "precedences",
    metadata,
    _hall(),
    Column("id", String(ID.longest), primary_key=True),
    Column("name", JSON, nullable=False),
    Column("allowance", Integer, nullable=False, comment="Minutes"),
)

service_points = Table(
    "service_points",
    metadata,
    _hall(),
    Column("id", String(ID.longest), primary_key=True),
    Column("serial_number", Integer, nullable=False),
    Column("name", JSON, nullable=False),
    Column("services", JSON, nullable=False),
    Column("backup_services", JSON, nullable=False),
    Column("backup_penalty", Integer, nullable=False, comment="Minutes"),
    Column("status", String(16), nullable=False),
    Column("ticket", String(ID.longest)),
)

tickets = Table(
    "tickets",
    metadata,
    _hall(),
    Column("id", String(ID.longest), primary_key=True),
    Column("business_day", Date),
    Column("label", String(16), nullable=False),
    Column("service", String(ID.longest), nullable=False),
    Column("precedence", String(ID.longest), nullable=False),
    Column("language", String(LANGUAGE.longest), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False, comment="Milliseconds on the hall's order clock"),
    Column("point", String(ID.longest)),
    Column("for_point", String(ID.longest)),
    Column("called_at", Utc),
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Column("recalls", Integer, nullable=False),
    Column("token_hash", String(HASH.longest)),
    Column("appointed_at", Utc),
    Column("outcome", String(OUTCOME.longest), nullable=False, server_default=""),
    Column("rating", Integer, comment="What the customer thought of the visit, 1 to 5"),
    Index(None, "token_hash"),
    Index(None, "hall_id", "issued_at"),
)

calls = Table(
    "calls",
    metadata,
    _hall(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("ticket", String(ID.longest), nullable=False),
    Column("point", String(ID.longest), nullable=False),
    Column("at", Utc, nullable=False),
    Column("recall", Boolean, nullable=False),
    Column("why", JSON),
)

notes = Table(
    "notes",
    metadata,
    _hall(),
    Column("command_id", String(COMMAND_ID.longest), primary_key=True),
    Column("ticket", String(ID.longest), nullable=False),
    Column("at", Utc, nullable=False),
    Column("author", String(128), nullable=False),
    Column("text", Text, nullable=False, comment="May name people: never in the journal"),
    Index(None, "hall_id", "ticket"),
)

# ── what hall displays show and play; a medium is there once it is whole ──

media = Table(
    "media",
    metadata,
    _hall(),
    Column("content", String(HASH.longest), primary_key=True, comment="SHA-256"),
    Column("name", String(MEDIUM_NAME.longest), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("size", Integer, nullable=False, comment="Bytes"),
    Column("added_at", Utc, nullable=False),
)

media_parts = Table(
    "media_parts",
    metadata,
    _hall(),
    Column("content", String(HASH.longest), primary_key=True, comment="SHA-256 of the whole"),
    Column("at", Integer, primary_key=True, autoincrement=False, comment="Which part, from 0"),
    Column("body", LargeBinary, nullable=False),
    Column("sent_at", Utc, nullable=False),
)

# ── staff and devices ──

installation = Table(
    "installation",
    metadata,
    Column("id", String(36), primary_key=True, comment="Tells this database from every other: the one row there is"),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("login", String(LOGIN.longest), nullable=False, unique=True),
    Column("password_hash", Text, nullable=False, comment="argon2id"),
    Column("role", String(16), nullable=False),
    Column(
        "hall_id", String(ID.longest), ForeignKey("halls.id"), comment="The one hall they work in; none: every hall"
    ),
    Column("created_at", Utc, nullable=False),
    Column("must_change", Boolean, nullable=False, server_default=false(), comment="The password, at the next log-in"),
    Column("issuer", String(255), comment="The identity provider they come by"),
    Column("subject", String(255), comment="Who they are to that provider"),
    Index(None, "issuer", "subject", unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(HASH.longest), primary_key=True, comment="SHA-256"),
    Column("staff_id", String(36), ForeignKey("staff.id"), nullable=False),
    Column("expires_at", Utc, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(DEVICE.longest), nullable=False),
    Column("role", String(16), nullable=False),
    Column("hall_id", String(ID.longest), ForeignKey("halls.id"), nullable=False),
    Column("token_hash", String(HASH.longest), nullable=False, unique=True, comment="SHA-256"),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc),
    Column("address", String(ADDRESS.longest), nullable=False, server_default=""),
    Column("version", String(VERSION.longest), nullable=False, server_default=""),
    Column("paper", String(16), nullable=False, server_default=""),
    Column("unprinted", String(16), nullable=False, server_default="", comment="The label of a ticket"),
    Column("series", String(4), nullable=False, server_default="", comment="Of the numbers it gives without its hall"),
    Column("troubles", JSON, nullable=False, server_default=text("'[]'"), comment="As it tells of them itself"),
    Column("seen_troubles", JSON, nullable=False, server_default=text("'[]'"), comment="By an administrator"),
    Column("sound", String(200), nullable=False, server_default="", comment="What ails its voice"),
    Index(None, "hall_id", "name", unique=True),
)

newcomers = Table(
    "newcomers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("code", String(16), nullable=False, unique=True, comment="What the device shows and an administrator types"),
    Column("role", String(16), nullable=False),
    Column(
        "token_hash", String(HASH.longest), nullable=False, unique=True, comment="SHA-256 of the token the device made"
    ),
    Column("address", String(ADDRESS.longest), nullable=False),
    Column("version", String(VERSION.longest), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

tries = Table(
    "tries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("what", String(64), nullable=False, comment="SHA-256 of what is counted: an account at a place, an address"),
    Column("at", Utc, nullable=False),
    Index(None, "what", "at"),
)

usual_places = Table(
    "usual_places",
    metadata,
    Column("what", String(64), primary_key=True, comment="SHA-256 of an account and a place it was signed in from"),
    Column("at", Utc, nullable=False),
)

# ── about people, never in the journal ──

contacts = Table(
    "contacts",
    metadata,
    _hall(),
    Column("ticket", String(ID.longest), primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("at", Utc, nullable=False),
)

browsers = Table(
    "browsers",
    metadata,
    Column("what", String(64), primary_key=True, comment="SHA-256 of the browser's cookie; forgotten within a day"),
    _hall(),
    Column("ticket", String(ID.longest), primary_key=True),
    Column("at", Utc, nullable=False),
)

seats = Table(
    "seats",
    metadata,
    _hall(),
    Column("point", String(ID.longest), primary_key=True),
    Column("session", String(64), nullable=False, comment="SHA-256 of its token: whose it is while that lasts"),
    Column("console", String(CONSOLE.longest), nullable=False, comment="What the console calls itself"),
    Column("since", Utc, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, comment="As they were written down"),
    Column("at", Utc, nullable=False),
    Column("hall_id", String(ID.longest), comment="None: it concerns no hall, or one that is not there"),
    Column("role", String(16), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("address", String(ADDRESS.longest), nullable=False),
    Column("act", String(64), nullable=False),
    Column("ticket", String(ID.longest), comment="The id of the ticket it is about"),
    Column("about", String(128), nullable=False, comment="What it names of the hall's: a label, a point, a person"),
    Column("outcome", String(OUTCOME.longest), nullable=False),
    Index(None, "hall_id", "at"),
)
