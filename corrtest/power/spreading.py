"""How best to spread the pairs that a budget can pay over committees and criteria."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from corrtest.design import Prices, classic_cost, pairs_quota, prices, published_heterogeneity
from corrtest.disclosure import Noise, Policy, default_policy
from corrtest.errors import DesignError, Fault, nearest
from corrtest.language import say
from corrtest.power.measurement import Measurement
from corrtest.power.shown import Stratum, capped_rows, noise_expected
from corrtest.power.study_power import measurements_of
from corrtest.spec import Study

__all__ = ["AIMS", "BudgetAnswer", "spread_budget"]

Aim = Literal["equal_width", "sector", "partial_pooling"]
AIMS: tuple[Aim, ...] = get_args(Aim)
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetAnswer:
    """The spread of a budget under one aim.

    Attributes
    ----------
    table : DataFrame
        joint_committee, criterion, pairs (in an unpaired study applications of each arm), width (of the committee's own
        interval for the ratio), pooled_width (with partial pooling towards the sector).
    sector : DataFrame
        criterion, pairs, width of the sector's interval for the ratio.
    """

    aim: Aim
    total: float
    cost: float
    classic: float
    prices: Prices
    pairing: str
    table: pd.DataFrame
    sector: pd.DataFrame

    @property
    def pairs(self) -> int:
        """Pairs over all strata."""
        return int(self.table["pairs"].sum())

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()


@dataclass(frozen=True, slots=True)
class _Strata:
    """The strata as arrays: criterion number, published log ratio variance of a pair, ratio, sector weight, between.

    `between` is the variance between committees; `noise` what noise on the counts adds, times the pairs
    squared; a sector's total has noise of its own.
    """

    criterion: IntArray
    variance: FloatArray
    ratio: FloatArray
    weight: FloatArray
    between: FloatArray
    noise: FloatArray
    sector_noise: FloatArray
    z: float

    def own(self, pairs: FloatArray) -> FloatArray:
        """Variance of each stratum's own published log ratio."""
        return self.variance / pairs + self.noise / pairs**2

    def pooled(self, pairs: FloatArray) -> FloatArray:
        """Variance of each stratum's log ratio shrunk towards its criterion's mean.

        With own variance s² and between variance τ²: s² τ² / (s² + τ²) + (s² / (s² + τ²))² var(mean), where var(mean)
        is 1 / Σ 1 / (s² + τ²) over the criterion's committees.
        """
        own = self.own(pairs)
        information = np.bincount(self.criterion, weights=1 / (own + self.between))
        shrink = own / (own + self.between)
        return own * (1 - shrink) + shrink**2 / information[self.criterion]

    def sector(self, pairs: FloatArray) -> FloatArray:
        """Variance of each criterion's sector log ratio, the committees weighted by `weight`."""
        own = np.bincount(self.criterion, weights=self.weight**2 * self.variance / pairs)
        return np.asarray(own + self.sector_noise / np.bincount(self.criterion, weights=pairs) ** 2, dtype=np.float64)

    def width(self, variance: FloatArray, ratio: FloatArray) -> FloatArray:
        """Width on the scale of the ratio."""
        return np.asarray(2 * ratio * np.sinh(np.minimum(self.z * np.sqrt(variance), 50)), dtype=np.float64)


def spread_budget(
    study: Study,
    aim: Aim,
    *,
    total: float | None = None,
    minimum: int | None = None,
    weights: Mapping[str, float] | None = None,
    policy: Policy | None = None,
    **assumed: Any,
) -> BudgetAnswer:
    """Spread the pairs that a budget pays over joint committee × criterion.

    Parameters
    ----------
    aim : {"equal_width", "sector", "partial_pooling"}
        Intervals of one width in every committee; the narrowest sector intervals; or the smallest average variance of
        the committees' ratios after partial pooling towards the sector.
    total : float, optional
        Euro; default the study's budget.
    minimum : int, optional
        Least pairs in each stratum; default the fewest that a figure may rest on.
    weights : mapping, optional
        Joint committee → its share in the sector (of vacancies or of workers); default equal shares.
    policy, assumed
        The disclosure policy, and what is assumed of rates and employers, as for `power_of_study`.
    """
    if aim not in AIMS:
        raise DesignError(say("There is no aim '{aim}'. {nearest}", aim=aim, nearest=nearest(aim, AIMS)))
    cost = prices(study)
    total = study.budget.total if total is None else total
    policy = (policy or default_policy()).for_study(study.disclosure)
    minimum = policy.min_pairs if minimum is None else minimum
    total, affordable = _affordable(study, cost, total, minimum)
    noise = noise_expected(study, capped_rows(study, pairs_quota(study), study.caps.total), policy)
    strata = _strata(study, weights, measurements_of(study, **assumed), noise)
    pairs = _greedy(strata, aim, affordable, minimum)
    table, sector = _tables(study, strata, pairs)
    return BudgetAnswer(
        aim=aim,
        total=total,
        cost=cost.cost(int(pairs.sum())),
        classic=classic_cost(study),
        prices=cost,
        pairing=study.pairing,
        table=table,
        sector=sector,
    )


def _affordable(study: Study, cost: Prices, total: float | None, minimum: int) -> tuple[float, int]:
    """Return the budget and the pairs that it pays, or refuse one that pays too few."""
    if total is None:
        raise DesignError(
            say("No budget can be spread."),
            [Fault(key="budget.total", expected=say("a total in euro"), action=say("Fill in [budget] total."))],
        )
    strata = len(study.criteria) * len(study.committees)
    affordable = cost.pairs(total)
    if affordable < minimum * strata:
        raise DesignError(
            say("The budget does not pay the least that every stratum needs."),
            [
                Fault(
                    key="budget.total",
                    given=say("{total:,.0f} euro, which pay {affordable} pairs", total=total, affordable=affordable),
                    expected=say(
                        "{cost:,.0f} euro for {minimum} pairs in each of {strata} strata",
                        cost=cost.cost(minimum * strata),
                        minimum=minimum,
                        strata=strata,
                    ),
                    action=say(
                        "Raise the budget, test fewer criteria or committees, or lower the minimum per stratum."
                    ),
                )
            ],
        )
    return total, affordable


def _tables(study: Study, strata: _Strata, pairs: IntArray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the strata and the criteria, each with its pairs and the width of its interval."""
    n = pairs.astype(np.float64)
    names = [(committee.number, criterion.name) for criterion in study.criteria for committee in study.committees]
    table = pd.DataFrame(names, columns=["joint_committee", "criterion"])
    table["pairs"] = pairs
    table["width"] = strata.width(strata.own(n), strata.ratio)
    table["pooled_width"] = strata.width(strata.pooled(n), strata.ratio)
    first = [list(strata.criterion).index(number) for number in range(len(study.criteria))]
    sector = pd.DataFrame({"criterion": [criterion.name for criterion in study.criteria]})
    sector["pairs"] = np.bincount(strata.criterion, weights=n).astype(np.int64)
    sector["width"] = strata.width(strata.sector(n), strata.ratio[first])
    return table, sector


def _strata(
    study: Study,
    weights: Mapping[str, float] | None,
    measurements: Mapping[str, Measurement],
    noise: Mapping[Stratum, Noise],
) -> _Strata:
    committees = [committee.number for committee in study.committees]
    share = np.array([1.0 if weights is None else weights.get(name, 0.0) for name in committees])
    if share.sum() <= 0 or (share < 0).any():
        raise DesignError(
            say("The committees' shares cannot be used."),
            [Fault(key="weights", expected=say("shares of 0 or more, one above 0"), action=say("Correct the shares."))],
        )
    measured = [measurements[criterion.name] for criterion in study.criteria]
    columns = [(m.pair_variance, m.ratio, published_heterogeneity()) for m in measured]

    def added(committee: str, criterion: str) -> float:
        return replace(measurements[criterion], noise=noise.get((committee, criterion))).noise_variance

    repeat = len(committees)
    values = np.repeat(np.array(columns), repeat, axis=0)
    return _Strata(
        criterion=np.repeat(np.arange(len(study.criteria)), repeat),
        variance=values[:, 0],
        ratio=values[:, 1],
        weight=np.tile(share / share.sum(), len(study.criteria)),
        between=values[:, 2],
        noise=np.array([added(committee, c.name) for c in study.criteria for committee in committees]),
        sector_noise=np.array([added("", criterion.name) for criterion in study.criteria]),
        z=float(stats.norm.isf((1 - study.analysis.confidence_level) / 2)),
    )


def _greedy(strata: _Strata, aim: Aim, total: int, minimum: int) -> IntArray:
    """Return pairs one by one to the stratum that gains most.

    For the first two aims (a maximum of falling functions, a sum of convex ones) this is the optimum in whole pairs;
    for partial pooling each step is the best one, and strata that are alike get the same to within a pair.
    """
    pairs = np.full(len(strata.variance), minimum, dtype=np.int64)
    gain: Callable[[FloatArray], FloatArray]
    if aim == "equal_width":

        def gain(n: FloatArray) -> FloatArray:
            return strata.width(strata.own(n), strata.ratio)
    elif aim == "sector":

        def gain(n: FloatArray) -> FloatArray:
            return strata.weight**2 * strata.variance / (n * (n + 1))
    else:

        def gain(n: FloatArray) -> FloatArray:
            now = strata.pooled(n).sum()
            steps = np.eye(len(n))
            return np.array([now - strata.pooled(n + step).sum() for step in steps])

    for _ in range(total - int(pairs.sum())):
        gains = gain(pairs.astype(np.float64))
        # Among strata that gain equally the one with fewest pairs is served, so that equals end equal.
        equal = np.flatnonzero(gains >= gains.max() * (1 - 1e-9))
        pairs[equal[np.argmin(pairs[equal])]] += 1
    return pairs
