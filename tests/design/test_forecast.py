from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from corrtest.design import SURE, forecast
from corrtest.spec import Period
from tests.design.instances import make_study

START, WEEKS = date(2027, 1, 11), 26


def study_of(quota=100):
    study = make_study({"124": {"origin": quota}})
    return replace(study, period=Period(start=START, end=START + timedelta(weeks=WEEKS)))


def arrivals(rate: float, weeks: int, employers: int, seed: int, stock: int = 20) -> pd.DataFrame:
    """Draw vacancies of equal employers, Poisson a week, after a stock at the start."""
    rng = np.random.default_rng(seed)
    counts = [stock, *rng.poisson(rate, weeks)]
    week = np.repeat(np.arange(len(counts)), counts)
    return pd.DataFrame(
        {
            "vacancy_id": [f"V{place}" for place in range(len(week))],
            "employer_id": [f"E{number}" for number in rng.integers(0, employers, len(week))],
            "joint_committee": "124",
            "occupation": "mason",
            "channel": "email",
            "came_in": [(START + timedelta(weeks=int(number))).isoformat() for number in week],
        }
    )


def places(vacancies: pd.DataFrame, cap: int = 2) -> int:
    return int(vacancies.groupby("employer_id").size().clip(upper=cap).sum())


def test_intervals_hold_at_least_as_often_as_they_say():
    study, held, runs = study_of(), 0, 60
    for seed in range(runs):
        every = arrivals(8, WEEKS, 10**6 if seed % 2 else 150, seed)
        seen = every[every["came_in"] <= (START + timedelta(weeks=8)).isoformat()].reset_index(drop=True)
        (found,) = forecast(study, seen, None, on=START + timedelta(weeks=8))
        held += found.low <= places(every) - places(seen) <= found.high
    # 80 % less four standard deviations.
    assert held / runs >= 0.8 - 4 * math.sqrt(0.8 * 0.2 / runs)


def test_the_first_file_is_a_stock_and_gives_no_rate():
    (found,) = forecast(study_of(), arrivals(8, 0, 1000, 1), None, on=START)
    assert (found.weeks, math.isnan(found.chance), found.filled_on, found.carries) == (0, True, None, 0)


def test_a_quota_that_is_planned_is_sure_and_one_beyond_reach_is_not():
    seen = arrivals(8, 6, 10**6, 3)
    on = START + timedelta(weeks=6)
    (full,) = forecast(study_of(40), seen, pd.Series(["124"] * 40), on=on)
    assert (full.chance, full.filled_on) == (1.0, on)
    (far,) = forecast(study_of(400), seen, pd.Series(["124"] * 40), on=on)
    assert far.chance < 0.05
    assert far.filled_on is not None
    assert far.filled_on > START + timedelta(weeks=WEEKS)
    assert 40 < far.carries < 40 + 8 * 20 * 1.5


def test_more_weeks_make_the_forecast_narrower_and_the_day_is_the_first_that_is_sure():
    study, widths = study_of(150), []
    for weeks in (4, 12):
        seen = arrivals(8, weeks, 10**6, 5)
        (found,) = forecast(study, seen, None, on=START + timedelta(weeks=weeks))
        widths.append((found.high - found.low) / found.expected)
        shorter = replace(study, period=Period(start=START, end=found.filled_on))
        (at_that_day,) = forecast(shorter, seen, None, on=START + timedelta(weeks=weeks))
        assert at_that_day.chance >= SURE
        earlier = replace(study, period=Period(start=START, end=found.filled_on - timedelta(weeks=1)))
        (before,) = forecast(earlier, seen, None, on=START + timedelta(weeks=weeks))
        assert before.chance < SURE
    assert widths[1] < widths[0]


def test_without_any_vacancy_nothing_is_to_come():
    nothing = arrivals(0, 4, 10, 1, stock=1).assign(joint_committee="200")
    (found,) = forecast(study_of(), nothing, None, on=START + timedelta(weeks=4))
    assert found.expected in (0.0,) or math.isnan(found.expected)
