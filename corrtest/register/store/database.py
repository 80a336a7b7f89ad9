"""The database under the register: how it is opened, what a transaction is, and what its errors mean to a person.

SQLite runs in WAL mode with `synchronous=FULL`: a committed transaction has been synced to disk
(https://www.sqlite.org/pragma.html#pragma_synchronous). Writers take the write lock at the start (`BEGIN IMMEDIATE`),
so what a writer has read cannot change before it commits. On PostgreSQL the row of `chain` is locked to the same end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from corrtest.errors import MissingExtraError, RegisterError
from corrtest.register.store.schema import OUT_OF_ORDER

# Partners wait for one another at most this long; a transaction takes about a millisecond.
WAIT_SECONDS = 60


class Line(NamedTuple):
    """A connection in a transaction: for Core, and the driver's cursor for statements prepared once (`prepared`).

    There is one cursor a connection, as making one takes as long as a small statement: rows are read before the next.
    """

    connection: Connection
    cursor: Any
    dialect: str

    @classmethod
    def of(cls, connection: Connection) -> Line:
        """Return the line of a connection."""
        return cls(connection, connection.info["cursor"], connection.dialect.name)


class Store:
    """One database, by file name or by URL."""

    def __init__(self, place: str | Path) -> None:
        self.url = _url(place)
        self.engine = _engine(self.url)
        # Kept between transactions: taking one from SQLAlchemy's pool and giving it back costs as much as a sync.
        self._idle: list[Line] = []
        # psycopg begins by itself; SQLite's driver would begin too late.
        self._begins = self.dialect == "sqlite"

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @property
    def driver_error(self) -> type[Exception]:
        """What the driver itself raises, where SQLAlchemy does not stand between."""
        error: type[Exception] = self.engine.dialect.dbapi.Error  # type: ignore[union-attr]
        return error

    @property
    def path(self) -> Path | None:
        """The SQLite file; None on a server."""
        return Path(self.url.database) if self.dialect == "sqlite" and self.url.database else None

    @property
    def name(self) -> str:
        """What to call this register in a message: no password in it."""
        return str(self.path) if self.path else self.url.render_as_string(hide_password=True)

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees one state of the register throughout."""
        return self._transaction("BEGIN")

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a connection that alone may write; all of it is kept, or none."""
        return self._transaction("BEGIN IMMEDIATE")

    def outside_transactions(self, statement: str) -> None:
        """Run a statement that no transaction may hold (VACUUM, a checkpoint)."""
        raw = self.engine.raw_connection()
        try:
            if self.dialect == "postgresql":
                raw.driver_connection.autocommit = True  # type: ignore[union-attr]
            raw.cursor().execute(statement)
        finally:
            if self.dialect == "postgresql":
                raw.driver_connection.autocommit = False  # type: ignore[union-attr]
            raw.close()

    def close(self) -> None:
        """Let go of the database."""
        while self._idle:
            self._idle.pop().connection.close()
        self.engine.dispose()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        line = self.begin(begin)
        try:
            yield line.connection
            self.commit(line)
        except BaseException as error:
            self.give_up(line, error)
            raise

    def begin(self, statement: str = "BEGIN IMMEDIATE") -> Line:
        """Begin a transaction that is the caller's to `commit` or to `give_up`; writing, unless said."""
        line = None
        try:
            line = self._idle.pop() if self._idle else Line.of(self.engine.connect())
            if self._begins:
                line.cursor.execute(statement)
        except BaseException as error:
            self.give_up(line, error)
            raise
        return line

    def commit(self, line: Line) -> None:
        """Put on disk what was done."""
        # Prepared statements went past SQLAlchemy and opened no transaction that it would know of.
        if line.connection.in_transaction():
            line.connection.commit()
        elif self._begins:
            line.cursor.execute("COMMIT")
        else:
            driver(line.connection).commit()
        self._idle.append(line)

    def give_up(self, line: Line | None, error: BaseException) -> None:
        """Take back what was done; where the database itself failed, raise what its error means."""
        original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        broken = isinstance(original, (self.driver_error, UnicodeDecodeError))
        if line is not None and broken and OUT_OF_ORDER not in str(original):
            line.connection.invalidate()
            line.connection.close()
        elif line is not None:
            connection = line.connection
            (connection if connection.in_transaction() else driver(connection)).rollback()
            self._idle.append(line)
        if broken:
            text = "malformed" if isinstance(original, UnicodeDecodeError) else str(original)
            raise RegisterError(_meaning(text, self.name)) from error


def driver(connection: Connection) -> Any:
    """Return the driver's own connection, inside the same transaction."""
    return connection.connection.dbapi_connection


def _url(place: str | Path) -> URL:
    text = str(place)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    url = sa.make_url(text)
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise RegisterError(
            f"A register cannot live in '{url.get_backend_name()}'. Give a file name, or a PostgreSQL address such as "
            "postgresql://user@host/database."
        )
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": WAIT_SECONDS})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        return engine
    try:
        engine = sa.create_engine(url, isolation_level="READ COMMITTED")
    except ModuleNotFoundError:
        raise MissingExtraError("postgres", "A register on PostgreSQL") from None
    sa.event.listen(engine, "connect", _prepare_postgres)
    return engine


def refresh_statistics(connection: Connection) -> None:
    """Let PostgreSQL look at the tables after thousands of rows came in, so that it plans the next queries well."""
    if connection.dialect.name == "postgresql":
        for table in ("pair", "application", "employer", "vacancy"):
            connection.exec_driver_sql(f"ANALYZE {table}")


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver's own transactions would begin too late for BEGIN IMMEDIATE: `reading` and `writing` begin theirs.
    connection.isolation_level = None
    for setting in ("foreign_keys=ON", "synchronous=FULL", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {setting}")
    record.info["cursor"] = connection.cursor()


def _prepare_postgres(connection: Any, record: Any) -> None:
    # Whatever the server's default: a commit returns when it is on disk, and nobody waits for a lock for ever.
    connection.autocommit = True
    connection.execute("SET synchronous_commit = on")
    connection.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
    connection.autocommit = False
    record.info["cursor"] = connection.cursor()


def make_sqlite_file(path: Path) -> None:
    """Make an empty file that only its owner may read, in WAL mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise RegisterError(f"{path} exists already. Open it, or choose another name.") from None
    except OSError as error:
        raise RegisterError(
            f"{path} cannot be made: {error.strerror}. Choose a folder that you may write in."
        ) from None
    engine = _engine(URL.create("sqlite", database=str(path)))
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if raw is not None:
            raw.execute("PRAGMA journal_mode=WAL")
    engine.dispose()


def _meaning(text: str, name: str) -> str:
    known = {
        "readonly": "may only be read: nothing was written. Ask for the right to write in its folder, or copy it.",
        "read-only": "may only be read: nothing was written. Ask for the right to write.",
        "permission denied": "may only be read: nothing was written. Ask for the right to write.",
        "disk is full": "lies on a full disk: nothing was written. Make room and do it again.",
        "No space left": "lies on a full disk: nothing was written. Make room and do it again.",
        "disk I/O error": "cannot be written to disk: nothing was kept. Is it full? Unplugged?",
        "locked": "is being written by someone else for too long: nothing was written. Do it again in a minute.",
        "lock timeout": "is being written by someone else for too long: nothing was written. Do it again in a minute.",
        "not a database": "is not a register, or its first page is damaged. Check the file name, or restore a backup.",
        "malformed": "is damaged. Run `corrtest register verify` to find the place, and restore a backup.",
        "unable to open": "cannot be opened. Check the file name and its folder.",
        "no such table": "is not a register of corrtest. Check the file name.",
        "does not exist": "is not a register of corrtest, or the database is not there. Check the address.",
        "connection failed": "cannot be reached. Check the address, and that the server runs.",
        "append-only": "keeps every event as it was written: an event can be neither changed nor removed.",
    }
    for words, meaning in known.items():
        if words in text:
            return f"The register {name} {meaning}"
    return f"The register {name} refused: {text.splitlines()[0]}"
