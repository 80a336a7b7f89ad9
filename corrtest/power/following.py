"""How many tests a follow-up needs to show the change that is wanted, beside a baseline that is what it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from corrtest.design import published_rates
from corrtest.power.measurement import Measurement
from corrtest.power.study_power import StudyPower, power_of_study
from corrtest.spec import Study

__all__ = ["FollowUp", "follow_ups", "quotas_of_follow_up"]

# Beyond so many times the baseline, no market has the vacancies.
_MOST_TIMES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One criterion over the sector, in two waves.

    Attributes
    ----------
    before, after : float
        The ratio of the baseline, measured or assumed, and the one that the follow-up must tell from it.
    tests : int
        Of the baseline.
    power : float
        With as many tests in the follow-up.
    reach : float or None
        The lowest higher ratio that as many tests tell from the baseline's at the power wanted; None where none is.
    needed : int or None
        Tests of the follow-up that reach the power wanted; None where ten times the baseline's do not.
    """

    criterion: str
    before: float
    after: float
    tests: int
    power: float
    reach: float | None
    needed: int | None


def follow_ups(
    study: Study, after: float, rates: Mapping[str, tuple[float, float]] | None = None, target: float = 0.8
) -> tuple[FollowUp, ...]:
    """Return what each criterion takes; `rates` are the baseline's (control rate, ratio), else published ones.

    The comparisons of all criteria are adjusted together by Holm's method, each at its first and strictest step.
    """
    shown = power_of_study(study, rates=None if rates is None else _all_rates(study, rates))
    tests = _tests(shown)
    together = len(tests)
    found = []
    for criterion, first in shown.by_criterion.items():
        second = replace(first, ratio=after)
        count = tests[criterion]
        found.append(
            FollowUp(
                criterion=criterion,
                before=first.ratio,
                after=after,
                tests=count,
                power=first.change_power(count, second, count, together),
                reach=first.detectable_change(count, count, target, together),
                needed=_needed(first, second, count, target, together),
            )
        )
    return tuple(found)


def quotas_of_follow_up(study: Study, found: tuple[FollowUp, ...]) -> dict[str, dict[str, int]]:
    """Return the tests of each committee and criterion: never fewer than the baseline's, and in its proportions."""
    times = {each.criterion: max(1.0, (each.needed or each.tests) / each.tests) for each in found}
    return {
        committee.number: {
            criterion: math.ceil(round(pairs * times.get(criterion, 1.0), 6))
            for criterion, pairs in committee.pairs.items()
        }
        for committee in study.committees
    }


def _needed(first: Measurement, second: Measurement, count: int, target: float, together: int) -> int | None:
    def enough(tests: int) -> bool:
        return first.change_power(count, second, tests, together) >= target

    low, high = count, _MOST_TIMES * count
    if enough(low):
        return low
    if not enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _tests(shown: StudyPower) -> dict[str, int]:
    rows = shown.table[shown.table["joint_committee"] != ""]
    return {
        str(criterion): int(count) for criterion, count in rows.groupby("criterion", sort=False)["pairs"].sum().items()
    }


def _all_rates(study: Study, rates: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Return the rates of every criterion: the baseline's where it shows them, else published ones."""
    return {each.name: rates.get(each.name) or published_rates(each.name, study.names)[:2] for each in study.criteria}
