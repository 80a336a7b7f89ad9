"""What keeps a committee short, and how many more employers would fill it: found by planning it again.

The committee is planned anew, all else staying where it is, with one constraint lifted after the other: the first whose
absence fills the quota is what binds. Then employers like those of the committee are added, with vacancies like theirs,
until the plan is full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from corrtest.design.frame import eligible
from corrtest.design.placing import PlanInputs, place
from corrtest.design.sending_days import sending_days
from corrtest.design.substreams import substream
from corrtest.spec import Caps, Study, Window

__all__ = ["binding_constraint"]

# A cap that never binds.
LOOSE = 10**6
# Beyond so many times the committee's own employers (or its pairs, where these are more) no number is named.
MOST_TIMES = 3


def binding_constraint(
    inputs: PlanInputs, study: Study, committee: str, others: pd.DataFrame, supply: Mapping[Any, int], left: int
) -> tuple[str, int]:
    """Return what binds in one committee, and the more employers that would fill it (0 where no number of them would).

    Parameters
    ----------
    inputs : PlanInputs
        What the plan was made from.
    others : DataFrame
        The new pairs of all other committees and studies, as `PlanInputs.planned` wants them.
    supply : mapping
        The committee's row of `committee_supply`.
    left : int
        Pairs that the committee wants of this version.

    Returns
    -------
    binding, more_employers
        `binding` is "vacancies", "employers", "windows", "cells" or "partners".
    """
    alone = replace(
        inputs,
        studies=(replace(study, committees=tuple(c for c in study.committees if c.number == committee)),),
        planned=others,
        vacancies=inputs.vacancies[eligible(study, inputs.vacancies)].query("joint_committee == @committee"),
    )
    alone = replace(alone, vacancies=alone.vacancies.reset_index(drop=True))
    if alone.vacancies.empty:
        return "vacancies", 0
    binding = _binding(alone, study, supply, left)
    helped = binding in ("vacancies", "employers", "windows")
    return binding, _more_employers(alone, study, committee, left) if helped else 0


def _placed(inputs: PlanInputs) -> int:
    found, _ = place(inputs)
    return len(found[0].option)


def _binding(inputs: PlanInputs, study: Study, supply: Mapping[Any, int], left: int) -> str:
    """Lift one constraint after the other, then all together."""
    if supply["vacancies"] < left:
        return "vacancies"
    lifts: dict[str, Callable[[PlanInputs], PlanInputs]] = {"windows": _without_windows, "employers": _without_caps}
    if study.fieldwork.stratify_by:
        lifts["cells"] = _without_cells
    if study.partners or study.name in inputs.pairs_per_day:
        lifts["partners"] = _without_partners
    gained = {}
    for name, lift in lifts.items():
        gained[name] = _placed(lift(inputs))
        if gained[name] >= left:
            return name
    free = inputs
    for lift in lifts.values():
        free = lift(free)
    if _placed(free) < left:
        return "vacancies"
    return max(gained, key=lambda name: gained[name])


def _without_windows(inputs: PlanInputs) -> PlanInputs:
    def loose(caps: Caps) -> Caps:
        steps = tuple(replace(step, window_pairs=LOOSE) for step in caps.by_size)
        return replace(caps, window=Window(pairs=LOOSE, weeks=1), by_size=steps)

    return replace(inputs, caps=tuple(loose(caps) for caps in inputs.caps))


def _without_caps(inputs: PlanInputs) -> PlanInputs:
    return replace(inputs, caps=(Caps(total=LOOSE, window=Window(pairs=LOOSE, weeks=1)),))


def _without_cells(inputs: PlanInputs) -> PlanInputs:
    studies = tuple(replace(s, fieldwork=replace(s.fieldwork, stratify_by=())) for s in inputs.studies)
    return replace(inputs, studies=studies)


def _without_partners(inputs: PlanInputs) -> PlanInputs:
    return replace(inputs, studies=tuple(replace(s, partners=()) for s in inputs.studies), pairs_per_day={})


def _more_employers(inputs: PlanInputs, study: Study, committee: str, left: int) -> int:
    """Return the fewest more employers, like those there are, with which the committee is filled; 0 where none are."""
    calendar = sending_days(study, not_before=None if inputs.earlier is None else inputs.earlier.since)
    first, last = calendar.first_and_last(inputs.vacancies["opens"], inputs.vacancies["closes"])
    vacancies = inputs.vacancies[first <= last]
    names = np.array(sorted(vacancies["employer_id"].unique()), dtype=object)
    if not len(names):
        return 0
    rng = substream(inputs.seed, "more employers", study.name, committee)
    own = dict(tuple(vacancies.groupby("employer_id")))
    like: list[str] = []

    def filled(count: int) -> bool:
        """Plan with the first `count` of a list in which every employer comes once a round, in random order."""
        while len(like) < count:
            like.extend(rng.permutation(names))
        added = [
            own[name].assign(employer_id=f"+{number}", vacancy_id=f"+{number}-" + own[name]["vacancy_id"].astype(str))
            for number, name in enumerate(like[:count])
        ]
        return _placed(replace(inputs, vacancies=pd.concat([inputs.vacancies, *added], ignore_index=True))) >= left

    low, high = 0, max(1, left // 8)
    while not filled(high):
        low, high = high, 2 * high
        if high > MOST_TIMES * max(len(names), left):
            return 0
    while high - low > 1:
        middle = (low + high) // 2
        if filled(middle):
            high = middle
        else:
            low = middle
    return high
