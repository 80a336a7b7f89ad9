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

from corrtest.register.clock import stamp
from corrtest.register.store import schema
from corrtest.register.store.database import Line, driver
from corrtest.register.store.prepared import Prepared

# Made once: json.dumps would make a new encoder for each event.
_encode_payload = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_quoted = json.encoder.encode_basestring


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
    # The encoder only for the few values that need it: setting it up takes longer than quoting.
    members = [f"{_quoted(name)}:{_value(value)}" for name, value in sorted(payload.items())]
    return f"{{{','.join(members)}}}"


def _value(value: Any) -> str:
    if type(value) is str:
        return _quoted(value)
    if type(value) is bool:
        return "true" if value else "false"
    return _encode_payload(value)


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
    # The fields as one JSON list, put together by hand: an encoder for each event would take longer than its hash.
    fields = ",".join(
        [
            str(seq),
            _quoted(recorded_at),
            _quoted(actor),
            _quoted(role),
            "null" if study_ref is None else str(study_ref),
            _quoted(kind),
            "null" if pair_id is None else _quoted(pair_id),
            "null" if arm is None else _quoted(arm),
            _quoted(payload),
            _quoted(previous),
        ]
    )
    return hashlib.sha256(f"[{fields}]".encode(errors="surrogateescape")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who writes: the actor and the role in which they act."""

    actor: str
    role: str


_INSERT = Prepared(sa.insert(schema.event))


class Head(NamedTuple):
    """The end of the chain as it stands: number, hash and time of the last event."""

    seq: int
    hash: str
    recorded_at: str


_E, _C = schema.event.c, schema.chain.c
_LAST = Prepared(sa.select(_E.seq, _E.hash, _E.recorded_at).order_by(_E.seq.desc()).limit(1))
_LOCKED = Prepared(sa.select(_C.events, _C.head, _C.recorded_at).with_for_update())


def read_head(line: Line, *, lock: bool = True) -> Head:
    """Read the end of the chain; on PostgreSQL, where `lock`, keep other writers from it until the transaction ends."""
    query = _LOCKED if lock and line.dialect == "postgresql" else _LAST
    row = query.execute(line, {}).fetchone()
    return Head(*row) if row else Head(0, schema.GENESIS, "")


class Ledger:
    """The end of the chain inside one writing transaction; nothing is on disk before `flush` and the commit."""

    def __init__(self, line: Line, head: Head, signature: Signature, clock_reading: datetime) -> None:
        self._line = line
        self.signature = signature
        self.seq = head.seq
        self.head = head.hash
        reading = stamp(clock_reading)
        # A clock set back must not turn the order of events around: time stands still until the clock has caught up.
        self.clock_behind = reading < head.recorded_at
        self.recorded_at = max(reading, head.recorded_at)
        self._waiting: list[dict[str, Any]] = []

    @classmethod
    def at_end(cls, connection: Connection, signature: Signature, clock_reading: datetime) -> Ledger:
        """Open the chain at its end, on a connection that is writing."""
        line = Line.of(connection)
        return cls(line, read_head(line), signature, clock_reading)

    @property
    def end(self) -> Head:
        """The end of the chain as it will be."""
        return Head(self.seq, self.head, self.recorded_at)

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
        if len(self._waiting) > 1 and self._line.dialect == "postgresql":
            self._copy()
        else:
            _INSERT.change(self._line, self._waiting)
        self._waiting = []

    def _copy(self) -> None:
        """Send many events to PostgreSQL as one statement: its trigger looks at the chain once a statement."""
        names = [column.name for column in schema.event.columns]
        with (
            driver(self._line.connection).cursor() as cursor,
            cursor.copy(f"COPY event ({', '.join(names)}) FROM STDIN") as copy,
        ):
            for row in self._waiting:
                copy.write_row([row[name] for name in names])
