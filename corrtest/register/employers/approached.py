"""What employers got or will get, as the planner counts it: their numbers, for the coordinator's eyes alone."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.register.clock import day
from corrtest.register.store import schema
from corrtest.register.store.keys import Keys

COLUMNS = ("employer_id", "send_first_on", "send_second_on", "study", "basis")
_P, _A, _E, _V, _S = (
    schema.pair.c,
    schema.application.c,
    schema.employer.c,
    schema.vacancy.c,
    schema.study.c,
)


def approached(connection: Connection, keys: Keys, without: int | None) -> pd.DataFrame:
    """Return one row for each number of an employer and each pair that it got ("sent") or may still get ("planned").

    The days are those of the two applications, the second empty where a vacancy gets one. Employers that were declared
    one are listed under each of their numbers, because the planner counts by number. `without` is the study whose own
    plan the planner counts itself; its reserves that came in the place of others are listed all the same.
    `attrs["unreadable"]` counts pairs of employers whose identity is destroyed.
    """
    numbers = _numbers(connection, keys)
    second = schema.application.alias("second")
    query = (
        sa.select(
            *(_E.group_ref, _P.study_ref, _P.replaces, _S.name, _A.due_on, _A.sent_at),
            sa.func.coalesce(sa.func.substr(second.c.sent_at, 1, 10), second.c.due_on).label("second_on"),
        )
        .join_from(schema.pair, schema.application, sa.and_(_A.pair_ref == _P.pair_ref, _A.position == 1))
        .join(second, sa.and_(second.c.pair_ref == _P.pair_ref, second.c.position == 2), isouter=True)
        .join(schema.employer, _E.employer_ref == _P.employer_ref)
        .join(schema.study, _S.study_ref == _P.study_ref)
        .where(sa.or_(_A.sent_at.is_not(None), _A.state.in_(("planned", "claimed"))))
    )
    rows: list[tuple[str, str, str, str, str]] = []
    unreadable = 0
    for row in connection.execute(query):
        if row.study_ref == without and row.replaces is None:
            continue
        on, basis = (row.due_on, "planned") if row.sent_at is None else (day(row.sent_at).isoformat(), "sent")
        found = numbers.get(row.group_ref, [])
        unreadable += not found
        rows.extend((number, on, row.second_on or "", row.name, basis) for number in found)
    table = pd.DataFrame(sorted(rows), columns=list(COLUMNS))
    for column in ("send_first_on", "send_second_on"):
        table[column] = pd.to_datetime(table[column].replace("", None), format="%Y-%m-%d")
    table.attrs["unreadable"] = unreadable
    return table


def _numbers(connection: Connection, keys: Keys) -> dict[int, list[str]]:
    """Return the employer numbers of each group, opened from one sealed vacancy an employer."""
    query = (
        sa.select(_E.employer_ref, _E.group_ref, _V.vacancy_ref, _V.sealed, _S.name)
        .join_from(schema.vacancy, schema.employer, _E.employer_ref == _V.employer_ref)
        .join(schema.study, _S.study_ref == _V.study_ref)
        .where(_V.sealed.is_not(None))
        .order_by(_V.vacancy_ref)
    )
    opened: set[int] = set()
    numbers: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(query):
        if row.employer_ref not in opened and keys.knows_study(row.name):
            opened.add(row.employer_ref)
            identity = keys.vacancy(row.name, row.sealed, row.vacancy_ref)
            numbers[row.group_ref].append(str(identity["employer_id"]))
    return numbers
