"""Careers: birth, schooling and jobs on one calendar, so that ages, dates and gaps never contradict each other.

Months are counted as ``year * 12 + month - 1``. The two careers of a pair are equally long, have as many jobs
and as many months between jobs; only the months in which they change job differ. An older persona has the same
career behind them plus one earlier period, whose filling is the level's declared choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from corrtest.generator.cv_sheets import CvSheet
from corrtest.generator.pools import Diploma
from corrtest.generator.signals import Signal
from corrtest.generator.wording import Draws

__all__ = ["Career", "Job", "draw_careers", "month_text"]

# Shortest time in one job, in months.
SHORTEST_JOB = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job: first and last month (None = until today), and whether it is part of the signal."""

    start: int
    end: int | None
    is_signal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """Birth, year of the diploma, and jobs with the most recent first."""

    born: date
    graduated: int
    jobs: tuple[Job, ...]

    @property
    def gap(self) -> tuple[int, int]:
        """First and last month of the longest time between two jobs."""
        jobs = [job for job in self.jobs if not job.is_signal]
        between = [((earlier.end or 0) + 1, later.start - 1) for later, earlier in pairwise(jobs)]
        return max(between, key=lambda months: months[1] - months[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What the two careers of a pair share: the month they start from, job fractions, months between jobs."""

    today: date
    months: int
    jobs: int
    gaps: tuple[int, ...]


def month_text(month: int) -> str:
    """Return a month as JSON Resume writes it.

    >>> month_text(2015 * 12 + 2)
    '2015-03'
    """
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _birthday(draws: Draws, year: int) -> date:
    return date(year, 1, 1) + timedelta(days=draws.index(365))


def _born_at_age(draws: Draws, today: date, age: int) -> date:
    """Draw a birthday on which someone is `age` years old today."""
    # 360 days: clear of both birthdays, whatever the lengths of the months.
    latest = date(today.year - age, today.month, min(today.day, 28))
    return latest - timedelta(days=1 + draws.index(360))


def _born_at_ages(own: tuple[Draws, Draws], today: date, ages: tuple[int, int]) -> tuple[date, date]:
    """Draw both birthdays; two of one age are of one year, as twins are where age is no matter."""
    control, treated = (_born_at_age(draws, today, age) for draws, age in zip(own, ages, strict=True))
    while ages[0] == ages[1] and treated.year != control.year:
        treated = _born_at_age(own[1], today, ages[1])
    return control, treated


def _jobs(draws: Draws, frame: _Frame) -> tuple[Job, ...]:
    today = frame.today.year * 12 + frame.today.month - 1
    start = today - frame.months
    worked = frame.months - sum(frame.gaps)
    shares = [0.8 + 0.4 * draws.uniform() for _ in range(frame.jobs)]
    if frame.jobs > 2:
        shares[0] *= 0.45  # the first job is a short one
    room = worked - SHORTEST_JOB * frame.jobs
    lengths = [SHORTEST_JOB + int(room * share / sum(shares)) for share in shares]
    lengths[-1] += worked - sum(lengths)
    jobs, month = [], start
    for number, length in enumerate(lengths):
        last = number == frame.jobs - 1
        jobs.append(Job(start=month, end=None if last else month + length - 1))
        month += length + (0 if last else frame.gaps[number])
    return tuple(reversed(jobs))


def draw_careers(
    shared: Draws,
    own: tuple[Draws, Draws],
    today: date,
    diploma: Diploma,
    signal: Signal,
    sheets: tuple[CvSheet, CvSheet],
    gap_months: int = 0,
) -> tuple[Career, Career]:
    """Draw the careers of a pair's control and treated persona.

    Parameters
    ----------
    shared : Draws
        Settles what the two have in common.
    own : tuple of Draws
        Settle birthdays and months of changing job, one for each arm.
    today : date
        The day on which the first application goes out.
    diploma : Diploma
        The diploma of both.
    signal : Signal
        Sets the ages where age is what is tested.
    sheets : tuple of CvSheet
        Say by how many years each is older than diploma and career say, where age is not what is tested.
    gap_months : int
        Months of the longest time between two jobs, where it is long enough for a reason.
    """
    ages, before = signal.ages, signal.age_before
    if ages is not None and before is not None:
        born = _born_at_ages(own, today, ages)
        graduated = born[0].year + ages[0] - before + diploma.age
        start = graduated * 12 + 8 + shared.index(5)
        months = today.year * 12 + today.month - 1 - start
    else:
        months = 12 * shared.between(5, 14) + shared.index(12)
        start = today.year * 12 + today.month - 1 - months
        graduated = start // 12 if start % 12 >= 7 else start // 12 - 1
        years = [graduated - diploma.age - sheet.repeated - sheet.waited for sheet in sheets]
        born = (_birthday(own[0], years[0]), _birthday(own[1], years[1]))
    jobs = 3 if months >= 84 else 2
    gaps = tuple(shared.index(3) for _ in range(jobs - 1))
    if gap_months:
        gaps = (*gaps[:-1], gap_months)
    frame = _Frame(today=today, months=months, jobs=jobs, gaps=gaps)
    found = []
    for draws, day, age, sheet in zip(own, born, ages or (None, None), sheets, strict=True):
        worked, finished = _jobs(draws, frame), graduated - (sheet.waited if ages is None else 0)
        if age is not None and before is not None and age > before:
            finished = day.year + diploma.age
            earlier = Job(start=finished * 12 + 8 + draws.index(5), end=start - 1, is_signal=True)
            worked = (*worked, earlier)
        elif ages is not None:
            finished = day.year + diploma.age
        found.append(Career(born=day, graduated=finished, jobs=worked))
    return found[0], found[1]
