"""The frame: which vacancies a study can use, its cells and their quotas, and all studies' caps as one problem."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.design.allocation import AllocationProblem, EmployerWindow, Margin
from corrtest.design.counterbalance import exact_counts
from corrtest.design.plan import pairs_quota
from corrtest.design.sending_days import DAYS, SendingDays
from corrtest.design.substreams import substream
from corrtest.spec import Study

__all__ = ["StudyFrame", "eligible", "frame_of", "joint_problem", "options_study", "tested"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
# More than any study can place: a limit that never binds.
NO_LIMIT = 10**9
# Size classes of enterprises in the European Union (Recommendation 2003/361/EC): micro, small, medium, large.
SIZE_CLASSES = (10, 50, 250)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFrame:
    """One study's options: the vacancies (by position) that it can use, in order of position.

    `first` and `last` are starting days; `committee` numbers the study's committees that still want pairs; `wanted`
    is what each of these still wants, `cell` the committee × what the study stratifies by.
    """

    study: Study
    calendar: SendingDays
    vacancy: IntArray
    first: IntArray
    last: IntArray
    committees: tuple[str, ...]
    committee: IntArray
    wanted: IntArray
    cell: IntArray
    cell_names: pd.DataFrame
    quotas: tuple[Margin, ...]
    targets: tuple[Margin, ...]


def eligible(study: Study, vacancies: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which vacancies the study tests and can answer by a channel that it applies by."""
    reached: npt.NDArray[np.bool_] = vacancies["channel"].isin(study.applies_by).to_numpy(dtype=np.bool_)
    # What a client asks for is asked by telephone, however the firm lets people apply.
    return tested(study, vacancies) & (reached | (study.instrument != "correspondence_test"))


def tested(study: Study, vacancies: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which vacancies belong to a committee and an occupation that the study tests, whatever their channel."""
    committees = {committee for committee, _ in pairs_quota(study)}
    found: npt.NDArray[np.bool_] = vacancies["joint_committee"].isin(committees).to_numpy(dtype=np.bool_)
    if study.occupations:
        listed = {(committee, o.code) for o in study.occupations for committee in o.committees}
        keys = zip(vacancies["joint_committee"], vacancies["occupation"], strict=True)
        found = found & np.fromiter((key in listed for key in keys), dtype=np.bool_, count=len(vacancies))
    return found


def vacancy_draws(seed: int, study: Study, vacancy_ids: Sequence[str]) -> FloatArray:
    """Return each vacancy its own number in [0, 1), which does not depend on the other vacancies in the file."""
    prefix = f"{seed}\0vacancy\0{study.name}\0".encode()
    return np.array(
        [int.from_bytes(hashlib.sha256(prefix + name.encode()).digest()[:7], "big") / 2**56 for name in vacancy_ids]
    )


def frame_of(
    study: Study,
    vacancies: pd.DataFrame,
    calendar: SendingDays,
    seed: int,
    *,
    usable: npt.NDArray[np.bool_],
    placed: dict[str, int],
) -> StudyFrame:
    """List what `study` can use of the `usable` vacancies; `placed` pairs a committee are settled already."""
    quota: dict[str, int] = {}
    for (committee, _), count in pairs_quota(study).items():
        quota[committee] = quota.get(committee, 0) + count
    left = {committee: max(count - placed.get(committee, 0), 0) for committee, count in quota.items()}
    committees = tuple(left)
    first, last = calendar.first_and_last(vacancies["opens"], vacancies["closes"])
    chosen = np.flatnonzero(eligible(study, vacancies) & usable & (first <= last))
    table = vacancies.iloc[chosen]
    number_of = {name: n for n, name in enumerate(committees)}
    number: IntArray = np.asarray(table["joint_committee"].map(number_of), dtype=np.int64)
    wanted = np.array([left[name] for name in committees], dtype=np.int64)
    by = [name for name in ("occupation", "province") if name in study.fieldwork.stratify_by]
    names = table[["joint_committee", *by]].reset_index(drop=True)
    cell_names = names.drop_duplicates().sort_values(["joint_committee", *by]).reset_index(drop=True)
    keys = {key: n for n, key in enumerate(cell_names.itertuples(index=False, name=None))}
    cell = np.array([keys[key] for key in names.itertuples(index=False, name=None)], dtype=np.int64)
    quotas = [Margin(group=number, limit=wanted)]
    if by or "week" in study.fieldwork.stratify_by:
        quotas.append(_cell_quota(study, seed, calendar, committees, wanted, number, cell, len(cell_names)))
    return StudyFrame(
        study=study,
        calendar=calendar,
        vacancy=chosen.astype(np.int64),
        first=first[chosen],
        last=last[chosen],
        committees=committees,
        committee=number,
        wanted=wanted,
        cell=cell,
        cell_names=cell_names,
        quotas=tuple(quotas),
        targets=_targets(study, table, number, wanted),
    )


def _cell_quota(
    study: Study,
    seed: int,
    calendar: SendingDays,
    committees: tuple[str, ...],
    wanted: IntArray,
    committee: IntArray,
    cell: IntArray,
    cells: int,
) -> Margin:
    """Spread each committee's quota over its cells by their vacancies, and over weeks by their sending days."""
    supply = np.bincount(cell, minlength=cells)
    owner = np.zeros(cells, dtype=np.int64)
    owner[cell] = committee
    weekly = "week" in study.fieldwork.stratify_by
    days = calendar.starts_per_week if weekly else np.ones(1)
    limit = np.zeros((cells, len(days)), dtype=np.int64)
    for number, name in enumerate(committees):
        mine = np.flatnonzero(owner == number)
        if not len(mine):
            continue
        rng = substream(seed, "cells", study.name, name)
        shares = np.outer(supply[mine], days).ravel()
        limit[mine] = exact_counts(list(shares), int(wanted[number]), rng).reshape(len(mine), -1)
    return Margin(group=cell, limit=limit if weekly else limit[:, 0])


def _targets(study: Study, table: pd.DataFrame, committee: IntArray, wanted: IntArray) -> tuple[Margin, ...]:
    """Ask for balance over what the study does not stratify by: occupation, province, employer size."""
    targets: list[Margin] = []
    features = {name: table[name].astype(str) for name in ("occupation", "province")}
    if "employees" in table:
        number = pd.to_numeric(table["employees"], errors="coerce").to_numpy(dtype=np.float64)
        size = np.where(np.isnan(number), -1, np.searchsorted(SIZE_CLASSES, number, side="right"))
        features["employees"] = pd.Series(size, index=table.index).astype(str)
    supply = np.bincount(committee, minlength=len(wanted))
    for name, values in features.items():
        if name in study.fieldwork.stratify_by or values.nunique() < 2:
            continue
        codes, labels = pd.factorize(values, sort=True)
        group = committee * len(labels) + codes
        count = np.bincount(group, minlength=len(wanted) * len(labels)).reshape(len(wanted), -1)
        due = count / np.maximum(supply, 1)[:, None] * wanted[:, None]
        targets.append(Margin(group=group.astype(np.int64), limit=np.ceil(due.ravel() - 1e-9).astype(np.int64)))
    return tuple(targets)


def options_study(frames: Sequence[StudyFrame]) -> IntArray:
    """Number each option by its study."""
    return np.repeat(np.arange(len(frames)), [len(frame.vacancy) for frame in frames])


def joint_problem(
    frames: Sequence[StudyFrame],
    *,
    seed: int,
    vacancy_ids: Sequence[str],
    vacancy_employer: IntArray,
    employer_total: IntArray,
    windows: tuple[EmployerWindow, ...],
    sent_employer: IntArray,
    sent_day: IntArray,
    week_room: Sequence[IntArray],
    shared: Margin | None = None,
) -> AllocationProblem:
    """Join the studies' options into one problem, so that an employer's caps hold over all of them.

    `week_room` holds each study to the pairs that can start in each week, and `shared` (over all options) studies that
    share a partner to what it can start.
    """
    weeks = max(frame.calendar.weeks for frame in frames)
    sizes = [len(frame.vacancy) for frame in frames]
    total = sum(sizes)

    def joined(margins: Sequence[tuple[int, Margin]]) -> list[Margin]:
        """Return a margin over all options from one study's: other studies' options share a group without limit."""
        result: list[Margin] = []
        limit: IntArray
        for number, margin in margins:
            offset = sum(sizes[:number])
            group = np.full(total, len(margin.limit), dtype=np.int64)
            group[offset : offset + sizes[number]] = margin.group
            if margin.weekly:
                limit = np.zeros((len(margin.limit) + 1, weeks), dtype=np.int64)
                limit[:-1, : margin.limit.shape[1]] = margin.limit
            else:
                limit = np.append(margin.limit, [0])
            limit[-1] = NO_LIMIT
            result.append(Margin(group=group, limit=limit))
        return result

    study_of = options_study(frames)
    open_weeks = np.zeros((len(frames), weeks), dtype=np.int64)
    for number, frame in enumerate(frames):
        open_weeks[number, : frame.calendar.weeks] = np.where(frame.calendar.open_weeks, week_room[number], 0)
    return AllocationProblem(
        weeks=weeks,
        vacancy_employer=vacancy_employer,
        first_week=np.concatenate([frame.first for frame in frames]) // DAYS,
        last_week=np.concatenate([frame.last for frame in frames]) // DAYS,
        option_vacancy=np.concatenate([frame.vacancy for frame in frames]),
        option_preference=np.concatenate(
            [vacancy_draws(seed, frame.study, [vacancy_ids[v] for v in frame.vacancy]) for frame in frames]
        ),
        quotas=(
            Margin(group=study_of, limit=open_weeks),
            *([] if shared is None else [shared]),
            *joined([(n, margin) for n, frame in enumerate(frames) for margin in frame.quotas]),
        ),
        targets=tuple(joined([(n, margin) for n, frame in enumerate(frames) for margin in frame.targets])),
        employer_total=employer_total,
        windows=windows,
        sent_employer=sent_employer,
        sent_week=sent_day // DAYS,
        wanted=int(sum(frame.wanted.sum() for frame in frames)),
    )
