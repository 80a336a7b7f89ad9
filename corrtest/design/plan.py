"""The frozen plan: which pair goes to which vacancy, in which order, with which templates, on which days.

In an unpaired study a row is one application: `first_arm` is its arm, the other arm's template is empty, and so is the
day of the second application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from corrtest.spec import Study, column_names, needed_columns, table_columns

__all__ = ["PLAN_SCHEMA", "Plan", "Shortfall", "pairs_quota", "plan_columns", "typed"]

PLAN_SCHEMA = "corrtest/plan/1"


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
class Plan:
    """One study's pairs, frozen: a changed plan is a new plan.

    Attributes
    ----------
    study : Study
    pairs : pandas.DataFrame
        One row a pair, the columns that `corrtest.spec` declares for a plan.
    shortfalls : tuple of Shortfall
    manifest : mapping
        Schema, seed, versions, SHA-256 of the inputs and of the pairs, counts, the bound on what could be placed.
    """

    study: Study
    pairs: pd.DataFrame
    shortfalls: tuple[Shortfall, ...]
    manifest: Mapping[str, Any]

    def __repr__(self) -> str:
        short = sum(item.wanted - item.planned for item in self.shortfalls)
        rows = "applications" if self.study.pairing == "unpaired" else "pairs"
        return f"Plan({self.study.name!r}: {len(self.pairs)} {rows}, {short} short)"


def plan_columns(pairs: pd.DataFrame) -> list[str]:
    """Return a plan's columns: the ones it needs, and those of the others that these pairs have."""
    needed = needed_columns("plan")
    return [name for name in column_names("plan") if name in needed or name in pairs]


def typed(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs with the type that each column has in a plan, also where there are none."""
    kinds = {"number": "float64", "date": "datetime64[ms]"}
    return pairs.astype(
        {column.name: kinds.get(column.type, "str") for column in table_columns("plan") if column.needed_in("plan")}
    )


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
