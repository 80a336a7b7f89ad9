"""The load cap of an employer, counted here by its own code and not by the planner's.

A pair counts once, on the day of its first application; a window is any `weeks` × 7 consecutive days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from corrtest.language import say
from corrtest.spec import Caps

CapReason = Literal["cap_total", "cap_window"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one study allows one employer: `total` pairs in all, `pairs` in any `days` consecutive days."""

    total: int
    pairs: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A cap that one pair more would break; `free_from` is the first day on which it would not, if there is one."""

    reason: CapReason
    text: str
    free_from: date | None


def limit(caps: Caps, employees: int | None) -> Limit:
    """Return the caps that hold for an employer of this size (unknown size: the general caps)."""
    total, pairs = caps.total, caps.window.pairs
    for step in sorted(caps.by_size, key=lambda step: step.employees):
        if employees is not None and employees >= step.employees:
            total, pairs = step.total, step.window_pairs
    return Limit(total=total, pairs=pairs, days=7 * caps.window.weeks)


def most_in_window(days: Sequence[date], length: int) -> int:
    """Return the largest number of `days` that lie within `length` consecutive days."""
    ordered = sorted(days)
    most = first = 0
    for last, day in enumerate(ordered):
        while (day - ordered[first]).days >= length:
            first += 1
        most = max(most, last - first + 1)
    return most


def breach(load: Sequence[date], new: date, allowed: Limit) -> Breach | None:
    """Return the cap that a pair on `new` would break, given the days of the pairs that count already."""
    if len(load) + 1 > allowed.total:
        return Breach(
            reason="cap_total",
            text=say(
                "the employer has had {count} pair(s) and may have {total} in all", count=len(load), total=allowed.total
            ),
            free_from=None,
        )
    near = [other for other in load if abs((other - new).days) < allowed.days]
    if most_in_window([*near, new], allowed.days) <= allowed.pairs:
        return None
    free = max(near) + timedelta(days=1)
    while most_in_window([*near, free], allowed.days) > allowed.pairs:
        free += timedelta(days=1)
    return Breach(
        reason="cap_window",
        text=say(
            "the employer may have {pairs} pair(s) in any {days} days and would have more",
            pairs=allowed.pairs,
            days=allowed.days,
        ),
        free_from=free,
    )
