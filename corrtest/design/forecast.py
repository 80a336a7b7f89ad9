"""How many places for pairs are still to come, told from the weeks so far, and what that means for quota and period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

from corrtest.design.frame import eligible
from corrtest.design.plan import pairs_quota
from corrtest.spec import Study

__all__ = ["SURE", "Forecast", "forecast"]

# A quota is sure where its chance is this or more; the interval leaves out the rest on each side.
SURE = 0.9
# No study waits longer than this.
_LONGEST_WEEKS = 260
_WEEK = 7
_FEWEST_EMPLOYERS = 10
_FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a committee may count on.

    Attributes
    ----------
    joint_committee : str
    wanted, planned : int
        Pairs of the quota, and those in the plan.
    weeks : int
        Whole weeks of arrivals that it rests on, after the first file.
    vacancies : int
        Vacancies that came in those weeks and that the study can use.
    expected, low, high : float
        Places for pairs that come until the study's last day (vacancies, of each employer no more than its cap): the
        expected number, and an interval of 80 %. NaN without a week.
    chance : float
        Chance that the quota is filled by the study's last day; NaN without a week.
    filled_on : date or None
        The day by which it is filled with a chance of 90 %; None where no day can be said.
    carries : int
        The largest quota that is filled by the study's last day with a chance of 90 %.
    """

    joint_committee: str
    wanted: int
    planned: int
    weeks: int
    vacancies: int
    expected: float
    low: float
    high: float
    chance: float
    filled_on: date | None
    carries: int


def forecast(study: Study, vacancies: pd.DataFrame, planned: pd.Series | None, *, on: date) -> tuple[Forecast, ...]:
    """Return for each committee what is still to come until the study's last day.

    Vacancies come at the rate of the weeks so far, T in w weeks; the first file is left out, since it is a stock and no
    week's flow. The number of the next W weeks has the mean μ = W·T/w and the variance φ·μ·(1 + W/w): Poisson, with the
    rate itself estimated, widened by the dispersion φ ≥ 1 of the weekly counts (Pearson's χ² over its degrees of
    freedom, from four weeks on).

    Not every vacancy adds a place, and fewer do as employers reach their cap. At most it goes on as in the weeks so far
    (places a vacancy). At the least employers are alike enough for their counts to be negative-binomial, with shape and
    mean fitted to those seen (truncated at zero, maximum likelihood): E[min(count, cap)] then says how places grow. The
    forecast is the middle of these two, and half their distance counts as a standard deviation, so that the interval
    holds more often than its 80 % where the rate stays. Places to come are negative-binomial with this mean and
    variance. Caps over committees and windows are not in it, nor is a season.

    Parameters
    ----------
    study : Study
    vacancies : DataFrame
        As `read_vacancies` gives them, with `came_in` (the day on which each came in).
    planned : Series or None
        Joint committee of each planned pair.
    on : date
        The day from which is looked ahead.
    """
    seen, weeks = _seen(study, vacancies, on)
    ahead = max((study.period.end - max(on, study.period.start)).days / _WEEK, 0.0)
    quota: dict[str, int] = {}
    for (committee, _), count in pairs_quota(study).items():
        quota[committee] = quota.get(committee, 0) + count
    done = {} if planned is None else planned.value_counts().to_dict()
    return tuple(
        _of_committee(study, (committee, wanted, int(done.get(committee, 0))), seen, weeks, ahead, on)
        for committee, wanted in quota.items()
    )


def _seen(study: Study, vacancies: pd.DataFrame, on: date) -> tuple[pd.DataFrame, int]:
    """Return the vacancies that the study can use, with their week after the first file, and how many weeks passed."""
    usable = vacancies[eligible(study, vacancies)]
    usable = usable[usable["came_in"].astype(str) != ""] if "came_in" in usable else usable.iloc[:0]
    if usable.empty:
        return usable.assign(week=0), 0
    came = pd.to_datetime(usable["came_in"])
    weeks = int((max(pd.Timestamp(on), came.max()) - came.min()).days // _WEEK)
    # What came within a week after the first file belongs to week 1, as the file of day 7 does.
    return usable.assign(week=((came - came.min()).dt.days + _WEEK - 1) // _WEEK), weeks


def _of_committee(
    study: Study, known: tuple[str, int, int], seen: pd.DataFrame, weeks: int, ahead: float, on: date
) -> Forecast:
    committee, wanted, planned = known
    mine = seen[seen["joint_committee"] == committee]
    flow = mine[(mine["week"] > 0) & (mine["week"] <= weeks)]
    if not weeks:
        return Forecast(
            joint_committee=committee,
            wanted=wanted,
            planned=planned,
            weeks=0,
            vacancies=0,
            expected=math.nan,
            low=math.nan,
            high=math.nan,
            chance=math.nan,
            filled_on=None,
            carries=planned,
        )
    fresh = mine.sort_values("week", kind="stable").groupby("employer_id").cumcount() < study.caps.total
    counts = np.bincount(flow["week"], minlength=weeks + 1)[1:].astype(np.float64)
    coming = _Coming(
        rate=float(counts.mean()),
        weeks=weeks,
        phi=_dispersion(counts),
        growth=_growth_of(mine["employer_id"].value_counts().tolist(), study.caps.total),
        had=len(mine),
        share=float(fresh[flow.index].mean()) if len(flow) else 0.0,
    )
    need = max(wanted - planned, 0)
    enough = next((week for week in range(_LONGEST_WEEKS + 1) if coming.chance(need, float(week)) >= SURE), None)
    return Forecast(
        joint_committee=committee,
        wanted=wanted,
        planned=planned,
        weeks=weeks,
        vacancies=len(flow),
        expected=coming.moments(ahead)[0],
        low=coming.quantile(1 - SURE, ahead),
        high=coming.quantile(SURE, ahead),
        chance=coming.chance(need, ahead),
        filled_on=None if enough is None else max(on, study.period.start) + timedelta(weeks=enough),
        carries=planned + int(coming.quantile(1 - SURE, ahead)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Growth:
    """How places grow with vacancies: `places` for the vacancies so far, of employers with counts of this shape."""

    places: float
    shape: float
    mean: float
    cap: int

    def at(self, times: float) -> float:
        """Return the places that so many times the vacancies so far give."""
        return self.places * self._of_one(times) / self._of_one(1.0)

    def _of_one(self, times: float) -> float:
        """Return E[min(count, cap)] of one employer."""
        chance = self.shape / (self.shape + self.mean * times)
        return float(stats.nbinom.sf(np.arange(self.cap), self.shape, chance).sum())


def _growth_of(of_employers: Sequence[int], cap: int) -> _Growth:
    """Fit the counts of the employers seen: negative-binomial, truncated at zero."""
    counts = np.array(of_employers, dtype=np.int64)
    places = float(np.minimum(counts, cap).sum())

    def cost(logs: _FloatArray) -> float:
        shape, mean = np.exp(np.clip(logs, -7, 7))
        chance = shape / (shape + mean)
        own = stats.nbinom.logpmf(counts, shape, chance).sum()
        return float(len(counts) * np.log1p(-(chance**shape)) - own)

    if len(counts) < _FEWEST_EMPLOYERS:
        return _Growth(places=places, shape=1.0, mean=float(counts.mean()) if len(counts) else 1.0, cap=cap)
    found = optimize.minimize(cost, np.array([0.0, 0.0]), method="Nelder-Mead")
    shape, mean = np.exp(np.clip(found.x, -7, 7))
    return _Growth(places=places, shape=float(shape), mean=float(mean), cap=cap)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coming:
    """The places of weeks to come.

    `had` vacancies came so far, `rate` a week with dispersion `phi`, known from `weeks`; of those a `share` added a
    place.
    """

    rate: float
    weeks: int
    phi: float
    growth: _Growth
    had: int
    share: float

    def moments(self, ahead: float) -> tuple[float, float]:
        """Return mean and variance of the places that come in the next `ahead` weeks."""
        vacancies = self.rate * ahead
        if not vacancies or not self.had:
            return 0.0, 0.0
        times = 1 + vacancies / self.had
        least = self.growth.at(times) - self.growth.places
        most = max(self.share * vacancies, least)
        places = (least + most) / 2
        share = min(places / vacancies, 1.0)
        slope = (self.growth.at(times + 0.01) - self.growth.at(times)) / (0.01 * self.had)
        spread = self.phi * vacancies * (1 + ahead / self.weeks)
        slope = (slope + self.share) / 2
        return places, slope**2 * spread + vacancies * share * (1 - share) + ((most - least) / 2) ** 2

    def quantile(self, level: float, ahead: float) -> float:
        """Return how many come with this chance at most."""
        mean, variance = self.moments(ahead)
        return float(_law(mean, variance).ppf(level)) if mean > 0 else 0.0

    def chance(self, need: int, ahead: float) -> float:
        """Return the chance that `need` or more come."""
        mean, variance = self.moments(ahead)
        if need <= 0:
            return 1.0
        return float(_law(mean, variance).sf(need - 1)) if mean > 0 else 0.0


def _law(mean: float, variance: float) -> Any:
    """Return the negative-binomial of these moments; the Poisson where the variance is no larger than the mean."""
    if variance <= mean:
        return stats.poisson(mean)
    return stats.nbinom(mean**2 / (variance - mean), mean / variance)


def _dispersion(counts: _FloatArray) -> float:
    """Return φ, at least 1: Pearson's χ² of equal weeks over its degrees of freedom."""
    mean = counts.mean()
    if len(counts) < 4 or mean == 0:
        return 1.0
    return max(1.0, float(((counts - mean) ** 2 / mean).sum() / (len(counts) - 1)))
