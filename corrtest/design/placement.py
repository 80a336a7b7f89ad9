"""From the week of a pair to the days of its two applications, with every window held to the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from corrtest.design.allocation import Allocation, EmployerWindow, Margin
from corrtest.design.employer_load import Diary
from corrtest.design.frame import StudyFrame
from corrtest.design.partner_load import DayRoom
from corrtest.design.sending_days import DAYS

__all__ = ["Ledger", "Placed", "place_dates"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
NO_DAY = -1


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Every employer's diary over all studies, held to its caps."""

    lag: int
    total: IntArray
    windows: tuple[EmployerWindow, ...]
    diaries: dict[int, Diary] = field(default_factory=dict)

    def diary(self, employer: int) -> Diary:
        """Return the employer's diary, empty at first."""
        if employer not in self.diaries:
            rules = tuple((int(window.limit[employer]), window.weeks * DAYS) for window in self.windows)
            self.diaries[employer] = Diary(rules=rules, lag=self.lag)
        return self.diaries[employer]

    def add(self, employer: int, day: int) -> None:
        """Note a pair."""
        self.diary(employer).add(day)

    def first_fit(self, employer: int, days: Iterable[int]) -> int | None:
        """Return the first of `days` on which the employer may get one more pair."""
        diary = self.diary(employer)
        if len(diary.starts) >= self.total[employer]:
            return None
        return diary.first_fit(days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The pairs of one study: option of the frame, vacancy (by position), first day and partner of each."""

    frame: StudyFrame
    option: IntArray
    day: IntArray
    partner: tuple[str, ...]

    @property
    def vacancy(self) -> IntArray:
        """Position of each pair's vacancy."""
        return self.frame.vacancy[self.option]


def place_dates(
    frames: Sequence[StudyFrame],
    allocation: Allocation,
    draws: FloatArray,
    employer: IntArray,
    ledger: Ledger,
    rooms: Sequence[DayRoom],
) -> list[Placed]:
    """Date each allocated pair, drop those that no day suits, and offer their places to other vacancies.

    Weeks were allocated with windows of whole weeks; to the day a window is a little longer, so now and then a pair
    does not fit on any day of its week. `employer` is per vacancy, `draws` per option of all frames.
    """
    load = np.bincount(employer[_vacancies(frames)[allocation.option]], minlength=len(ledger.total))
    for who, diary in ledger.diaries.items():
        load[who] += len(diary.starts)
    crowded = np.any([load > window.limit for window in ledger.windows], axis=0)
    placed: list[Placed] = []
    lost: list[int] = []
    offset = 0
    for frame, room in zip(frames, rooms, strict=True):
        size = len(frame.vacancy)
        mine = (allocation.option >= offset) & (allocation.option < offset + size)
        option, week = allocation.option[mine] - offset, allocation.week[mine]
        day, partner = _days(frame, option, week, draws[offset : offset + size], employer, crowded, ledger, room)
        fits = day != NO_DAY
        lost.append(int((~fits).sum()))
        names = tuple(name for name, fit in zip(partner, fits, strict=True) if fit)
        placed.append(Placed(frame=frame, option=option[fits], day=day[fits], partner=names))
        offset += size
    if not sum(lost):
        return placed
    used = set(np.concatenate([item.vacancy for item in placed]).tolist())
    offset = 0
    for number, (item, room) in enumerate(zip(placed, rooms, strict=True)):
        size = len(item.frame.vacancy)
        placed[number] = _refill(item, lost[number], draws[offset : offset + size], employer, ledger, room, used)
        offset += size
    return placed


def _vacancies(frames: Sequence[StudyFrame]) -> IntArray:
    return np.concatenate([frame.vacancy for frame in frames])


def _days(
    frame: StudyFrame,
    option: IntArray,
    week: IntArray,
    draws: FloatArray,
    employer: IntArray,
    crowded: BoolArray,
    ledger: Ledger,
    room: DayRoom,
) -> tuple[IntArray, list[str]]:
    """Return each pair's first day and the partner that starts it.

    Employers that can meet their window cap come first, in order of week, each pair on the first day that fits. The
    others may take any day that the study leaves them, and take the emptiest: so the committee's pairs spread over
    the period.
    """
    starts = frame.calendar.starts
    keeps_week = "week" in frame.study.fieldwork.stratify_by
    who = employer[frame.vacancy[option]]
    first, last = frame.first[option], frame.last[option]
    low = np.searchsorted(starts, np.maximum(week * DAYS, first), side="left")
    high = np.searchsorted(starts, np.minimum(week * DAYS + DAYS - 1, last), side="right")
    widest_low = low if keeps_week else np.searchsorted(starts, first, side="left")
    widest_high = high if keeps_week else np.searchsorted(starts, last, side="right")
    day = np.full(len(option), NO_DAY, dtype=np.int64)
    partner = [""] * len(option)
    count = np.zeros((len(frame.wanted), int(starts[-1]) + 1), dtype=np.int64)
    tight = crowded[who]
    slack = np.where(tight, last, widest_high - widest_low)
    for number in np.lexsort((draws[option], slack, np.where(tight, week, 0), ~tight)):
        committee = frame.committee[option[number]]
        choices = starts[widest_low[number] : widest_high[number]]
        if tight[number]:
            found = ledger.first_fit(int(who[number]), room.open(starts[low[number] : high[number]]).tolist())
            if found is None and not keeps_week:
                found = ledger.first_fit(int(who[number]), room.open(choices).tolist())
        else:
            found = room.emptiest(choices, count[committee, choices], float(draws[option[number]]))
        if found is not None:
            day[number] = found
            count[committee, found] += 1
            ledger.add(int(who[number]), found)
            partner[number] = room.take(found)
    return day, partner


def _refill(
    placed: Placed,
    places: int,
    draws: FloatArray,
    employer: IntArray,
    ledger: Ledger,
    room: DayRoom,
    used: set[int],
) -> Placed:
    """Offer `places` free places to unused vacancies, in random order, where quota, caps and days allow."""
    if not places:
        return placed
    frame = placed.frame
    starts = frame.calendar.starts
    left = [_left(margin, placed) for margin in frame.quotas]
    option, day, partner = list(placed.option), list(placed.day), list(placed.partner)
    for candidate in np.argsort(draws, kind="stable"):
        if places == 0:
            break
        if int(frame.vacancy[candidate]) in used:
            continue
        days = starts[(starts >= frame.first[candidate]) & (starts <= frame.last[candidate])]
        for margin, remaining in zip(frame.quotas, left, strict=True):
            group = margin.group[candidate]
            days = (
                days[remaining[group][days // DAYS] > 0]
                if margin.weekly
                else days[: None if remaining[group] > 0 else 0]
            )
        who = int(employer[frame.vacancy[candidate]])
        found = ledger.first_fit(who, room.open(days).tolist())
        if found is None:
            continue
        ledger.add(who, found)
        partner.append(room.take(found))
        used.add(int(frame.vacancy[candidate]))
        option.append(candidate)
        day.append(found)
        places -= 1
        for margin, remaining in zip(frame.quotas, left, strict=True):
            group = margin.group[candidate]
            remaining[(group, found // DAYS) if margin.weekly else group] -= 1
    return Placed(
        frame=frame,
        option=np.array(option, dtype=np.int64),
        day=np.array(day, dtype=np.int64),
        partner=tuple(partner),
    )


def _left(margin: Margin, placed: Placed) -> IntArray:
    """Return what each group of a quota still lacks."""
    left = margin.limit.copy()
    group = margin.group[placed.option]
    np.subtract.at(left, (group, placed.day // DAYS) if margin.weekly else group, 1)
    return left
