"""What every part of the register stands on: an opened store, its keys and studies, transactions with a role check."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError, nearest
from corrtest.register.clock import now
from corrtest.register.events.ledger import Head, Ledger, Signature, read_head
from corrtest.register.fieldwork import gate
from corrtest.register.fieldwork.items import REMEMBERED, Item, Memory, Opening
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.people.roles import TOKEN_VARIABLE, Actor, permit, token_sha256
from corrtest.register.refusal import Refusal
from corrtest.register.store import schema
from corrtest.register.store.database import Line, Store
from corrtest.register.store.keys import Keys
from corrtest.spec import ARMS, Study, read_study_text

COORDINATOR = "coordinator"
_ACTOR = sa.select(schema.actor).where(schema.actor.c.name == sa.bindparam("name"))


class Session:
    """An opened register, working on one of its studies."""

    def __init__(
        self,
        store: Store,
        keys: Keys | None,
        study: str | None,
        clock: Callable[[], datetime] = now,
        token: str | None = None,
    ) -> None:
        self.store = store
        self.token = token
        self.keys = keys
        self.clock = clock
        self._studies: dict[int, Study] = {}
        self._memory = Memory()
        with store.reading() as connection:
            names = self._read_studies(connection)
        self.study_ref = _choose(names, study, store.name)
        self.study = self._studies[self.study_ref]

    def role_of(self, actor: str) -> str:
        """Return the role of a person."""
        with self.store.reading() as connection:
            return known_actor(connection, actor).role

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _first(self, work: Fieldwork, pair_id: str) -> Item:
        """Return the application of a pair that goes first."""
        work.load([pair_id])
        found = work.of_pair(pair_id)
        return found[0] if found else self._known(work, pair_id, ARMS[0])

    def _known(self, work: Fieldwork, pair_id: str, arm: str) -> Item:
        item = work.item(pair_id, arm)
        if item is None and work.of_pair(pair_id):
            raise RegisterError(f"The study '{self.study.name}' is unpaired: {pair_id} has no {arm} application.")
        if item is None:
            raise RegisterError(
                f"The study '{self.study.name}' has no pair '{pair_id}'. Take the number from the work list."
            )
        return item

    def _keys(self) -> Keys:
        if self.keys is None:
            raise RegisterError(
                "This needs the register's key file, which is not beside the register. Name it with --key-file."
            )
        return self.keys

    def _read_studies(self, connection: Connection) -> dict[str, int]:
        rows = connection.execute(sa.select(schema.study.c.study_ref, schema.study.c.name, schema.study.c.source))
        names = {}
        for row in rows:
            names[row.name] = row.study_ref
            if row.study_ref not in self._studies:
                self._studies[row.study_ref] = read_study_text(row.source, f"study {row.name}")
        return names

    @contextmanager
    def _reading(self, action: str, actor: str) -> Iterator[tuple[Connection, Actor]]:
        try:
            with self.store.reading() as connection:
                person = known_actor(connection, actor)
                self._check_token(person)
                permit(person, action)
                yield connection, person
        except Refusal as refusal:
            self._record_refusal(action, actor, refusal)
            raise

    def _one(self, work: Fieldwork, pair_id: str, arm: str) -> Item:
        """Return one application, loaded for a change."""
        work.load([pair_id])
        return self._known(work, pair_id, arm)

    def _act(self, action: str, actor: str, change: Callable[[Fieldwork], object]) -> None:
        """Make a small change that only moves applications, in one transaction."""
        if self._memory.sure and self._on_memory(action, actor, change):
            return
        with self._writing(action, actor) as work:
            change(work)

    def _on_memory(self, action: str, actor: str, change: Callable[[Fieldwork], object]) -> bool:
        """Make a change on what is remembered, without asking where the chain ends.

        An event names the one that it follows, so the database itself refuses it where another process has written
        since (the trigger `event_follows`). False then, and where a rule forbids the change: it is to be made, or
        refused, by what stands in the register. SQLite only: PostgreSQL orders its writers by a lock on the end of
        the chain, which reading it takes.
        """
        store, memory = self.store, self._memory
        head, opening = memory.head, memory.openings.get(actor)
        if head is None or opening is None or store.dialect != "sqlite":
            return False
        memory.head = None
        line = store.begin()
        try:
            try:
                work = self._begun(line, head, opening, action)
                change(work)
                work.flush()
                store.commit(line)
            except BaseException as error:
                store.give_up(line, error)
                raise
        except RegisterError:
            return False
        self._remember(work, head)
        return True

    @contextmanager
    def _writing(self, action: str, actor: str) -> Iterator[Fieldwork]:
        store, memory = self.store, self._memory
        # What is remembered counts again only once this change is known to have been moves and nothing else.
        remembered, memory.head = memory.head, None
        try:
            line = store.begin()
            try:
                head = read_head(line)
                memory.sure = head == remembered
                if not memory.sure:
                    memory.forget()
                work = self._begun(line, head, self._opening(line, actor), action)
                yield work
                work.flush()
                store.commit(line)
            except BaseException as error:
                store.give_up(line, error)
                raise
        except Refusal as refusal:
            self._record_refusal(action, actor, refusal)
            raise
        self._remember(work, head)

    def _opening(self, line: Line, actor: str) -> Opening:
        opening = self._memory.openings.get(actor)
        if opening is None:
            row = gate.opening(line, self.study_ref, actor)
            if row is None:
                raise RegisterError(stranger(actor))
            known = Actor(name=row.actor, role=row.role, partner=row.partner, token_sha256=row.token_sha256)
            opening = Opening(actor=known, signature=Signature(actor=row.actor, role=row.role), study=row)
            self._memory.openings[actor] = opening
        return opening

    def _begun(self, line: Line, head: Head, opening: Opening, action: str) -> Fieldwork:
        self._check_token(opening.actor)
        permit(opening.actor, action)
        ledger = Ledger(line, head, opening.signature, self.clock())
        return Fieldwork(line, ledger, self.keys, opening, self._studies, self._memory)

    def _remember(self, work: Fieldwork, begun: Head) -> None:
        """Let the memory stand, unless something else than a move was written: that may be what it rests on."""
        if work.ledger.seq - begun.seq == work.moves and len(self._memory.items) <= REMEMBERED:
            self._memory.head = work.ledger.end

    def _check_token(self, person: Actor) -> None:
        """Refuse a name whose secret was not shown; who has none is taken on trust."""
        if person.token_sha256 is None:
            return
        if not hmac.compare_digest(token_sha256(self.token or ""), person.token_sha256):
            raise Refusal(
                "token",
                f"{person.name} has a token, and {'another' if self.token else 'none'} was given. "
                f"Set {TOKEN_VARIABLE} to it; a coordinator can give a new one (`corrtest register person`).",
            )

    def _record_refusal(self, action: str, actor: str, refusal: Refusal) -> None:
        """Write the refusal down, in a transaction of its own: that of the refused act was rolled back."""
        try:
            with self.store.writing() as connection:
                person = known_actor(connection, actor)
                signature = Signature(actor=person.name, role=person.role)
                ledger = Ledger.at_end(connection, signature, self.clock())
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
        raise RegisterError(f"{place} holds several studies. Choose one with --study: {', '.join(sorted(names))}.")
    if wanted not in names:
        raise RegisterError(f"{place} has no study '{wanted}'. {nearest(wanted, sorted(names))}")
    return names[wanted]


def key_path(store: Store, key_file: str | Path | None) -> Path:
    """Return where the key file lies: as told, else beside the register."""
    if key_file is not None:
        return Path(key_file)
    if store.path is None:
        return Path("corrtest-register.key")
    return store.path.with_name(store.path.name + ".key")


def find_actor(connection: Connection, name: str) -> Actor | None:
    """Return the person of that name, if the register has one."""
    row = connection.execute(_ACTOR, {"name": name}).first()
    if row is None:
        return None
    return Actor(name=row.name, role=row.role, partner=row.partner, token_sha256=row.token_sha256)


def known_actor(connection: Connection, name: str) -> Actor:
    """Return the person of that name, or say how to add them."""
    found = find_actor(connection, name)
    if found is None:
        raise RegisterError(stranger(name))
    return found


def stranger(name: str) -> str:
    """Say that nobody of this name is in the register."""
    return f"Nobody called '{name}' is in the register. A coordinator adds people with `corrtest register person`."
