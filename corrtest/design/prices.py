"""What a measurement costs: the study's prices, with an assumption where it has none."""

from __future__ import annotations

import math
from dataclasses import dataclass

from corrtest.design.paired_rates import assumptions
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.spec import Study

__all__ = ["Prices", "classic_cost", "prices"]

# What the sectors were asked for in 2021: pairs per criterion and per joint committee.
CLASSIC_PAIRS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Euro; `assumed` names those that the study does not say and `assumptions.toml` gives.

    In an unpaired study two applications, to two vacancies, stand for a pair: each costs half, and twice as many
    vacancies are searched.
    """

    fixed: float
    per_pair: float
    per_vacancy: float
    vacancies_per_pair: float
    assumed: tuple[str, ...]

    @property
    def unit(self) -> float:
        """Cost of one pair with the vacancies searched for it."""
        return self.per_pair + self.per_vacancy * self.vacancies_per_pair

    def cost(self, pairs: int) -> float:
        """Cost of a study of so many pairs."""
        return self.fixed + pairs * self.unit

    def pairs(self, total: float) -> int:
        """Most pairs that `total` euro pay."""
        return max(0, math.floor((total - self.fixed) / self.unit + 1e-9))


def prices(study: Study) -> Prices:
    """Return the study's prices, with the assumptions' where it has none."""
    money, default = study.budget, assumptions()["money"]
    given = {"fixed": money.fixed, "cost_per_pair": money.cost_per_pair, "cost_per_vacancy": money.cost_per_vacancy}
    values = {key: default[key] if value is None else value for key, value in given.items()}
    if values["cost_per_pair"] <= 0:
        raise DesignError(
            say("No budget can be spread."),
            [
                Fault(
                    key="budget.cost_per_pair",
                    given=f"{values['cost_per_pair']:g}",
                    expected=say("a cost above 0 euro"),
                    action=say("Fill in what a pair costs."),
                )
            ],
        )
    return Prices(
        fixed=values["fixed"],
        per_pair=values["cost_per_pair"],
        per_vacancy=values["cost_per_vacancy"],
        vacancies_per_pair=default["vacancies_searched_per_pair"] * (2 if study.pairing == "unpaired" else 1),
        assumed=tuple(key for key, value in given.items() if value is None),
    )


def classic_cost(study: Study, pairs: int = CLASSIC_PAIRS) -> float:
    """Return the cost of `pairs` pairs for each criterion in each joint committee."""
    return prices(study).cost(pairs * len(study.criteria) * len(study.committees))
