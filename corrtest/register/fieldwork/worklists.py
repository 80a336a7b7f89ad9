"""What is to be done: sendings due, replies to withdraw, in the order in which a person should take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.register.clock import DAY, day, later, local_day, local_time, start_of
from corrtest.register.fieldwork.items import SOME
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.finding.candidates import known_candidates
from corrtest.register.people.roles import Actor
from corrtest.register.sheets.words import channel_word
from corrtest.register.store import schema
from corrtest.register.store.keys import Keys
from corrtest.spec import Study

_A, _P, _E, _V = schema.application.c, schema.pair.c, schema.employer.c, schema.vacancy.c
_FIRST = schema.application.alias("first")
_BEFORE = schema.application.alias("before")

COLUMNS = (
    "application",
    "pair_id",
    "arm",
    "position",
    "due_on",
    "sent_at",
    "overdue_days",
    "state",
    "claimed_by",
    "claimed_until",
    "joint_committee",
    "criterion",
    "occupation",
    "channel",
    "documents",
    "version",
)
# What is known with the key file: who the candidate is, and where the application goes.
IDENTITY = ("candidate", "title", "employer_name", "employer_id", "vacancy_id", "address")


def _open(study_ref: int, study: Study, actor: Actor, at: str) -> list[Any]:
    """What makes an application sendable, as far as SQL can say it; caps are looked at one by one."""
    # The second application waits at least `lag_days` after the first went out; where its own lag is longer, `_waited`.
    sent_before = start_of(day(at) + DAY - study.fieldwork.lag_days * DAY)
    conditions = [
        _P.study_ref == study_ref,
        _A.sent_at.is_(None),
        _A.due_on <= day(at).isoformat(),
        _E.blocked == 0,
        _E.undecided == 0,
        sa.or_(
            _A.position == 1,
            sa.exists().where(
                _FIRST.c.pair_ref == _A.pair_ref,
                _FIRST.c.position == 1,
                _FIRST.c.sent_at < sent_before,
                _FIRST.c.sent_at <= at,
            ),
        ),
    ]
    if actor.role == "partner":
        conditions.append(sa.or_(_P.partner.is_(None), _P.partner == actor.partner))
    return conditions


def _sendable(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .join(schema.employer, _P.employer_ref == _E.employer_ref)
        .order_by(_A.due_on, _A.position, _A.application_ref)
    )


def candidates(work: Fieldwork, at: str, count: int) -> Iterator[list[tuple[str, str]]]:
    """Yield (pair_id, arm) of what may be claimed, most urgent first, in portions: claims that ran out come last."""
    conditions = _open(work.study_ref, work.study, work.actor, at)
    portion = 2 * count + 50
    for state in (_A.state == "planned", sa.and_(_A.state == "claimed", _A.claimed_until <= at)):
        query = _sendable(_P.pair_id, _A.arm, _A.due_on, _A.position, _A.application_ref).where(*conditions, state)
        place: tuple[Any, ...] | None = None
        while True:
            # By place, not by offset: rows claimed meanwhile drop out of the query.
            after = [] if place is None else [sa.tuple_(_A.due_on, _A.position, _A.application_ref) > place]
            rows = work.connection.execute(query.where(*after).limit(portion)).all()
            if not rows:
                break
            place = tuple(rows[-1][2:])
            yield [(row.pair_id, row.arm) for row in rows]


def due(
    connection: Connection,
    study_ref: int,
    study: Study,
    keys: Keys | None,
    actor: Actor,
    at: str,
    limit: int | None,
) -> pd.DataFrame:
    """Return the sendable applications: free ones, those whose claim ran out, and the actor's own claims."""
    conditions = _open(study_ref, study, actor, at)
    mine_or_free = sa.or_(
        _A.state == "planned",
        sa.and_(_A.state == "claimed", sa.or_(_A.claimed_by == actor.name, _A.claimed_until <= at)),
    )
    one_lag = study.fieldwork.lag_days == study.fieldwork.lag_days_most
    query = (
        _sendable(_A.application_ref, _A.due_on, _BEFORE.c.due_on, _BEFORE.c.sent_at)
        .join(
            _BEFORE, sa.and_(_BEFORE.c.pair_ref == _A.pair_ref, _BEFORE.c.position == 1, _A.position == 2), isouter=True
        )
        .where(*conditions, _A.state.in_(("planned", "claimed")), mine_or_free)
        .limit(limit if one_lag else None)
    )
    refs = [ref for ref, *days in connection.execute(query) if _waited(at, *days)][:limit]
    table = described(connection, study, keys, refs)
    today = day(at)
    table["overdue_days"] = [(today - day(due_on)).days for due_on in table["due_on"]]
    return table


def _waited(at: str, due_on: str, first_due_on: str | None, first_sent_at: str | None) -> bool:
    """Say whether a second application's planned distance from the first has passed (True for a first one)."""
    if first_due_on is None or first_sent_at is None:
        return True
    return day(at) - day(first_sent_at) >= day(due_on) - day(first_due_on)


def described(connection: Connection, study: Study, keys: Keys | None, refs: Sequence[int]) -> pd.DataFrame:
    """Return these applications as a work list in the given order, with identities where the keys are here."""
    columns = [
        _A.application_ref.label("application"),
        _P.pair_id,
        _A.arm,
        _A.position,
        _A.due_on,
        _A.sent_at,
        _A.state,
        _A.claimed_by,
        _A.claimed_until,
        _P.joint_committee,
        _P.criterion,
        _P.occupation,
        _P.channel,
        _P.documents,
        _A.last_seq.label("version"),
        _P.vacancy_ref,
        _P.study_ref,
        _V.sealed,
    ]
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(refs), SOME):
        query = (
            sa.select(*columns)
            .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
            .join(schema.vacancy, _V.vacancy_ref == _P.vacancy_ref)
            .where(_A.application_ref.in_(refs[start : start + SOME]))
        )
        found |= {row.application: dict(row._mapping) for row in connection.execute(query)}
    readable = keys is not None and keys.knows_study(study.name)
    people = {}
    if found and readable:
        study_ref = next(iter(found.values()))["study_ref"]
        documents = sorted({row["documents"] for row in found.values()})
        people = known_candidates(connection, study_ref, study.name, keys, documents if len(refs) <= SOME else None)
    rows = []
    for ref in refs:
        row = found[ref]
        if readable and keys is not None and row["sealed"] is not None:
            identity = keys.vacancy(study.name, row["sealed"], row["vacancy_ref"])
            row |= {name: identity.get(name, "") for name in IDENTITY}
            person = people.get((row["documents"], row["arm"]))
            row["candidate"] = "" if person is None else person.name
        rows.append(row)
    names = [*COLUMNS, *IDENTITY] if readable else list(COLUMNS)
    table = pd.DataFrame(rows, columns=[name for name in names if name != "overdue_days"])
    table.insert(COLUMNS.index("overdue_days"), "overdue_days", 0)
    return table


def for_people(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return applications as a person reads them: local times, and nothing that says which arm it is."""
    shown = pd.DataFrame({"application": table["application"], "candidate": _column(table, "candidate")})
    shown["letter"] = ["1" if position == 1 else "2" for position in table["position"]]
    shown["due_on"] = [local_day(day(due_on)) for due_on in table["due_on"]]
    shown["sent_at"] = ["" if sent_at is None else local_time(sent_at) for sent_at in table["sent_at"]]
    shown["title"], shown["vacancy_id"] = _column(table, "title"), _column(table, "vacancy_id")
    named, numbered = _column(table, "employer_name"), _column(table, "employer_id")
    shown["employer"] = [name or number for name, number in zip(named, numbered, strict=True)]
    shown["channel"] = [channel_word(each) for each in table["channel"]]
    titles = {each.code: each.title for each in study.occupations}
    shown["occupation"] = [titles.get(code, code) for code in table["occupation"]]
    for name in ("address", "documents", "version", "state", "claimed_by"):
        shown[name] = _column(table, name)
    return shown


def _column(table: pd.DataFrame, name: str) -> list[Any]:
    return list(table[name].fillna("")) if name in table else [""] * len(table)


def known(connection: Connection, study_ref: int, numbers: Sequence[int]) -> list[int]:
    """Return which of these numbers are applications of the study, in the given order."""
    query = (
        sa.select(_A.application_ref)
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .where(_P.study_ref == study_ref, _A.application_ref.in_(numbers))
    )
    there = set(connection.execute(query).scalars())
    return [number for number in numbers if number in there]


def awaiting_withdrawal(
    connection: Connection, study_ref: int, study: Study, keys: Keys | None, actor: Actor, at: str
) -> pd.DataFrame:
    """Return positive reactions not answered yet, the longest waiting first; `late` past the study's hours."""
    query = (
        sa.select(_A.application_ref, _A.positive_at, _A.claimed_by)
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .where(_P.study_ref == study_ref, _A.state == "sent", _A.positive_at.is_not(None))
        .order_by(_A.positive_at, _A.application_ref)
    )
    if actor.role == "partner":
        query = query.where(sa.or_(_P.partner.is_(None), _P.partner == actor.partner))
    hours = timedelta(hours=study.fieldwork.withdraw_within_hours)
    rows = connection.execute(query).all()
    table = described(connection, study, keys, [row.application_ref for row in rows])
    waiting = table[[name for name in ("application", "pair_id", "arm", *IDENTITY, "channel") if name in table]]
    by = [later(row.positive_at, hours) for row in rows]
    return waiting.assign(
        positive_at=[row.positive_at for row in rows],
        withdraw_by=by,
        late=[each < at for each in by],
        sent_by=[row.claimed_by for row in rows],
    )
