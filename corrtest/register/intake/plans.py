"""How a frozen plan comes into the register: identities sealed, the rest as it was drawn, caps checked anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from corrtest.language import say
from corrtest.register.employers import aliases
from corrtest.register.events.imported import imported_digests
from corrtest.register.events.ledger import canonical
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.intake import planned
from corrtest.register.refusal import Refusal
from corrtest.register.store import schema
from corrtest.register.store.database import refresh_statistics
from corrtest.register.store.keys import Keys
from corrtest.spec import Column, table_columns


def import_pairs(work: Fieldwork, keys: Keys, plan: planned.PlanLike, partners: Mapping[str, str] | None) -> int:
    """Write the plan's pairs and return how many."""
    row = work.study_row
    pairs = planned.checked_pairs(work, plan)
    if row.plan_sha256 is not None:
        raise Refusal(
            "plan",
            say(
                "The study '{row}' has a plan already (version {plan_version}). A plan is frozen: change it by "
                "its next version (`corrtest amend`), or make another study.",
                row=row.name,
                plan_version=row.plan_version,
            ),
        )
    written = write_pairs(work, keys, pairs, partners)
    digest = pairs_digest(written.pairs, written.applications)
    version = planned.plan_version(plan)
    work.ledger.append(
        "plan_imported",
        {
            "pairs": len(pairs),
            "version": version,
            "digest": digest,
            "manifest_sha256": planned.manifest_sha256(plan),
            "matched": written.matched,
            "tables": imported_digests(work.connection),
        },
        study_ref=work.study_ref,
    )
    work.connection.execute(
        sa.update(schema.study)
        .where(schema.study.c.study_ref == work.study_ref)
        .values(plan_sha256=digest, plan_version=version)
    )
    refresh_statistics(work.connection)
    return len(pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The rows that `write_pairs` made, and how many employers now wait for a decision on an alias."""

    pairs: list[dict[str, Any]]
    applications: list[dict[str, Any]]
    matched: int


def write_pairs(work: Fieldwork, keys: Keys, pairs: pd.DataFrame, partners: Mapping[str, str] | None) -> Written:
    """Write these pairs with their employers, vacancies and applications."""
    sizes = pairs["employees"] if "employees" in pairs else pd.Series([None] * len(pairs))
    employers = employer_refs(work, keys, pairs["employer_id"], sizes)
    vacancies = _vacancies(work, keys, pairs, employers)
    first_ref = next_ref(work, schema.pair.c.pair_ref)
    records = pairs.to_dict("records")
    rows = [
        {
            "pair_ref": first_ref + offset,
            **designed(work, keys, record),
            "study_ref": work.study_ref,
            "vacancy_ref": vacancies[str(record["vacancy_id"])],
            "employer_ref": employers[str(record["employer_id"])],
            "partner": (partners or {}).get(str(record["pair_id"])) or str(record.get("partner") or "") or None,
        }
        for offset, record in enumerate(records)
    ]
    work.connection.execute(sa.insert(schema.pair), rows)
    days = ((row["pair_ref"], row["first_arm"], *days_of(record)) for row, record in zip(rows, records, strict=True))
    applications = application_rows(work, days)
    work.connection.execute(sa.insert(schema.application), applications)
    return Written(pairs=rows, applications=applications, matched=aliases.record(work, keys, pairs, employers))


def designed(work: Fieldwork, keys: Keys, record: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what a plan fixes about a pair, as the register keeps it."""
    return {
        **{column.name: kept(record.get(column.name), column) for column in planned.DESIGNED},
        "employer": keys.pseudonym(work.study.name, str(record["employer_id"])),
        "documents": str(record["pair_id"]),
    }


def kept(value: Any, column: Column) -> Any:
    """Return a cell as the register keeps it: text, number, day in ISO form; None where it may be empty and is."""
    if not column.needed_in("plan") and (value is None or value == "" or pd.isna(value)):
        return None
    if column.type == "date":
        return pd.Timestamp(value).date().isoformat()
    return float(value) if column.type in ("number", "integer") else str(value)


def days_of(record: Mapping[Any, Any]) -> tuple[date, date | None]:
    """Return the planned days of a pair's applications; no second one in an unpaired study."""
    first, second = (pd.Timestamp(record[name]) for name in planned.DAYS)
    return first.date(), None if pd.isna(second) else second.date()


def pairs_digest(pairs: list[dict[str, Any]], applications: list[dict[str, Any]]) -> str:
    """Return the SHA-256 of these rows, every column that a plan fixes; `verify` computes it again from the tables."""
    names = [column.name for column in schema.pair.c]
    content = [
        *([row.get(name) for name in names] for row in sorted(pairs, key=lambda row: row["pair_ref"])),
        *(
            [row[name] for name in ("application_ref", "pair_ref", "arm", "position", "due_on")]
            for row in sorted(applications, key=lambda row: (row["pair_ref"], row["position"]))
        ),
    ]
    return hashlib.sha256(canonical({"rows": content}).encode(errors="surrogateescape")).hexdigest()


def next_ref(work: Fieldwork, column: sa.Column[Any]) -> int:
    """Return the first free row number of a table."""
    return int(work.connection.execute(sa.select(sa.func.coalesce(sa.func.max(column), 0))).scalar_one()) + 1


def employer_refs(work: Fieldwork, keys: Keys, numbers: pd.Series, sizes: pd.Series) -> dict[str, int]:
    """Return employer number → row, making rows for employers that no study has named yet."""
    table = schema.employer
    known = {
        row.token: row.employer_ref for row in work.connection.execute(sa.select(table.c.token, table.c.employer_ref))
    }
    ref = next_ref(work, table.c.employer_ref)
    refs: dict[str, int] = {}
    fresh: list[dict[str, Any]] = []
    for number, size in zip(numbers.astype(str), sizes, strict=True):
        if number in refs:
            continue
        token = keys.token("employer", number)
        if token not in known:
            known[token] = ref
            fresh.append(
                {
                    "employer_ref": ref,
                    "token": token,
                    "group_ref": ref,
                    "employees": planned.employees(size),
                    "blocked": 0,
                    "undecided": 0,
                }
            )
            ref += 1
        refs[number] = known[token]
    if fresh:
        work.connection.execute(sa.insert(table), fresh)
    return refs


def of_vacancy(record: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what the register keeps of a vacancy in plain words; None where a plan does not say it."""
    return {column.name: kept(record.get(column.name), column) for column in table_columns("register.vacancy")}


def sealed_text(record: Mapping[Any, Any]) -> str:
    """Return what names a vacancy or tells it from others, as the register seals it; what is not known is left out."""
    known = {column.name: kept(record.get(column.name), column) for column in table_columns("register.sealed")}
    return canonical({name: value for name, value in known.items() if value is not None})


def vacancy_token(work: Fieldwork, keys: Keys, vacancy_id: str) -> str:
    """Return the token by which this study recognises a vacancy."""
    return keys.token(f"vacancy of {work.study.name}", vacancy_id)


def _vacancies(work: Fieldwork, keys: Keys, pairs: pd.DataFrame, employers: Mapping[str, int]) -> dict[str, int]:
    """Return vacancy → row: a reserve that is taken into use, or a row made for it."""
    table = schema.vacancy
    known = {
        row.token: row
        for row in work.connection.execute(
            sa.select(table.c.token, table.c.vacancy_ref, table.c.used).where(table.c.study_ref == work.study_ref)
        )
    }
    ref = next_ref(work, table.c.vacancy_ref)
    fresh: list[dict[str, Any]] = []
    taken: list[dict[str, Any]] = []
    refs = {}
    for record in pairs.to_dict("records"):
        vacancy = str(record["vacancy_id"])
        token = vacancy_token(work, keys, vacancy)
        reserve = known.get(token)
        if reserve is not None and reserve.used:
            raise Refusal(
                "plan",
                say("Pair {pair_id} is planned on a vacancy that another pair has already.", pair_id=record["pair_id"]),
            )
        if reserve is not None:
            refs[vacancy] = reserve.vacancy_ref
            taken.append({"ref": reserve.vacancy_ref})
            continue
        refs[vacancy] = ref + len(fresh)
        fresh.append(
            {
                "vacancy_ref": refs[vacancy],
                "study_ref": work.study_ref,
                "token": token,
                "employer_ref": employers[str(record["employer_id"])],
                **of_vacancy(record),
                "used": 1,
                "sealed": keys.seal(work.study.name, sealed_text(record), f"vacancy {refs[vacancy]}"),
            }
        )
    if fresh:
        work.connection.execute(sa.insert(table), fresh)
    if taken:
        work.connection.execute(
            sa.update(table).where(table.c.vacancy_ref == sa.bindparam("ref")).values(used=1), taken
        )
    return refs


def application_rows(work: Fieldwork, pairs: Iterable[tuple[int, str, date, date | None]]) -> list[dict[str, Any]]:
    """Return the applications of each pair (its row, first arm, first and second sending day; none if unpaired)."""
    ref = next_ref(work, schema.application.c.application_ref)
    rows: list[dict[str, Any]] = []
    for pair_ref, first, first_on, second_on in pairs:
        second = "treated" if first == "control" else "control"
        for position, arm, due_on in ((1, first, first_on), (2, second, second_on)):
            if due_on is None:
                continue
            rows.append(
                {
                    "application_ref": ref + len(rows),
                    "pair_ref": pair_ref,
                    "arm": arm,
                    "position": position,
                    "due_on": due_on.isoformat(),
                    "state": "planned",
                    "simulated": 0,
                    "last_seq": work.ledger.seq + 1,
                }
            )
    return rows
