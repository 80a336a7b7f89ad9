"""The frozen plan: which pair goes to which vacancy, in which order, with which templates, on which days.

In an unpaired study a row is one application: `first_arm` is its arm, the other arm's template is empty, and so is the
day of the second application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from corrtest.spec import Study, Table, column_names, every_column, keyed, needed_columns, table_columns

__all__ = [
    "PLAN_SCHEMA",
    "DrawnPlan",
    "Plan",
    "Shortfall",
    "pairs_quota",
    "plan_columns",
    "pseudonyms",
    "typed",
    "whole",
]

PLAN_SCHEMA = "corrtest/plan/1"
_TABLES: tuple[Table, ...] = ("plan", "plan.identities")
# Of a pseudonym: 80 bits, in which no two employers meet.
_DIGITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A stratum that could not be filled: pairs wanted, pairs planned, and why.

    `binding` names what binds in its committee ("vacancies", "employers", "windows", "cells", "partners") and
    `figures` the numbers behind `cause`, so that a report can say it in its own language.
    """

    joint_committee: str
    criterion: str
    wanted: int
    planned: int
    cause: str
    binding: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPlan:
    """What was drawn, without who the employers are: all that an analysis may hold of a plan.

    Attributes
    ----------
    study : Study
    pairs : pandas.DataFrame
        One row a pair, the columns that `corrtest.spec` declares for a plan; an employer is a keyed pseudonym.
    shortfalls : tuple of Shortfall
    manifest : mapping
        Schema, seed, versions, digests of the inputs and of the pairs, counts, the bound on what could be placed.
        What names employers goes into it by keyed digests alone, for a plain one confirms a guess.
    """

    study: Study
    pairs: pd.DataFrame
    shortfalls: tuple[Shortfall, ...]
    manifest: Mapping[str, Any]

    def __repr__(self) -> str:
        short = sum(item.wanted - item.planned for item in self.shortfalls)
        rows = "applications" if self.study.pairing == "unpaired" else "pairs"
        return f"{type(self).__name__}({self.study.name!r}: {len(self.pairs)} {rows}, {short} short)"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan(DrawnPlan):
    """One study's pairs, frozen: a changed plan is a new plan.

    Its pairs have the columns of `DrawnPlan` and those that say who the employers are; `key` is what pseudonyms and
    keyed digests were made with, the same in each version.
    """

    key: bytes

    def drawn(self) -> pd.DataFrame:
        """Return the pairs without who the employers are."""
        return self.pairs[[name for name in plan_columns(self.pairs) if name in column_names("plan")]]

    def identities(self) -> pd.DataFrame:
        """Return who the employer of each pair is."""
        return self.pairs[[name for name in plan_columns(self.pairs) if name in column_names("plan.identities")]]


def whole(drawn: pd.DataFrame, identities: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs with who their employers are, as they were when the plan was made."""
    pairs = drawn.merge(identities, on="pair_id", how="left", validate="one_to_one")
    return pairs[plan_columns(pairs)]


def pseudonyms(employers: pd.Series, study: Study, key: bytes) -> list[str]:
    """Return what stands for each employer in the plan: the same for the same employer, another one in each study."""
    of = {number: "E" + keyed(key, study.name, "employer", number)[:_DIGITS] for number in employers.unique()}
    return [of[number] for number in employers]


def plan_columns(pairs: pd.DataFrame) -> list[str]:
    """Return a plan's columns: the ones it needs, and those of the others that these pairs have."""
    needed = {name for table in _TABLES for name in needed_columns(table)}
    of_a_plan = [column.name for column in every_column() if set(_TABLES) & set(column.tables)]
    return [name for name in of_a_plan if name in needed or name in pairs]


def typed(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs with the type that each column has in a plan, also where there are none."""
    kinds = {"number": "float64", "date": "datetime64[ms]"}
    columns = {column.name: column for table in _TABLES for column in table_columns(table) if column.needed_in(table)}
    return pairs.astype({name: kinds.get(column.type, "str") for name, column in columns.items()})


def pairs_quota(study: Study) -> dict[tuple[str, str], int]:
    """Return (joint committee, criterion) → rows of the plan that are wanted.

    These are pairs, or in an unpaired study applications. Where a paired study counts its tests in applications, two
    make a pair and an odd one over is not sent; where an unpaired one counts in pairs, it sends as many applications
    of each arm.
    """
    applications = study.fieldwork.tests_are == "applications"
    if study.pairing == "unpaired":
        return {stratum: count if applications else 2 * count for stratum, count in study.quota().items()}
    if applications:
        return {stratum: count // 2 for stratum, count in study.quota().items() if count // 2}
    return study.quota()
