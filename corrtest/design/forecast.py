"""How many places for pairs are still to come, told from the weeks so far, and what that means for quota and period."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from corrtest.design.employer_load import employees_of, employer_caps
from corrtest.design.frame import eligible
from corrtest.design.plan import pairs_quota
from corrtest.spec import Study

__all__ = ["SURE", "Forecast", "forecast", "places_in"]

# A quota is sure where its chance is this or more; the interval leaves out the rest on each side.
SURE = 0.9
# No study waits longer than this.
_LONGEST_WEEKS = 260
_WEEK = 7
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
    places : int
        Places for pairs that came in those weeks: vacancies, of each employer no more than its cap has room for.
    expected, low, high : float
        Places that are to come until `last_day`: the expected number, and an interval of 80 %. NaN without a week.
    chance : float
        Chance that the quota is filled by `last_day`; NaN without a week.
    filled_on : date or None
        The day by which it is filled with a chance of 90 %; None where no day can be said.
    carries : int
        The largest quota that is filled by `last_day` with a chance of 90 %.
    """

    joint_committee: str
    wanted: int
    planned: int
    weeks: int
    places: int
    expected: float
    low: float
    high: float
    chance: float
    filled_on: date | None
    carries: int


def forecast(study: Study, vacancies: pd.DataFrame, planned: pd.Series | None, *, on: date) -> tuple[Forecast, ...]:
    """Return for each committee what is still to come until the study's last day.

    Weekly arrivals of places are taken as negative-binomial: a Poisson count whose rate is known only from the weeks
    so far (Gamma prior of Jeffreys, shape ½), widened by the dispersion φ ≥ 1 of the weekly counts (Pearson's χ² over
    its degrees of freedom, from four weeks on). Of T places in w weeks, the places of the next W weeks have the
    distribution φ · NB((T + ½)/φ, w/(w + W)). The first file is left out: it is a stock, and no week's flow. That
    employers reach their caps as the study goes on is in the counts so far and not beyond, so that late in a small
    sector the forecast is on the high side.

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
    weekly, weeks = _weekly_places(study, vacancies, on)
    ahead = max((study.period.end - max(on, study.period.start)).days / _WEEK, 0.0)
    quota: dict[str, int] = {}
    for (committee, _), count in pairs_quota(study).items():
        quota[committee] = quota.get(committee, 0) + count
    done = {} if planned is None else planned.value_counts().to_dict()
    return tuple(
        _of_committee(study, committee, wanted, int(done.get(committee, 0)), weekly.get(committee), weeks, ahead, on)
        for committee, wanted in quota.items()
    )


def places_in(study: Study, vacancies: pd.DataFrame) -> pd.DataFrame:
    """Return the vacancies that add a place: of each employer the first ones, as many as its cap in all allows."""
    usable = vacancies[eligible(study, vacancies)].sort_values("came_in", kind="stable")
    employers = pd.Index(sorted(usable["employer_id"].unique()))
    total, _ = employer_caps([study.caps], employees_of(usable, employers), len(employers))
    room = pd.Series(total, index=employers).reindex(usable["employer_id"]).to_numpy()
    return usable[usable.groupby("employer_id").cumcount().to_numpy() < room]


def _weekly_places(study: Study, vacancies: pd.DataFrame, on: date) -> tuple[dict[str, _FloatArray], int]:
    """Return committee → places of each whole week after the first file, and the number of these weeks."""
    came = pd.to_datetime(vacancies["came_in"]) if "came_in" in vacancies else pd.Series(dtype="datetime64[ns]")
    came = came.dropna()
    if came.empty:
        return {}, 0
    first = came.min()
    weeks = int((max(pd.Timestamp(on), came.max()) - first).days // _WEEK)
    places = places_in(study, vacancies[vacancies["came_in"].astype(str) != ""])
    # What came within a week after the first file belongs to week 1, as the file of day 7 does.
    week = ((pd.to_datetime(places["came_in"]) - first).dt.days + _WEEK - 1) // _WEEK
    counts = {
        str(committee): np.bincount(group[group <= weeks], minlength=weeks + 1)[1:].astype(np.float64)
        for committee, group in week.groupby(places["joint_committee"])
    }
    return counts, weeks


def _of_committee(
    study: Study,
    committee: str,
    wanted: int,
    planned: int,
    counts: _FloatArray | None,
    weeks: int,
    ahead: float,
    on: date,
) -> Forecast:
    seen = np.zeros(weeks) if counts is None else counts
    total, need = float(seen.sum()), max(wanted - planned, 0)
    known = {
        "joint_committee": committee,
        "wanted": wanted,
        "planned": planned,
        "weeks": weeks,
        "places": int(total),
    }
    if not weeks:
        unknown = dict.fromkeys(("expected", "low", "high", "chance"), math.nan)
        return Forecast(**known, **unknown, filled_on=None, carries=planned)  # type: ignore[arg-type]
    phi = _dispersion(seen)
    coming = _Coming(total=total, weeks=weeks, phi=phi)
    low, high = coming.quantile(1 - SURE, ahead), coming.quantile(SURE, ahead)
    enough = next((week for week in range(_LONGEST_WEEKS + 1) if coming.chance(need, float(week)) >= SURE), None)
    start = max(on, study.period.start)
    return Forecast(
        **known,  # type: ignore[arg-type]
        expected=total / weeks * ahead,
        low=low,
        high=high,
        chance=coming.chance(need, ahead),
        filled_on=None if enough is None else start + timedelta(weeks=enough),
        carries=planned + int(low),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coming:
    """The places of weeks to come, after `total` in `weeks`, with dispersion `phi`."""

    total: float
    weeks: int
    phi: float

    def _law(self, ahead: float) -> tuple[float, float]:
        return (self.total + 0.5) / self.phi, self.weeks / (self.weeks + ahead)

    def quantile(self, level: float, ahead: float) -> float:
        """Return how many come with this chance at most."""
        return 0.0 if ahead <= 0 else float(self.phi * stats.nbinom.ppf(level, *self._law(ahead)))

    def chance(self, need: int, ahead: float) -> float:
        """Return the chance that `need` or more come."""
        if need <= 0:
            return 1.0
        return 0.0 if ahead <= 0 else float(stats.nbinom.sf(math.ceil(need / self.phi) - 1, *self._law(ahead)))


def _dispersion(counts: _FloatArray) -> float:
    """Return φ, at least 1: Pearson's χ² of equal weeks over its degrees of freedom."""
    mean = counts.mean()
    if len(counts) < 4 or mean == 0:
        return 1.0
    return max(1.0, float(((counts - mean) ** 2 / mean).sum() / (len(counts) - 1)))
