"""PostgreSQL as the database of halls: any number of backends, a lock for each hall, news by NOTIFY."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
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
"""Halls that are written at the same time by one backend; Python gains nothing from more."""

CONNECTIONS = 8
"""Kept open by one backend at most; as many again are opened in a rush, and one listens."""

PATIENCE = 4
"""Seconds anything waits: for the server, for a free connection, for another backend's lock on a hall."""

ABANDONED = 10
"""Seconds after which the server takes the lock from a backend that stopped in the middle of a transaction."""

CHANNEL = "nowserving"
MIGRATION_LOCK = 0x6E6F7773
"""The advisory lock of whoever changes the tables' form: ``nows``."""

BREATH = 0.2
"""Seconds a listener waits in one go, before it looks whether it is to stop."""

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name")

DETERMINED = {
    "client_encoding": "utf8",
    "connect_timeout": PATIENCE,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 1000 * 2 * PATIENCE,
}
"""How a connection finds out that nobody is at the other end; libpq's own defaults take hours."""

SESSION = f"""
    SELECT set_config('lock_timeout', '{PATIENCE}s', false),
           set_config('idle_in_transaction_session_timeout', '{ABANDONED}s', false),
           set_config('TimeZone', 'UTC', false),
           set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), false)
"""
"""What every connection agrees on. An answer leaves only after the commit is on disk, whatever the server's way is."""


class Postgres:
    """A database on a PostgreSQL server, and how that does what every kind of database must."""

    writers = WRITERS
    pool: ClassVar[Mapping[str, Any]] = {
        "pool_size": CONNECTIONS,
        "max_overflow": CONNECTIONS,
        "pool_pre_ping": True,  # a connection of before the server's restart is replaced, not handed out
    }

    def __init__(self, url: URL, *, create: bool) -> None:
        if not url.database:
            raise Unfit("Say which database on the server: write postgresql://USER@HOST/DATABASE.")
        self.url = url.set(drivername="postgresql+psycopg")
        self.name = f"{url.database} on {_server(url)}"
        self.engine = _engine(url, self.url, self.pool)
        self._readers = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def lane(self, hall: HallId) -> str:
        """Every hall its own: a transaction holds one hall's lock, so none waits for another or locks crosswise."""
        return hall

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._readers.connect() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            self._require_utf8(connection)
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # another backend may have much to convert
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            yield connection

    def hold(self, connection: Connection, names: Iterable[str]) -> None:
        connection.execute(_HOLD, {"names": sorted(names)})  # always in one order, so that no two wait for each other

    def announce(self, connection: Connection, hall: HallId, seq: int) -> None:
        connection.execute(select(func.pg_notify(CHANNEL, f"{seq} {hall}")))

    def changes(self, closed: threading.Event) -> Iterator[tuple[HallId, int] | None]:
        """Over a connection of its own, which no other work may delay."""
        with closing(self._listener()) as listener:
            yield None
            while not closed.is_set():
                for notice in self._heard(listener):
                    seq, _, hall = notice.payload.partition(" ")
                    yield hall, int(seq)

    def faults(self, connection: Connection) -> Iterator[str]:
        for setting in ("fsync", "full_page_writes"):
            if connection.exec_driver_sql(f"SHOW {setting}").scalar_one() != "on":
                yield f"The server of {self.name} has {setting} off: a power cut may lose tickets; switch it on."

    def start_afresh(self) -> None:
        """Nothing to do: the pool looks at each connection before it lends it."""

    def take_back(self) -> None:
        """Nothing to do: tables are made in one transaction."""

    def require_sound(self) -> None:
        """Nothing to do: the server looks at each page it reads (data_checksums)."""

    def scrub(self) -> bool:
        """Nothing to do: the server's own vacuum overwrites what was deleted."""
        return True

    def backup(self, target: Path) -> None:
        postgres_backup.dump(self.url, self.name, target)

    def before_upgrade(self, revision: str | None) -> Path:
        """In the folder where the administrator stands: the server's own may be on another machine."""
        return Path(f"{self.url.database}.before-upgrade-from-{revision}.dump")

    def in_words(self, error: DBAPIError) -> Failure | None:
        return self._in_words(error.orig, away=isinstance(error, (OperationalError, InterfaceError)))

    def _in_words(self, complaint: object, *, away: bool) -> Failure | None:
        state, said = str(getattr(complaint, "sqlstate", None) or ""), str(complaint)
        for states, parts, kind, sentence in _SENTENCES:
            if state in states or (not state and any(part in said for part in parts)):
                return kind(sentence, database=self.name, owner=self.url.username or "")
        if not away:
            return None
        sentence = "The database {database} can't be reached{cause}."
        return Unreachable(sentence, database=self.name, cause=self._cause(said))

    def _cause(self, said: str) -> str:
        """The end of the first line, where libpq names the cause, without the password should it ever be in it."""
        reason = said.partition("\n")[0].rpartition("failed: ")[2].strip(" .")
        secret = postgres_backup.password_of(self.url)
        if secret and secret in reason:
            return ""
        return f": {reason}" if reason else ""

    def _listener(self) -> Any:
        """A connection out of the pool's hands, in which every statement is a transaction."""
        pooled = self.engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        return connection

    def _heard(self, listener: Any) -> Iterator[Any]:
        try:
            yield from listener.notifies(timeout=BREATH)
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise self._in_words(error, away=True) or error from error

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
    (
        ("53100",),
        (),
        Unreachable,
        "The disk with the database {database} is full: nothing was changed; make room.",
    ),
    (
        ("25006",),
        (),
        Unreachable,
        "The database {database} can't be written: it is read-only.",
    ),
    (("55P03", "40P01", "40001", "57014"), (), Unreachable, BUSY),
    (
        ("57P01", "57P02", "57P03"),
        ("starting up", "shutting down", "server closed the connection"),
        Unreachable,
        "The server of the database {database} is stopping or starting; please try again.",
    ),
    # asked for by nobody but a stranger's program: what people say is checked before
    ((), ("cannot contain NUL",), Invalid, "A text holds characters that can't be shown."),
    (
        ("XX001", "XX002"),
        (),
        Unreachable,
        "The database {database} is damaged: put the last good backup in its place with `nowserving restore FILE`.",
    ),
)
"""PostgreSQL's error codes, parts of what is said before there are codes, and what it means."""


def _server(url: URL) -> str:
    host = url.host or url.query.get("host") or "this machine"
    return f"{host}:{url.port}" if url.port else str(host)


def _engine(asked: URL, url: URL, pool: Mapping[str, Any]) -> Engine:
    if asked.drivername not in ("postgresql", "postgresql+psycopg"):
        raise Unfit("A PostgreSQL database is reached by psycopg: write postgresql://USER@HOST/DATABASE.")
    try:
        engine = create_engine(
            url,
            hide_parameters=True,  # what people said has no place in a log
            connect_args={name: value for name, value in DETERMINED.items() if name not in url.query},
            pool_timeout=PATIENCE,
            **pool,
        )
    except ImportError:
        raise Unfit("A PostgreSQL database needs psycopg: install nowserving[postgres].") from None
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "handle_error", _give_up)
    return engine


def _set_up(connection: Any, _: Any) -> None:
    """Every connection: bounded waiting, and durable commits."""
    connection.autocommit = True
    connection.execute(SESSION)
    connection.autocommit = False


def _give_up(met: ExceptionContext) -> None:
    """A connection that could not leave its pipeline, for the server stopped, can't even be rolled back: let it go."""
    if met.connection and not met.connection.invalidated:
        driver = met.connection.connection.driver_connection
        met.is_disconnect |= bool(driver and driver.pgconn.pipeline_status)
