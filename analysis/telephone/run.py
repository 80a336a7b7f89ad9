"""A telephone study of 200 pairs with callers who differ: how often the ratio's interval holds the true ratio.

`python analysis/telephone/run.py [--studies 500] [--out DIR]` writes `coverage.csv` and `callers.csv`, and prints both.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from corrtest.analysis import analyse, pairs_table
from corrtest.design import assign_callers, caller_balance
from corrtest.spec import Caller, Calling, Study, read_study_text

HERE = Path(__file__).parent
PAIRS, CONTROL, TREATED = 200, -0.85, -1.15  # logits of about 0.3 and 0.25
SHARED = 1.0  # spread of what both calls to one employer have in common
CALLERS = (2, 4, 8)
# Spread between callers (logits): of how well they do whatever the arm, and of what the signal costs them.
SPREADS = ((0.0, 0.0), (0.5, 0.3))
CLUSTERS = {"employer": "employer", "employer and caller": "employer_and_caller"}
_STUDY = """
[study]
name = "telephone"
sector = "construction"
wave = "baseline"
seed = 1
language = "nl"
period = { start = 2027-01-11, end = 2027-07-09 }
[[committee]]
number = "124"
pairs = { origin = 200 }
[[criterion]]
name = "origin"
levels = [{ name = "maghrebi_name", share = 1.0 }]
[[occupation]]
code = "mason"
title = "metselaar"
committees = ["124"]
[caps]
total = 2
window = { pairs = 1, weeks = 8 }
[outcomes]
strict = ["invitation"]
broad = ["invitation", "other_positive"]
[channels]
declared = ["telephone"]
"""


def study_with(callers: int) -> Study:
    """Return a study with so many callers of one training."""
    named = tuple(Caller(name=f"caller_{number:02d}", group="one") for number in range(callers))
    return replace(read_study_text(_STUDY, "telephone.toml"), calling=Calling(callers=named))


def planned(study: Study) -> pd.DataFrame:
    """Return the pairs of one study with their callers, as the plan deals them."""
    pairs = pd.DataFrame(
        {
            "pair_id": [f"P{number:05d}" for number in range(PAIRS)],
            "joint_committee": "124",
            "criterion": "origin",
            "first_arm": ["control", "treated"] * (PAIRS // 2),
            "channel": "telephone",
        }
    )
    return pairs.merge(assign_callers(study, pairs), on="pair_id")


def _chance(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))


def true_ratio(between: float, of_signal: float) -> float:
    """Return the ratio over all employers and callers of the population, by a fine grid of both spreads."""
    quantiles = (np.arange(4000) + 0.5) / 4000
    normal = np.sort(np.random.default_rng(0).standard_normal(400_000))[(quantiles * 400_000).astype(int)]
    control = _chance(CONTROL + normal * np.hypot(SHARED, between)).mean()
    treated = _chance(TREATED + normal * np.sqrt(SHARED**2 + between**2 + of_signal**2)).mean()
    return float(treated / control)


def simulated(plan: pd.DataFrame, callers: int, between: float, of_signal: float, studies: int) -> pd.DataFrame:
    """Return so many studies of the plan, each with callers and employers of its own, in one table."""
    rng = np.random.default_rng([callers, int(between * 100), int(of_signal * 100)])
    place = {f"caller_{number:02d}": number for number in range(callers)}
    codes = {arm: plan[f"{arm}_caller"].map(place).to_numpy() for arm in ("control", "treated")}
    level = rng.normal(0, between, (studies, callers))
    cost = rng.normal(0, of_signal, (studies, callers))
    employer = rng.normal(0, SHARED, (studies, PAIRS))
    logits = {
        "control": CONTROL + employer + level[:, codes["control"]],
        "treated": TREATED + employer + level[:, codes["treated"]] + cost[:, codes["treated"]],
    }
    number = np.repeat(np.arange(studies), PAIRS)
    told = pd.concat([plan] * studies, ignore_index=True).drop(columns=["first_arm", "channel"])
    return told.assign(
        pair_id=[f"{study}-{pair}" for study, pair in zip(number, told["pair_id"], strict=True)],
        employer=[f"E{study}-{pair}" for study, pair in zip(number, told["pair_id"], strict=True)],
        study=[f"S{each:04d}" for each in number],
        sector="construction",
        level="maghrebi_name",
        **{
            f"{arm}_positive": (rng.random((studies, PAIRS)) < _chance(each)).astype(int).ravel()
            for arm, each in logits.items()
        },
    )


def coverage(table: pd.DataFrame, truth: float) -> list[dict[str, float | str | int]]:
    """Return how often each way of clustering has the truth in its 95 % interval, and how wide it is."""
    rows: list[dict[str, float | str | int]] = []
    for name, cluster in CLUSTERS.items():
        found = analyse(pairs_table(table), by=["study"], cluster=cluster)
        # Where rows are clustered, the clustered interval follows the plain one.
        last = [
            [each for each in group.estimates if each.name == "discrimination_ratio"][-1]
            for group in found.groups
            if group.key.get("study") is not None
        ]
        limits = np.array([(each.lower, each.upper) for each in last if None not in (each.lower, each.upper)], float)
        if not len(limits):
            continue
        inside = (limits[:, 0] <= truth) & (truth <= limits[:, 1])
        width = np.median(np.log(limits[:, 1]) - np.log(np.maximum(limits[:, 0], 1e-9)))
        rows.append({"cluster": name, "studies": len(limits), "coverage": inside.mean(), "log_width": width})
    return rows


def run(studies: int, callers: tuple[int, ...] = CALLERS) -> pd.DataFrame:
    """Return coverage for each number of callers and spread between them."""
    rows = []
    for count in callers:
        plan = planned(study_with(count))
        for between, of_signal in SPREADS:
            truth = true_ratio(between, of_signal)
            table = simulated(plan, count, between, of_signal, studies)
            setting = {"callers": count, "between": between, "of_signal": of_signal, "ratio": round(truth, 4)}
            rows += [setting | each for each in coverage(table, truth)]
    return pd.DataFrame(rows).round({"coverage": 4, "log_width": 3})


def main() -> None:
    """Run it at full size and write what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--out", type=Path, default=HERE / "results")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    study = study_with(4)
    balance = caller_balance(study, planned(study).drop(columns=["control_caller", "treated_caller"]))
    found = run(given.studies)
    for name, table in (("callers", balance), ("coverage", found)):
        table.to_csv(given.out / f"{name}.csv", index=False)
        print(table.to_string(index=False))


if __name__ == "__main__":
    main()
