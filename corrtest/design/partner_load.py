"""What partners can still start on each day: a study's own limit, and each partner's load over all its studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.design.allocation import Margin
from corrtest.design.frame import NO_LIMIT
from corrtest.design.sending_days import DAYS, SendingDays
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.spec import Study

__all__ = ["DayRoom", "day_rooms", "shared_room"]

IntArray = npt.NDArray[np.int64]


@dataclass(slots=True, kw_only=True)
class PartnerRoom:
    """Pairs that one partner may still start on each day; studies that name the same partner share this object."""

    name: str
    weight: float
    left: IntArray
    given: int = 0


@dataclass(slots=True, kw_only=True)
class DayRoom:
    """Pairs of one study that may still start on each day, in all and by each of its partners."""

    left: IntArray
    partners: tuple[PartnerRoom, ...] = field(default=())

    def room(self, days: IntArray) -> IntArray:
        """Return how many more pairs may start on each of `days`."""
        own: IntArray = self.left[days]
        if not self.partners:
            return own
        together = np.sum([np.maximum(partner.left[days], 0) for partner in self.partners], axis=0)
        both: IntArray = np.minimum(own, together)
        return both

    def open(self, days: IntArray) -> IntArray:
        """Return those of `days` that have room."""
        return days[self.room(days) > 0]

    def emptiest(self, days: IntArray, count: IntArray, draw: float) -> int | None:
        """Pick, among those of `days` that have room, one with the smallest `count`; `draw` decides between equals."""
        has_room = self.room(days) > 0
        days, count = days[has_room], count[has_room]
        if not len(days):
            return None
        least = days[count == count.min()]
        return int(least[int(draw * len(least))])

    def per_week(self, calendar: SendingDays) -> IntArray:
        """Return the pairs that may still start in each week."""
        return _per_week(calendar, self.room(calendar.starts))

    def take(self, day: int) -> str:
        """Use up one place on `day` and return the partner that starts the pair ("" where the study names none).

        Of the partners with room it is the one that has least so far for its weight.
        """
        self.left[day] -= 1
        able = [partner for partner in self.partners if partner.left[day] > 0]
        if not able:
            return ""
        chosen = min(able, key=lambda partner: partner.given / partner.weight)
        chosen.left[day] -= 1
        chosen.given += 1
        return chosen.name


def day_rooms(
    studies: Sequence[Study],
    calendars: Sequence[SendingDays],
    pairs_per_day: Mapping[str, int],
    started: Sequence[pd.DataFrame],
) -> list[DayRoom]:
    """Return each study's room.

    `pairs_per_day` limits a study by its name, whoever sends. `started` are pairs that keep their places: columns
    study, partner, send_first_on.
    """
    length = max(len(calendar.sending) for calendar in calendars)
    origin = calendars[0]
    most = _partner_loads(studies)
    limited = [load for load in most.values() if load is not None]
    # Partners share the work by their loads, or equally where one of them takes any number.
    by_load = len(limited) == len(most)
    partners = {
        name: PartnerRoom(
            name=name,
            weight=float(load) if by_load and load is not None else 1.0,
            left=np.full(length, NO_LIMIT if load is None else load, dtype=np.int64),
        )
        for name, load in most.items()
    }
    rooms = [
        DayRoom(
            left=np.full(length, _own_limit(study, pairs_per_day), dtype=np.int64),
            partners=tuple(partners[partner.name] for partner in study.partners),
        )
        for study in studies
    ]
    own = {study.name: room.left for study, room in zip(studies, rooms, strict=True)}
    for table in started:
        day = origin.day_numbers(pd.to_datetime(table["send_first_on"]))
        inside = (day >= 0) & (day < length)
        for column, rooms_by_name in (
            ("study", own),
            ("partner", {name: partner.left for name, partner in partners.items()}),
        ):
            for name, left in rooms_by_name.items():
                np.subtract.at(left, day[inside & (table[column] == name).to_numpy(dtype=np.bool_)], 1)
    return rooms


def shared_room(rooms: Sequence[DayRoom], calendars: Sequence[SendingDays], study_of: IntArray) -> Margin | None:
    """Hold studies that share a partner to what their partners can start in a week together; None where none share."""
    group = list(range(len(rooms)))
    for one, room in enumerate(rooms):
        for other in range(one):
            if {p.name for p in room.partners} & {p.name for p in rooms[other].partners}:
                group = [group[other] if number == group[one] else number for number in group]
    if len(set(group)) == len(group):
        return None
    longest = max(calendars, key=lambda calendar: calendar.weeks)
    limit = np.full((len(rooms), longest.weeks), NO_LIMIT, dtype=np.int64)
    for number in set(group):
        members = [place for place, own in enumerate(group) if own == number]
        partners = {p.name: p for place in members for p in rooms[place].partners}
        if len(members) > 1:
            days = np.unique(np.concatenate([calendars[place].starts for place in members]))
            room = np.sum([np.maximum(p.left[days], 0) for p in partners.values()], axis=0)
            limit[number] = 0
            np.add.at(limit[number], days // DAYS, room)
    return Margin(group=np.array(group, dtype=np.int64)[study_of], limit=limit)


def _per_week(calendar: SendingDays, room: IntArray) -> IntArray:
    week = np.zeros(calendar.weeks, dtype=np.int64)
    np.add.at(week, calendar.starts // DAYS, np.maximum(room, 0))
    return week


def _partner_loads(studies: Sequence[Study]) -> dict[str, int | None]:
    """Return the most pairs each partner may start a day; the strictest limit where studies differ."""
    loads: dict[str, int | None] = {}
    for partner in (partner for study in studies for partner in study.partners):
        known = [load for load in (loads.get(partner.name), partner.pairs_per_day) if load is not None]
        loads[partner.name] = min(known) if known else None
    return loads


def _own_limit(study: Study, pairs_per_day: Mapping[str, int]) -> int:
    limit = pairs_per_day.get(study.name, NO_LIMIT)
    if limit < 1:
        raise DesignError(
            say("No plan can be made."),
            [
                Fault(
                    key=say("pairs per day"),
                    given=str(limit),
                    expected=say("1 or more"),
                    action=say("Give the number of pairs that can start on a day."),
                )
            ],
        )
    return limit
