"""Copies of a register in use: SQLite's own online backup, `pg_dump` for a server; restored only onto nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.events.ledger import Ledger, read_head
from corrtest.register.store import schema
from corrtest.register.store.database import Store, make_sqlite_file


def write_backup(store: Store, target: Path) -> None:
    """Copy the whole register to `target` while others go on working in it."""
    if target.exists():
        raise RegisterError(
            say("{target} exists already. A backup overwrites nothing: give another name.", target=target)
        )
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        if store.path is not None:
            _copy_sqlite(store.path, unfinished)
        else:
            _run("pg_dump", ["--format=custom", f"--file={unfinished}", *_schema(store), _address(store)], store)
        with unfinished.open("rb") as stream:
            os.fsync(stream.fileno())
        unfinished.chmod(0o600)
        unfinished.replace(target)
    except sqlite3.Error as error:
        raise RegisterError(
            say("The backup to {target} failed ({error}); nothing is left of it.", target=target, error=error)
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def restore_backup(source: Path, place: str | Path) -> None:
    """Make the register at `place`, where none may be yet, from a backup."""
    if not source.is_file():
        raise RegisterError(say("There is no backup {source}.", source=source))
    store = Store(place)
    try:
        if store.path is not None:
            _restore_sqlite(source, store.path)
        else:
            _restore_postgres(source, store)
    finally:
        store.close()


def mark_restored(place: str | Path, at: datetime) -> None:
    """Have a register that was made from a backup know it: nothing goes out until a coordinator settled the gap.

    Each study in it is stopped under the scope "restored", which `register stop --resume --restored` takes back.
    """
    store = Store(place)
    try:
        with store.writing() as connection:
            ledger = Ledger.at_end(connection, at)
            reason = say(
                "this register was made from a backup that ends at event {events} ({at}). What was sent or answered "
                "since is not in it: put that on record first (sheets, sent mail, the partner's log), then: corrtest "
                "register stop --resume --restored",
                events=ledger.seq,
                at=read_head(connection).recorded_at,
            )
            ledger.append("restored", {"events": ledger.seq})
            stops = sa.select(schema.stop.c.name).where(schema.stop.c.scope == "restored")
            known = set(connection.execute(stops).scalars())
            for name in connection.execute(sa.select(schema.study.c.name).order_by(schema.study.c.study_ref)).scalars():
                if name in known:
                    continue
                values = {"scope": "restored", "name": name, "reason": reason, "since": ledger.recorded_at}
                connection.execute(sa.insert(schema.stop), values)
                ledger.append("stopped", values)
            ledger.flush()
    finally:
        store.close()


def _restore_sqlite(source: Path, target: Path) -> None:
    if target.exists():
        raise RegisterError(
            say("{target} exists already. Move it away first: a restore overwrites nothing.", target=target)
        )
    make_sqlite_file(target)
    try:
        _copy_sqlite(source, target)
    except sqlite3.Error as error:
        target.unlink()
        raise RegisterError(
            say("{source} is not a whole backup of a register ({error}).", source=source, error=error)
        ) from error


def _restore_postgres(source: Path, store: Store) -> None:
    with store.reading() as connection:
        if sa.inspect(connection).has_table("chain"):
            raise RegisterError(
                say("{store} holds a register already: a restore overwrites nothing.", store=store.name)
            )
    _run("pg_restore", ["--no-owner", "--exit-on-error", f"--dbname={_address(store)}", str(source)], store)


def _copy_sqlite(source: Path, target: Path) -> None:
    reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing)
        whole = writing.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok":
            raise sqlite3.DatabaseError(whole)
    finally:
        writing.close()
        reading.close()


def _address(store: Store) -> str:
    """Return the address without its password: what a program is started with is seen by everybody on the machine."""
    return store.url.set(drivername="postgresql", password=None).render_as_string()


def _schema(store: Store) -> list[str]:
    """Dump the schema in which the register lives, where the address names one (`options=-csearch_path=…`)."""
    with store.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    return [f"--schema={name}"] if name != "public" else []


def _run(program: str, arguments: list[str], store: Store) -> None:
    found = shutil.which(program)
    if found is None:
        raise RegisterError(
            say(
                "{program} is not installed, and a register on PostgreSQL needs it (Debian: postgresql-client).",
                program=program,
            )
        )
    password = {} if store.url.password is None else {"PGPASSWORD": store.url.password}
    done = subprocess.run(
        [found, *arguments], capture_output=True, text=True, check=False, env={**os.environ, **password}
    )
    if done.returncode:
        raise RegisterError(
            say(
                "{program} failed on {store}: {error}",
                program=program,
                store=store.name,
                error=done.stderr.strip().splitlines()[-1],
            )
        )
