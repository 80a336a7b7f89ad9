"""Simulated firms and what they answer a client: for the demo of a study that calls firms."""

from __future__ import annotations

import numpy as np
import pandas as pd

from corrtest.design import Plan, substream
from corrtest.lab.market import fictitious_employers, market_assumptions
from corrtest.spec import SIMULATED, Study, postal_codes

__all__ = ["simulate_answers", "simulate_firms"]


def simulate_firms(study: Study) -> pd.DataFrame:
    """Return the frame of a simulated sector, as people have it: firms that cannot exist, most of them small."""
    assumed = market_assumptions()["calls"]
    rng = substream(study.seed, "lab", "firms")
    n = int(assumed["firms"])
    numbers, names = fictitious_employers(n, rng)
    postal = postal_codes().index.to_numpy()
    return pd.DataFrame(
        {
            "employer_id": numbers,
            "employer_name": names,
            "joint_committee": rng.choice([committee.number for committee in study.committees], n),
            "postal_code": rng.choice(postal, n),
            "employees": np.maximum(1, rng.lognormal(np.log(assumed["employees_median"]), 1.0, n)).astype(int),
            "address": [f"SIMULATED {number:04d}" for number in range(n)],
            SIMULATED: True,
        }
    )


def simulate_answers(plan: Plan) -> pd.DataFrame:
    """Return simulated answers to the calls of `plan`: pair_id, arm, reaction, at; who is not reached has no row.

    Each firm has a chance of its own to go along, from a beta distribution around the assumed share whose spread gives
    the correlation between its calls that the study preregisters.
    """
    assumed = market_assumptions()["calls"]
    rng = substream(plan.study.seed, "lab", "answers")
    share, rho = float(assumed["goes_along"]), max(plan.study.analysis.employer_correlation, 0.01)
    weight = (1 - rho) / rho
    firms = sorted(plan.pairs["employer"].unique())
    own = dict(zip(firms, rng.beta(share * weight, (1 - share) * weight, len(firms)), strict=True))
    chance = plan.pairs["employer"].map(own).to_numpy(dtype=np.float64)
    along = rng.random(len(chance)) < chance
    agrees = rng.random(len(chance)) < assumed["agrees_of_those"]
    evades = rng.random(len(chance)) < assumed["evades_of_others"]
    answer = np.where(along, np.where(agrees, "agrees", "hints"), np.where(evades, "refers", "refuses"))
    seconds = rng.integers(10 * 3600, 17 * 3600, len(chance)).astype("timedelta64[s]")
    at = plan.pairs["send_first_on"].to_numpy().astype("datetime64[s]") + seconds
    table = pd.DataFrame({"pair_id": plan.pairs["pair_id"], "arm": "treated", "reaction": answer, "at": at})
    reached = rng.random(len(chance)) >= assumed["not_reached"]
    there: pd.DataFrame = table[reached].sort_values(["at", "pair_id"], ignore_index=True)
    return there
