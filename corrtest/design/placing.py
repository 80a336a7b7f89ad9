"""Vacancies and days for every study at once: one allocation over all of them, dated to the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.design.employer_load import employees_of, employer_caps
from corrtest.design.frame import StudyFrame, frame_of, joint_problem, options_study
from corrtest.design.partner_load import day_rooms, shared_room
from corrtest.design.placement import Ledger, Placed, place_dates
from corrtest.design.sending_days import SendingDays, sending_days
from corrtest.design.sweep import allocate_large
from corrtest.spec import Caps, Study

__all__ = ["Earlier", "PlanInputs", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The version that an amendment builds on: its pairs stay as they are, new ones start on `since` or later.

    `last_number` is the highest number that any version gave a pair: no number is given twice, also where its pair was
    taken out. A version that rests on one that is `simulated` is so itself.
    """

    pairs: pd.DataFrame
    version: int
    since: date
    last_number: int
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInputs:
    """All that an allocation follows from.

    Attributes
    ----------
    studies, vacancies
        Vacancies as `read_vacancies` gives them, numbered from 0.
    caps
        The caps that hold, each over the pairs of all studies.
    seed
        Decides between vacancies that serve equally.
    already_sent
        Pairs that employers got from other studies: employer_id, send_first_on; with a column partner they take up
        that partner's days as well.
    pairs_per_day
        By study name, the most of its pairs that start on a day.
    earlier
        For an amendment, of the one study there is.
    planned
        Pairs that keep their vacancies and days, of these studies or others: study, partner, vacancy_id, employer_id,
        send_first_on.
    key
        What employers' pseudonyms are made with; None for a new one of each study.
    """

    studies: tuple[Study, ...]
    vacancies: pd.DataFrame
    caps: tuple[Caps, ...]
    seed: int
    already_sent: pd.DataFrame | None = None
    pairs_per_day: Mapping[str, int] = field(default_factory=dict)
    earlier: Earlier | None = None
    planned: pd.DataFrame | None = None
    key: bytes | None = None


def place(inputs: PlanInputs) -> tuple[list[Placed], float]:
    """Choose vacancies and days for every study; with the upper bound on pairs, those of the earlier version in it."""
    studies, vacancies, earlier = inputs.studies, inputs.vacancies, inputs.earlier
    since = min(study.period.start for study in studies)
    calendars = [
        sending_days(study, since=since, not_before=None if earlier is None else earlier.since) for study in studies
    ]
    employers = pd.Index(sorted(vacancies["employer_id"].unique()))
    employer = employers.get_indexer(vacancies["employer_id"]).astype(np.int64)
    total, windows = employer_caps(inputs.caps, employees_of(vacancies, employers), len(employers))
    sent_employer, sent_day = _sent(inputs, employers, calendars[0])
    lag = max(_longest_lag(inputs), *(calendar.lag for calendar in calendars))
    ledger = Ledger(lag=lag, total=total, windows=windows)
    for who, day in zip(sent_employer, sent_day, strict=True):
        ledger.add(int(who), int(day))
    frames = _frames(inputs, calendars)
    rooms = day_rooms(studies, calendars, inputs.pairs_per_day, _started(inputs))
    problem = joint_problem(
        frames,
        seed=inputs.seed,
        vacancy_ids=list(vacancies["vacancy_id"]),
        vacancy_employer=employer,
        employer_total=np.maximum(total - np.bincount(sent_employer, minlength=len(employers)), 0),
        windows=windows,
        sent_employer=sent_employer,
        sent_day=sent_day,
        week_room=[room.per_week(calendar) for room, calendar in zip(rooms, calendars, strict=True)],
        shared=shared_room(rooms, calendars, options_study(frames)),
    )
    allocation = allocate_large(problem, _blocks(frames))
    found = place_dates(frames, allocation, problem.option_preference, employer, ledger, rooms)
    return found, allocation.bound + (0 if earlier is None else len(earlier.pairs))


def _counted(inputs: PlanInputs) -> list[pd.DataFrame]:
    """List the tables of pairs that count for the caps already."""
    earlier = None if inputs.earlier is None else inputs.earlier.pairs
    return [table for table in (inputs.already_sent, earlier, inputs.planned) if table is not None]


def _longest_lag(inputs: PlanInputs) -> int:
    """Return the longest lag of any pair that already counts: its study may have another lag than this one."""
    lags = [
        (pd.to_datetime(table["send_second_on"]) - pd.to_datetime(table["send_first_on"])).dt.days.max()
        for table in _counted(inputs)
        if "send_second_on" in table and len(table)
    ]
    return int(max([lag for lag in lags if not pd.isna(lag)], default=0))


def _sent(
    inputs: PlanInputs, employers: pd.Index, calendar: SendingDays
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return employer and first day of every pair that counts for the caps already."""
    who, days = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for table in _counted(inputs):
        position = employers.get_indexer(pd.Index(table["employer_id"]))
        known = position >= 0
        who.append(position[known].astype(np.int64))
        days.append(calendar.day_numbers(pd.to_datetime(table["send_first_on"]))[known])
    return np.concatenate(who), np.concatenate(days)


def _frames(inputs: PlanInputs, calendars: Sequence[SendingDays]) -> list[StudyFrame]:
    """List what each study can use of the vacancies that have no pair yet."""
    kept = [] if inputs.earlier is None else [inputs.earlier.pairs]
    used = set().union(
        *(table["vacancy_id"] for table in [*kept, *([] if inputs.planned is None else [inputs.planned])])
    )
    usable = ~inputs.vacancies["vacancy_id"].isin(used).to_numpy(dtype=np.bool_)
    placed = {str(name): int(n) for table in kept for name, n in table["joint_committee"].value_counts().items()}
    return [
        frame_of(study, inputs.vacancies, calendar, inputs.seed, usable=usable, placed=placed)
        for study, calendar in zip(inputs.studies, calendars, strict=True)
    ]


def _started(inputs: PlanInputs) -> list[pd.DataFrame]:
    """Return the pairs that take up their partner's time on days of their own."""
    tables = [] if inputs.planned is None else [inputs.planned]
    if inputs.earlier is not None:
        tables.append(inputs.earlier.pairs.assign(study=inputs.studies[0].name))
    if inputs.already_sent is not None and "partner" in inputs.already_sent:
        tables.append(inputs.already_sent.assign(study=""))
    return tables


def _blocks(frames: Sequence[StudyFrame]) -> npt.NDArray[np.int64]:
    """Number each option by its study and committee."""
    first = np.cumsum([0, *(len(frame.committees) for frame in frames)])
    return np.concatenate([frame.committee + start for frame, start in zip(frames, first, strict=False)])
