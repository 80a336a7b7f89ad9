"""The events of applications, read back: what happened to each, and what of it was taken back since."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.register.events.acts import MOVES
from corrtest.register.events.life import Happened
from corrtest.register.store import schema

_EV = schema.event.c
# SQLite takes 32,766 values in a statement; above this many pairs the whole study is read instead.
_SOME = 5000

Place = tuple[str, str]


def read_history(connection: Connection, study_ref: int, pair_id: str, arm: str) -> list[Happened]:
    """Return the events of one application, in the order in which they were written."""
    query = (
        sa.select(_EV.seq, _EV.kind, _EV.payload, _EV.actor)
        .where(_EV.study_ref == study_ref, _EV.pair_id == pair_id, _EV.arm == arm, _EV.kind.in_(sorted(MOVES)))
        .order_by(_EV.seq)
    )
    return [Happened(seq, kind, json.loads(payload), actor) for seq, kind, payload, actor in connection.execute(query)]


def taken_back(connection: Connection, study_ref: int) -> frozenset[int]:
    """Return the numbers of the events that a later one takes back."""
    query = sa.select(_EV.payload).where(_EV.study_ref == study_ref, _EV.kind == "taken_back")
    return frozenset(json.loads(payload)["event"] for payload in connection.execute(query).scalars())


def corrected_places(connection: Connection) -> frozenset[tuple[int, str, str]]:
    """Return the applications (study, pair, arm) of which an event is taken back."""
    query = sa.select(_EV.study_ref, _EV.pair_id, _EV.arm).where(_EV.kind == "taken_back").distinct()
    return frozenset((int(study), str(pair), str(arm)) for study, pair, arm in connection.execute(query))


def read_heard(
    connection: Connection, study_ref: int, pair_ids: Collection[str]
) -> Mapping[Place, set[tuple[str, str]]]:
    """Return application → (reaction, time) of each reaction that stands."""
    query = sa.select(_EV.seq, _EV.kind, _EV.pair_id, _EV.arm, _EV.payload).where(
        _EV.study_ref == study_ref, _EV.kind.in_(("reaction", "taken_back"))
    )
    if len(pair_ids) <= _SOME:
        query = query.where(_EV.pair_id.in_(sorted(pair_ids)))
    events = [(*row[:4], json.loads(row.payload)) for row in connection.execute(query)]
    gone = {told["event"] for _, kind, *_, told in events if kind == "taken_back"}
    heard: dict[Place, set[tuple[str, str]]] = defaultdict(set)
    for seq, kind, pair_id, arm, told in events:
        if kind == "reaction" and seq not in gone:
            heard[pair_id, arm].add((told["reaction"], told["at"]))
    return heard


REACHED = ("pair_id", "arm", "move", "at", "attempt", "outcome", "caller", "answer", "back_at", "stage", "blocked")


def read_reached(connection: Connection, study_ref: int, partner: str | None = None) -> pd.DataFrame:
    """Return each attempt to call and each stage in a portal that stands, of one partner's pairs where one is named."""
    gone = taken_back(connection, study_ref)
    query = (
        sa.select(_EV.seq, _EV.pair_id, _EV.arm, _EV.kind, _EV.payload)
        .where(_EV.study_ref == study_ref, _EV.kind.in_(("called", "stage")))
        .order_by(_EV.seq)
    )
    if partner is not None:
        pair = schema.pair.c
        own = sa.select(pair.pair_id).where(
            pair.study_ref == study_ref, sa.or_(pair.partner.is_(None), pair.partner == partner)
        )
        query = query.where(_EV.pair_id.in_(own))
    rows = [
        {"pair_id": row.pair_id, "arm": row.arm, "move": row.kind, **json.loads(row.payload)}
        for row in connection.execute(query)
        if row.seq not in gone
    ]
    return pd.DataFrame(rows, columns=list(REACHED))
