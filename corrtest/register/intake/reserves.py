"""Vacancies beside the plan: taken in as reserves, and put in the place of those that are gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from corrtest.language import mark, say
from corrtest.register.clock import DAY, day, later, local_day, start_of
from corrtest.register.employers import aliases
from corrtest.register.events.imported import imported_digests
from corrtest.register.fieldwork import gate
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.intake import plans
from corrtest.register.refusal import Refusal
from corrtest.register.store import schema
from corrtest.register.store.keys import Keys
from corrtest.spec import column_names, needed_columns, require_columns, simulated_rows

# What a plan says of a vacancy, and the days between which a reserve may be put in another's place.
COLUMNS = (*dict.fromkeys((*needed_columns("vacancies"), *needed_columns("register.vacancy"))),)
# What a pair takes from the vacancy that it is put on.
FROM_VACANCY = tuple(name for name in column_names("register.vacancy") if name in column_names("register.pair"))
_P, _A, _V = schema.pair.c, schema.application.c, schema.vacancy.c


def import_reserves(work: Fieldwork, keys: Keys, table: pd.DataFrame) -> int:
    """Write the vacancies that the register does not know yet, and what all of them tell about their employers."""
    gate.check_not_erased(work.study_row)
    require_columns(table, COLUMNS)
    if simulated_rows(table).any():
        gate.check_real(work.study, say("The vacancies are simulated"))
    kind = f"vacancy of {work.study.name}"
    known = set(work.connection.execute(sa.select(_V.token).where(_V.study_ref == work.study_ref)).scalars())
    sizes = table["employees"] if "employees" in table else pd.Series([None] * len(table))
    employers = plans.employer_refs(work, keys, table["employer_id"], sizes)
    ref = plans.next_ref(work, _V.vacancy_ref)
    rows: list[dict[str, Any]] = []
    for record in table.to_dict("records"):
        token = keys.token(kind, str(record["vacancy_id"]))
        if token in known:
            continue
        known.add(token)
        rows.append(
            {
                "vacancy_ref": ref + len(rows),
                "study_ref": work.study_ref,
                "token": token,
                "employer_ref": employers[str(record["employer_id"])],
                **plans.of_vacancy(record),
                "used": 0,
                "sealed": keys.seal(work.study.name, plans.sealed_text(record), f"vacancy {ref + len(rows)}"),
            }
        )
    if rows:
        work.connection.execute(sa.insert(schema.vacancy), rows)
    matched = aliases.record(work, keys, table, employers)
    work.ledger.append(
        "vacancies_imported",
        {"reserves": len(rows), "matched": matched, "tables": imported_digests(work.connection)},
        study_ref=work.study_ref,
    )
    return len(rows)


def replace_pair(work: Fieldwork, keys: Keys, item: Item, at: str) -> str:
    """Make a new pair on the next reserve of the same stratum that may be approached; return its number."""
    old = dict(work.connection.execute(sa.select(schema.pair).where(_P.pair_ref == item.pair_ref)).one()._mapping)
    number = f"{old['documents']}-R{_replacements(work, old['documents']) + 1}"
    first_on, second_on = _next_days(work, item, day(at))
    query = (
        sa.select(schema.vacancy)
        .where(_V.study_ref == work.study_ref, _V.used == 0, *(_V[name] == old[name] for name in _SOUGHT))
        .order_by(_V.vacancy_ref)
    )
    for reserve in work.connection.execute(query).all():
        identity = keys.vacancy(work.study.name, reserve.sealed, reserve.vacancy_ref)
        first, last = first_on.isoformat(), (second_on or first_on).isoformat()
        if (
            identity["opens"] <= first
            and last <= identity["closes"]
            and _takes(work, keys, old, (reserve, identity), number, (first_on, second_on), at)
        ):
            return number
    raise Refusal(
        "cap_total",
        say(
            "{item}: no reserve takes its place. Sought: {sought}, open on {first} and {last}. {near}. Import more "
            "vacancies (`corrtest register import REGISTER --vacancies FILE`), or skip the pair.",
            item=item.name,
            sought=", ".join(f"{say(_SOUGHT[name])} {old[name]}" for name in _SOUGHT),
            first=local_day(first_on),
            last=local_day(second_on or first_on),
            near=_near(work, old),
        ),
    )


# What a reserve must share with the pair that it replaces.
_SOUGHT = {
    "joint_committee": mark("joint committee"),
    "occupation": mark("occupation"),
    "province": mark("province"),
}


def _near(work: Fieldwork, old: Mapping[str, Any]) -> str:
    """Return how many reserves are left, how many differ in one thing alone, and how many could not be approached."""
    names = tuple(_SOUGHT)
    query = sa.select(*(_V[name] for name in names)).where(_V.study_ref == work.study_ref, _V.used == 0)
    differing = [
        tuple(name for name in names if row._mapping[name] != old[name]) for row in work.connection.execute(query)
    ]
    parts = [
        say("{count} in another {what}", count=differing.count((name,)), what=say(_SOUGHT[name]))
        for name in names
        if (name,) in differing
    ]
    if () in differing:
        parts.insert(
            0, say("{count} that fit, but are closed then or may not be approached", count=differing.count(()))
        )
    left = say("Reserves left: {count}", count=len(differing))
    return f"{left} ({'; '.join(parts)})" if parts else left


def _replacements(work: Fieldwork, documents: str) -> int:
    query = sa.select(sa.func.count()).where(
        _P.study_ref == work.study_ref, _P.documents == documents, _P.replaces.is_not(None)
    )
    return int(work.connection.execute(query).scalar_one())


def _next_days(work: Fieldwork, item: Item, today: date) -> tuple[date, date | None]:
    """Return the next days for the applications, as far apart as planned, both working days and not blacked out."""
    closed = set(work.study.fieldwork.blackout_days)
    planned = [day(each.due_on) for each in work.of_pair(item.pair_id)]
    first = today
    while True:
        days = [first + (each - planned[0]) for each in planned]
        if all(each.weekday() < 5 and each not in closed for each in days):
            return days[0], days[1] if len(days) > 1 else None
        if first > work.study.period.end:
            raise Refusal("outside_period", say("No sending day is left in the study's period. Skip the pair instead."))
        first += DAY


def _takes(
    work: Fieldwork,
    keys: Keys,
    old: dict[str, Any],
    found: tuple[Any, dict[str, str]],
    number: str,
    days: tuple[date, date | None],
    at: str,
) -> bool:
    """Try a reserve: write its pair, and take it back where a rule forbids approaching its employer now."""
    reserve, identity = found
    pair_ref = plans.next_ref(work, _P.pair_ref)
    new = old | {
        "pair_ref": pair_ref,
        "pair_id": number,
        "vacancy_ref": reserve.vacancy_ref,
        "employer_ref": reserve.employer_ref,
        "employer": keys.pseudonym(work.study.name, identity["employer_id"]),
        **{name: reserve._mapping[name] for name in FROM_VACANCY},
        "replaces": old["pair_id"],
    }
    applications = plans.application_rows(work, [(pair_ref, str(old["first_arm"]), *days)])
    savepoint = work.connection.begin_nested()
    work.connection.execute(sa.insert(schema.pair), new)
    work.connection.execute(sa.insert(schema.application), applications)
    work.load([number])
    item = work.item(number, str(old["first_arm"]))
    try:
        if item is None:
            raise LookupError(number)
        work.check_may_approach(item, later(start_of(days[0]), DAY / 2) if days[0] > day(at) else at)
    except Refusal:
        savepoint.rollback()
        work.forget(number)
        return False
    savepoint.commit()
    work.connection.execute(sa.update(schema.vacancy).where(_V.vacancy_ref == reserve.vacancy_ref).values(used=1))
    digest = plans.pairs_digest([new], applications)
    work.ledger.append(
        "pair_added", {"at": at, "replaces": old["pair_id"], "digest": digest}, study_ref=work.study_ref, pair_id=number
    )
    return True
