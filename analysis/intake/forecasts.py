"""How often the forecast of places holds: simulated markets of 26 weeks, looked ahead in weeks 4, 8 and 13.

    python analysis/intake/forecasts.py [--weeks 26] [--pairs 200] [--shares 1 0.25] [--seeds 8]

What is forecast is an interval of 80 % for the places that come until the last day; what came is counted employer by
employer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent))

from weeks import market, mondays, study_of

from corrtest.design import forecast
from corrtest.spec import Study

LOOKED_AHEAD_IN = (4, 8, 13)


def places(study: Study, vacancies: pd.DataFrame) -> dict[str, int]:
    """Return committee → places for pairs: of each employer as many vacancies as its cap in all has room for."""
    counts = vacancies.groupby(["joint_committee", "employer_id"]).size().clip(upper=study.caps.total)
    return {str(name): int(total) for name, total in counts.groupby(level=0).sum().items()}


def looked_ahead(study: Study, share: float) -> list[dict[str, float]]:
    """Return each forecast of one market beside what came."""
    vacancies, days = market(study, share), mondays(study)
    every, found = places(study, vacancies), []
    for week in (week for week in LOOKED_AHEAD_IN if week < len(days)):
        known = vacancies[vacancies["came_in"] <= days[week].isoformat()].reset_index(drop=True)
        had = places(study, known)
        for each in forecast(study, known, None, on=days[week]):
            came = every[each.joint_committee] - had[each.joint_committee]
            found.append(
                {
                    "share": share,
                    "seed": study.seed,
                    "week": week,
                    "expected": round(each.expected, 1),
                    "low": each.low,
                    "high": each.high,
                    "came": came,
                    "held": each.low <= came <= each.high,
                }
            )
    return found


def main(arguments: Sequence[str] | None = None) -> pd.DataFrame:
    """Run every share and seed, print how often forecasts held, and return all of them."""
    parser = argparse.ArgumentParser(description="How often the forecast of places holds.")
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--pairs", type=int, default=200, help="pairs a stratum")
    parser.add_argument("--shares", type=float, nargs="+", default=[1.0, 0.25], help="of the simulated market")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    table = pd.DataFrame(
        [
            row
            for share in given.shares
            for seed in range(1, given.seeds + 1)
            for row in looked_ahead(study_of(given.pairs, given.weeks, seed), share)
        ]
    )
    print(table.groupby(["share", "week"])[["expected", "came", "held"]].mean().round(3).to_string())
    print(f"held: {int(table['held'].sum())} of {len(table)}")
    if given.out:
        table.to_csv(given.out, index=False)
    return table


if __name__ == "__main__":
    main()
