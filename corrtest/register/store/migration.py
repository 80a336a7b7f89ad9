"""Registers of older versions: recognised, backed up, brought up to date by Alembic in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.events.ledger import Ledger
from corrtest.register.store import schema
from corrtest.register.store.backup import write_backup
from corrtest.register.store.database import Store

SCRIPTS = Path(__file__).resolve().parent / "migrations"


def stamp_version(connection: Connection, version: str) -> None:
    """Note which schema the register has, where Alembic looks for it."""
    strict = " STRICT" if connection.dialect.name == "sqlite" else ""
    connection.exec_driver_sql(f"CREATE TABLE alembic_version (version_num TEXT NOT NULL PRIMARY KEY){strict}")
    connection.execute(sa.text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})


def version_of(connection: Connection) -> str:
    """Return the schema version of a register."""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one())


def bring_up_to_date(store: Store, key_file: Path, clock: Callable[[], datetime]) -> None:
    """Migrate an older register after backing it up; refuse a newer one."""
    with store.reading() as connection:
        version = version_of(connection)
    if version == schema.SCHEMA_VERSION:
        return
    if not version.isdigit() or version > schema.SCHEMA_VERSION:
        raise RegisterError(
            say(
                "The register {store} was made by a newer corrtest (schema {version}; this one knows "
                "{schema_version}). Install that version: pip install --upgrade corrtest.",
                store=store.name,
                version=version,
                schema_version=schema.SCHEMA_VERSION,
            )
        )
    place = store.path or key_file
    target = place.with_name(f"{place.name}.before-{schema.SCHEMA_VERSION}")
    write_backup(store, target)
    with store.writing() as connection:
        if version_of(connection) != version:
            return  # another process was first
        upgrade(connection, schema.SCHEMA_VERSION)
        ledger = Ledger.at_end(connection, clock())
        ledger.append("migrated", {"from": version, "to": schema.SCHEMA_VERSION})
        ledger.flush()


def upgrade(connection: Connection, version: str) -> None:
    """Run the migration scripts up to `version` on a connection that is in a transaction."""
    from alembic import command  # noqa: PLC0415  (needed once in a register's life)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, version)
