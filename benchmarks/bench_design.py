"""Allocation against its bound and against random greedy, and the speed of an exact power curve.

    python benchmarks/bench_design.py sector social national      (some minutes)
    python benchmarks/bench_design.py national10                  (a quarter of an hour)

One line an instance: pairs wanted, filled, proven bound (linear relaxation with the windows; the integer optimum
where it is solved), gap, time, peak memory, the plain maximum flow without windows, and random greedy on the same
instance in the same run.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from allocation_instances import OCCUPATIONS, PROVINCES, WEEKS, WINDOW_WEEKS, Market, market

TARGETS = {"sector": (0.005, 2.0), "social": (0.005, 15.0), "national": (0.02, 60.0), "national10": (0.02, 720.0)}


def problem_of(instance: Market):
    from corrtest.design.allocation import AllocationProblem, EmployerWindow, Margin

    none = np.empty(0, dtype=np.int64)
    count = len(instance.vacancy_employer)
    return AllocationProblem(
        weeks=WEEKS,
        vacancy_employer=instance.vacancy_employer,
        option_vacancy=np.arange(count),
        option_preference=np.random.default_rng(7).random(count),
        first_week=instance.first_week,
        last_week=instance.last_week,
        quotas=(Margin(group=instance.vacancy_stratum, limit=instance.quota),),
        employer_total=instance.employer_cap,
        windows=(EmployerWindow(limit=instance.employer_window, weeks=WINDOW_WEEKS),),
        sent_employer=none,
        sent_week=none,
        wanted=instance.wanted,
    )


def random_greedy(instance: Market, seed: int = 3) -> int:
    """Take vacancies in random order and give each a random week that its cell and its employer still have room for."""
    rng = np.random.default_rng(seed)
    room = instance.quota.copy()
    load: dict[int, list[int]] = {}
    filled = 0
    for vacancy in rng.permutation(len(instance.vacancy_employer)):
        employer = int(instance.vacancy_employer[vacancy])
        weeks = load.setdefault(employer, [])
        if len(weeks) >= instance.employer_cap[employer]:
            continue
        cell = room[instance.vacancy_stratum[vacancy]]
        for week in rng.permutation(np.arange(instance.first_week[vacancy], instance.last_week[vacancy] + 1)):
            if cell[week] > 0 and _window_holds(weeks, int(week), int(instance.employer_window[employer])):
                cell[week] -= 1
                weeks.append(int(week))
                filled += 1
                break
    return filled


def _window_holds(weeks: list[int], week: int, cap: int) -> bool:
    trial = sorted([*weeks, week])
    return all(later - earlier >= WINDOW_WEEKS for earlier, later in zip(trial, trial[cap:], strict=False))


def check(instance: Market, option: np.ndarray, week: np.ndarray) -> None:
    """Hold an allocation to every rule, with none of the planner's code."""
    assert len(np.unique(option)) == len(option)
    assert (week >= instance.first_week[option]).all() and (week <= instance.last_week[option]).all()
    used = np.zeros_like(instance.quota)
    np.add.at(used, (instance.vacancy_stratum[option], week), 1)
    assert (used <= instance.quota).all()
    employer = instance.vacancy_employer[option]
    assert (np.bincount(employer, minlength=len(instance.employer_cap)) <= instance.employer_cap).all()
    for start in range(WEEKS):
        inside = (week >= start) & (week < start + WINDOW_WEEKS)
        assert (np.bincount(employer[inside], minlength=len(instance.employer_cap)) <= instance.employer_window).all()


def flow_bound(instance: Market) -> int:
    """Give the maximum flow source → employer → vacancy → cell → sink: caps in all, no windows."""
    span = np.maximum(instance.last_week - instance.first_week + 1, 0)
    vacancy = np.repeat(np.arange(len(span)), span)
    week = instance.first_week[vacancy] + np.arange(len(vacancy)) - np.repeat(np.cumsum(span) - span, span)
    cell = instance.vacancy_stratum[vacancy] * WEEKS + week
    n_e, n_v, n_c = len(instance.employer_cap), len(span), instance.quota.size
    source, sink = n_e + n_v + n_c, n_e + n_v + n_c + 1
    rows = [np.full(n_e, source), instance.vacancy_employer, n_e + vacancy, n_e + n_v + np.arange(n_c)]
    columns = [np.arange(n_e), n_e + np.arange(n_v), n_e + n_v + cell, np.full(n_c, sink)]
    capacity = [instance.employer_cap, np.ones(n_v), np.ones(len(vacancy)), instance.quota.ravel()]
    graph = sparse.csr_matrix(
        (np.concatenate(capacity).astype(np.int32), (np.concatenate(rows), np.concatenate(columns))),
        shape=(sink + 1, sink + 1),
    )
    return int(maximum_flow(graph, source, sink).flow_value)


def run(size: str, caps: str) -> dict[str, object]:
    from corrtest.design.sweep import allocate_large

    instance, generator = market(size, caps)
    started, processor = time.perf_counter(), time.process_time()
    committee = instance.vacancy_stratum // (OCCUPATIONS * PROVINCES)
    found = allocate_large(problem_of(instance), committee)
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    check(instance, found.option, found.week)
    started = time.perf_counter()
    flow = flow_bound(instance)
    flow_seconds = time.perf_counter() - started
    started = time.perf_counter()
    greedy = random_greedy(instance)
    gap, limit = TARGETS[size]
    share = 1 - found.pairs / found.bound
    return {
        "instance": instance.name,
        "generator": generator,
        "wanted": instance.wanted,
        "filled": found.pairs,
        "bound": found.bound,
        "gap": round(share, 5),
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
        "load_of_the_machine": round(os.getloadavg()[0], 1),
        "peak_memory_gb": round(memory, 2),
        "flow_bound": flow,
        "flow_seconds": round(flow_seconds, 2),
        "random_greedy": greedy,
        "random_greedy_seconds": round(time.perf_counter() - started, 2),
        "within_target": bool(share <= gap and seconds < limit),
    }


def power_curve_seconds() -> float:
    from corrtest.power import Measurement

    Measurement(pairing="paired", control_rate=0.25, ratio=0.7, association=0.5).curve(200)
    started = time.perf_counter()
    Measurement(pairing="paired", control_rate=0.2, ratio=0.7, association=0.5).curve(200)
    return time.perf_counter() - started


def main(sizes: list[str]) -> None:
    print(f"exact power curve, 200 points, n = 200: {power_curve_seconds():.3f} s")
    for size in sizes:
        for caps in ("tight", "loose") if size != "national10" else ("tight",):
            # Each in a process of its own, so that its peak memory is its own.
            done = subprocess.run(
                [sys.executable, __file__, "--one", size, caps], capture_output=True, text=True, check=True
            )
            print(done.stdout.strip(), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(run(sys.argv[2], sys.argv[3])))
    else:
        main(sys.argv[1:] or ["sector", "social"])
