"""Times as the register writes them: UTC, to the millisecond, as text that sorts in the order of time.

A time that somebody types without an offset is Belgian local time, and a day is a Belgian day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from corrtest.errors import Fault, InputError
from corrtest.language import SOURCE, current, say
from corrtest.spec import BELGIAN_TIME, read_moment

DAY = timedelta(days=1)
MILLISECONDS = len("2026-03-02T09:30:00.000")
_DAY_LENGTH = len("2026-03-02")


def stamp(at: datetime | date | str, column: str = "at") -> str:
    """Return `at` as `2026-03-02T08:30:00.000Z`.

    A time with an offset is converted to UTC; a time without one is Belgian local time, a day its first moment.

    Raises
    ------
    InputError
        Where `at` is no time that people write, or one that the Belgian clock skips or shows twice.
    """
    moment = read_moment(at) if isinstance(at, str) else at
    if moment is None:
        raise InputError(say("A time cannot be read."), [unreadable(str(at), column)])
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    # An offset that leads out of the calendar (year 1 or 9999) has no UTC form.
    try:
        if moment.tzinfo is None:
            moment = _belgian(moment, str(at), column)
        utc = (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).replace(tzinfo=None)
    except OverflowError:
        raise InputError(say("A time cannot be read."), [unreadable(str(at), column)]) from None
    return _written(utc)


def _belgian(moment: datetime, given: str, column: str) -> datetime:
    """Return a local time with its offset; refuse one that the clock skips in March or shows twice in October."""
    local = moment.replace(tzinfo=BELGIAN_TIME)
    later_one = local.replace(fold=1)
    if local.utcoffset() == later_one.utcoffset():
        return local
    skipped = local.astimezone(UTC).astimezone(BELGIAN_TIME).replace(tzinfo=None) != moment
    raise InputError(
        say("A time cannot be read."),
        [
            Fault(
                column=column,
                given=f"'{given}'",
                expected=say("a time that the clock shows")
                if skipped
                else say("which of the two: that hour comes twice on this day"),
                action=say("On that day the clock goes from 2 to 3 o'clock; look at the time again.")
                if skipped
                else say("Add +02:00 (summer time, the first of the two) or +01:00 (winter time, the second)."),
            )
        ],
    )


def _written(moment: datetime) -> str:
    text = moment.isoformat()
    return f"{text[:MILLISECONDS]}Z" if moment.microsecond else f"{text}.000Z"


def unreadable(given: str, column: str, row: int | None = None, file: str | None = None) -> Fault:
    """Return the fault for a cell that is no time."""
    return Fault(
        file=file,
        row=row,
        column=column,
        given=f"'{given}'",
        expected=say("a date or time such as 2026-03-02, 2/3/2026 9:30 or 2 March 2026 9:30"),
        action=say("Write day, month and year, then the time on the Belgian clock."),
    )


@lru_cache(maxsize=4096)
def day(text: str) -> date:
    """Return the Belgian day of a stamp (or of a bare ISO date)."""
    if len(text) == _DAY_LENGTH:
        return date.fromisoformat(text)
    return _local(text).date()


def later(text: str, delta: timedelta) -> str:
    """Return the stamp `delta` after the stamp `text`."""
    return _written(datetime.fromisoformat(text[:MILLISECONDS]) + delta)


def start_of(on: date) -> str:
    """Return the stamp at which a Belgian day begins."""
    return stamp(on)


def window_end(text: str, days: int) -> str:
    """Return the stamp at which a window of so many days after the day of `text` has passed: at midnight."""
    return start_of(day(text) + (days + 1) * DAY)


def local_time(text: str) -> str:
    """Return a stamp as the Belgian clock showed it, written as the user's language writes it."""
    return f"{_local(text):{_notation()} %H:%M}"


def local_day(on: date) -> str:
    """Return a day as the user's language writes it."""
    return f"{on:{_notation()}}"


def shown_day(typed: str) -> str:
    """Return the Belgian day of a time that was typed, as the user's language writes it."""
    return local_day(day(stamp(typed)))


def _notation() -> str:
    return "%Y-%m-%d" if current() == SOURCE else "%d/%m/%Y"


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text[:MILLISECONDS]).replace(tzinfo=UTC).astimezone(BELGIAN_TIME)


def _of_the_machine() -> datetime:
    return datetime.now(UTC)


_clocks: list[Callable[[], datetime]] = [_of_the_machine]


def now() -> datetime:
    """Return the present time in UTC: the one place where the register looks at a clock."""
    return _clocks[-1]()


@contextmanager
def another_clock(reading: Callable[[], datetime]) -> Iterator[None]:
    """Let the register look at another clock meanwhile: a rehearsal acts out months in minutes."""
    _clocks.append(reading)
    try:
        yield
    finally:
        _clocks.remove(reading)
