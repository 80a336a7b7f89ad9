"""What the parts of the register stand on: an opened store, its keys and studies, transactions with a role check."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError, nearest
from corrtest.language import say
from corrtest.register.clock import now
from corrtest.register.events.ledger import Ledger, Signature
from corrtest.register.fieldwork import gate
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.people.actors import acting, check_there, check_token, known_actor
from corrtest.register.people.roles import Actor, permit
from corrtest.register.refusal import Refusal
from corrtest.register.store import schema
from corrtest.register.store.database import Store
from corrtest.register.store.keys import Keys
from corrtest.spec import Study

COORDINATOR = "coordinator"


class Session:
    """An opened register, working on one of its studies; `remarks` are those on what the last act put on record."""

    def __init__(
        self,
        store: Store,
        keys: Keys | None,
        pairs_key: Path,
        study: str | None,
        clock: Callable[[], datetime] = now,
        token: str | None = None,
    ) -> None:
        self.store = store
        self.token = token
        self.keys = keys
        self.pairs_key = pairs_key
        self.clock = clock
        self.studies: dict[int, Study] = {}
        self.remarks: tuple[str, ...] = ()
        with store.reading() as connection:
            names = self.read_studies(connection)
        self.study_ref = _choose(names, study, store.name)
        self.study = self.studies[self.study_ref]

    def required_keys(self) -> Keys:
        """Return the keys, or say that this cannot be done without them."""
        if self.keys is None:
            raise RegisterError(say("This needs the register's key file, which is not here. Name it with --key-file."))
        return self.keys

    def read_studies(self, connection: Connection) -> dict[str, int]:
        """Read the studies that are not known yet; return name → row of all."""
        rows = connection.execute(sa.select(schema.study.c.study_ref, schema.study.c.name, schema.study.c.source))
        names = {}
        for row in rows:
            names[row.name] = row.study_ref
            if row.study_ref not in self.studies:
                self.studies[row.study_ref] = gate.kept_study(row)
        return names

    @contextmanager
    def reading(self, action: str, actor: str) -> Iterator[tuple[Connection, Actor]]:
        """Yield a connection that only reads, and the person; refuse who may not do this."""
        try:
            with self.store.reading() as connection:
                person = known_actor(connection, actor)
                self._admit(person, action)
                yield connection, person
        except Refusal as refusal:
            self._record_refusal(action, actor, refusal)
            raise

    @contextmanager
    def writing(self, action: str, actor: str) -> Iterator[Fieldwork]:
        """Yield the fieldwork in one transaction, kept whole or not at all; a refusal leaves the event that says so."""
        try:
            with self.store.writing() as connection:
                # The end of the chain first: on PostgreSQL its lock makes writers take turns.
                ledger = Ledger.at_end(connection, self.clock())
                opening = gate.opening(connection, self.study_ref, actor)
                person = known_actor(connection, actor) if opening is None else acting(opening)
                self._admit(person, action)
                ledger.signature = Signature(actor=person.name, role=person.role)
                work = Fieldwork(connection, ledger, self.keys, person, opening, self.studies)
                yield work
                work.flush()
            self.remarks = tuple(work.remarks)
        except Refusal as refusal:
            self._record_refusal(action, actor, refusal)
            raise

    def _admit(self, person: Actor, action: str) -> None:
        check_there(person)
        check_token(person, self.token)
        permit(person, action)

    def _record_refusal(self, action: str, actor: str, refusal: Refusal) -> None:
        """Write the refusal down, in a transaction of its own: that of the refused act was rolled back."""
        try:
            with self.store.writing() as connection:
                ledger = Ledger.at_end(connection, self.clock())
                person = known_actor(connection, actor)
                ledger.signature = Signature(actor=person.name, role=person.role)
                payload: dict[str, Any] = {"action": action, "reason": refusal.reason}
                if refusal.faults:
                    payload["rows"] = len(refusal.faults)
                ledger.append("refused", payload, study_ref=self.study_ref)
                ledger.flush()
        except RegisterError as error:
            # The user must learn of the refusal itself; that it could not be written down comes second.
            logging.getLogger(__name__).warning("A refusal could not be recorded: %s", error)


def _choose(names: Mapping[str, int], wanted: str | None, place: str) -> int:
    if wanted is None and len(names) == 1:
        return next(iter(names.values()))
    if wanted is None:
        raise RegisterError(
            say(
                "{place} holds several studies. Choose one with --study: {names}.",
                place=place,
                names=", ".join(sorted(names)),
            )
        )
    if wanted not in names:
        raise RegisterError(
            say(
                "{place} has no study '{wanted}'. {nearest}",
                place=place,
                wanted=wanted,
                nearest=nearest(wanted, sorted(names)),
            )
        )
    return names[wanted]
