"""Applications as a transaction reads them, and the pairs that count towards an employer's caps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.language import say
from corrtest.register.clock import day
from corrtest.register.events.life import Life
from corrtest.register.store import schema

_A, _P, _E = schema.application.c, schema.pair.c, schema.employer.c

LIFE_FIELDS = Life._fields


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
        _P.channel,
        _E.group_ref,
        _E.employees,
        _E.blocked,
        _E.undecided,
    )
    .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
    .join(schema.employer, _P.employer_ref == _E.employer_ref)
    .where(_P.study_ref == sa.bindparam("study_ref"))
    .order_by(_A.application_ref)
)
_ITEMS_OF_ONE = _ITEMS.where(_P.pair_id == sa.bindparam("pair_id"))
_ITEMS_OF_SOME = _ITEMS.where(_P.pair_id.in_(sa.bindparam("pair_ids", expanding=True)))

_L = schema.employer_load.c
_LOAD = sa.select(_L.group_ref, _L.pair_ref, _L.study_ref, _L.at, _L.until)
_LOAD_OF_ONE = _LOAD.where(_L.group_ref == sa.bindparam("group_ref"))
_LOAD_OF_SOME = _LOAD.where(_L.group_ref.in_(sa.bindparam("group_refs", expanding=True)))

# SQLite takes 32,766 values in a statement; above this many pairs the whole study is read instead.
SOME = 5000


@dataclass(slots=True)
class Item:
    """One application as it stands in this transaction. Field order is that of the query, the life apart."""

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
    channel: str | None
    group_ref: int
    employees: int | None
    blocked: int
    undecided: int

    @property
    def name(self) -> str:
        """What to call it in a message: which arm it is, a field worker need not learn."""
        return say("Application {number} (pair {pair})", number=self.application_ref, pair=self.pair_id)

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


def read_items(connection: Connection, study_ref: int, pair_ids: Iterable[str]) -> list[Item]:
    """Return the applications of each pair that the study has."""
    wanted = sorted(set(pair_ids))
    if len(wanted) == 1:
        rows = connection.execute(_ITEMS_OF_ONE, {"study_ref": study_ref, "pair_id": wanted[0]})
    elif len(wanted) <= SOME:
        rows = connection.execute(_ITEMS_OF_SOME, {"study_ref": study_ref, "pair_ids": wanted})
    else:
        rows = connection.execute(_ITEMS, {"study_ref": study_ref})
    end = 4 + len(LIFE_FIELDS)
    return [Item(*(*row[:4], Life._make(row[4:end]), *row[end:])) for row in rows]


def read_load(connection: Connection, group_refs: Sequence[int]) -> Mapping[int, Load]:
    """Return for each group of employers the pairs that count towards its caps, over all studies."""
    if len(group_refs) == 1:
        rows = connection.execute(_LOAD_OF_ONE, {"group_ref": group_refs[0]})
    elif len(group_refs) <= SOME:
        rows = connection.execute(_LOAD_OF_SOME, {"group_refs": list(group_refs)})
    else:
        rows = connection.execute(_LOAD)
    load: dict[int, Load] = defaultdict(dict)
    for group_ref, pair_ref, study_ref, at, until in rows:
        load[group_ref][pair_ref] = Counted(pair_ref, study_ref, day(at), until)
    return {group: load.get(group, {}) for group in group_refs}
