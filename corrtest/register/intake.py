"""How a frozen plan comes into the register: identities sealed, the rest as it was drawn, caps checked anew."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import sqlalchemy as sa

from corrtest.errors import Fault, RegisterError
from corrtest.register import aliases, caps, gate, schema
from corrtest.register.fieldwork import Fieldwork
from corrtest.register.keys import Keys
from corrtest.register.ledger import canonical
from corrtest.register.refusal import Refusal
from corrtest.register.store import refresh_statistics
from corrtest.spec import ARMS, Study

PLAN_COLUMNS = (
    "pair_id",
    "sector",
    "wave",
    "joint_committee",
    "criterion",
    "level",
    "occupation",
    "province",
    "postal_code",
    "vacancy_id",
    "employer_id",
    "channel",
    "address",
    "first_arm",
    "control_template",
    "treated_template",
    "send_first_on",
    "send_second_on",
    "weight",
    "level_probability",
    "first_arm_probability",
)
# What names an employer or a vacancy; it goes into the register sealed, and nowhere else.
IDENTITY_COLUMNS = ("vacancy_id", "employer_id", "address", "postal_code")
_PLAIN = (
    "pair_id",
    "sector",
    "wave",
    "joint_committee",
    "criterion",
    "level",
    "occupation",
    "province",
    "channel",
    "first_arm",
    "control_template",
    "treated_template",
)
_DAYS = ("send_first_on", "send_second_on")
_NUMBERS = ("weight", "level_probability", "first_arm_probability")
PLAN_SCHEMA = "corrtest/plan/1"


class PlanLike(Protocol):
    """What the register needs of a `corrtest.design.Plan`."""

    @property
    def study(self) -> Study:
        """The study that the plan carries."""

    @property
    def pairs(self) -> pd.DataFrame:
        """One row a pair."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Seed, versions, SHA-256."""


def read_frozen_plan(folder: Path) -> PlanLike:
    """Read a plan folder; the design room refuses one that was altered since it was made."""
    import corrtest.design as planner  # noqa: PLC0415  (the planner is heavy, and most calls need no plan)

    plan: PlanLike = planner.read_plan(folder)
    return plan


def import_pairs(work: Fieldwork, keys: Keys, plan: PlanLike, partners: Mapping[str, str] | None) -> int:
    """Write the plan's pairs and return how many; refuse what is not approved, not this study's, or over a cap."""
    row = work.study_row
    gate.check_approved(row)
    gate.check_not_erased(row)
    if row.plan_sha256 is not None:
        raise Refusal(
            "plan",
            f"The study '{row.name}' has a plan already. A plan is frozen: another plan is another study, in this "
            "register or in a new one.",
        )
    pairs = plan.pairs.reset_index(drop=True)
    _check_plan(plan, pairs, work.study)
    _check_caps(pairs, work.study)
    sizes = pairs["employees"] if "employees" in pairs else pd.Series([None] * len(pairs))
    employers = employer_refs(work, keys, pairs["employer_id"], sizes)
    vacancies = _vacancies(work, keys, pairs, employers)
    rows = []
    for record in pairs.to_dict("records"):
        rows.append(
            {
                **{name: str(record[name]) for name in _PLAIN},
                **{name: float(record[name]) for name in _NUMBERS},
                "study_ref": work.study_ref,
                "vacancy_ref": vacancies[str(record["vacancy_id"])],
                "employer_ref": employers[str(record["employer_id"])],
                "employer": keys.pseudonym(work.study.name, str(record["employer_id"])),
                "documents": str(record["pair_id"]),
                "partner": (partners or {}).get(str(record["pair_id"])),
            }
        )
    first_ref = next_ref(work, schema.pair.c.pair_ref)
    for offset, values in enumerate(rows):
        values["pair_ref"] = first_ref + offset
    work.connection.execute(sa.insert(schema.pair), rows)
    days = (
        (first_ref + offset, str(row["first_arm"]), _day(row[_DAYS[0]]), _day(row[_DAYS[1]]))
        for offset, row in enumerate(pairs.to_dict("records"))
    )
    applications = application_rows(work, days)
    work.connection.execute(sa.insert(schema.application), applications)
    # Only the hash: a manifest may name the files of the user's machine.
    manifest = hashlib.sha256(json.dumps(plan.manifest, sort_keys=True, default=str).encode()).hexdigest()
    digest = pairs_digest(rows, applications)
    matched = aliases.record(work, keys, pairs, employers)
    work.ledger.append(
        "plan_imported",
        {"pairs": len(rows), "digest": digest, "manifest_sha256": manifest, "matched": matched},
        study_ref=work.study_ref,
    )
    work.connection.execute(
        sa.update(schema.study).where(schema.study.c.study_ref == work.study_ref).values(plan_sha256=digest)
    )
    refresh_statistics(work.connection)
    return len(rows)


def pairs_digest(pairs: list[dict[str, Any]], applications: list[dict[str, Any]]) -> str:
    """Return the SHA-256 of all that a plan fixes; `verify` computes it again from the tables."""
    kept = (*_PLAIN, *_NUMBERS, "employer", "documents")
    content = [
        *([row[name] for name in kept] for row in sorted(pairs, key=lambda row: row["pair_ref"])),
        *(
            [row[name] for name in ("arm", "position", "due_on")]
            for row in sorted(applications, key=lambda row: (row["pair_ref"], row["position"]))
        ),
    ]
    return hashlib.sha256(canonical({"rows": content}).encode(errors="surrogateescape")).hexdigest()


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def _check_plan(plan: PlanLike, pairs: pd.DataFrame, study: Study) -> None:
    if plan.manifest.get("schema") != PLAN_SCHEMA:
        raise RegisterError(f"This is not a plan that the register knows (schema {PLAN_SCHEMA}). Make it again.")
    if plan.study.source != study.source:
        raise Refusal(
            "plan",
            f"The plan was made from another text of the study than '{study.name}' in this register. "
            "Make the plan from the registered study file, or make a register for the plan's study.",
        )
    missing = [name for name in PLAN_COLUMNS if name not in pairs.columns]
    if missing or pairs.empty:
        raise RegisterError(f"The plan lacks {', '.join(missing) or 'pairs'}. Make it again with `corrtest plan`.")
    faults = [
        Fault(
            row=int(str(index)) + 1, column=column, given=f"'{value}'", expected=expected, action="Make the plan again."
        )
        for column, expected, bad in (
            ("pair_id", "each pair once", pairs["pair_id"].duplicated()),
            ("vacancy_id", "each vacancy once", pairs["vacancy_id"].duplicated()),
            ("first_arm", "control or treated", ~pairs["first_arm"].isin(ARMS)),
            ("weight", "a positive number", ~pairs["weight"].map(lambda w: math.isfinite(w) and w > 0)),
        )
        for index, value in pairs.loc[bad, column].items()
    ]
    if faults:
        raise RegisterError("The plan contradicts itself; nothing was imported.", faults)


def _check_caps(pairs: pd.DataFrame, study: Study) -> None:
    """Count every employer's planned days again, by the register's own code."""
    days: dict[str, list[date]] = defaultdict(list)
    sizes: dict[str, int | None] = {}
    has_size = "employees" in pairs
    for record in pairs.to_dict("records"):
        employer = str(record["employer_id"])
        days[employer].append(pd.Timestamp(record["send_first_on"]).date())
        sizes[employer] = _size(record["employees"]) if has_size else None
    over = 0
    for employer, planned in days.items():
        allowed = caps.limit(study.caps, sizes[employer])
        over += len(planned) > allowed.total or caps.most_in_window(planned, allowed.days) > allowed.pairs
    if over:
        raise Refusal("cap_total", f"The plan takes {over} employer(s) over their cap. Make it again.")


def _size(value: Any) -> int | None:
    return None if value is None or value == "" or pd.isna(value) else int(float(value))


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
                    "employees": _size(size),
                    "blocked": 0,
                    "undecided": 0,
                }
            )
            ref += 1
        refs[number] = known[token]
    if fresh:
        work.connection.execute(sa.insert(table), fresh)
    return refs


def _vacancies(work: Fieldwork, keys: Keys, pairs: pd.DataFrame, employers: Mapping[str, int]) -> dict[str, int]:
    ref = next_ref(work, schema.vacancy.c.vacancy_ref)
    rows = []
    refs = {}
    for offset, record in enumerate(pairs.to_dict("records")):
        vacancy = str(record["vacancy_id"])
        refs[vacancy] = ref + offset
        identity = {name: str(record[name]) for name in IDENTITY_COLUMNS}
        rows.append(
            {
                "vacancy_ref": ref + offset,
                "study_ref": work.study_ref,
                "token": keys.token(f"vacancy of {work.study.name}", vacancy),
                "employer_ref": employers[str(record["employer_id"])],
                **{name: str(record[name]) for name in ("joint_committee", "occupation", "province")},
                "channel": str(record["channel"]),
                "opens": None,
                "closes": None,
                "used": 1,
                "sealed": keys.seal(work.study.name, canonical(identity), f"vacancy {ref + offset}"),
            }
        )
    work.connection.execute(sa.insert(schema.vacancy), rows)
    return refs


def application_rows(work: Fieldwork, pairs: Iterable[tuple[int, str, date, date]]) -> list[dict[str, Any]]:
    """Return the two applications of each pair (its row, first arm, first and second sending day)."""
    ref = next_ref(work, schema.application.c.application_ref)
    rows: list[dict[str, Any]] = []
    for pair_ref, first, first_on, second_on in pairs:
        second = "treated" if first == "control" else "control"
        for position, arm, due_on in ((1, first, first_on), (2, second, second_on)):
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
