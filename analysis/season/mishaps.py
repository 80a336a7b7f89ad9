"""What goes wrong in a season of field work, and where a person must read of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keyboard import fill, typed_time
from truth import HOUR

if TYPE_CHECKING:
    from run import Season, Visit


@dataclass(frozen=True)
class Mishap:
    """A kind of mishap: when it can happen, what is done, and what must be read of it.

    `happens` returns what people were told; None where there was no opportunity, so that it waits for the next.
    """

    name: str
    hook: str  # day, sheet, answer or withdrawal
    reads: str
    happens: Callable[..., str | None]
    where: str = "message"
    from_day: int = 7

    def is_named(self, told: str) -> bool:
        """Say whether what was told names it."""
        return re.search(self.reads, " ".join(told.split())) is not None


MISHAPS: list[Mishap] = []


def mishap(
    name: str, hook: str, reads: str, **more: Any
) -> Callable[[Callable[..., str | None]], Callable[..., str | None]]:
    """Take a function into the table of mishaps."""

    def keep(happens: Callable[..., str | None]) -> Callable[..., str | None]:
        MISHAPS.append(Mishap(name, hook, reads, happens, **more))
        return happens

    return keep


def refused(season: Season, who: str, study: str, *words: str) -> str:
    """Type what must be refused; where it is taken, say so in capitals, so that no pattern fits."""
    said = season.keyboard.types(who, study, *words)
    return said.text if not said.done else f"TAKEN IN: {said.text}".upper()


def wrong_row(season: Season, visit: Visit, **cells: str) -> str:
    """Hand a sheet in with one row wrong; then as it should be."""
    number = next(iter(visit.sent))
    fill(visit.path, visit.filled | {number: visit.filled[number] | cells})
    told = refused(season, visit.who, visit.study, "worklist", "--file", str(visit.path))
    fill(visit.path, {number: {"result": "", "at": "", "reason": ""}})
    season.hand_in(visit)
    return told


@mishap("a day that does not exist", "sheet", "31/06.*Write day, month and year")
def no_such_day(season: Season, visit: Visit) -> str:
    return wrong_row(season, visit, at="31/06/2027")


@mishap("a row without its hour", "sheet", "fill in both what happened and when|Fill in both what happened and when")
def no_hour(season: Season, visit: Visit) -> str:
    return wrong_row(season, visit, at="")


@mishap("a clock an hour ahead", "sheet", "still to come.*clock of this machine")
def clock_ahead(season: Season, visit: Visit) -> str:
    return wrong_row(season, visit, at=typed_time(season.keyboard.now + HOUR))
