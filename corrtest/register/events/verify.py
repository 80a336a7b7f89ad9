"""The proof that nothing was altered or dropped: the chain is walked, and all that follows from it derived again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.language import say
from corrtest.register.clock import day
from corrtest.register.events.ledger import event_hash
from corrtest.register.events.life import MOVES, IllegalMove, Life, after
from corrtest.register.fieldwork import caps, gate
from corrtest.register.fieldwork.items import LIFE_FIELDS
from corrtest.register.intake import plans
from corrtest.register.store import schema
from corrtest.register.store.schema import GENESIS
from corrtest.spec import Study

_A, _P, _E = schema.application.c, schema.pair.c, schema.employer.c
PORTION = 10_000
UNMOVED = Life()
_decoded = json.JSONDecoder().decode

# An event as it lies in the table, column by column (a Row of SQLAlchemy; its fields have names, too).
_Row = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What `verify` found. `first_bad` is the number of the first event that is not what it was, if there is one."""

    events: int
    head: str
    first_bad: int | None
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True where nothing was altered or dropped."""
        return not self.problems


@dataclass(slots=True)
class _Derived:
    """What follows from the events read so far."""

    lives: dict[tuple[int, str, str], tuple[Life, int]] = field(default_factory=dict)
    texts: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    erased: set[int] = field(default_factory=set)
    plans: dict[tuple[int, str | None], str] = field(default_factory=dict)
    stops: set[tuple[str, str]] = field(default_factory=set)
    actors: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    approvals: dict[int, dict[str, Any]] = field(default_factory=dict)


def verify(connection: Connection, studies: Mapping[int, Study], expected_head: str | None) -> Verification:
    """Walk the chain from its first event, and compare every table with what the events say.

    Parameters
    ----------
    expected_head
        A hash noted earlier (on a backup or a printed status): it must be that of an event in the chain.
    """
    if connection.dialect.name != "sqlite":
        return _verify(connection, studies, expected_head)
    try:
        found = _verify(connection, studies, expected_head)
    except UnicodeDecodeError:
        found = None
    if found is not None and found.passed:
        return found
    # A damaged byte may be no UTF-8: everything is read once more in a way that lets its event be named.
    raw: Any = connection.connection.dbapi_connection
    usual = raw.text_factory
    raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        return _verify(connection, studies, expected_head)
    finally:
        raw.text_factory = usual


def _verify(connection: Connection, studies: Mapping[int, Study], expected_head: str | None) -> Verification:
    derived = _Derived()
    previous, seq, time = GENESIS, 0, ""
    seen_expected = expected_head in (None, GENESIS)
    try:
        for row in _events(connection):
            fault = _fault(row, seq, previous, time) or _fold(derived, row)
            if fault:
                return _stopped_at(seq + 1, seq, previous, fault)
            seq, time, previous = row[0], row[1], row[-1]
            seen_expected = seen_expected or previous == expected_head
    except sa.exc.DBAPIError as error:
        return _stopped_at(seq + 1, seq, previous, say("cannot be read ({error})", error=error.orig))
    try:
        problems = [
            *_chain_problems(connection, seq, previous),
            *(
                []
                if seen_expected
                else [
                    say(
                        "No event has the expected hash {expected_head}: events were dropped.",
                        expected_head=expected_head,
                    )
                ]
            ),
            *_table_problems(connection, derived),
            *_life_problems(connection, derived),
            *_plan_problems(connection, derived),
            *_cap_problems(connection, studies),
        ]
    except (sa.exc.DBAPIError, ValueError) as error:  # ValueError: a damaged cell that is no day, no number
        why = getattr(error, "orig", error)
        problems = [say("The events are whole, but a table that follows from them cannot be read ({why}).", why=why)]
    return Verification(events=seq, head=previous, first_bad=None, problems=tuple(problems))


def _stopped_at(bad: int, seq: int, head: str, fault: str) -> Verification:
    return Verification(events=seq, head=head, first_bad=bad, problems=(f"Event {bad} {fault}.",))


def _events(connection: Connection) -> Iterator[_Row]:
    query = sa.select(schema.event).order_by(schema.event.c.seq).limit(PORTION)
    last = 0
    while True:
        rows = connection.execute(query.where(schema.event.c.seq > last)).all()
        yield from rows
        if len(rows) < PORTION:
            return
        last = rows[-1].seq


def _fault(row: _Row, seq: int, previous: str, time: str) -> str | None:
    *signed, hashed = row
    if signed[0] != seq + 1:
        return say("is missing (the next one is {signed})", signed=signed[0])
    if signed[-1] != previous:
        return say("does not follow on the event before it")
    if event_hash(*signed) != hashed:
        return say("is not what was written: its hash differs")
    if signed[1] < time:
        return say("is dated {signed}, before the event before it", signed=signed[1])
    return None


def _fold(derived: _Derived, row: _Row) -> str | None:
    """Take one event in; return what is wrong where it could not have happened."""
    seq, _, actor, _, study_ref, kind, pair_id, arm, text, *_ = row
    payload = _decoded(text)
    if kind in MOVES:
        place = (study_ref, pair_id, arm)
        known = derived.lives.get(place)
        try:
            derived.lives[place] = (after(known[0] if known else UNMOVED, kind, payload, actor), seq)
        except IllegalMove as illegal:
            return say("is a move that was not possible: {illegal}", illegal=illegal)
        if payload.get("has_text"):
            derived.texts[study_ref].add(seq)
    else:
        step = _TAKEN_IN.get(kind)
        if step is not None:
            step(derived, row, payload)
    return None


def _approved(derived: _Derived, row: Any, payload: dict[str, Any]) -> None:
    derived.approvals.setdefault(row.study_ref, {}).update({name: payload[name] for name in gate.APPROVALS})


def _audited(derived: _Derived, row: Any, payload: dict[str, Any]) -> None:
    derived.approvals.setdefault(row.study_ref, {})["audit_sha256"] = payload["sha256"]


def _planned(derived: _Derived, row: Any, payload: dict[str, Any]) -> None:
    derived.plans[row.study_ref, row.pair_id] = payload["digest"]
    if row.kind == "pair_added":
        return
    allowed = derived.approvals.setdefault(row.study_ref, {})
    allowed["plan_version"] = payload.get("version", 1)
    if payload.get("added"):
        allowed.pop("audit_sha256", None)


def _erased(derived: _Derived, row: Any, payload: dict[str, Any]) -> None:
    derived.approvals.setdefault(row.study_ref, {})["erased_at"] = payload["at"]
    derived.erased.add(row.study_ref)


def _stopped(derived: _Derived, row: Any, payload: dict[str, Any]) -> None:
    place = (payload["scope"], payload["name"])
    (derived.stops.add if row.kind == "stopped" else derived.stops.discard)(place)


def _added(derived: _Derived, row: Any, payload: dict[str, Any]) -> None:
    if row.kind == "token_given":
        derived.tokens[payload["name"]] = payload["sha256"]
    else:
        derived.actors[payload["name"]] = payload["role"]


def _blocked(derived: _Derived, row: Any, payload: dict[str, Any]) -> None:
    derived.blocked.add(payload["employer"])


_TAKEN_IN: Mapping[str, Callable[[_Derived, Any, dict[str, Any]], None]] = {
    "approved": _approved,
    "audit_recorded": _audited,
    "plan_imported": _planned,
    "plan_amended": _planned,
    "pair_added": _planned,
    "erased": _erased,
    "stopped": _stopped,
    "resumed": _stopped,
    "actor_added": _added,
    "token_given": _added,
    "blocked": _blocked,
}


def _chain_problems(connection: Connection, events: int, head: str) -> Iterator[str]:
    row = connection.execute(sa.select(schema.chain)).first()
    last_move = connection.execute(sa.select(sa.func.max(_A.last_seq))).scalar() or 0
    noted = max(0 if row is None else row.events, last_move)
    if row is None or noted > events:
        yield say(
            "Event {events} is missing: {noted} events were written and {due} are there.",
            events=events + 1,
            noted=noted,
            due=events,
        )
    elif (row.events, row.head) != (events, head):
        yield say(
            "The end of the chain was noted at event {events} and should be at event {due}.",
            events=row.events,
            due=events,
        )


def _table_problems(connection: Connection, derived: _Derived) -> Iterator[str]:
    people = connection.execute(sa.select(schema.actor)).all()
    tokens = {row.name: row.token_sha256 for row in people if row.token_sha256 is not None}
    if {row.name: row.role for row in people} != derived.actors or tokens != derived.tokens:
        yield say("The people in the register are not those that the events name.")
    if {(row.scope, row.name) for row in connection.execute(sa.select(schema.stop))} != derived.stops:
        yield say("The stops are not those of the events.")
    blocked = set(connection.execute(sa.select(_E.employer_ref).where(_E.blocked == 1)).scalars())
    if not derived.blocked <= blocked:
        yield say("An employer that asked to be left alone is no longer blocked.")
    for row in connection.execute(sa.select(schema.study)):
        names = (*gate.APPROVALS, "plan_version", "audit_sha256", "erased_at")
        told = {name: getattr(row, name) for name in names if getattr(row, name) is not None}
        if told != derived.approvals.get(row.study_ref, {}):
            yield say("What allows the study '{row}' is not what the events say.", row=row.name)
    noted = defaultdict(set)
    for row in connection.execute(sa.select(schema.note.c.seq, schema.note.c.study_ref)):
        noted[row.study_ref].add(row.seq)
    for study_ref, texts in derived.texts.items():
        if study_ref not in derived.erased and noted[study_ref] != texts:
            yield say("Texts of employers are missing or were added (study {study_ref}).", study_ref=study_ref)


def _life_problems(connection: Connection, derived: _Derived) -> Iterator[str]:
    columns = (_P.study_ref, _P.pair_id, _A.arm, _A.last_seq, *(_A[name] for name in LIFE_FIELDS))
    query = sa.select(*columns).join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
    unmoved = (UNMOVED, 0)
    seen = 0
    for study_ref, pair_id, arm, last_seq, *values in connection.execute(query):
        life, seq = derived.lives.get((study_ref, pair_id, arm), unmoved)
        seen += seq > 0
        if Life._make(values) != life or (seq and seq != last_seq):
            yield say(
                "Pair {pair_id}, {arm} (study {study_ref}) stands otherwise than its events say.",
                pair_id=pair_id,
                arm=arm,
                study_ref=study_ref,
            )
    if seen != len(derived.lives):
        yield say("There are events of applications that are not in the register.")


def _plan_problems(connection: Connection, derived: _Derived) -> Iterator[str]:
    pairs: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(sa.select(schema.pair)):
        pairs[row.study_ref].append(dict(row._mapping))
    applications: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(sa.select(_A.pair_ref, _A.arm, _A.position, _A.due_on)):
        applications[row.pair_ref].append(dict(row._mapping))
    for study_ref, rows in pairs.items():
        groups: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
        for pair in rows:
            groups[None if pair["replaces"] is None else pair["pair_id"]].append(pair)
        for name, members in groups.items():
            mine = [application for pair in members for application in applications[pair["pair_ref"]]]
            if plans.pairs_digest(members, mine) != derived.plans.get((study_ref, name)):
                what = say("The plan") if name is None else say("Pair {name}", name=name)
                yield say(
                    "{what} (study {study_ref}) is not the one that was taken in.", what=what, study_ref=study_ref
                )
    wanted = {study_ref for study_ref, name in derived.plans if name is None}
    if wanted - pairs.keys():
        yield say("The pairs of a plan are gone.")


def _cap_problems(connection: Connection, studies: Mapping[int, Study]) -> Iterator[str]:
    """Count every employer's pairs again, from the sendings themselves."""
    sent: dict[int, list[tuple[date, int]]] = defaultdict(list)
    sizes: dict[int, int | None] = {}
    query = (
        sa.select(_E.group_ref, _E.employees, _P.study_ref, sa.func.min(_A.sent_at).label("first"))
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .join(schema.employer, _P.employer_ref == _E.employer_ref)
        .where(_A.sent_at.is_not(None))
        .group_by(_E.group_ref, _E.employees, _P.study_ref, _P.pair_ref)
    )
    for row in connection.execute(query):
        sent[row.group_ref].append((day(row.first), row.study_ref))
        sizes[row.group_ref] = row.employees
    over = 0
    for group, pairs in sent.items():
        days = [on for on, _ in pairs]
        for study_ref in {study_ref for _, study_ref in pairs}:
            allowed = caps.limit(studies[study_ref].caps, sizes[group])
            over += len(days) > allowed.total or caps.most_in_window(days, allowed.days) > allowed.pairs
    if over:
        yield say("{over} employer(s) got more pairs than a cap allows.", over=over)
