"""Applications as a transaction reads them, and the pairs that count towards an employer's caps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from corrtest.register.clock import day
from corrtest.register.events.ledger import Head, Signature
from corrtest.register.events.life import Life
from corrtest.register.people.roles import Actor
from corrtest.register.store import schema
from corrtest.register.store.database import Line
from corrtest.register.store.prepared import Prepared

_A, _P, _E = schema.application.c, schema.pair.c, schema.employer.c
_PAIR, _MEMBER = schema.pair.alias("member_pair"), schema.employer.alias("member")
_FIRST = schema.application.alias("first")

LIFE_FIELDS = Life._fields


def _weighs(application: Any) -> sa.ColumnElement[bool]:
    """A pair weighs on its employer by its first application: sent, or claimed for as long as the claim lasts."""
    columns = application.c
    return sa.and_(columns.position == 1, sa.or_(columns.sent_at.is_not(None), columns.state == "claimed"))


WEIGHS = _weighs(schema.application)

_ITEMS = (
    sa.select(
        _A.application_ref,
        _A.arm,
        _A.position,
        _A.due_on,
        *(_A[name] for name in LIFE_FIELDS),
        _A.last_seq,
        _P.pair_ref,
        _P.pair_id,
        _P.employer_ref,
        _P.partner,
        _E.group_ref,
        _E.employees,
        _E.blocked,
        _E.undecided,
        sa.select(sa.func.count())
        .select_from(_PAIR)
        .join(_MEMBER, _PAIR.c.employer_ref == _MEMBER.c.employer_ref)
        .join(_FIRST, _FIRST.c.pair_ref == _PAIR.c.pair_ref)
        .where(_MEMBER.c.group_ref == _E.group_ref, _weighs(_FIRST))
        .scalar_subquery()
        .label("weighing"),
    )
    .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
    .join(schema.employer, _P.employer_ref == _E.employer_ref)
    .where(_P.study_ref == sa.bindparam("study_ref"))
    .order_by(_A.application_ref)
)
_ITEMS_OF_ONE = Prepared(_ITEMS.where(_P.pair_id == sa.bindparam("pair_id")))
_ITEMS_OF_SOME = _ITEMS.where(_P.pair_id.in_(sa.bindparam("pair_ids", expanding=True)))

_LOAD = (
    sa.select(_E.group_ref, _P.pair_ref, _P.study_ref, sa.func.coalesce(_A.sent_at, _A.claimed_at), _A.claimed_until)
    .join_from(schema.employer, schema.pair, _P.employer_ref == _E.employer_ref)
    .join(schema.application, _A.pair_ref == _P.pair_ref)
    .where(WEIGHS)
)
_LOAD_OF_ONE = Prepared(_LOAD.where(_E.group_ref == sa.bindparam("group_ref")))
_LOAD_OF_SOME = _LOAD.where(_E.group_ref.in_(sa.bindparam("group_refs", expanding=True)))

# SQLite takes 32,766 values in a statement; above this many pairs the whole study is read instead.
SOME = 5000


@dataclass(slots=True)
class Item:
    """One application as it stands in this transaction. Field order is that of the query, the life apart.

    `weighing` is how many pairs counted towards its employer's caps when it was read, its own among them.
    """

    application_ref: int
    arm: str
    position: int
    due_on: str
    life: Life
    last_seq: int
    pair_ref: int
    pair_id: str
    employer_ref: int
    partner: str | None
    group_ref: int
    employees: int | None
    blocked: int
    undecided: int
    weighing: int

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return f"Pair {self.pair_id}, {self.arm}"

    @property
    def other_arm(self) -> str:
        """The arm of the other application of the pair."""
        return "treated" if self.arm == "control" else "control"


@dataclass(slots=True)
class Counted:
    """A pair that counts towards an employer's caps; until `until` where it is only claimed."""

    pair_ref: int
    study_ref: int
    on: date
    until: str | None


Load = dict[int, Counted]

# A session that has moved more applications than this begins afresh, so that it does not grow without end.
REMEMBERED = 2000


@dataclass(slots=True)
class Opening:
    """What a change begins with: who makes it, how they sign, and what is on record about the study.

    `allowed` where the gate was found open; like all else it holds until something but a move is written.
    """

    actor: Actor
    signature: Signature
    study: Any
    allowed: bool = False


@dataclass(slots=True)
class Memory:
    """What a session has read: true for as long as `head` is the end of the chain, for every change is an event.

    `sure` where nobody else had written between the last two changes of the session.
    """

    head: Head | None = None
    sure: bool = False
    openings: dict[str, Opening] = field(default_factory=dict)
    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    load: dict[int, Load] = field(default_factory=dict)

    def forget(self) -> None:
        """Begin afresh."""
        self.head = None
        for each in (self.openings, self.items, self.load):
            each.clear()


def read_items(line: Line, study_ref: int, pair_ids: Iterable[str]) -> list[Item]:
    """Return the applications of each pair that the study has."""
    wanted = sorted(set(pair_ids))
    given: dict[str, Any] = {"study_ref": study_ref}
    rows: Iterable[Any]
    if len(wanted) == 1:
        rows = _ITEMS_OF_ONE.rows(line, {**given, "pair_id": wanted[0]})
    elif len(wanted) <= SOME:
        rows = line.connection.execute(_ITEMS_OF_SOME, {**given, "pair_ids": wanted})
    else:
        rows = line.connection.execute(_ITEMS, given)
    end = 4 + len(LIFE_FIELDS)
    return [Item(*(*row[:4], Life._make(row[4:end]), *row[end:])) for row in rows]


def read_load(line: Line, group_refs: Sequence[int]) -> Mapping[int, Load]:
    """Return for each group of employers the pairs that count towards its caps, over all studies."""
    rows: Iterable[Any]
    if len(group_refs) == 1:
        rows = _LOAD_OF_ONE.rows(line, {"group_ref": group_refs[0]})
    elif len(group_refs) <= SOME:
        rows = line.connection.execute(_LOAD_OF_SOME, {"group_refs": list(group_refs)})
    else:
        rows = line.connection.execute(_LOAD)
    load: dict[int, Load] = defaultdict(dict)
    for group_ref, pair_ref, study_ref, at, until in rows:
        load[group_ref][pair_ref] = Counted(pair_ref, study_ref, day(at), until)
    return {group: load.get(group, {}) for group in group_refs}
