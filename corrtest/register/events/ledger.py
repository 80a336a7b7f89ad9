"""The append-only chain of events: how an event is written, hashed and read back.

Each event carries the SHA-256 of its own content and of the hash before it, so that changing, dropping or inserting one
breaks every hash after it (Haber and Stornetta, Journal of Cryptology 1991, section 5.1: linking).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.clock import stamp
from corrtest.register.store import schema

# JSON with one spelling only: names sorted, no spaces. Made once: json.dumps would make an encoder for each event.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, as it stands in the register."""

    seq: int
    recorded_at: str
    actor: str
    role: str
    study_ref: int | None
    kind: str
    pair_id: str | None
    arm: str | None
    payload: str
    previous: str
    hash: str

    @property
    def content(self) -> dict[str, Any]:
        """The payload as an object."""
        loaded: dict[str, Any] = json.loads(self.payload)
        return loaded


def canonical(payload: Mapping[str, Any]) -> str:
    """Return `payload` as JSON with one spelling only: names sorted, no spaces."""
    return _encode(payload)


def event_hash(
    seq: int,
    recorded_at: str,
    actor: str,
    role: str,
    study_ref: int | None,
    kind: str,
    pair_id: str | None,
    arm: str | None,
    payload: str,
    previous: str,
) -> str:
    """Return the SHA-256 that an event must carry; damaged bytes (read as lone surrogates) give another one."""
    fields = [seq, recorded_at, actor, role, study_ref, kind, pair_id, arm, payload, previous]
    return hashlib.sha256(_encode(fields).encode(errors="surrogateescape")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who writes: the actor and the role in which they act."""

    actor: str
    role: str


# Who writes where no person asked for it: a migration.
PROGRAM = Signature(actor="corrtest", role="program")


class Head(NamedTuple):
    """The end of the chain as it stands: number, hash and time of the last event."""

    seq: int
    hash: str
    recorded_at: str


_HEAD = sa.select(schema.chain.c.events, schema.chain.c.head, schema.chain.c.recorded_at)
_LOCKED_HEAD = _HEAD.with_for_update()
_INSERT = sa.insert(schema.event)
# Rows that are returned are sent a thousand a statement, and PostgreSQL's trigger looks at the chain once for each.
_INSERT_MANY = _INSERT.returning(schema.event.c.seq)


def read_head(connection: Connection, *, lock: bool = False) -> Head:
    """Read the end of the chain; where `lock`, PostgreSQL keeps other writers from it until the transaction ends."""
    row = connection.execute(_LOCKED_HEAD if lock else _HEAD).first()
    if row is None:
        raise RegisterError(
            say(
                "The register has lost the note of where its chain of events ends. Run `corrtest register "
                "verify`, and restore a backup."
            )
        )
    return Head(*row)


class Ledger:
    """The end of the chain inside one writing transaction; nothing is on disk before `flush` and the commit."""

    def __init__(self, connection: Connection, head: Head, clock_reading: datetime, signature: Signature) -> None:
        self._connection = connection
        self.signature = signature
        self.seq = head.seq
        self.head = head.hash
        reading = stamp(clock_reading)
        # A clock set back must not turn the order of events around: time stands still until the clock has caught up.
        self.clock_behind = reading < head.recorded_at
        self.recorded_at = max(reading, head.recorded_at)
        self._waiting: list[dict[str, Any]] = []

    @classmethod
    def at_end(cls, connection: Connection, clock_reading: datetime, signature: Signature = PROGRAM) -> Ledger:
        """Open the chain at its end, on a connection that is writing."""
        return cls(connection, read_head(connection, lock=True), clock_reading, signature)

    def append(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        study_ref: int | None = None,
        pair_id: str | None = None,
        arm: str | None = None,
    ) -> int:
        """Add one event and return its number."""
        seq = self.seq + 1
        who = self.signature
        text = canonical({**payload, "clock_behind": True} if self.clock_behind else payload)
        previous = self.head
        self.head = event_hash(
            seq, self.recorded_at, who.actor, who.role, study_ref, kind, pair_id, arm, text, previous
        )
        self._waiting.append(
            {
                "seq": seq,
                "recorded_at": self.recorded_at,
                "actor": who.actor,
                "role": who.role,
                "study_ref": study_ref,
                "kind": kind,
                "pair_id": pair_id,
                "arm": arm,
                "payload": text,
                "previous": previous,
                "hash": self.head,
            }
        )
        self.seq = seq
        return seq

    def flush(self) -> None:
        """Hand all waiting events to the database in one go."""
        if not self._waiting:
            return
        many = len(self._waiting) > 1 and self._connection.dialect.name == "postgresql"
        self._connection.execute(_INSERT_MANY if many else _INSERT, self._waiting)
        self._waiting = []
