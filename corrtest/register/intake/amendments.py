"""Later versions of a frozen plan: pairs added, pairs taken out, nothing of what was sent changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from corrtest.errors import Fault
from corrtest.language import say
from corrtest.register.clock import day
from corrtest.register.events.imported import imported_digests
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.intake import planned, plans
from corrtest.register.refusal import Refusal
from corrtest.register.store import schema
from corrtest.register.store.database import refresh_statistics
from corrtest.register.store.keys import Keys

_P, _A, _V = schema.pair.c, schema.application.c, schema.vacancy.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """What a later version of the plan changed."""

    version: int
    added: int
    taken_out: int


def amend(work: Fieldwork, keys: Keys, plan: planned.PlanLike, partners: Mapping[str, str] | None, at: str) -> Amended:
    """Take in a later version of the plan on record.

    Pairs of both versions must be the same in each; pairs that left the plan end as skipped, with the amendment's
    reason. Where pairs were added, nothing goes out before the documents of the new version are audited.
    """
    pairs = planned.checked_pairs(work, plan)
    version = _version(work, plan)
    reason = str(plan.manifest["amendments"][-1]["reason"])
    known = _known(work)
    work.load(known)
    gone = sorted(known.keys() - set(pairs["pair_id"].astype(str)))
    faults = [*_contradictions(work, keys, known, pairs), *_running(work, gone, at)]
    if faults:
        raise Refusal(
            "plan",
            say(
                "Version {version} of the plan contradicts what the register has; nothing was changed.", version=version
            ),
            faults,
        )
    taken_out = sum(work.take_out(pair_id, f"taken out of the plan: {reason}", at) for pair_id in gone)
    work.flush()
    fresh = pairs[~pairs["pair_id"].astype(str).isin(known.keys())].reset_index(drop=True)
    matched = plans.write_pairs(work, keys, fresh, partners).matched if len(fresh) else 0
    digest = _digest(work)
    work.ledger.append(
        "plan_amended",
        {
            "version": version,
            "reason": reason,
            "added": len(fresh),
            "taken_out": taken_out,
            "digest": digest,
            "manifest_sha256": planned.manifest_sha256(plan),
            "matched": matched,
            "tables": imported_digests(work.connection),
        },
        study_ref=work.study_ref,
    )
    changed: dict[str, Any] = {"plan_sha256": digest, "plan_version": version}
    if len(fresh):
        changed["audit_sha256"] = None
    work.connection.execute(sa.update(schema.study).where(schema.study.c.study_ref == work.study_ref).values(changed))
    refresh_statistics(work.connection)
    return Amended(version=version, added=len(fresh), taken_out=taken_out)


def _version(work: Fieldwork, plan: planned.PlanLike) -> int:
    row, version = work.study_row, planned.plan_version(plan)
    if row.plan_sha256 is None:
        raise Refusal(
            "plan", say("The study '{row}' has no plan on record yet. Import this one as its first.", row=row.name)
        )
    if version <= row.plan_version or not plan.manifest.get("amendments"):
        raise Refusal(
            "plan",
            say(
                "The study '{row}' has version {plan_version} of its plan on record; this is version {version}. A "
                "plan is frozen: make its next version with `corrtest amend`.",
                row=row.name,
                plan_version=row.plan_version,
                version=version,
            ),
        )
    return version


def _known(work: Fieldwork) -> dict[str, dict[str, Any]]:
    """Return the pairs of the plan on record, with their vacancies; reserves that replaced one are no part of it."""
    query = (
        sa.select(schema.pair, _V.token)
        .join_from(schema.pair, schema.vacancy, _V.vacancy_ref == _P.vacancy_ref)
        .where(_P.study_ref == work.study_ref, _P.replaces.is_(None))
    )
    return {row.pair_id: dict(row._mapping) for row in work.connection.execute(query)}


def _contradictions(
    work: Fieldwork, keys: Keys, known: Mapping[str, dict[str, Any]], pairs: pd.DataFrame
) -> list[Fault]:
    """Name each cell in which a pair of both versions differs between them."""
    faults: list[Fault] = []
    for index, record in enumerate(pairs.to_dict("records")):
        old = known.get(str(record["pair_id"]))
        if old is None:
            continue
        first, second = _days(work, str(record["pair_id"]))
        before = {name: old[name] for name in plans.designed(work, keys, record)}
        before |= {"vacancy_id": old["token"], "send_first_on": first, "send_second_on": second}
        days = dict(zip(planned.DAYS, plans.days_of(record), strict=True))
        token = plans.vacancy_token(work, keys, str(record["vacancy_id"]))
        after = {**plans.designed(work, keys, record), "vacancy_id": token, **days}
        faults.extend(
            Fault(
                row=index + 1,
                column=column,
                given=say("pair {pair_id}", pair_id=record["pair_id"])
                + (f", '{new}'" if column not in _HIDDEN else ""),
                expected=say("'{before}', as in the version on record", before=before[column])
                if column not in _HIDDEN
                else say("the same as in the version on record"),
                action=say("Amend the plan that the register has (corrtest amend)."),
            )
            for column, new in after.items()
            if before[column] != new
        )
    return faults


# What identifies an employer is a token in the register: of no use to a reader, and not theirs to see.
_HIDDEN = ("employer", "vacancy_id")


def _days(work: Fieldwork, pair_id: str) -> tuple[date, date | None]:
    days = [date.fromisoformat(item.due_on) for item in work.of_pair(pair_id)]
    return days[0], days[1] if len(days) > 1 else None


def _running(work: Fieldwork, gone: list[str], at: str) -> list[Fault]:
    """Name each pair that left the plan although it was sent, or is in somebody's hands."""
    faults = []
    for pair_id in gone:
        for item in work.of_pair(pair_id):
            if item.life.sent_at is not None:
                why = say(
                    "the pair kept in the plan: its {arm} application was sent on {sent_at}",
                    arm=item.arm,
                    sent_at=day(item.life.sent_at),
                )
                action = say(
                    "Amend again without its vacancy among --withdrawn; tell the employer through the register."
                )
            elif item.life.state == "claimed" and (item.life.claimed_until or "") > at:
                why = say(
                    "nobody at work on it: {claimed_by} has claimed it until {claimed_until}",
                    claimed_by=item.life.claimed_by,
                    claimed_until=item.life.claimed_until,
                )
                action = say(
                    "Have it given back (`corrtest register claim --release`), or wait until the claim runs out."
                )
            else:
                continue
            faults.append(Fault(key=f"pair {pair_id}", given=say("taken out"), expected=why, action=action))
    return faults


def _digest(work: Fieldwork) -> str:
    """Return the digest of the whole plan as it now stands in the tables."""
    mine = sa.and_(_P.study_ref == work.study_ref, _P.replaces.is_(None))
    pairs = [dict(row) for row in work.connection.execute(sa.select(schema.pair).where(mine)).mappings()]
    query = (
        sa.select(_A.application_ref, _A.pair_ref, _A.arm, _A.position, _A.due_on)
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .where(mine)
    )
    return plans.pairs_digest(pairs, [dict(row) for row in work.connection.execute(query).mappings()])
