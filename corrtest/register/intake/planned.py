"""What a plan must be before the register takes it in: approved, of this study, whole, and under every cap."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from corrtest.errors import Fault, RegisterError
from corrtest.language import say
from corrtest.register.fieldwork import caps, gate
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.refusal import Refusal
from corrtest.spec import ARMS, Study, Table, column_names, every_column, table_columns

_KEPT_IN: tuple[Table, ...] = ("register.pair", "register.sealed", "register.application")
DAYS = column_names("register.application")
# What is drawn or copied for a pair. Who carries it out is no part of that: the importing person may say it.
DESIGNED = tuple(column for column in table_columns("register.pair") if column.name != "partner")
# What the register keeps of a plan: fewer columns than a plan has, so that plans of before a column was added come in.
PLAN_COLUMNS = tuple(
    column.name
    for column in every_column()
    if any(column.needed_in(table) for table in ("plan", "plan.identities"))
    and any(column.needed_in(table) for table in _KEPT_IN)
)
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


def checked_pairs(work: Fieldwork, plan: PlanLike) -> pd.DataFrame:
    """Return the plan's pairs; refuse what is not approved, not this study's, or over a cap."""
    gate.check_approved(work.study_row)
    gate.check_not_erased(work.study_row)
    pairs = plan.pairs.reset_index(drop=True)
    _check_plan(plan, pairs, work.study)
    _check_caps(pairs, work.study)
    return pairs


def plan_version(plan: PlanLike) -> int:
    """Return which version of its study's plan this is."""
    return int(plan.manifest.get("version", 1))


def manifest_sha256(plan: PlanLike) -> str:
    """Return the hash of a plan's manifest: only the hash is kept, for a manifest may name files of its machine."""
    return hashlib.sha256(json.dumps(plan.manifest, sort_keys=True, default=str).encode()).hexdigest()


def _check_plan(plan: PlanLike, pairs: pd.DataFrame, study: Study) -> None:
    if plan.manifest.get("schema") != PLAN_SCHEMA:
        raise RegisterError(
            say(
                "This is not a plan that the register knows (schema {plan_schema}). Make it again.",
                plan_schema=PLAN_SCHEMA,
            )
        )
    if plan.study.source != study.source:
        raise Refusal(
            "plan",
            say(
                "The plan was made from another text of the study than '{study}' in this register. Make the plan "
                "from the registered study file, or make a register for the plan's study.",
                study=study.name,
            ),
        )
    if plan.manifest.get("simulated"):
        gate.check_real(study, say("The plan rests on simulated vacancies"))
    missing = [name for name in PLAN_COLUMNS if name not in pairs.columns]
    if missing or pairs.empty:
        raise RegisterError(
            say(
                "The plan lacks {missing}. Make it again with `corrtest plan`.",
                missing=", ".join(missing) or say("pairs"),
            )
        )
    faults = [
        Fault(
            row=int(str(index)) + 1,
            column=column,
            given=f"'{value}'",
            expected=expected,
            action=say("Make the plan again."),
        )
        for column, expected, bad in (
            ("pair_id", say("each pair once"), pairs["pair_id"].duplicated()),
            ("vacancy_id", say("each vacancy once"), pairs["vacancy_id"].duplicated()),
            ("first_arm", say("control or treated"), ~pairs["first_arm"].isin(ARMS)),
            ("weight", say("a positive number"), ~pairs["weight"].map(lambda w: math.isfinite(w) and w > 0)),
            ("send_second_on", *_lag_fault(pairs, study)),
        )
        for index, value in pairs.loc[bad, column].items()
    ]
    if faults:
        raise RegisterError(say("The plan contradicts itself; nothing was imported."), faults)


def _lag_fault(pairs: pd.DataFrame, study: Study) -> tuple[str, pd.Series]:
    """Return what the second sending day must be, and the rows where it is not."""
    first, second = (pd.to_datetime(pairs[name]) for name in DAYS)
    if study.pairing == "unpaired":
        return say("no day: the study is unpaired"), second.notna()
    least, most = study.fieldwork.lag_days, study.fieldwork.lag_days_most
    return say("{least} to {most} day(s) after the first", least=least, most=most), ~(second - first).dt.days.between(
        least, most
    )


def _check_caps(pairs: pd.DataFrame, study: Study) -> None:
    """Count every employer's planned days again, by the register's own code."""
    days: dict[str, list[date]] = defaultdict(list)
    sizes: dict[str, int | None] = {}
    has_size = "employees" in pairs
    for record in pairs.to_dict("records"):
        employer = str(record["employer_id"])
        days[employer].append(pd.Timestamp(record["send_first_on"]).date())
        sizes[employer] = employees(record["employees"]) if has_size else None
    over = 0
    for employer, planned in days.items():
        allowed = caps.limit(study.caps, sizes[employer])
        over += len(planned) > allowed.total or caps.most_in_window(planned, allowed.days) > allowed.pairs
    if over:
        raise Refusal("cap_total", say("The plan takes {over} employer(s) over their cap. Make it again.", over=over))


def employees(value: Any) -> int | None:
    """Return an employer's size from a cell; None where it is not known."""
    return None if value is None or value == "" or pd.isna(value) else int(float(value))
