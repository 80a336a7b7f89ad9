"""The proof that nothing was altered or dropped: the chain is walked, and all that follows from it derived again."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.language import mark, say
from corrtest.register.clock import day
from corrtest.register.employers.aliases import open_matches
from corrtest.register.events.derived import UNMOVED, Derived, Row
from corrtest.register.events.history import corrected_places
from corrtest.register.events.imported import candidates_digest, imported_digests, mail_digest
from corrtest.register.events.ledger import event_hash
from corrtest.register.events.life import Life
from corrtest.register.fieldwork import caps, gate
from corrtest.register.fieldwork.items import LIFE_FIELDS
from corrtest.register.intake import plans
from corrtest.register.store import logins, schema
from corrtest.register.store.schema import GENESIS
from corrtest.spec import Study

_A, _P, _E = schema.application.c, schema.pair.c, schema.employer.c
PORTION = 10_000


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


def verify(connection: Connection, studies: Mapping[int, Study], expected: Collection[str] = ()) -> Verification:
    """Walk the chain from its first event, and compare every table with what the events say.

    Parameters
    ----------
    expected
        Hashes noted earlier (on a backup, a printed status, an auditor's list): each must be that of an event.
    """
    if connection.dialect.name != "sqlite":
        return _verify(connection, studies, expected)
    try:
        found = _verify(connection, studies, expected)
    except UnicodeDecodeError:
        found = None
    if found is not None and found.passed:
        return found
    # A damaged byte may be no UTF-8: everything is read once more in a way that lets its event be named.
    raw: Any = connection.connection.dbapi_connection
    usual = raw.text_factory
    raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        return _verify(connection, studies, expected)
    finally:
        raw.text_factory = usual


def _verify(connection: Connection, studies: Mapping[int, Study], expected: Collection[str] = ()) -> Verification:
    derived = Derived(corrected=corrected_places(connection))
    previous, seq, time = GENESIS, 0, ""
    unseen = set(expected) - {GENESIS}
    try:
        for row in _events(connection):
            fault = _fault(row, seq, previous, time) or derived.take_in(row)
            if fault:
                return _stopped_at(seq + 1, seq, previous, fault)
            seq, time, previous = row[0], row[1], row[-1]
            unseen.discard(previous)
    except sa.exc.DBAPIError as error:
        return _stopped_at(seq + 1, seq, previous, say("cannot be read ({error})", error=error.orig))
    problems = list(_chain_problems(connection, seq, previous, time))
    problems.extend(
        say("No event has the expected hash {expected_head}: events were dropped.", expected_head=head)
        for head in expected
        if head in unseen
    )
    for look in (
        _schema_problems(connection, derived),
        _people_problems(connection, derived),
        _study_problems(connection, derived),
        _employer_problems(connection, derived),
        _life_problems(connection, derived),
        _plan_problems(connection, derived),
        _cap_problems(connection, studies),
    ):
        try:
            problems.extend(look)
        except (sa.exc.DBAPIError, ValueError, KeyError) as error:  # a damaged cell that is no day, no number, no row
            why = getattr(error, "orig", error)
            problems.append(
                say("The events are whole, but a table that follows from them cannot be read ({why}).", why=why)
            )
    return Verification(events=seq, head=previous, first_bad=None, problems=tuple(problems))


def _stopped_at(bad: int, seq: int, head: str, fault: str) -> Verification:
    return Verification(events=seq, head=head, first_bad=bad, problems=(f"Event {bad} {fault}.",))


def _events(connection: Connection) -> Iterator[Row]:
    query = sa.select(schema.event).order_by(schema.event.c.seq).limit(PORTION)
    last = 0
    while True:
        rows = connection.execute(query.where(schema.event.c.seq > last)).all()
        yield from rows
        if len(rows) < PORTION:
            return
        last = rows[-1].seq


def _fault(row: Row, seq: int, previous: str, time: str) -> str | None:
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


def _chain_problems(connection: Connection, events: int, head: str, time: str) -> Iterator[str]:
    rows = connection.execute(sa.select(schema.chain)).all()
    last_move = connection.execute(sa.select(sa.func.max(_A.last_seq)).where(_A.state != UNMOVED.state)).scalar() or 0
    row = rows[0] if len(rows) == 1 else None
    noted = max(0 if row is None else row.events, last_move)
    if row is None or noted > events:
        yield say(
            "Event {events} is missing: {noted} events were written and {due} are there.",
            events=events + 1,
            noted=noted,
            due=events,
        )
    elif (row.chain_ref, row.events, row.head) != (1, events, head) or (events and row.recorded_at != time):
        yield say(
            "The end of the chain was noted at event {events} and should be at event {due}.",
            events=row.events,
            due=events,
        )


def _schema_problems(connection: Connection, derived: Derived) -> Iterator[str]:
    """Compare what the database itself sees to with what this version of corrtest puts there."""
    versions = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
    if versions != [schema.SCHEMA_VERSION]:
        yield say("The version of the schema is not the one that was written.")
    added = logins.guards() if derived.rules is not None else ()
    wanted = schema.guards((*schema.triggers(connection.dialect.name), *added))
    found = schema.guards_of(connection)
    changed = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if changed:
        yield say("The guards of the database are not those of corrtest: {changed}.", changed=", ".join(changed))
    if derived.rules is not None and logins.rules_digest(connection) != derived.rules:
        yield say("What the server lets each login read and write is not what was set.")


def _people_problems(connection: Connection, derived: Derived) -> Iterator[str]:
    people = connection.execute(sa.select(schema.actor)).all()
    tokens = {row.name: row.token_sha256 for row in people if row.token_sha256 is not None}
    if {row.name: (row.role, row.partner, row.left_at) for row in people} != derived.actors or tokens != derived.tokens:
        yield say("The people in the register are not those that the events name.")
    stops = {(row.scope, row.name): (row.reason, row.since) for row in connection.execute(sa.select(schema.stop))}
    if stops != derived.stops:
        yield say("The stops are not those of the events.")
    codes = {row.application_ref: tuple(row)[1:] for row in connection.execute(sa.select(schema.code))}
    if codes != derived.codes:
        yield say("The second codes are not those of the events.")
    if {tuple(row) for row in connection.execute(sa.select(schema.batch))} != derived.batches:
        yield say("The list of what was taken in is not that of the events.")


def _employer_problems(connection: Connection, derived: Derived) -> Iterator[str]:
    now = imported_digests(connection)
    for name, words in _IMPORTED.items():
        if name in derived.imported and now[name] != derived.imported[name]:
            yield say(words)
    groups, waiting = derived.groups, {ref for first, second, _ in open_matches(connection) for ref in (first, second)}
    used = set(connection.execute(sa.select(_P.vacancy_ref)).scalars())
    for row in connection.execute(sa.select(schema.employer)):
        ref = row.employer_ref
        due = (groups.of.get(ref, ref), int(ref in groups.blocked), int(ref in waiting))
        if (row.group_ref, row.blocked, row.undecided) != due:
            yield say("Employer {ref} is grouped, blocked or waiting otherwise than the events say.", ref=ref)
    decided = {(row.first_ref, row.second_ref): bool(row.same) for row in connection.execute(_DECISIONS)}
    if decided != derived.decisions:
        yield say("The decisions on employers that may be one are not those of the events.")
    for ref, flag in connection.execute(sa.select(schema.vacancy.c.vacancy_ref, schema.vacancy.c.used)):
        if flag != int(ref in used):
            yield say("Vacancy {ref} is marked as used or free otherwise than its pairs say.", ref=ref)


# What is wrong where the rows that came in from outside are not those whose digest the events carry.
_IMPORTED = {
    "vacancy": mark("The vacancies, or the identities sealed in them, are not those that were taken in."),
    "employer": mark("The employers are not those that were taken in."),
    "alias": mark("The marks by which one firm under two numbers is seen are not those that were taken in."),
}
_DECISIONS = sa.select(schema.alias_decision)


def _study_problems(connection: Connection, derived: Derived) -> Iterator[str]:
    rows = connection.execute(sa.select(schema.study)).all()
    if {row.study_ref: (row.name, row.sector, row.source) for row in rows} != derived.studies:
        yield say("The studies in the register are not those that the events name.")
    for row in rows:
        names = (*gate.APPROVALS, "plan_sha256", "plan_version", "audit_sha256", "erased_at")
        told = {name: getattr(row, name) for name in names if getattr(row, name) is not None}
        if told != derived.approvals.get(row.study_ref, {}):
            yield say("What allows the study '{row}' is not what the events say.", row=row.name)
        due = {} if row.study_ref in derived.erased else derived.candidates
        if candidates_digest(connection, row.study_ref) != due.get(row.study_ref):
            yield say("The candidates of '{row}' are not those that were taken in.", row=row.name)
    noted: dict[int, dict[int, str]] = defaultdict(dict)
    for row in connection.execute(sa.select(schema.note)):
        noted[row.study_ref][row.seq] = hashlib.sha256(row.sealed).hexdigest()
    for row in connection.execute(sa.select(schema.mail)):
        noted[row.study_ref][row.seq] = mail_digest(row.token, row.sealed)
    for study_ref in noted.keys() | derived.texts.keys():
        due = {} if study_ref in derived.erased else derived.texts.get(study_ref, {})
        if noted.get(study_ref, {}) != due:
            yield say("Texts of employers are missing, changed or added (study {study_ref}).", study_ref=study_ref)


def _life_problems(connection: Connection, derived: Derived) -> Iterator[str]:
    columns = (_P.study_ref, _P.pair_id, _A.arm, _A.last_seq, *(_A[name] for name in LIFE_FIELDS))
    query = sa.select(*columns).join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
    unmoved = (UNMOVED, 0)
    seen = 0
    for study_ref, pair_id, arm, last_seq, *values in connection.execute(query):
        life, seq = derived.lives.get((study_ref, pair_id, arm), unmoved)
        seen += seq > 0
        if Life._make(values) != life or last_seq not in ({seq} if seq else derived.written[study_ref]):
            yield say(
                "Pair {pair_id}, {arm} (study {study_ref}) stands otherwise than its events say.",
                pair_id=pair_id,
                arm=arm,
                study_ref=study_ref,
            )
    if seen != len(derived.lives):
        yield say("There are events of applications that are not in the register.")


def _plan_problems(connection: Connection, derived: Derived) -> Iterator[str]:
    pairs: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(sa.select(schema.pair)):
        pairs[row.study_ref].append(dict(row._mapping))
    applications: dict[int, list[dict[str, Any]]] = defaultdict(list)
    columns = (_A.application_ref, _A.pair_ref, _A.arm, _A.position, _A.due_on)
    for row in connection.execute(sa.select(*columns)):
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
