import itertools

import numpy as np
import pytest

from corrtest.design.allocation import AllocationProblem, EmployerWindow, Margin, allocate, relaxation_bound
from corrtest.design.sweep import allocate_large, separate_bound, sweep

WEEKS, SPAN = 12, 4


def problem_of(seed, count=400, employers=120, committees=4, sent=0):
    rng = np.random.default_rng(seed)
    committee = rng.integers(0, committees, count)
    first = rng.integers(0, WEEKS, count)
    return AllocationProblem(
        weeks=WEEKS,
        vacancy_employer=rng.integers(0, employers, count),
        option_vacancy=np.arange(count),
        option_preference=rng.random(count),
        first_week=first,
        last_week=np.minimum(first + rng.integers(-1, 4, count), WEEKS - 1),
        quotas=(Margin(group=committee, limit=np.full((committees, WEEKS), 6)),),
        employer_total=np.full(employers, 2),
        windows=(EmployerWindow(limit=np.full(employers, 1), weeks=SPAN),),
        sent_employer=rng.integers(0, employers, sent),
        sent_week=rng.integers(-SPAN, WEEKS, sent),
        wanted=committees * WEEKS * 6,
    ), committee


def broken(problem, committee, found):
    weeks = {}
    for employer, week in zip(problem.sent_employer, problem.sent_week, strict=True):
        weeks.setdefault(int(employer), []).append(int(week))
    earlier = {employer: list(days) for employer, days in weeks.items()}
    cells = {}
    for option, week in zip(found.option, found.week, strict=True):
        assert problem.first_week[option] <= week <= problem.last_week[option]
        weeks.setdefault(int(problem.vacancy_employer[option]), []).append(int(week))
        key = (int(committee[option]), int(week))
        cells[key] = cells.get(key, 0) + 1
    faults = [key for key, count in cells.items() if count > 6]
    for employer, days in weeks.items():
        own = sorted(days)
        new = len(own) - len(earlier.get(employer, []))
        if new > 2 or (new and any(b - a < SPAN for a, b in itertools.pairwise(own)) and not _was(earlier, employer)):
            faults.append(employer)
    return faults


def _was(earlier, employer):
    days = sorted(earlier.get(employer, []))
    return any(b - a < SPAN for a, b in itertools.pairwise(days))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sent", [0, 40])
def test_a_sweep_keeps_every_limit_and_comes_near_the_bound(seed, sent):
    problem, committee = problem_of(seed, sent=sent)
    bound = relaxation_bound(problem)
    for found in (allocate(problem), sweep(problem, committee)):
        assert len(set(found.option.tolist())) == found.pairs
        assert broken(problem, committee, found) == []
        assert 0.94 * bound <= found.pairs <= bound
    assert allocate(problem).pairs >= 0.995 * bound
    assert separate_bound(problem, committee) >= bound


def test_a_large_problem_is_swept_and_bounded(monkeypatch):
    problem, committee = problem_of(1)
    for name, value in (("LARGE", 10), ("CLOSE", 0.0), ("HUGE", 10**9)):
        monkeypatch.setattr(f"corrtest.design.sweep.{name}", value)
    joint = allocate_large(problem, committee)
    assert joint.bound == relaxation_bound(problem)
    assert joint.pairs >= sweep(problem, committee).pairs
    monkeypatch.setattr("corrtest.design.sweep.HUGE", 10)
    assert allocate_large(problem, committee).bound >= joint.bound


def test_the_integer_optimum_is_found_where_every_choice_can_be_tried():
    from itertools import product

    for seed in range(6):
        problem, _ = problem_of(seed, count=6, employers=2, committees=1)
        best = 0
        ranges = [
            [None, *range(problem.first_week[v], problem.last_week[v] + 1)] for v in range(len(problem.option_vacancy))
        ]
        for choice in product(*ranges):
            own = {}
            for vacancy, week in enumerate(choice):
                if week is not None:
                    own.setdefault(int(problem.vacancy_employer[vacancy]), []).append(week)
            if all(
                len(w) <= 2 and all(b - a >= SPAN for a, b in zip(sorted(w), sorted(w)[1:], strict=False))
                for w in own.values()
            ):
                best = max(best, sum(week is not None for week in choice))
        assert allocate(problem).pairs == best
