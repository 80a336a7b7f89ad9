"""Large allocations block by block: each committee in turn, with what its employers already got taken into account.

A joint programme over many committees is slow where vacancies abound, for then nearly everything is equally good. A
sweep costs one small programme a committee. Where it places every pair that is wanted nothing better exists; where it
does not come within 0.5 % of the joint linear relaxation, the joint programme is solved as well, without balance.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from corrtest.design.allocation import Allocation, AllocationProblem, Margin, allocate, relaxation_bound

__all__ = ["allocate_large", "separate_bound", "sweep"]

IntArray = npt.NDArray[np.int64]

# From this many options on a problem is swept first; below, the joint programme takes seconds.
LARGE = 20_000
# A sweep this close to the bound is taken as it is.
CLOSE = 0.005
# From this many on a joint programme would take gigabytes: the sweep stands, and groups of blocks give the bound.
HUGE = 200_000
OPTIONS_IN_A_GROUP = 100_000


def allocate_large(problem: AllocationProblem, block: IntArray) -> Allocation:
    """Allocate as `allocate` does, block by block where the problem is large; `block` is per option."""
    if len(problem.option_vacancy) < LARGE or len(np.unique(block)) < 2:
        return allocate(problem)
    swept = sweep(problem, block)
    if swept.pairs >= problem.wanted:
        return swept
    if len(problem.option_vacancy) > HUGE:
        return replace(swept, bound=separate_bound(problem, _coarser(block)))
    bound = min(relaxation_bound(problem), float(problem.wanted))
    if swept.pairs >= (1 - CLOSE) * bound:
        return replace(swept, bound=bound)
    joint = allocate(replace(problem, targets=()), bounded=False)
    return replace(joint if joint.pairs > swept.pairs else swept, bound=bound)


def sweep(problem: AllocationProblem, block: IntArray) -> Allocation:
    """Place the blocks one after the other, fewest vacancies for each pair first; `bound` is what is wanted."""
    _, rows = np.unique(block, return_inverse=True)
    supply = np.bincount(rows)
    wanted = np.array([_wanted(problem, rows == number) for number in range(len(supply))])
    used = np.zeros(len(problem.vacancy_employer), dtype=np.bool_)
    options: list[IntArray] = []
    chosen_weeks: list[IntArray] = []
    for number in np.argsort(supply / np.maximum(wanted, 1), kind="stable"):
        mine = np.flatnonzero((rows == number) & ~used[problem.option_vacancy])
        if not len(mine) or not wanted[number]:
            continue
        option = np.concatenate([np.empty(0, dtype=np.int64), *options])
        week = np.concatenate([np.empty(0, dtype=np.int64), *chosen_weeks])
        part = _block_problem(problem, mine, option, week, int(wanted[number]))
        found = allocate(part, bounded=False)
        options.append(mine[found.option])
        chosen_weeks.append(found.week)
        used[problem.option_vacancy[mine[found.option]]] = True
    option = np.concatenate([np.empty(0, dtype=np.int64), *options])
    return Allocation(
        option=option,
        week=np.concatenate([np.empty(0, dtype=np.int64), *chosen_weeks]),
        bound=float(problem.wanted),
    )


def separate_bound(problem: AllocationProblem, block: IntArray) -> float:
    """Return an upper bound on the pairs: the sum of the blocks' linear relaxations, each with all employers to itself.

    It lies above the bound of the joint relaxation by what blocks share, and takes much less time and memory.
    """
    none = np.empty(0, dtype=np.int64)
    bound = 0.0
    for number in np.unique(block):
        mine = np.flatnonzero(block == number)
        bound += relaxation_bound(_block_problem(problem, mine, none, none, problem.wanted))
    return min(bound, float(problem.wanted))


def _coarser(block: IntArray) -> IntArray:
    """Group neighbouring blocks into groups of some 100,000 options."""
    _, rows = np.unique(block, return_inverse=True)
    before = np.concatenate([[0], np.cumsum(np.bincount(rows))[:-1]])
    return np.asarray(before[rows] // OPTIONS_IN_A_GROUP, dtype=np.int64)


def _wanted(problem: AllocationProblem, inside: npt.NDArray[np.bool_]) -> int:
    """Return the most pairs that the quotas allow over some options: the tightest of the quotas' sums."""
    sums = []
    for margin in problem.quotas:
        groups = np.unique(margin.group[inside])
        limit = margin.limit[groups].astype(np.float64)
        sums.append(float(limit.sum()))
    return int(min([*sums, float(problem.wanted)]))


def _block_problem(
    problem: AllocationProblem, mine: IntArray, option: IntArray, week: IntArray, wanted: int
) -> AllocationProblem:
    """Return the problem of the options `mine`, with the pairs (option, week) already placed."""
    vacancies, vacancy = np.unique(problem.option_vacancy[mine], return_inverse=True)
    employers, employer = np.unique(problem.vacancy_employer[vacancies], return_inverse=True)
    number = np.full(len(problem.employer_total), -1, dtype=np.int64)
    number[employers] = np.arange(len(employers))
    placed_employer = number[problem.vacancy_employer[problem.option_vacancy[option]]]
    near = placed_employer >= 0
    total = problem.employer_total[employers].copy()
    np.subtract.at(total, placed_employer[near], 1)
    sent = number[problem.sent_employer]
    return replace(
        problem,
        vacancy_employer=employer.astype(np.int64),
        option_vacancy=vacancy.astype(np.int64),
        option_preference=problem.option_preference[mine],
        first_week=problem.first_week[mine],
        last_week=problem.last_week[mine],
        quotas=tuple(_part(margin, mine, option, week) for margin in problem.quotas),
        targets=tuple(_part(margin, mine, option, week) for margin in problem.targets),
        employer_total=total,
        windows=tuple(replace(window, limit=window.limit[employers]) for window in problem.windows),
        sent_employer=np.concatenate([sent[sent >= 0], placed_employer[near]]),
        sent_week=np.concatenate([problem.sent_week[sent >= 0], week[near]]),
        wanted=wanted,
    )


def _part(margin: Margin, mine: IntArray, option: IntArray, week: IntArray) -> Margin:
    """Return a margin over some options, less what is placed already."""
    groups, group = np.unique(margin.group[mine], return_inverse=True)
    limit = margin.limit[groups].copy()
    place = np.searchsorted(groups, margin.group[option])
    inside = place < len(groups)
    inside[inside] = groups[place[inside]] == margin.group[option][inside]
    np.subtract.at(limit, (place[inside], week[inside]) if margin.weekly else place[inside], 1)
    return Margin(group=group.astype(np.int64), limit=np.maximum(limit, 0))
