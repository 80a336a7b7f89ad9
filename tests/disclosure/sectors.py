"""Synthetic sectors for the tests: pairs tables with employers, committees, levels and reactions, from a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from corrtest.analysis import Results, analyse, pairs_table

LEVELS: Mapping[str, Sequence[str]] = {
    "origin": ("maghrebi_name", "turkish_name", "slavic_name"),
    "age": ("age_50",),
    "disability": ("deaf", "physical_disability"),
}


def sector_pairs(
    seed: int,
    *,
    sector: str = "construction",
    committees: Mapping[str, int] | None = None,
    criteria: Sequence[str] = ("origin", "age", "disability"),
    cap: int = 3,
) -> pd.DataFrame:
    """Return a pairs table: `committees` maps each number to its pairs per criterion; an employer has 1 to `cap`."""
    rng = np.random.default_rng(seed)
    rows = []
    ratios = {"origin": 0.7, "age": 0.62, "disability": 0.58}
    for committee, pairs in (committees or {"124": 200}).items():
        employers: list[str] = []
        while len(employers) < pairs * len(criteria):
            employers += [f"E{committee}-{len(employers):05d}"] * int(rng.integers(1, cap + 1))
        order = rng.permutation(pairs * len(criteria))
        position = 0
        for criterion in criteria:
            levels = LEVELS[criterion]
            for number in range(pairs):
                rate = float(np.clip(rng.beta(2, 5), 0.02, 0.95))
                control = _reaction(rng, rate)
                treated = _reaction(rng, rate * ratios[criterion])
                rows.append(
                    {
                        "pair_id": f"{committee}-{criterion}-{number:05d}",
                        "sector": sector,
                        "joint_committee": committee,
                        "criterion": criterion,
                        "level": levels[number % len(levels)],
                        "employer": employers[order[position] % len(employers)],
                        "control_reaction": control,
                        "treated_reaction": treated,
                    }
                )
                position += 1
    return pd.DataFrame(rows)


def _reaction(rng: np.random.Generator, rate: float) -> str:
    if rng.random() >= rate:
        return str(rng.choice(["none", "negative"], p=[0.7, 0.3]))
    return "invitation" if rng.random() < 0.6 else "other_positive"


def with_automatic_answers(table: pd.DataFrame, share: float, seed: int = 1) -> pd.DataFrame:
    """Return the table with that share of the missing reactions automatic answers instead."""
    rng = np.random.default_rng(seed)
    changed = table.copy()
    for column in ("control_reaction", "treated_reaction"):
        automatic = (table[column] == "none") & (rng.random(len(table)) < share)
        changed.loc[automatic, column] = "automatic"
    return changed


def one_application_each(table: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Return the table of an unpaired study: of each pair the one application that was drawn."""
    arms = np.random.default_rng(seed).choice(["control", "treated"], len(table))
    reactions = np.where(arms == "control", table["control_reaction"], table["treated_reaction"])
    return table.drop(columns=["control_reaction", "treated_reaction"]).assign(arm=arms, reaction=reactions)


def study_description(sector: str, committees: Mapping[str, int]) -> dict[str, Any]:
    """Return what a study says of itself, as `Study.description` does."""
    return {
        "name": f"SIMULATED {sector}-baseline-2027",
        "sector": sector,
        "wave": "baseline",
        "language": "nl",
        "period": ["2027-01-11", "2027-07-09"],
        "ethics_reference": "SIMULATED, no real approval",
        "authorised_by": "SIMULATED, nobody",
        "employers_informed_on": "2026-12-01",
        "committees": [{"number": c, "pairs": dict.fromkeys(LEVELS, n)} for c, n in committees.items()],
        "criteria": [
            {"name": name, "levels": [{"name": level, "share": 1 / len(levels)} for level in levels]}
            for name, levels in LEVELS.items()
        ],
        "caps": {"total": 3, "window": {"pairs": 2, "weeks": 8}},
        "outcomes": {"strict": ["invitation"], "broad": ["invitation", "other_positive"]},
        "tests_are": "pairs",
        "lag_days": 1,
        "reaction_window_days": 30,
    }


SOCIAL_PROFIT = {"318": 60, "319": 60, "327": 60, "329": 60, "330": 120, "331": 60, "337": 60}


def sector_results(seed: int, *, sector: str = "construction", committees: Mapping[str, int] | None = None) -> Results:
    """Return simulated results of one sector."""
    committees = committees or {"124": 200}
    table = sector_pairs(seed, sector=sector, committees=committees)
    shortfalls = (
        {
            "joint_committee": next(iter(committees)),
            "criterion": "disability",
            "wanted": 200,
            "planned": 187,
            "cause": "caps",
        },
    )
    return analyse(
        pairs_table(table),
        study=study_description(sector, committees),
        shortfalls=shortfalls,
        simulated=True,
    )
