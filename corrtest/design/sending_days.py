"""The days on which a pair can start: weekdays not blacked out, with the second application on such a day too.

An unpaired study sends one application to a vacancy, so there every sending day is a starting day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.spec import Study

__all__ = ["SendingDays", "lag_range", "sending_days"]

WORKING_DAYS = 5
DAYS = 7

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingDays:
    """Days counted from `origin`, the Monday on or before the first day of the period.

    `sending` tells for each day whether an application may go. `starts` are the days on which a first application may
    go, in order; the second follows `least` to `lag` days later, inside the period and on a sending day as well, at the
    earliest on the day `second`. Week w holds the days 7 w to 7 w + 6.
    """

    origin: date
    sending: BoolArray
    starts: IntArray
    second: IntArray
    least: int
    lag: int
    weeks: int

    @property
    def open_weeks(self) -> BoolArray:
        """True for each week in which a pair can start."""
        open_weeks = np.zeros(self.weeks, dtype=np.bool_)
        open_weeks[self.starts // DAYS] = True
        return open_weeks

    @property
    def starts_per_week(self) -> IntArray:
        """Number of starting days in each week."""
        count: IntArray = np.bincount(self.starts // DAYS, minlength=self.weeks).astype(np.int64)
        return count

    def day_numbers(self, days: pd.Series) -> IntArray:
        """Turn dates into days since the origin."""
        return np.asarray((days - pd.Timestamp(self.origin)).dt.days, dtype=np.int64)

    def dates(self, days: IntArray) -> pd.Series:
        """Turn days since the origin into dates."""
        return pd.Series(pd.Timestamp(self.origin).as_unit("ms") + pd.to_timedelta(days, unit="D").as_unit("ms"))

    def first_and_last(self, opens: pd.Series, closes: pd.Series) -> tuple[IntArray, IntArray]:
        """Return each vacancy's first and last starting day; last < first where both applications fit nowhere."""
        if not len(self.starts):
            return np.zeros(len(opens), dtype=np.int64), np.full(len(opens), -1, dtype=np.int64)
        low = np.searchsorted(self.starts, self.day_numbers(opens), side="left")
        # A later start never has an earlier second day, so the starts that suit a vacancy lie together.
        high = np.searchsorted(self.second, self.day_numbers(closes), side="right") - 1
        fits = low <= high
        first = self.starts[np.minimum(low, len(self.starts) - 1)]
        last = np.where(fits, self.starts[np.maximum(high, 0)], first - 1)
        return first.astype(np.int64), last.astype(np.int64)

    def possible_lags(self, day: IntArray, closes: pd.Series) -> BoolArray:
        """Tell, per pair that starts on `day` and each lag from the least to the most, whether its second day fits."""
        second = day[:, None] + np.arange(self.least, self.lag + 1)
        inside = (second < len(self.sending)) & (second <= self.day_numbers(closes)[:, None])
        possible: BoolArray = inside & self.sending[np.minimum(second, len(self.sending) - 1)]
        return possible


def lag_range(study: Study) -> tuple[int, int]:
    """Return the least and the most days between the applications to one vacancy; 0 where it gets only one."""
    if study.pairing == "unpaired":
        return 0, 0
    return study.fieldwork.lag_days, max(study.fieldwork.lag_days, study.fieldwork.lag_days_most)


def sending_days(study: Study, *, since: date | None = None, not_before: date | None = None) -> SendingDays:
    """List the days of `study` on which a pair can start, counted from the Monday on or before `since` (default its
    start).

    Raises
    ------
    DesignError
        Where the period has no such day.
    """
    period, (least, most) = study.period, lag_range(study)
    closed = set(study.fieldwork.blackout_days)
    opening = max(period.start, not_before or period.start)
    since = since or period.start
    origin = since - timedelta(days=since.weekday())
    length = (period.end - origin).days + 1
    sending = np.array(
        [
            (day := origin + timedelta(days=number)) >= opening and day.weekday() < WORKING_DAYS and day not in closed
            for number in range(length)
        ],
        dtype=np.bool_,
    )
    starts, second = _starts(sending, least, most)
    if not len(starts):
        raise DesignError(
            say("Study '{study}' has no day on which a pair can start.", study=study.name),
            [
                Fault(
                    key="study.period",
                    given=say("{opening} to {end}", opening=opening, end=period.end) + _between(least, most),
                    expected=say("a weekday that is no blackout day")
                    if most == 0
                    else say("two weekdays that far apart, neither a blackout day"),
                    action=say("Lengthen the period, or change [fieldwork] lag_days or blackout_days."),
                )
            ],
        )
    return SendingDays(
        origin=origin,
        sending=sending,
        starts=starts,
        second=second,
        least=least,
        lag=most,
        weeks=-(-length // DAYS),
    )


def _starts(sending: BoolArray, least: int, most: int) -> tuple[IntArray, IntArray]:
    """Return the days from which some lag leads to a sending day, and the first such day of each."""
    days = np.flatnonzero(sending).astype(np.int64)
    place = np.searchsorted(days, days + least, side="left")
    fits = place < len(days)
    second = days[np.minimum(place, max(len(days) - 1, 0))] if len(days) else days
    fits &= second <= days + most
    return days[fits], second[fits]


def _between(least: int, most: int) -> str:
    if most == 0:
        return ""
    return say(", {least} day(s) between the two applications", least=least if least == most else f"{least} to {most}")
