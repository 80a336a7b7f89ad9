"""The register as its users meet it: one object, opened on a file or a server, through which everything goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.register.clock import now, stamp
from corrtest.register.events.ledger import Ledger, Signature
from corrtest.register.oversight.oversight import Oversight
from corrtest.register.people.roles import Actor
from corrtest.register.people.supervision import Supervision, register_actor, register_study
from corrtest.register.session import COORDINATOR, key_path
from corrtest.register.sheets.exchange import SheetExchange
from corrtest.register.store import backup, migration, schema
from corrtest.register.store.database import Store, make_sqlite_file
from corrtest.register.store.keys import Keys
from corrtest.spec import Study


class Register(SheetExchange, Supervision, Oversight):
    """The shared truth of the fieldwork of one or more studies.

    Times are passed in by whoever reports (`at`, UTC); `clock` is what the register itself reads to date an event.
    A register may hold several studies: methods work on `study`, chosen at opening. Whatever a rule forbids raises
    `Refusal`, leaves nothing behind but an event that says so, and can be read by its `reason`.

    ==============  =================================================================================
    Sending         plan, work list, claims, sendings, reserves
    Replies         reactions, withdrawals, second coding, closing
    SheetExchange   work lists and coding sheets as Excel files, there and back
    Supervision     people, studies, approval, stops, blocks, aliases, erasure
    Oversight       pairs table, audit trail, verification, status, backup
    ==============  =================================================================================
    """

    @classmethod
    def create(
        cls,
        place: str | Path,
        study: Study,
        *,
        key_file: str | Path | None = None,
        coordinator: str = COORDINATOR,
        secret: bytes | None = None,
        clock: Callable[[], datetime] = now,
    ) -> Self:
        """Make a new register for `study`.

        Approvals that stand in the study file are put on record at once.

        Parameters
        ----------
        place
            A file name (SQLite) or a PostgreSQL address.
        key_file
            Where the keys go; beside the file, `.key` added, unless said. Keep it apart from copies of the register.
        coordinator
            The first person in the register, with the role coordinator.
        secret
            32 bytes in place of chance, so that pseudonyms are the same each time. For simulated studies only: who
            knows the secret can undo the pseudonyms.
        """
        store = Store(place)
        keys = Keys.create(key_path(store, key_file), secret)
        try:
            if store.path is not None:
                make_sqlite_file(store.path)
            with store.writing() as connection:
                if sa.inspect(connection).has_table("chain"):
                    raise RegisterError(f"{store.name} holds a register already. Open it instead.")
                schema.metadata.create_all(connection)
                for statement in schema.triggers(store.dialect):
                    connection.exec_driver_sql(statement)
                migration.stamp_version(connection, schema.SCHEMA_VERSION)
                connection.execute(
                    sa.insert(schema.chain).values(
                        chain_ref=1, events=0, head=schema.GENESIS, recorded_at=stamp(clock())
                    )
                )
                ledger = Ledger.at_end(connection, Signature(actor=coordinator, role="coordinator"), clock())
                ledger.append("register_created", {"schema": schema.SCHEMA_VERSION})
                register_actor(connection, ledger, Actor(name=coordinator, role="coordinator"))
                register_study(connection, ledger, keys, study, secret)
                ledger.flush()
        except RegisterError:
            keys.path.unlink()
            store.close()
            raise
        return cls(store, keys, study.name, clock)

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        study: str | None = None,
        key_file: str | Path | None = None,
        token: str | None = None,
        clock: Callable[[], datetime] = now,
    ) -> Self:
        """Open a register. Without its key file everything works that needs no identity (export, status, verify).

        A register that an older version made is backed up and brought up to date first; one of a newer version is
        refused. `token` is the secret of the person who works with it, where they were given one.
        """
        store = Store(place)
        if store.path is not None and not store.path.is_file():
            raise RegisterError(f"There is no register {store.path}. Make one with `corrtest register init`.")
        keyed = key_path(store, key_file)
        try:
            migration.bring_up_to_date(store, keyed, clock)
            keys = Keys.read(keyed) if key_file is not None or keyed.exists() else None
            return cls(store, keys, study, clock, token)
        except RegisterError:
            store.close()
            raise

    @staticmethod
    def restore(source: str | Path, place: str | Path) -> None:
        """Make a register from a backup, at a place where there is none; its key file is put back by hand."""
        backup.restore_backup(Path(source), place)
