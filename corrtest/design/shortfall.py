"""Why a committee's quota is not filled, and what would fill it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.design.employer_load import employees_of, employer_caps
from corrtest.design.frame import eligible
from corrtest.design.plan import pairs_quota
from corrtest.design.sending_days import SendingDays, sending_days
from corrtest.errors import Fault
from corrtest.spec import Study

__all__ = ["committee_supply", "feasibility_faults", "shortfall_cause"]

BoolArray = npt.NDArray[np.bool_]


def committee_supply(study: Study, vacancies: pd.DataFrame, calendar: SendingDays) -> pd.DataFrame:
    """Count, per joint committee of the study, what its vacancies can carry.

    Returns
    -------
    pandas.DataFrame
        Index joint_committee; columns wanted (pairs), listed (vacancies in the file), vacancies (of a tested
        occupation and open long enough for both applications), employers, under_cap (pairs that the employers' caps
        in all leave room for when no other committee uses them).
    """
    wanted: dict[str, int] = {}
    for (committee, _), count in pairs_quota(study).items():
        wanted[committee] = wanted.get(committee, 0) + count
    first, last = calendar.first_and_last(vacancies["opens"], vacancies["closes"])
    fits = vacancies[eligible(study, vacancies) & (first <= last)]
    employers = pd.Index(sorted(vacancies["employer_id"].unique()))
    total, _ = employer_caps(study.caps, employees_of(vacancies, employers), len(employers))
    cap = pd.Series(total, index=employers)
    per_employer = fits.groupby(["joint_committee", "employer_id"]).size().rename("count").reset_index()
    per_employer["room"] = np.minimum(per_employer["count"], per_employer["employer_id"].map(cap))
    grouped = per_employer.groupby("joint_committee")
    table = pd.DataFrame({"wanted": pd.Series(wanted, dtype="int64")})
    table.index.name = "joint_committee"
    for name, values in (
        ("listed", vacancies.groupby("joint_committee").size()),
        ("vacancies", grouped["count"].sum()),
        ("employers", grouped.size()),
        ("under_cap", grouped["room"].sum()),
    ):
        table[name] = values.reindex(table.index).fillna(0).astype("int64")
    return table


def shortfall_cause(supply: Mapping[Any, int], study: Study, placed: int) -> str:
    """Name what binds first for one committee, in the order: vacancies, employers under the cap, windows and cells."""
    wanted = int(supply["wanted"])
    caps = study.caps
    if supply["vacancies"] < wanted:
        return (
            f"too few vacancies: {supply['vacancies']} of the {supply['listed']} listed can take both applications, "
            f"{wanted} are wanted"
        )
    if supply["under_cap"] < wanted:
        return (
            f"too few employers under the cap: {supply['employers']} employers with {supply['vacancies']} "
            f"vacancies may get {supply['under_cap']} pairs at {caps.total} each; "
            f"{wanted - supply['under_cap']} more employers would fill it"
        )
    cells = (
        " and the study's cells (" + ", ".join(study.fieldwork.stratify_by) + ")" if study.fieldwork.stratify_by else ""
    )
    return (
        f"windows: with at most {caps.window.pairs} pair(s) an employer in any {caps.window.weeks} weeks{cells}, and "
        f"with what other committees use, {placed} of {wanted} pairs fit; "
        f"up to {wanted - placed} more employers would fill it"
    )


def feasibility_faults(study: Study, vacancies: pd.DataFrame) -> tuple[Fault, ...]:
    """Name each committee whose quota its vacancies or its employers cannot carry, before any plan is made."""
    supply = committee_supply(study, vacancies, sending_days(study))
    faults = []
    for committee, row in supply.iterrows():
        possible = min(int(row["vacancies"]), int(row["under_cap"]))
        if possible < row["wanted"]:
            faults.append(
                Fault(
                    file=vacancies.attrs.get("file"),
                    key=f"committee {committee}",
                    given=f"{row['wanted']} pairs wanted ({shortfall_cause(row.to_dict(), study, possible)})",
                    expected=f"at most {possible} pairs",
                    action="Add vacancies, lower the committee's pairs, or plan what fits with --allow-shortfall.",
                )
            )
    return tuple(faults)
