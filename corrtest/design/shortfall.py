"""Why a committee's quota is not filled, and what would fill it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.design.employer_load import employees_of, employer_caps
from corrtest.design.frame import eligible
from corrtest.design.plan import pairs_quota
from corrtest.design.sending_days import SendingDays, sending_days
from corrtest.errors import Fault
from corrtest.language import mark, say
from corrtest.pages import Catalogue, catalogue
from corrtest.spec import Caps, Study

__all__ = ["committee_supply", "feasibility_faults", "shortfall_cause", "shortfall_figures", "supply_cause"]

# What binds → how it is said, of pairs and of single applications.
_CAUSES: Mapping[str, Mapping[str, str]] = {
    "paired": {
        "vacancies": mark(
            "too few vacancies: {vacancies} of the {listed} listed can take both applications, {committee_wanted} are "
            "wanted"
        ),
        "employers": mark(
            "too few employers under the cap, not too few vacancies: {employers} employers with {vacancies} vacancies "
            "may get {room} pairs at {cap} each"
        ),
        "windows": mark(
            "windows: with at most {window_pairs} pair(s) an employer in any {window_weeks} weeks, and with what other "
            "committees use, {placed} of {committee_wanted} pairs fit"
        ),
        "cells": mark(
            "cells: spread over the study's {cells} in proportion to the vacancies, {placed} of {committee_wanted} "
            "pairs fit"
        ),
        "partners": mark("partners: with the pairs that may start on a day, {placed} of {committee_wanted} pairs fit"),
    },
    "unpaired": {
        "vacancies": mark(
            "too few vacancies: {vacancies} of the {listed} listed can take an application, {committee_wanted} are "
            "wanted"
        ),
        "employers": mark(
            "too few employers under the cap, not too few vacancies: {employers} employers with {vacancies} vacancies "
            "may get {room} applications at {cap} each"
        ),
        "windows": mark(
            "windows: with at most {window_pairs} application(s) an employer in any {window_weeks} weeks, and with "
            "what other committees use, {placed} of {committee_wanted} applications fit"
        ),
        "cells": mark(
            "cells: spread over the study's {cells} in proportion to the vacancies, {placed} of {committee_wanted} "
            "applications fit"
        ),
        "partners": mark(
            "partners: with the applications that may start on a day, {placed} of {committee_wanted} applications fit"
        ),
    },
}

BoolArray = npt.NDArray[np.bool_]


def committee_supply(
    study: Study, vacancies: pd.DataFrame, calendar: SendingDays, caps: Sequence[Caps] = ()
) -> pd.DataFrame:
    """Count, per joint committee of the study, what its vacancies can carry under `caps` (default the study's own).

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
    total, _ = employer_caps(caps or [study.caps], employees_of(vacancies, employers), len(employers))
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


def shortfall_figures(supply: Mapping[Any, int], caps: Sequence[Caps], placed: int) -> dict[str, int]:
    """Return the figures behind one committee's cause."""
    tightest = min(caps, key=lambda each: (each.window.pairs / each.window.weeks, each.total))
    return {
        "listed": int(supply["listed"]),
        "vacancies": int(supply["vacancies"]),
        "employers": int(supply["employers"]),
        "room": int(supply["under_cap"]),
        "committee_wanted": int(supply["wanted"]),
        "placed": placed,
        "cap": min(each.total for each in caps),
        "window_pairs": tightest.window.pairs,
        "window_weeks": tightest.window.weeks,
    }


def shortfall_cause(
    binding: str,
    figures: Mapping[str, int],
    *,
    pairing: str = "paired",
    stratify_by: Sequence[str] = (),
    words: Catalogue | None = None,
) -> str:
    """Say what binds in one committee, and how many more employers would fill it where that is known.

    Parameters
    ----------
    binding : str
        "vacancies", "employers", "windows", "cells" or "partners".
    figures : mapping of str to int
        From `Shortfall.figures`.
    pairing, stratify_by : str, sequence of str
        As the study says.
    words : Catalogue, optional
        The language of the sentence; English without it.
    """
    words = words or catalogue("en")
    facts = {name: words.number(figure, 0) for name, figure in figures.items()}
    cells = ", ".join(words.name("field", name) for name in stratify_by)
    said = words.text(_CAUSES[pairing][binding], **facts, cells=cells)
    if not figures.get("more_employers"):
        return said
    return said + "; " + words.text("{more_employers} more employers like these would fill it", **facts)


def supply_cause(supply: Mapping[Any, int], study: Study) -> str | None:
    """Say why a committee's vacancies cannot carry its quota, whatever the plan; None where they might."""
    figures = shortfall_figures(supply, [study.caps], 0)
    for binding, most in (("vacancies", figures["vacancies"]), ("employers", figures["room"])):
        if most < figures["committee_wanted"]:
            return shortfall_cause(binding, figures, pairing=study.pairing, stratify_by=study.fieldwork.stratify_by)
    return None


def feasibility_faults(study: Study, vacancies: pd.DataFrame) -> tuple[Fault, ...]:
    """Name each committee whose quota its vacancies or its employers cannot carry, before any plan is made."""
    supply = committee_supply(study, vacancies, sending_days(study))
    faults = []
    rows = say("applications") if study.pairing == "unpaired" else say("pairs")
    for committee, row in supply.iterrows():
        possible = min(int(row["vacancies"]), int(row["under_cap"]))
        cause = supply_cause(row.to_dict(), study)
        if cause is not None:
            faults.append(
                Fault(
                    file=vacancies.attrs.get("file"),
                    key=f"committee {committee}",
                    given=say("{wanted} {rows} wanted ({cause})", wanted=row["wanted"], rows=rows, cause=cause),
                    expected=say("at most {possible} {rows}", possible=possible, rows=rows),
                    action=say("Add vacancies, lower the committee's quota, or plan what fits with --allow-shortfall."),
                )
            )
    return tuple(faults)
