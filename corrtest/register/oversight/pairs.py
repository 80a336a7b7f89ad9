"""The pairs table that analysis receives: one row a pair, no name, no address, no text, employers as pseudonyms.

Its pairs and employers go by keys of the table's own, which nothing else in the study uses: who holds the plan or the
register beside the table finds no column that joins the two. What the register itself keeps is another matter: there a
reaction stands with its pair, and the pair with its sealed employer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.register.clock import day, window_end
from corrtest.register.employers.incidents import concerned, read_incidents
from corrtest.register.events.history import read_reached, taken_back
from corrtest.register.events.life import BOUNCED, FAVOUR
from corrtest.register.fieldwork.lateness import days_beyond
from corrtest.register.store import schema
from corrtest.register.store.keys import PSEUDONYM_DIGITS
from corrtest.spec import ARMS, INCIDENT, MARKED_TESTS, SECOND_LATE, SPOKEN, TEST_FATES, Study, column_names, keyed

_P, _EV = schema.pair.c, schema.event.c
# What the register knows of a pair itself; the rest of its row follows from its applications.
_DESIGNED = tuple(name for name in column_names("pairs") if name in _P)
_REACHED = tuple(f"{arm}{name}" for name in ("caller", "attempts", "stage") for arm in ("", *(f"{a}_" for a in ARMS)))
OF_AN_APPLICATION = ("arm", "state", "due_on", "sent_at", "reaction", "simulated")
OF_ITS_CODES = ("first", "second", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many pairs of a study the export holds, and why the others are not in it."""

    complete: int
    awaiting_adjudication: int
    awaiting_reactions: int
    not_sent: int
    given_up: int


def export(
    connection: Connection, study_ref: int, study: Study, as_of: str, key: bytes
) -> tuple[pd.DataFrame, Progress, tuple[Mapping[str, Any], ...]]:
    """Return the pairs whose reaction windows have passed by `as_of`, in the order of their keys (made with `key`).

    Silence until the end of the window is "none": derived here, typed by nobody. A reaction later than the window is
    not counted. `status` is "ok", "incident" (whatever else befell the pair), "bounced" or "vacancy_withdrawn" (an
    application that was out failed, which counts as no answer unless one came first), "late_answer" (an answer after
    the window would have been the outcome), or "second_late" (the second application followed later than the study
    tolerates).
    In an unpaired study a row is an application, and of a study that calls firms an answer ("not_reached" where
    there is none). With the table come its progress and the account of every stratum
    (`corrtest.spec.write_fieldwork_account`).
    """
    arms = ARMS if study.pairing == "paired" else ("only",)
    every = _every(connection, study_ref, arms)
    sent = every[[f"{arm}_sent_at" for arm in arms]].notna().all(axis=1)
    ended = every[[f"{arm}_state" for arm in arms]].isin({"failed", "skipped", "replaced"}).any(axis=1)
    given_up = ended & ~sent
    window = study.fieldwork.reaction_window_days
    closing = pd.Series("", index=every.index, dtype=object)
    if sent.any():
        last = every.loc[sent, [f"{arm}_sent_at" for arm in arms]].max(axis=1)
        ends = {text: window_end(text, window) for text in last.unique()}
        closing[sent] = last.map(ends)
    closed = sent & (closing <= as_of)
    disputed = pd.Series(False, index=every.index)
    for arm in arms:
        disputed |= _disputed(every, arm)
    table = _outcomes(every[closed & ~disputed], arms, study.silence)
    table["status"] = _statuses(connection, study_ref, table, study.fieldwork.lag_tolerance_days)
    progress = Progress(
        complete=len(table),
        awaiting_adjudication=int((closed & disputed).sum()),
        awaiting_reactions=int((sent & ~closed).sum()),
        not_sent=int((~sent & ~given_up).sum()),
        given_up=int(given_up.sum()),
    )
    fate = pd.Series("not_sent", index=every.index)
    fate[given_up] = "given_up"
    fate[given_up & every[[f"{arm}_state" for arm in arms]].isin({"replaced"}).any(axis=1)] = "replaced"
    fate[sent] = "awaiting_reactions"
    fate[closed] = "complete"
    if study.analysis.incidents == "exclude":
        fate[(table["status"] == INCIDENT).reindex(every.index, fill_value=False)] = "left_out"
    fate[closed & disputed] = "awaiting_adjudication"
    account = _account(every, fate, table["status"])
    table = _with_reached(table, read_reached(connection, study_ref), arms)
    # How an employer was reached stands in the table of a study that called, or kept stages of portals.
    columns = [name for name in column_names(study.exported) if name in table or name not in _REACHED]
    table["pair_id"] = [key_in_the_table(key, study.name, "pair", number) for number in table["pair_id"]]
    table["employer"] = [key_in_the_table(key, study.name, "employer", name) for name in table["employer"]]
    return table[list(columns)].sort_values("pair_id", kind="stable", ignore_index=True), progress, account


def _account(every: pd.DataFrame, fate: pd.Series, status: pd.Series) -> tuple[Mapping[str, Any], ...]:
    """Count the fates of the tests of each joint committee and criterion, and what befell the complete ones."""
    marked = status.reindex(every.index).where(fate == "complete")
    named = {name: every[name] for name in ("joint_committee", "criterion")}
    fates = {name: fate == name for name in TEST_FATES} | {name: marked == name for name in MARKED_TESTS}
    strata = pd.DataFrame({**named, **fates}).groupby(list(named), as_index=False, sort=True).sum()
    return tuple(
        {name: str(row[name]) for name in named} | {name: int(row[name]) for name in fates}
        for row in strata.to_dict("records")
    )


def key_in_the_table(key: bytes, study: str, kind: str, value: str) -> str:
    """Return what stands in the table for a pair or an employer: the same in each export of the study."""
    return kind[0].upper() + keyed(key, study, kind, value)[:PSEUDONYM_DIGITS]


def _every(connection: Connection, study_ref: int, arms: Sequence[str]) -> pd.DataFrame:
    """Return every pair of the study with its applications and their codes side by side."""
    applications = {arm: schema.application.alias(f"{arm}_application") for arm in arms}
    codes = {arm: schema.code.alias(f"{arm}_code") for arm in arms}
    columns = [
        *(_P[name] for name in _DESIGNED),
        *(each.c[name].label(f"{arm}_{name}") for arm, each in applications.items() for name in OF_AN_APPLICATION),
        *(each.c[name].label(f"{arm}_{name}") for arm, each in codes.items() for name in OF_ITS_CODES),
    ]
    joined: sa.FromClause = schema.pair
    for arm in arms:
        application, code = applications[arm], codes[arm]
        mine = application.c.pair_ref == _P.pair_ref
        which = application.c.arm == arm if len(arms) > 1 else application.c.position == 1
        joined = joined.join(application, sa.and_(mine, which))
        joined = joined.join(code, code.c.application_ref == application.c.application_ref, isouter=True)
    rows = connection.execute(sa.select(*columns).select_from(joined).where(_P.study_ref == study_ref))
    return pd.DataFrame(rows.mappings().all(), columns=list(rows.keys()))


def _outcomes(complete: pd.DataFrame, arms: Sequence[str], silence: str) -> pd.DataFrame:
    """Return complete pairs with their outcomes: what a third person settled, else the first code, else silence."""
    table = complete.copy()
    for arm in arms:
        settled = table[f"{arm}_settled"].where(table[f"{arm}_first"] == table[f"{arm}_reaction"])
        table[f"{arm}_reaction"] = settled.fillna(table[f"{arm}_reaction"]).fillna(silence)
    first = table[[f"{arm}_sent_at" for arm in arms]].min(axis=1)
    table["sent_on"] = pd.to_datetime([day(text) for text in first]).astype("datetime64[s]")
    if len(arms) > 1:
        second = table[[f"{arm}_sent_at" for arm in arms]].max(axis=1)
        table["second_sent_on"] = pd.to_datetime([day(text) for text in second]).astype("datetime64[s]")
        table["lag_days"] = (table["second_sent_on"] - table["sent_on"]).dt.days
    table["simulated"] = table[[f"{arm}_simulated" for arm in arms]].any(axis=1)
    if len(arms) == 1:
        table["arm"], table["reaction"] = table["only_arm"], table["only_reaction"]
        table["answer"] = table["reaction"]
        table["template"] = table["control_template"].where(table["arm"] == "control", table["treated_template"])
    return table


def _with_reached(table: pd.DataFrame, reached: pd.DataFrame, arms: Sequence[str]) -> pd.DataFrame:
    """Return the tests with who called, after how many attempts, and how far one came in a portal, where that is known.

    Who called is who spoke to somebody; attempts are those up to then.
    """
    reached = reached[reached["pair_id"].isin(table["pair_id"])]
    told: dict[str, pd.Series] = {}
    for arm in arms:
        # Of a test with one application every attempt is for that one.
        name, mine = (f"{arm}_", reached[reached["arm"] == arm]) if len(arms) > 1 else ("", reached)
        calls, stages = mine[mine["move"] == "called"], mine[mine["move"] == "stage"]
        if reached["move"].eq("called").any():
            spoken = calls[calls["outcome"] == SPOKEN].drop_duplicates("pair_id").set_index("pair_id")
            told[f"{name}caller"] = spoken["caller"]
            told[f"{name}attempts"] = spoken["attempt"].astype("Int64")
        if reached["move"].eq("stage").any():
            furthest = stages.drop_duplicates("pair_id", keep="last").set_index("pair_id")
            blocked = furthest["blocked"].eq(True)
            told[f"{name}stage"] = furthest["stage"].where(~blocked, "blocked_at_" + furthest["stage"].astype(str))
    return table.assign(**{name: table["pair_id"].map(values) for name, values in told.items()})


def _statuses(connection: Connection, study_ref: int, table: pd.DataFrame, tolerated: int) -> pd.Series:
    """Say of each complete pair whether something went wrong with one of its applications, from the events."""
    query = (
        sa.select(_EV.seq, _EV.kind, _EV.pair_id, _EV.arm, _EV.payload)
        .where(
            _EV.study_ref == study_ref,
            sa.or_(_EV.kind == "failed", sa.and_(_EV.kind == "reaction", _EV.payload.like('%"in_window":false%'))),
        )
        .order_by(_EV.seq)
    )
    outcomes = {
        (pair_id, arm): reaction
        for arm in ("control", "treated", "only")
        if f"{arm}_reaction" in table
        for pair_id, arm, reaction in zip(table["pair_id"], table[f"{arm}_arm"], table[f"{arm}_reaction"], strict=True)
    }
    status: dict[str, str] = {}
    gone = taken_back(connection, study_ref)
    for row in connection.execute(query):
        if row.seq in gone:
            continue
        outcome = outcomes.get((row.pair_id, row.arm))
        payload = json.loads(row.payload)
        if row.kind == "failed":
            status[row.pair_id] = payload.get("cause", BOUNCED)
        elif outcome is not None and FAVOUR.index(payload["reaction"]) > FAVOUR.index(outcome):
            status.setdefault(row.pair_id, "late_answer")
    for pair_id in _late_seconds(table, tolerated):
        status.setdefault(pair_id, SECOND_LATE)
    marked = concerned(connection, study_ref, read_incidents(connection)).values()
    status |= dict.fromkeys(frozenset().union(*marked), INCIDENT)
    return pd.Series([status.get(pair_id, "ok") for pair_id in table["pair_id"]], index=table.index, dtype="str")


def _late_seconds(table: pd.DataFrame, tolerated: int) -> list[str]:
    """Return the pairs whose second application followed later than the study tolerates."""
    if "second_sent_on" not in table:
        return []
    sent, due = ([f"{arm}_{name}" for arm in ARMS] for name in ("sent_at", "due_on"))
    moments = (*(table[due].min(axis=1), table[due].max(axis=1)), *(table[sent].min(axis=1), table[sent].max(axis=1)))
    late = [days_beyond(*each) > tolerated for each in zip(*moments, strict=True)]
    return table["pair_id"][late].tolist()


def _disputed(every: pd.DataFrame, arm: str) -> pd.Series[bool]:
    """Two people coded the outcome differently and nobody has decided; a code of an earlier outcome is void."""
    first, second = every[f"{arm}_first"], every[f"{arm}_second"]
    stands = first.notna() & (first == every[f"{arm}_reaction"])
    return stands & (second != first) & every[f"{arm}_settled"].isna()
