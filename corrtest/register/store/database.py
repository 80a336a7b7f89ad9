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
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from corrtest.errors import MissingExtraError, RegisterError
from corrtest.language import say

# Partners wait for one another at most this long; a transaction takes about a millisecond.
WAIT_SECONDS = 60


class Store:
    """One database, by file name or by URL."""

    def __init__(self, place: str | Path) -> None:
        self.url = _url(place)
        self.engine = _engine(self.url)
        self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @property
    def path(self) -> Path | None:
        """The SQLite file; None on a server."""
        return Path(self.url.database) if self.dialect == "sqlite" and self.url.database else None

    @property
    def name(self) -> str:
        """What to call this register in a message: no password in it."""
        return str(self.path) if self.path else self.url.render_as_string(hide_password=True)

    def reading(self) -> AbstractContextManager[Connection]:
        """Yield a connection that sees one state of the register throughout."""
        return self._transaction(self.engine)

    def writing(self) -> AbstractContextManager[Connection]:
        """Yield a connection that alone may write; all of it is kept, or none."""
        return self._transaction(self._writer)

    def outside_transactions(self, statement: str) -> None:
        """Run a statement that no transaction may hold (VACUUM, a checkpoint)."""
        options = {"begin": None} if self.dialect == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        with self.engine.connect().execution_options(**options) as connection:
            connection.exec_driver_sql(statement)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except (sa.exc.DBAPIError, UnicodeDecodeError) as error:
            text = "malformed" if isinstance(error, UnicodeDecodeError) else str(error.orig)
            raise RegisterError(_meaning(text, self.name)) from error


def _url(place: str | Path) -> URL:
    text = str(place)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    url = sa.make_url(text)
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise RegisterError(
            say(
                "A register cannot live in '{kind}'. Give a file name, or a PostgreSQL address such "
                "as postgresql://user@host/database.",
                kind=url.get_backend_name(),
            )
        )
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": WAIT_SECONDS})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        # A connection that the server dropped meanwhile is made anew: the page keeps its connections.
        engine = sa.create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)
    except ModuleNotFoundError:
        raise MissingExtraError("postgres", say("A register on PostgreSQL")) from None
    sa.event.listen(engine, "connect", _prepare_postgres)
    return engine


def refresh_statistics(connection: Connection) -> None:
    """Let PostgreSQL look at the tables after thousands of rows came in, so that it plans the next queries well."""
    if connection.dialect.name == "postgresql":
        for table in ("pair", "application", "employer", "vacancy"):
            connection.exec_driver_sql(f"ANALYZE {table}")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions would begin too late for BEGIN IMMEDIATE: `_begin_sqlite` begins them.
    connection.isolation_level = None
    for setting in ("foreign_keys=ON", "synchronous=FULL", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("begin", "BEGIN")
    if begin is not None:
        connection.exec_driver_sql(begin)


def _prepare_postgres(connection: Any, _record: Any) -> None:
    # Whatever the server's default: a commit returns when it is on disk, and nobody waits for a lock for ever.
    connection.autocommit = True
    connection.execute("SET synchronous_commit = on")
    connection.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
    connection.autocommit = False


def make_sqlite_file(path: Path) -> None:
    """Make an empty file that only its owner may read, in WAL mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise RegisterError(say("{path} exists already. Open it, or choose another name.", path=path)) from None
    except OSError as error:
        raise RegisterError(
            say(
                "{path} cannot be made: {strerror}. Choose a folder that you may write in.",
                path=path,
                strerror=error.strerror,
            )
        ) from None
    store = Store(path)
    store.outside_transactions("PRAGMA journal_mode=WAL")
    store.close()


def _meaning(text: str, name: str) -> str:
    known = {
        "readonly": say("may only be read: nothing was written. Ask for the right to write in its folder, or copy it."),
        "read-only": say("may only be read: nothing was written. Ask for the right to write."),
        "permission denied": say("does not allow this login to do that. Ask the coordinator."),
        "row-level security": say(
            "allows this login only what its own person may do. Work under your own name, and on your own pairs."
        ),
        "disk is full": say("lies on a full disk: nothing was written. Make room and do it again."),
        "No space left": say("lies on a full disk: nothing was written. Make room and do it again."),
        "disk I/O error": say("cannot be written to disk: nothing was kept. Is it full? Unplugged?"),
        "locked": say("is being written by someone else for too long: nothing was written. Do it again in a minute."),
        "lock timeout": say(
            "is being written by someone else for too long: nothing was written. Do it again in a minute."
        ),
        "not a database": say(
            "is not a register, or its first page is damaged. Check the file name, or restore a backup."
        ),
        "malformed": say("is damaged. Run `corrtest register verify` to find the place, and restore a backup."),
        "unable to open": say("cannot be opened. Check the file name and its folder."),
        "no such table": say("is not a register of corrtest. Check the file name."),
        "does not exist": say("is not a register of corrtest, or the database is not there. Check the address."),
        "connection failed": say("cannot be reached. Check the address, and that the server runs."),
        "append-only": say("keeps every event as it was written: an event can be neither changed nor removed."),
    }
    for words, meaning in known.items():
        if words in text:
            return f"The register {name} {meaning}"
    return say("The register {name} refused: {error}", name=name, error=text.splitlines()[0])
