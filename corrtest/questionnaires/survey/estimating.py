"""Estimates from a stratified sample with non-response and, where known, the true numbers of each cell.

Weights are the number of employers (or workers) in a stratum over the answers from it; a post-stratification (Holt and
Smith 1979, Journal of the Royal Statistical Society A 142:33) takes them to given numbers by committee and size.
Variances are linearised, by stratum, with the finite population (Särndal, Swensson and Wretman 1992, sections 5.5 and
7.6), as R's package survey has them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

__all__ = ["Estimated", "SurveyWeights", "survey_weights"]

FloatArray = npt.NDArray[np.float64]
_LEAST_IN_STRATUM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """A value with its standard error and degrees of freedom."""

    value: float
    error: float
    freedom: int

    def limits(self, level: float) -> tuple[float, float]:
        """Return Student's limits."""
        reach = float(stats.t.isf((1 - level) / 2, self.freedom)) * self.error
        return self.value - reach, self.value + reach

    def share_limits(self, level: float, answers: int) -> tuple[float, float, str]:
        """Return limits of a share on the logit scale, as `svyciprop` of R's survey; at 0 or 1 the exact ones."""
        if not 0 < self.value < 1 or self.error == 0:
            interval = stats.binomtest(round(self.value * answers), answers).proportion_ci(level, method="exact")
            return float(interval.low), float(interval.high), "clopper_pearson"
        middle = math.log(self.value / (1 - self.value))
        spread = self.error / (self.value * (1 - self.value))
        reach = float(stats.t.isf((1 - level) / 2, self.freedom)) * spread
        low, high = (1 / (1 + math.exp(-(middle + sign * reach))) for sign in (-1, 1))
        return low, high, "logit_weighted"

    def pvalue(self) -> float | None:
        """Return the two-sided p-value of the value being 0; None where it has no error."""
        return None if self.error == 0 else float(2 * stats.t.sf(abs(self.value / self.error), self.freedom))


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyWeights:
    """Who answered: stratum, numbers behind it, weight, and cell of the post-stratification (−1: none)."""

    stratum: npt.NDArray[np.int64]
    population: FloatArray
    weight: FloatArray
    cell: npt.NDArray[np.int64]

    @property
    def freedom(self) -> int:
        """Answers less strata."""
        return max(1, len(self.stratum) - len(np.unique(self.stratum)))

    def mean(self, values: FloatArray, among: npt.NDArray[np.bool_]) -> Estimated:
        """Return the weighted mean of `values` among some."""
        value, influence = self._mean(values, among)
        return self._estimated(value, influence)

    def difference(self, values: FloatArray, one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> Estimated:
        """Return the mean among `one` less that among `other`."""
        (first, own), (second, others) = self._mean(values, one), self._mean(values, other)
        return self._estimated(first - second, own - others)

    def average(self, parts: list[tuple[FloatArray, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]) -> Estimated:
        """Return the average of several such differences, of the same respondents."""
        found = [(self._mean(values, one), self._mean(values, other)) for values, one, other in parts]
        value = float(np.mean([first[0] - second[0] for first, second in found]))
        influence = np.mean([first[1] - second[1] for first, second in found], axis=0)
        return self._estimated(value, influence)

    def _mean(self, values: FloatArray, among: npt.NDArray[np.bool_]) -> tuple[float, FloatArray]:
        weight = np.where(among, self.weight, 0.0)
        total = weight.sum()
        value = float((weight * np.where(among, values, 0.0)).sum() / total)
        return value, np.where(among, values - value, 0.0) / total

    def _estimated(self, value: float, influence: FloatArray) -> Estimated:
        if (self.cell >= 0).any():
            sums = np.bincount(self.cell, weights=self.weight * influence)
            influence = influence - (sums / np.bincount(self.cell, weights=self.weight))[self.cell]
        scores, variance = self.weight * influence, 0.0
        for stratum in np.unique(self.stratum):
            inside = self.stratum == stratum
            n, population = int(inside.sum()), float(self.population[inside][0])
            if n >= _LEAST_IN_STRATUM:
                variance += max(0.0, 1 - n / population) * n * float(np.var(scores[inside], ddof=1))
        return Estimated(value=value, error=math.sqrt(variance), freedom=self.freedom)


def survey_weights(
    answers: pd.DataFrame, strata: pd.DataFrame | None = None, population: pd.DataFrame | None = None
) -> SurveyWeights:
    """Return the weights of those who answered.

    Parameters
    ----------
    answers : DataFrame
        A row each: committee and size of the stratum as drawn.
    strata : DataFrame, optional
        committee, size, population of every stratum; without it all answers weigh the same. A stratum with fewer than
        two answers is joined to the smallest of its committee, else of the sector.
    population : DataFrame, optional
        committee, size, number: the true numbers, which the weights are taken to by what was answered
        (`answered_committee`, `answered_size`). Cells without an answer are joined to the committee's others.
    """
    count = len(answers)
    if strata is None:
        everybody = np.zeros(count, dtype=np.int64)
        endless = np.full(count, np.inf)
        return SurveyWeights(stratum=everybody, population=endless, weight=np.ones(count), cell=everybody - 1)
    joined = _joined(answers, strata)
    of, numbers = joined["stratum"].to_numpy(dtype=np.int64), joined["population"].to_numpy(dtype=np.float64)
    weight = numbers / np.bincount(of)[of]
    cell = np.full(count, -1, dtype=np.int64)
    if population is not None:
        cell, weight = _poststratified(answers, population, weight)
    return SurveyWeights(stratum=of, population=numbers, weight=weight, cell=cell)


def _joined(answers: pd.DataFrame, strata: pd.DataFrame) -> pd.DataFrame:
    """Return for each answer the number of its stratum and of those in it, small strata joined."""
    table = strata.set_index(["committee", "size"])[["population"]].rename(columns={"population": "N"}).sort_index()
    table["n"] = answers.groupby(["committee", "size"]).size().reindex(table.index, fill_value=0)
    keys = _pairs(table.index.get_level_values(0), table.index.get_level_values(1))
    groups = [[key] for key in keys]
    answered_in = dict(zip(keys, table["n"].astype(int), strict=True))
    known = dict(zip(keys, table["N"].astype(float), strict=True))

    def answered(group: list[tuple[str, str]]) -> int:
        return sum(answered_in[key] for key in group)

    while len(groups) > 1 and min(map(answered, groups)) < _LEAST_IN_STRATUM:
        small = min(groups, key=answered)
        others = [group for group in groups if group is not small]
        same = [group for group in others if group[0][0] == small[0][0]] or others
        least = min(same, key=answered)
        groups = [group for group in others if group is not least] + [least + small]
    place = {key: number for number, group in enumerate(groups) for key in group}
    numbers = [sum(known[key] for key in group) for group in groups]
    of = [place[key] for key in _pairs(answers["committee"], answers["size"])]
    return pd.DataFrame({"stratum": of, "population": [numbers[each] for each in of]})


def _poststratified(
    answers: pd.DataFrame, population: pd.DataFrame, weight: FloatArray
) -> tuple[npt.NDArray[np.int64], FloatArray]:
    own = _pairs(answers["answered_committee"], answers["answered_size"])
    numbers = population["number"].astype(float)
    known = dict(zip(_pairs(population["committee"], population["size"]), numbers, strict=True))
    seen = set(own)
    cells: dict[tuple[str, str], int] = {}
    totals: list[float] = []
    for committee in sorted({key[0] for key in known}):
        with_answers = sorted(key for key in known if key[0] == committee and key in seen)
        if not with_answers:
            continue
        for key in with_answers:
            cells[key] = len(totals)
            totals.append(known[key])
        # What nobody answered for goes to the largest cell of the committee.
        largest = max(with_answers, key=lambda key: known[key])
        totals[cells[largest]] += sum(known[key] for key in known if key[0] == committee and key not in seen)
    of = np.array([cells[key] for key in own], dtype=np.int64)
    sums = np.bincount(of, weights=weight)
    return of, weight * (np.array(totals) / sums)[of]


def _pairs(committees: Iterable[Any], sizes: Iterable[Any]) -> list[tuple[str, str]]:
    return [(str(committee), str(size)) for committee, size in zip(committees, sizes, strict=True)]
