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

__all__ = ["committee_supply", "feasibility_faults", "shortfall_binding", "shortfall_cause"]

_CAUSES = {
    "vacancies": (
        "too few vacancies: {vacancies} of the {listed} listed can take both applications, "
        "{committee_wanted} are wanted"
    ),
    "employers": (
        "too few employers under the cap: {employers} employers with {vacancies} vacancies may get {room} pairs at "
        "{cap} each; {more_employers} more employers would fill it"
    ),
    "windows": (
        "windows: with at most {window_pairs} pair(s) an employer in any {window_weeks} weeks{cells}, and with what "
        "other committees use, {placed} of {committee_wanted} pairs fit; up to {more_employers} more employers would "
        "fill it"
    ),
}

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


def shortfall_binding(supply: Mapping[Any, int], study: Study, placed: int) -> tuple[str, dict[str, int]]:
    """Return what binds first for one committee, in the order vacancies, employers, windows, and its figures."""
    figures = {
        "listed": int(supply["listed"]),
        "vacancies": int(supply["vacancies"]),
        "employers": int(supply["employers"]),
        "room": int(supply["under_cap"]),
        "committee_wanted": int(supply["wanted"]),
        "placed": placed,
        "cap": study.caps.total,
        "window_pairs": study.caps.window.pairs,
        "window_weeks": study.caps.window.weeks,
    }
    wanted = figures["committee_wanted"]
    if figures["vacancies"] < wanted:
        return "vacancies", figures
    if figures["room"] < wanted:
        return "employers", figures | {"more_employers": wanted - figures["room"]}
    return "windows", figures | {"more_employers": wanted - placed}


def shortfall_cause(supply: Mapping[Any, int], study: Study, placed: int) -> str:
    """Say in English what binds first for one committee."""
    binding, figures = shortfall_binding(supply, study, placed)
    cells = (
        " and the study's cells (" + ", ".join(study.fieldwork.stratify_by) + ")" if study.fieldwork.stratify_by else ""
    )
    return _CAUSES[binding].format(**figures, cells=cells)


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
