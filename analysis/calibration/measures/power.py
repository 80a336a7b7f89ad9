"""Promised against delivered: the power that a plan is told, and how often the report's verdict says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import norm

from corrtest.analysis import analyse, pairs_table
from corrtest.design import Plan, make_plan
from corrtest.disclosure import Release, ReleaseSet, default_policy, release
from corrtest.lab import simulate_reactions, simulate_vacancies, simulated_study
from corrtest.pages import catalogue
from corrtest.power import StudyPower, power_of_plan
from corrtest.power.family import levels_left
from corrtest.report.contrasts import contrast_key, contrasts
from corrtest.report.view import View
from corrtest.spec import Caps, Committee, Study, Window, check_vacancies
from measures.rows import rate_row

# Studies that are analysed in one table, which is faster; what a result says of all of them is left out.
_TOGETHER = 50
_NOT_OF_ONE: Mapping[str, Any] = {"robustness": (), "strata": (), "membership": None, "multiplicity": None}
# In the second wave the candidates are treated equally.
EQUAL = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerCell:
    """One design: a ready one, and what is changed in it.

    Parameters
    ----------
    quota : mapping, optional
        Criterion → pairs in each committee, in place of the design's.
    committees : int
        So many committees in place of the design's; 0 = as it has.
    employers : int
        All vacancies come from so many employers, each of which may get two pairs of one stratum; 0 = as simulated.
    follow_up : bool
        A second wave with a ratio of 1: what is counted is that the ratio is shown to have risen.
    """

    name: str
    design: str = "construction"
    pairing: Literal["paired", "unpaired"] = "paired"
    protection: Literal["coalition", "all_but_one"] = "coalition"
    quota: tuple[tuple[str, int], ...] = ()
    committees: int = 0
    employers: int = 0
    follow_up: bool = False

    def study(self) -> Study:
        """Return the study."""
        study = simulated_study(self.design)
        committees = study.committees
        if self.committees:
            committees = tuple(replace(committees[0], number=str(301 + n)) for n in range(self.committees))
        if self.quota:
            committees = tuple(_with(committee, dict(self.quota)) for committee in committees)
        numbers = tuple(committee.number for committee in committees)
        tested = {criterion for committee in committees for criterion in committee.pairs}
        return replace(
            study,
            pairing=self.pairing,
            committees=committees,
            criteria=tuple(each for each in study.criteria if each.name in tested),
            occupations=tuple(replace(each, committees=numbers) for each in study.occupations)
            if self.committees
            else study.occupations,
            caps=Caps(total=2, window=Window(pairs=2, weeks=1)) if self.employers else study.caps,
            disclosure=replace(study.disclosure, protection=self.protection),
        )


def _with(committee: Committee, quota: Mapping[str, int]) -> Committee:
    return replace(committee, pairs=MappingProxyType(dict(quota)))


def power_grid() -> tuple[PowerCell, ...]:
    """Return the designs."""
    return (
        PowerCell(name="construction"),
        PowerCell(name="social_profit", design="social_profit"),
        PowerCell(name="unpaired", pairing="unpaired"),
        PowerCell(name="twenty_committees", committees=20, quota=(("origin", 24),)),
        PowerCell(name="follow_up", follow_up=True),
        PowerCell(name="two_pairs_an_employer", quota=(("age", 200),), employers=105),
        PowerCell(name="all_but_one", protection="all_but_one"),
    )


@cache
def _planned(cell: PowerCell) -> tuple[Plan, StudyPower]:
    study = cell.study()
    vacancies = simulate_vacancies(study)
    if cell.employers:
        numbers = vacancies["employer_id"].unique()[: cell.employers]
        vacancies["employer_id"] = numbers[np.arange(len(vacancies)) % cell.employers]
    plan = make_plan(study, check_vacancies(vacancies, study), allow_shortfall=True)
    return plan, power_of_plan(plan)


def measure_power(cell: PowerCell, *, experiments: int = 500, seed: int = 2026) -> list[dict[str, Any]]:
    """Return a row for each criterion, over the sector and in the committees: delivered, promised, and z of the two."""
    shown: list[dict[tuple[str, str], bool]] = []
    for start in range(0, experiments, _TOGETHER):
        shown += delivered(cell, range(start, min(start + _TOGETHER, experiments)), seed)
    return compared(cell, shown)


def delivered(cell: PowerCell, numbers: range, seed: int = 2026) -> list[dict[tuple[str, str], bool]]:
    """Return for each study what its report says: (committee, "" for the sector; criterion) → whether that is true."""
    first = _released(cell, numbers, seed)
    second = _released(cell, numbers, seed + 1, EQUAL) if cell.follow_up else [None] * len(numbers)
    return [_verdicts(one, other) for one, other in zip(first, second, strict=True)]


def compared(cell: PowerCell, shown: Sequence[Mapping[tuple[str, str], bool]]) -> list[dict[str, Any]]:
    """Return the rows of so many studies beside what was promised."""
    plan, power = _planned(cell)
    table = power.table.assign(place=power.table["joint_committee"].where(power.table["joint_committee"] == "", "each"))
    rows = []
    for (criterion, place), strata in table.groupby(["criterion", "place"], sort=False):
        found = np.array([[run[committee, str(criterion)] for committee in strata["joint_committee"]] for run in shown])
        promised = float(np.mean([_promised(cell, power, row) for row in strata.to_dict("records")]))
        of_run = found.mean(axis=1)
        value = float(of_run.mean())
        # Adjustment ties the committees of a run. Where all runs say the same, the promise has the error.
        of_promise = np.sqrt(promised * (1 - promised) / found.size)
        error = max(float(np.std(of_run)) / np.sqrt(len(shown)), float(of_promise), 1e-9)
        row = rate_row("power", f"{criterion}, {'committees' if place else 'sector'}", "report", of_run > 0.5)
        delivered_row = {"value": value, "monte_carlo_error": error}
        rows.append(row | delivered_row | {"promised": round(promised, 4), "z": round((value - promised) / error, 2)})
    described = {"design": cell.name, "pairs": len(plan.pairs), "experiments": len(shown)}
    return [{**described, **row} for row in rows]


def _promised(cell: PowerCell, power: StudyPower, row: Mapping[Any, Any]) -> float:
    if not cell.follow_up:
        return float(row["power"])
    # All criteria rise alike: what the others leave to one is drawn, as the p-value of a normal quotient of ratios.
    rng = np.random.default_rng(1)
    others = [one for (place, name), one in power.measurements.items() if not place and name != row["criterion"]]
    shifts = [one.change_statistic(row["pairs"], replace(one, ratio=EQUAL), row["pairs"]) for one in others]
    pvalues = 2 * norm.sf(np.abs(np.array(shifts) + rng.standard_normal((20_000, len(shifts)))))
    measured = power.measurements[row["joint_committee"], row["criterion"]]
    levels = levels_left(pvalues, method="holm", alpha=measured.alpha)
    return measured.change_power(row["pairs"], replace(measured, ratio=EQUAL), row["pairs"], levels=levels)


def _released(cell: PowerCell, numbers: range, seed: int, ratio: float | None = None) -> list[ReleaseSet]:
    """Simulate so many studies of one plan, analyse them and take them through the gate."""
    plan, power = _planned(cell)
    policy = default_policy().for_study(plan.study.disclosure)
    control = {criterion: found.control_rate for criterion, found in power.by_criterion.items()}
    rates = None if ratio is None else {criterion: (rate, ratio) for criterion, rate in control.items()}
    drawn = [seed * 100_000 + number for number in numbers]
    table = pd.concat([_table(plan, each, rates) for each in drawn], ignore_index=True)
    together = analyse(pairs_table(table), study=plan.study.description(), simulated=True)
    released = []
    for each in drawn:
        own = tuple(replace(group, sector="s") for group in together.groups if group.sector == f"s{each}")
        released.append(release(replace(together, groups=own, **_NOT_OF_ONE), policy))
    return released


def _table(plan: Plan, seed: int, rates: Mapping[str, tuple[float, float]] | None) -> pd.DataFrame:
    """Return the table of one simulated study, as the register exports it, a sector of its own."""
    study = replace(plan.study, seed=seed)
    reactions = simulate_reactions(replace(plan, study=study), rates)
    arms = reactions.pivot(index="pair_id", columns="arm", values="reaction").reindex(plan.pairs["pair_id"])
    arms = arms.reindex(columns=["control", "treated"]).fillna("none")
    names = ["pair_id", "joint_committee", "criterion", "level", "employer"]
    table = plan.pairs[names].astype(str).assign(sector=f"s{seed}").reset_index(drop=True)
    for name in ("pair_id", "employer"):
        table[name] = f"{seed}-" + table[name]
    if study.pairing == "unpaired":
        arm = plan.pairs["first_arm"].to_numpy()
        return table.assign(arm=arm, reaction=np.where(arm == "control", arms["control"], arms["treated"]))
    return table.assign(control_reaction=arms["control"].to_numpy(), treated_reaction=arms["treated"].to_numpy())


def _verdicts(first: ReleaseSet, second: ReleaseSet | None) -> dict[tuple[str, str], bool]:
    """Return for each committee, "" for the sector, and criterion whether the report says what is true."""
    view = View(releases=first, words=catalogue("en", "report"))
    changes = {} if second is None else contrasts(first, second)
    found = {}
    for each in first:
        if each.outcome == view.main_outcome and each.level is None and each.criterion is not None:
            key = (each.joint_committee or "", each.criterion)
            found[key] = _rose(each, changes) if second is not None else view.verdict(each).kind == "disadvantage"
    return found


def _rose(each: Release, changes: Mapping[Any, Any]) -> bool:
    comparison = changes.get(contrast_key(each))
    return comparison is not None and comparison.kind == "better"
