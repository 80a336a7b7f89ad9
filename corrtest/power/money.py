"""What a study costs, what its budget buys under each aim, and which aim to choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from corrtest.design import Prices, pairs_quota, prices
from corrtest.disclosure import Policy
from corrtest.pages import Catalogue
from corrtest.power.spreading import AIMS, BudgetAnswer, spread_budget
from corrtest.power.study_power import StudyPower, power_of_study
from corrtest.spec import Study

__all__ = ["Choice", "Money", "money_of_study", "quotas_of", "with_quotas"]

Quotas = Mapping[str, Mapping[str, int]]
Progress = Callable[[int, int], None]
# The study's own quotas, beside the aims.
OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to spend: `name` is `OWN` or an aim; pairs in all (unpaired: applications of each arm), cost in euro.

    `quotas` is committee → criterion → tests, as the study counts them; `shown` the power with these.
    """

    name: str
    quotas: Quotas
    pairs: int
    cost: float
    shown: StudyPower

    @property
    def over_the_sector(self) -> pd.DataFrame:
        """The rows of power over the whole sector: its only committee's where it has one."""
        table = self.shown.table
        whole = table.loc[table["joint_committee"] == ""]
        return whole if len(whole) else table

    @property
    def results_shown(self) -> int:
        """Results over the sector whose assumed ratio is shown with the power wanted."""
        return int((self.over_the_sector["power"] >= self.shown.target_power).sum())

    @property
    def committees_shown(self) -> int:
        """Results of one committee whose assumed ratio is shown with the power wanted."""
        table = self.shown.table
        return int((table.loc[table["joint_committee"] != "", "power"] >= self.shown.target_power).sum())

    @property
    def least_sure(self) -> tuple[str, float]:
        """The criterion over the sector that is shown least surely, and its chance (0 to 1)."""
        row = self.over_the_sector.sort_values("power", kind="stable").iloc[0]
        return str(row["criterion"]), float(row["power"])

    @property
    def worth(self) -> tuple[int, int, float]:
        """What one choice is better by: results over the sector, results of committees, the least sure of all."""
        return self.results_shown, self.committees_shown, round(self.least_sure[1], 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What a study costs and what its budget buys: its own quotas, and a choice for each aim, in the order of `AIMS`.

    `total` is the money that is spread, `available` all that there is with what the sector adds (None: not said).
    """

    study: Study
    total: float
    prices: Prices
    own: Choice
    choices: tuple[Choice, ...]

    @property
    def available(self) -> float | None:
        """All the money there is, in euro."""
        return self.study.budget.available

    @property
    def advised(self) -> Choice:
        """The aim to choose: it shows most over the sector, then in committees, then most surely; ties to the first."""
        return max(self.choices, key=lambda choice: choice.worth)

    def choice(self, name: str) -> Choice:
        """Return the choice of an aim, or the advised one ("advised")."""
        return self.advised if name == "advised" else next(each for each in self.choices if each.name == name)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a stratum and, with joint_committee "", one a criterion over the sector.

        Columns: joint_committee, criterion, and for each choice `<name>_pairs`, `<name>_ratio` (shown with the power
        wanted; nan where none is) and `<name>_power` (that the assumed ratio is shown).
        """
        columns = {"pairs": "pairs", "detectable_ratio": "ratio", "power": "power"}
        keys = ["joint_committee", "criterion"]
        parts = [
            each.shown.table.set_index(keys)[list(columns)].rename(
                columns={name: f"{each.name}_{short}" for name, short in columns.items()}
            )
            for each in (self.own, *self.choices)
        ]
        return pd.concat(parts, axis=1).reset_index()

    def advice(self, words: Catalogue) -> list[str]:
        """Return which aim to choose, why, and what that money does not show, a sentence each."""
        best, criteria = self.advised, len(self.study.criteria)
        criterion, chance = best.least_sure
        tens = words.number(10 * best.shown.target_power, 0)
        facts = {"aim": words.name("aim", best.name), "tens": tens}
        found = [
            words.text(
                "Advised: {aim}. Over the sector it shows the assumed ratio of {shown} of the {criteria} criteria in "
                "at least {tens} of 10 measurements; the least sure is {criterion}, in {hundred} of 100.",
                shown=words.number(best.results_shown, 0),
                criteria=words.number(criteria, 0),
                criterion=words.name("criterion", criterion),
                hundred=words.number(100 * chance, 0),
                **facts,
            )
        ]
        if len(self.study.committees) > 1:
            found.append(
                words.text(
                    "No joint committee by itself shows its assumed ratio with this money: report the sector, and a "
                    "committee only with partial pooling."
                )
                if best.committees_shown == 0
                else words.text(
                    "{count} results of single joint committees show their assumed ratio as well.",
                    count=words.number(best.committees_shown, 0),
                )
            )
        return found


def with_quotas(study: Study, quotas: Quotas) -> Study:
    """Return the study with other quotas."""
    return replace(study, committees=tuple(replace(each, pairs=quotas[each.number]) for each in study.committees))


def quotas_of(study: Study, answer: BudgetAnswer) -> dict[str, dict[str, int]]:
    """Return committee → criterion → tests of a spread, counted as the study counts them: two applications a pair."""
    each = 2 if study.fieldwork.tests_are == "applications" else 1
    found: dict[str, dict[str, int]] = {}
    for row in answer.table.to_dict("records"):
        found.setdefault(row["joint_committee"], {})[row["criterion"]] = each * int(row["pairs"])
    return found


def money_of_study(
    study: Study,
    *,
    shown: StudyPower | None = None,
    total: float | None = None,
    minimum: int | None = None,
    weights: Mapping[str, float] | None = None,
    policy: Policy | None = None,
    progress: Progress | None = None,
    target_power: float = 0.8,
    pairs_per_employer: int | None = None,
    **assumed: Any,
) -> Money:
    """Return what a study costs and what a budget buys; the power of each choice is that of what is published.

    Parameters
    ----------
    shown : StudyPower, optional
        What the study shows with its own quotas, where that is known already.
    total, minimum, weights
        As for `spread_budget`.
    policy, target_power, pairs_per_employer, assumed
        As for `power_of_study`.
    progress : callable, optional
        Called with (choices done, choices in all).
    """
    spreads = {
        aim: spread_budget(study, aim, total=total, minimum=minimum, weights=weights, policy=policy, **assumed)
        for aim in AIMS
    }
    steps = len(AIMS) + 1

    def power(quotas: Quotas, done: int) -> StudyPower:
        found = power_of_study(
            with_quotas(study, quotas),
            policy=policy,
            target_power=target_power,
            pairs_per_employer=pairs_per_employer,
            **assumed,
        )
        if progress is not None:
            progress(done, steps)
        return found

    price, own = prices(study), {each.number: dict(each.pairs) for each in study.committees}
    wanted = sum(pairs_quota(study).values())
    wanted = -(-wanted // 2) if study.pairing == "unpaired" else wanted
    first = Choice(name=OWN, quotas=own, pairs=wanted, cost=price.cost(wanted), shown=shown or power(own, 1))
    choices = []
    for done, (aim, answer) in enumerate(spreads.items(), start=2):
        quotas = quotas_of(study, answer)
        found = power(quotas, done)
        choices.append(Choice(name=aim, quotas=quotas, pairs=answer.pairs, cost=answer.cost, shown=found))
    money = next(iter(spreads.values())).total
    return Money(study=study, total=money, prices=price, own=first, choices=tuple(choices))
