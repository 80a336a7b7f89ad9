"""Which results of a study will be shown, before it starts: the gate is asked, with the reactions that are expected.

A committee that is hidden, or shown with others only, has no result of its own, so that it shows nothing by itself
however large the difference. Which cells hide depends on the numbers of pairs and of employers, seldom on reactions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corrtest.analysis import analyse, design_named, pairs_table
from corrtest.design import DrawnPlan, substream
from corrtest.disclosure import Noise, Policy, Release, noise_covariances, release
from corrtest.power.chances import Sizes, sizes_of
from corrtest.power.measurement import Measurement
from corrtest.spec import Study

# A committee, "" for the sector, and a criterion.
Stratum = tuple[str, str]
OTHER = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The rows of one stratum: how many, and how they spread over employers."""

    rows: int
    sizes: Sizes


def planned_rows(plan: DrawnPlan) -> pd.DataFrame:
    """Return the rows of a plan as its analysis will group them."""
    pairs = plan.pairs.rename(columns={"first_arm": "arm"})
    return pairs[["pair_id", "sector", "joint_committee", "criterion", "level", "employer", "arm"]].astype(str)


def capped_rows(study: Study, quota: Mapping[Stratum, int], cap: int) -> pd.DataFrame:
    """Return the rows of a study without a plan: each employer has `cap` of one stratum."""
    rows = []
    for (committee, criterion), count in quota.items():
        levels = next(each.levels for each in study.criteria if each.name == criterion)
        edge = np.cumsum([level.share for level in levels]) * count
        for number in range(count):
            rows.append(
                {
                    "joint_committee": committee,
                    "criterion": criterion,
                    "level": levels[min(int(np.searchsorted(edge, number, side="right")), len(levels) - 1)].name,
                    "employer": f"{committee} {criterion} {number // cap}",
                    "arm": ("control", "treated")[number % 2],
                }
            )
    frame = pd.DataFrame(rows).assign(sector=study.sector)
    # Which employer is sent which level and arm is drawn.
    rng = substream(study.seed, "power", "levels")
    for name in ("level", "arm"):
        frame[name] = frame.groupby(["joint_committee", "criterion"], sort=False)[name].transform(
            lambda drawn: rng.permutation(drawn.to_numpy())
        )
    return frame.assign(pair_id=[f"P{number}" for number in range(len(frame))])


def strata(rows: pd.DataFrame) -> dict[Stratum, Planned]:
    """Return each committee × criterion, and each criterion over the sector under the committee ""."""
    found = {}
    for criterion, of_criterion in rows.groupby("criterion", sort=False):
        parts = [(str(committee), part) for committee, part in of_criterion.groupby("joint_committee", sort=False)]
        for committee, part in (*parts, ("", of_criterion)):
            sizes = sizes_of(part["employer"].value_counts().tolist())
            found[committee, str(criterion)] = Planned(rows=len(part), sizes=sizes)
    return found


def releases_expected(
    study: Study, rows: pd.DataFrame, measured: Mapping[str, Measurement], policy: Policy
) -> dict[Stratum, Release]:
    """Return what the gate releases of each stratum where reactions are as expected."""
    table = pairs_table(_with_reactions(study, rows, measured))
    results = analyse(table, study=study.description(), simulated=True)
    return {
        (found.joint_committee or "", found.criterion): found
        for found in release(results, policy)
        if found.criterion is not None and found.level is None and not any(found.extra.values())
    }


def noise_expected(study: Study, rows: pd.DataFrame, policy: Policy) -> dict[Stratum, Noise]:
    """Return the covariance of the noise on each stratum's counts of the primary outcome; none where they are exact."""
    strata_and_levels = zip(rows["joint_committee"], rows["criterion"], rows["level"], strict=True)
    sizes: Counter[tuple[str, str, str | None]] = Counter(strata_and_levels)
    outcomes = study.outcomes.as_mapping()
    found = noise_covariances(policy, sizes, outcomes, design_named(study.pairing))
    return {
        (committee or "", criterion): tuple(map(tuple, covariance.tolist()))
        for (committee, criterion, level, outcome), covariance in found.items()
        if level is None and outcome == study.outcomes.primary
    }


def _with_reactions(study: Study, rows: pd.DataFrame, measured: Mapping[str, Measurement]) -> pd.DataFrame:
    """Return rows with the reactions that are expected: in each cell the numbers nearest to the chances."""
    rng = substream(study.seed, "power", "expected reactions")
    frame = rows.assign(control=0, treated=0)
    for (_, criterion, _), part in frame.groupby(["joint_committee", "criterion", "level"], sort=False):
        rates = measured[str(criterion)].rates
        if study.pairing == "unpaired":
            for arm, rate in (("control", rates.control_rate), ("treated", rates.treated_rate)):
                own = rng.permutation(part.index[part["arm"] == arm])
                frame.loc[own[: round(rate * len(own))], arm] = 1
            continue
        order = rng.permutation(part.index)
        edges = np.round(np.cumsum([rates.both, rates.control_only, rates.treated_only]) * len(order)).astype(int)
        frame.loc[order[: edges[1]], "control"] = 1
        frame.loc[order[: edges[0]], "treated"] = 1
        frame.loc[order[edges[1] : edges[2]], "treated"] = 1
    positive = study.outcomes.strict[0]
    control, treated = (np.where(frame[arm] == 1, positive, OTHER) for arm in ("control", "treated"))
    if study.pairing == "unpaired":
        frame = frame.assign(reaction=np.where(frame["arm"] == "control", control, treated))
    else:
        frame = frame.assign(control_reaction=control, treated_reaction=treated).drop(columns="arm")
    return frame.drop(columns=["control", "treated"])
