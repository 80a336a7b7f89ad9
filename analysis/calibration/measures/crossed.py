"""Crossed signals from plan to release: how often the interaction's interval holds the truth, on both scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from corrtest.analysis import CombinedInteraction, Intervals, analyse, combined_interactions, pairs_table
from corrtest.design import Plan, make_plan, substream
from corrtest.disclosure import default_policy, release
from corrtest.lab import simulate_vacancies
from corrtest.power import power_of_plan
from corrtest.resources import ready_design
from corrtest.spec import Caps, Study, Window, check_vacancies, read_study_text
from measures.rows import coverage_row, rate_row

FloatArray = npt.NDArray[np.float64]

# Studies that are analysed in one table, which is faster; what a result says of all of them is left out.
_TOGETHER = 50
_NOT_OF_ONE: Mapping[str, Any] = {"robustness": (), "strata": (), "membership": None, "multiplicity": None}
# First signal alone and beside the other, second signal alone and beside.
_LEVELS = {
    "gender": ("maghrebi_name_man", "maghrebi_name_woman", "woman", "woman_maghrebi_name"),
    "age": ("maghrebi_name_35", "maghrebi_name_50", "age_50", "age_50_maghrebi_name"),
}
# Side of the square → cells of its control and treated arm: 0 neither, 1 the first signal, 2 the second, 3 both.
_SIDES = ((0, 1), (2, 3), (0, 2), (1, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossedCell:
    """One study of two crossed signals.

    Parameters
    ----------
    pairs : int
        Of each criterion; its two levels share them.
    rates : tuple of float
        True positive rate of a candidate with neither signal, the first, the second, both.
    association : float
        Correlation of the thresholds within a vacancy, beyond that of its employer.
    likeness : float
        Correlation of the thresholds of all applications to one employer, over both criteria and all levels.
    employers : int
        All vacancies come from so many employers, who may get up to four pairs; 0 = as simulated, at most two.
    """

    name: str
    second: Literal["gender", "age"] = "gender"
    pairs: int = 200
    rates: tuple[float, float, float, float]
    association: float = 0.5
    likeness: float = 0.0
    employers: int = 0

    @property
    def truth(self) -> dict[str, float]:
        """The interaction on each scale."""
        neither, first, second, both = self.rates
        return {"difference": both - first - second + neither, "ratio": both * neither / (first * second)}

    def study(self) -> Study:
        """Return the study."""
        text = ready_design("construction").read_text(encoding="utf-8")
        head, _, rest = text.partition("[[criterion]]")
        criteria = "".join(
            f'[[criterion]]\nname = "{criterion}"\nlevels = [{{ name = "{alone}", share = 0.5 }}, '
            f'{{ name = "{beside}", share = 0.5 }}]\n'
            for criterion, alone, beside in (
                ("origin", *_LEVELS[self.second][:2]),
                (self.second, *_LEVELS[self.second][2:]),
            )
        )
        quota = f"pairs = {{ origin = {self.pairs}, {self.second} = {self.pairs} }}"
        head = "\n".join(quota if line.startswith("pairs = ") else line for line in head.splitlines())
        study = read_study_text(f"{head}\n{criteria}[[occupation]]{rest.partition('[[occupation]]')[2]}", "crossed")
        return replace(study, caps=Caps(total=4, window=Window(pairs=4, weeks=1))) if self.employers else study


def crossed_grid() -> tuple[CrossedCell, ...]:
    """Return the studies: signals that multiply, that add up, and neither; employers alike or not."""
    multiply, add = (0.30, 0.21, 0.24, 0.168), (0.30, 0.21, 0.24, 0.15)
    return (
        CrossedCell(name="multiply", rates=multiply),
        CrossedCell(name="add_up", rates=add, second="age"),
        CrossedCell(name="cost_more", rates=(0.35, 0.25, 0.28, 0.08)),
        CrossedCell(name="low_rates", rates=(0.12, 0.08, 0.10, 0.0667), pairs=300),
        CrossedCell(name="employers_alike", rates=multiply, employers=110, likeness=0.3, association=0.3),
        CrossedCell(name="equal_treatment", rates=(0.25, 0.25, 0.25, 0.25), association=0.7),
    )


@cache
def _planned(cell: CrossedCell) -> Plan:
    study = cell.study()
    vacancies = simulate_vacancies(study)
    if cell.employers:
        numbers = vacancies["employer_id"].unique()[: cell.employers]
        vacancies["employer_id"] = numbers[np.arange(len(vacancies)) % cell.employers]
    return make_plan(study, check_vacancies(vacancies, study), allow_shortfall=True)


def measure_crossed(cell: CrossedCell, *, experiments: int = 500, seed: int = 2026) -> list[dict[str, Any]]:
    """Return a row for each scale: how often the released interval holds the truth and leaves out none."""
    plan = _planned(cell)
    rng = substream(seed, "calibration", cell.name)
    found: list[CombinedInteraction] = []
    for start in range(0, experiments, _TOGETHER):
        found += _released(cell, plan, min(_TOGETHER, experiments - start), rng)
    (reach,) = power_of_plan(plan).interactions
    described = {
        "design": cell.name,
        "crossed_with": cell.second,
        "pairs": len(plan.pairs),
        "employers": plan.pairs["employer"].nunique(),
        "reach_difference": round(reach.difference, 4),
        "reach_ratio": round(reach.ratio, 4),
        "experiments": experiments,
    }
    rows = []
    for scale, none in (("difference", 0.0), ("ratio", 1.0)):
        limits = _limits(found, scale)
        truth = cell.truth[scale]
        rows.append(coverage_row(scale, "put together from releases", limits, truth))
        away = (limits.lower > none) | (limits.upper < none)
        kind = "size" if np.isclose(truth, none) else "power"
        rows.append(rate_row(kind, scale, "interval leaves out none", np.asarray(away, dtype=np.bool_)))
    return [{**described, **row, "truth": round(cell.truth[row["name"]], 4)} for row in rows]


def _limits(found: list[CombinedInteraction], scale: str) -> Intervals:
    values = np.array(
        [
            [
                np.nan if each.interaction is None else getattr(each.interaction, f"{scale}{part}")
                for part in ("", "_lower", "_upper")
            ]
            for each in found
        ],
        dtype=np.float64,
    )
    return Intervals(*values.T)


def _released(cell: CrossedCell, plan: Plan, number: int, rng: np.random.Generator) -> list[CombinedInteraction]:
    """Simulate so many studies of one plan, analyse them, and take them through the gate."""
    policy = default_policy().for_study(plan.study.disclosure)
    tables = [_table(cell, plan, f"s{place}", rng) for place in range(number)]
    described = plan.study.description()
    together = analyse(pairs_table(pd.concat(tables, ignore_index=True)), study=described, simulated=True)
    found = []
    for place in range(number):
        own = tuple(replace(group, sector="s") for group in together.groups if group.sector == f"s{place}")
        releases = release(replace(together, groups=own, **_NOT_OF_ONE), policy)
        found += [each for each in combined_interactions(releases, described) if each.outcome == "strict"]
    return found


def _table(cell: CrossedCell, plan: Plan, sector: str, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table of one simulated study, a sector of its own; an answer is positive below a threshold."""
    pairs = plan.pairs
    sides = dict(zip(_LEVELS[cell.second], _SIDES, strict=True))
    thresholds = norm.ppf(cell.rates)
    names, employer = np.unique(pairs["employer"].to_numpy().astype(str), return_inverse=True)
    common = np.sqrt(cell.likeness) * rng.standard_normal(len(names))[employer]
    within = (1 - cell.likeness) * cell.association
    common = common + np.sqrt(within) * rng.standard_normal(len(pairs))
    arms = {}
    for place, arm in enumerate(("control", "treated")):
        threshold = np.array([thresholds[sides[level][place]] for level in pairs["level"]])
        latent = common + np.sqrt(1 - cell.likeness - within) * rng.standard_normal(len(pairs))
        arms[f"{arm}_reaction"] = np.where(latent < threshold, "invitation", "none")
    kept = pairs[["pair_id", "joint_committee", "criterion", "level", "employer"]].astype(str)
    kept = kept.reset_index(drop=True).assign(sector=sector, **arms)
    for name in ("pair_id", "employer"):
        kept[name] = f"{sector}-" + kept[name]
    return kept
