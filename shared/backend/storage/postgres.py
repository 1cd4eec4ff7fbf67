"""PostgreSQL as the database of halls: any number of backends, a lock for each hall, changes by NOTIFY."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from shared.backend.storage import postgres_backup
from shared.backend.storage.database_errors import BUSY
from shared.hall.errors import Failure, Invalid, Unfit, Unreachable
from shared.hall.field_types import HallId

WRITERS = 4
"""Transactions in which one backend writes at once, each for one hall; Python gains nothing from more."""

CONNECTIONS = 8
"""Connections in a backend's pool; as many again are opened in a rush, and one listens for notifications."""

TIMEOUT = 4
"""Seconds to wait for the server, for a free connection, or for a lock another backend holds on a hall."""

IDLE_TIMEOUT = 10
"""Seconds after which the server ends the transaction of a backend that froze in the middle of it."""

CHANNEL = "nowserving"
MIGRATION_LOCK = 0x6E6F7773
"""The advisory lock that a migration holds: ``nows`` in ASCII."""

NOTIFY_TIMEOUT = 0.2
"""Seconds the listener waits for notifications before it checks whether to stop."""

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name")

CONNECT_OPTIONS = {
    "client_encoding": "utf8",
    "connect_timeout": TIMEOUT,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 2 * TIMEOUT * 1000,  # milliseconds; all others are seconds or a count
}
"""Options of libpq, so that a connection notices a dead server soon: by default it takes hours."""

SESSION = f"""
    SELECT set_config('lock_timeout', '{TIMEOUT}s', false),
           set_config('idle_in_transaction_session_timeout', '{IDLE_TIMEOUT}s', false),
           set_config('TimeZone', 'UTC', false),
           set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), false)
"""
"""Sets the settings of a session. A commit returns only when it is on disk, whatever the server is set to."""


class Postgres:
    """A database on a PostgreSQL server: implements ``database.Kind``."""

    writers = WRITERS
    pool: ClassVar[Mapping[str, Any]] = {
        "pool_size": CONNECTIONS,
        "max_overflow": CONNECTIONS,
        "pool_pre_ping": True,  # a connection from before a restart of the server is replaced
    }

    def __init__(self, url: URL, *, create: bool) -> None:
        if not url.database:
            raise Unfit("Say which database on the server: write postgresql://USER@HOST/DATABASE.")
        self.url = url.set(drivername="postgresql+psycopg")
        self.name = f"{url.database} on {_server(url)}"
        self.engine = _engine(url, self.url, self.pool)
        self._readers = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def queue_key(self, hall: HallId) -> str:
        """One for each hall: a transaction locks one hall only, so halls can't deadlock each other."""
        return hall

    def writing(self) -> AbstractContextManager[Connection]:
        return self.engine.begin()

    def reading(self) -> AbstractContextManager[Connection]:
        return self._readers.connect()

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            self._require_utf8(connection)
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # another backend may have much to convert
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            yield connection

    def lock(self, connection: Connection, names: Iterable[str]) -> None:
        connection.execute(_LOCK, {"names": sorted(names)})  # always in the same order: no deadlocks

    def announce(self, connection: Connection, hall: HallId, seq: int) -> None:
        connection.execute(select(func.pg_notify(CHANNEL, f"{seq} {hall}")))

    def changes(self, closed: threading.Event) -> Iterator[tuple[HallId, int] | None]:
        """Uses its own connection, so that no other work delays it."""
        with closing(self._listener()) as listener:
            yield None
            while not closed.is_set():
                for notice in self._notifications(listener):
                    seq, _, hall = notice.payload.partition(" ")
                    yield hall, int(seq)

    def faults(self, connection: Connection) -> Iterator[str]:
        for setting in ("fsync", "full_page_writes"):
            if connection.exec_driver_sql(f"SHOW {setting}").scalar_one() != "on":
                yield f"The server of {self.name} has {setting} off: a power cut may lose tickets; switch it on."

    def reconnect(self) -> None:
        """Nothing to do: the pool checks each connection before it lends it."""

    def remove_empty_file(self) -> None:
        """Nothing to do: tables are made in one transaction."""

    def require_sound(self) -> None:
        """Nothing to do: the server checks each page it reads (data_checksums)."""

    def scrub(self) -> bool:
        """Nothing to do: the server's own vacuum overwrites what was deleted."""
        return True

    def backup(self, target: Path) -> None:
        postgres_backup.dump(self.url, self.name, target)

    def upgrade_backup_path(self, revision: str | None) -> Path:
        """In the current folder: the server may be on another machine."""
        return Path(f"{self.url.database}.before-upgrade-from-{revision}.dump")

    def as_failure(self, error: DBAPIError) -> Failure | None:
        return self._as_failure(error.orig, away=isinstance(error, (OperationalError, InterfaceError)))

    def _as_failure(self, complaint: object, *, away: bool) -> Failure | None:
        state, message = str(getattr(complaint, "sqlstate", None) or ""), str(complaint)
        for states, fragments, failure_type, sentence in _SENTENCES:
            if state in states or (not state and any(fragment in message for fragment in fragments)):
                return failure_type(sentence, database=self.name, owner=self.url.username or "")
        if not away:
            return None
        sentence = "The database {database} can't be reached{cause}."
        return Unreachable(sentence, database=self.name, cause=self._cause(message))

    def _cause(self, message: str) -> str:
        """The cause, at the end of libpq's first line; nothing if it contains the password."""
        reason = message.partition("\n")[0].rpartition("failed: ")[2].strip(" .")
        secret = postgres_backup.password_of(self.url)
        if secret and secret in reason:
            return ""
        return f": {reason}" if reason else ""

    def _listener(self) -> Any:
        """A connection outside the pool, in autocommit mode, that listens to the channel."""
        pooled = self.engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        return connection

    def _notifications(self, listener: Any) -> Iterator[Any]:
        try:
            yield from listener.notifies(timeout=NOTIFY_TIMEOUT)
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise self._as_failure(error, away=True) or error from error

    def _require_utf8(self, connection: Connection) -> None:
        encoding = connection.scalar(text("SHOW server_encoding"))
        if encoding != "UTF8":
            raise Unfit(
                f"The database {self.name} keeps text as {encoding}: make one with `createdb -E UTF8 -T template0`."
            )


_SENTENCES: tuple[tuple[tuple[str, ...], tuple[str, ...], type[Failure], str], ...] = (
    (
        ("28P01", "28000"),
        ("password authentication failed", "no password supplied", "no pg_hba.conf entry", 'FATAL:  role "'),
        Unfit,
        "The database {database} does not let the user {owner} in: check the user and the password in its address.",
    ),
    (
        ("3D000",),
        ('FATAL:  database "',),
        Unfit,
        "There is no database {database}: make one with `createdb`, then run `nowserving init`.",
    ),
    (
        ("42501",),
        (),
        Unfit,
        "In the database {database} the user {owner} may not do what is needed: make it the owner.",
    ),
    (
        ("53300",),
        ("too many clients", "too many connections", "remaining connection slots"),
        Unreachable,
        "The server of the database {database} has no connection left: raise max_connections or stop other programs.",
    ),
    (("53100",), (), Unreachable, "The disk with the database {database} is full: nothing was changed; make room."),
    (("25006",), (), Unreachable, "The database {database} can't be written: it is read-only."),
    (("55P03", "40P01", "40001", "57014"), (), Unreachable, BUSY),
    (
        ("57P01", "57P02", "57P03"),
        ("starting up", "shutting down", "server closed the connection"),
        Unreachable,
        "The server of the database {database} is stopping or starting; please try again.",
    ),
    # only another program sends such a text: what people type is checked before
    ((), ("cannot contain NUL",), Invalid, "A text holds characters that can't be shown."),
    (
        ("XX001", "XX002"),
        (),
        Unreachable,
        "The database {database} is damaged: put the last good backup in its place with `nowserving restore FILE`.",
    ),
)
"""PostgreSQL's error codes, fragments of messages that come without a code, and the failure they mean."""


def _server(url: URL) -> str:
    host = url.host or url.query.get("host") or "this machine"
    return f"{host}:{url.port}" if url.port else str(host)


def _engine(written: URL, url: URL, pool: Mapping[str, Any]) -> Engine:
    if written.drivername not in ("postgresql", "postgresql+psycopg"):
        raise Unfit("A PostgreSQL database is reached by psycopg: write postgresql://USER@HOST/DATABASE.")
    try:
        engine = create_engine(
            url,
            hide_parameters=True,  # personal data must not get into a log
            connect_args={name: value for name, value in CONNECT_OPTIONS.items() if name not in url.query},
            pool_timeout=TIMEOUT,
            **pool,
        )
    except ImportError:
        raise Unfit("A PostgreSQL database needs psycopg: install nowserving[postgres].") from None
    event.listen(engine, "connect", _configure_connection)
    event.listen(engine, "handle_error", _invalidate_broken)
    return engine


def _configure_connection(connection: Any, _: Any) -> None:
    connection.autocommit = True
    connection.execute(SESSION)
    connection.autocommit = False


def _invalidate_broken(context: ExceptionContext) -> None:
    """Discard a connection that is stuck in pipeline mode because the server stopped: it can't be rolled back."""
    if context.connection and not context.connection.invalidated:
        driver = context.connection.connection.driver_connection
        context.is_disconnect |= bool(driver and driver.pgconn.pipeline_status)
