"""A measurement of 26 weeks run week by week, against a plan that knew every vacancy beforehand.

    python analysis/intake/weeks.py [--weeks 26] [--pairs 200] [--shares 1 0.5 0.25] [--seeds 1]

Vacancies of a simulated market come in on the Monday after they open; each Monday the plan is amended with what came
in, and everything planned before stays as it is. What is shown: pairs planned, by a clairvoyant and by the weeks; caps
that were broken, counted here pair by pair with plain dates; the largest lead of one arm in going first, within a
level. How often forecasts hold: forecasts.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corrtest.design import Plan, amend_plan, make_plan
from corrtest.lab import simulate_vacancies
from corrtest.resources import designs_folder
from corrtest.spec import Period, Study, check_vacancies, read_study

KEY = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run of a measurement came to."""

    share: float
    seed: int
    vacancies: int
    wanted: int
    clairvoyant: int
    week_by_week: int
    broken_caps: int
    moved: int
    largest_lead: int
    seconds: float


def study_of(pairs: int, weeks: int, seed: int) -> Study:
    """Return the study of construction with `pairs` a stratum, over so many weeks."""
    base = read_study(designs_folder() / "construction.toml")
    start = date(2027, 1, 11)
    committees = tuple(
        replace(each, pairs=MappingProxyType(dict.fromkeys(each.pairs, pairs))) for each in base.committees
    )
    return replace(
        base, seed=seed, committees=committees, period=Period(start=start, end=start + timedelta(weeks=weeks, days=-3))
    )


def mondays(study: Study) -> list[date]:
    """Return each Monday of the period."""
    return [study.period.start + timedelta(days=day) for day in range(0, study.period.days, 7)]


def came_in(study: Study, vacancies: pd.DataFrame) -> pd.DataFrame:
    """Return the vacancies with the Monday on which each comes in: what is open at the start, then week by week."""
    days = mondays(study)
    place = np.searchsorted(
        np.array(days, dtype="datetime64[D]"), vacancies["opens"].to_numpy().astype("datetime64[D]")
    )
    kept = vacancies[place < len(days)].assign(came_in=[days[n].isoformat() for n in place[place < len(days)]])
    return kept[pd.to_datetime(kept["came_in"]) <= kept["closes"]].reset_index(drop=True)


def broken_caps(study: Study, pairs: pd.DataFrame) -> int:
    """Count the pairs that come on top of a cap, day by day and employer by employer."""
    caps, broken = study.caps, 0
    loads: dict[str, list[date]] = defaultdict(list)
    for employer, first in sorted(zip(pairs["employer_id"], pairs["send_first_on"].dt.date, strict=True)):
        near = [day for day in loads[employer] if (first - day).days < 7 * caps.window.weeks]
        broken += len(loads[employer]) >= caps.total or len(near) >= caps.window.pairs
        loads[employer].append(first)
    return broken


def largest_lead(pairs: pd.DataFrame) -> int:
    """Return by how many pairs one arm goes first more often than the other, at most, within a level of a stratum."""
    strata = pairs.groupby(["joint_committee", "criterion", "level"])["first_arm"]
    return max(abs(2 * int((arms == "control").sum()) - len(arms)) for _, arms in strata)


def run(study: Study, vacancies: pd.DataFrame) -> tuple[Plan, int]:
    """Return the last plan of the weeks, and how many planned pairs ever changed."""
    days, moved = mondays(study), 0
    first = vacancies[vacancies["came_in"] == days[0].isoformat()].reset_index(drop=True)
    plan = make_plan(study, first, allow_shortfall=True, key=KEY)
    for number, day in enumerate(days[1:], start=1):
        known = vacancies[vacancies["came_in"] <= day.isoformat()].reset_index(drop=True)
        later = amend_plan(plan, known, since=day, reason=f"week {number}")
        moved += int((later.pairs.iloc[: len(plan.pairs)].to_numpy() != plan.pairs.to_numpy()).any(axis=1).sum())
        plan = later
    return plan, moved


def market(study: Study, share: float) -> pd.DataFrame:
    """Return a share of the simulated vacancies of a study, each with the day on which it comes in."""
    every = simulate_vacancies(study)
    chosen = every.sample(frac=share, random_state=study.seed).sort_values(["opens", "vacancy_id"])
    return came_in(study, check_vacancies(chosen.reset_index(drop=True), study))


def outcome(share: float, seed: int, weeks: int, pairs: int) -> Outcome:
    """Run one measurement on a share of the simulated market, week by week and by a clairvoyant."""
    began = time.monotonic()
    study = study_of(pairs, weeks, seed)
    vacancies = market(study, share)
    clairvoyant = make_plan(study, vacancies, allow_shortfall=True, key=KEY)
    plan, moved = run(study, vacancies)
    return Outcome(
        share=share,
        seed=seed,
        vacancies=len(vacancies),
        wanted=int(plan.manifest["pairs_wanted"]),
        clairvoyant=len(clairvoyant.pairs),
        week_by_week=len(plan.pairs),
        broken_caps=broken_caps(study, plan.pairs),
        moved=moved,
        largest_lead=largest_lead(plan.pairs),
        seconds=round(time.monotonic() - began, 1),
    )


def main(arguments: Sequence[str] | None = None) -> pd.DataFrame:
    """Run every share and seed, print the table and return it."""
    parser = argparse.ArgumentParser(description="A measurement run week by week.")
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--pairs", type=int, default=200, help="pairs a stratum")
    parser.add_argument("--shares", type=float, nargs="+", default=[1.0, 0.5, 0.25], help="of the simulated market")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    runs = [
        outcome(share, seed, given.weeks, given.pairs) for share in given.shares for seed in range(1, given.seeds + 1)
    ]
    table = pd.DataFrame(runs)
    table["of_clairvoyant"] = (table["week_by_week"] / table["clairvoyant"]).round(4)
    print(table.to_string(index=False))
    if given.out:
        table.to_csv(given.out, index=False)
    return table


if __name__ == "__main__":
    main()
