"""Times as the register writes them: UTC, to the millisecond, as text that sorts in the order of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from corrtest.errors import Fault, InputError
from corrtest.language import say

DAY = timedelta(days=1)
MILLISECONDS = len("2026-03-02T09:30:00.000")


def stamp(at: datetime | date | str, column: str = "at") -> str:
    """Return `at` as `2026-03-02T09:30:00.000Z`.

    A time with an offset is converted to UTC; a time or date without one is taken as UTC already.

    Raises
    ------
    InputError
        Where `at` is no time in ISO 8601 form.
    """
    moment = at
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment.strip())
        except ValueError:
            raise InputError(say("A time cannot be read."), [unreadable(str(at), column)]) from None
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    if moment.tzinfo is not None:
        # An offset that leads out of the calendar (year 1 or 9999) has no UTC form.
        try:
            moment = (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).replace(tzinfo=None)
        except OverflowError:
            raise InputError(say("A time cannot be read."), [unreadable(str(at), column)]) from None
    return _written(moment)


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
        expected=say("a date or time such as 2026-03-02 or 2026-03-02T09:30"),
        action=say("Write year, month, day in that order; add +01:00 or +02:00 for Belgian local time."),
    )


def day(text: str) -> date:
    """Return the UTC day of a stamp (or of a bare ISO date)."""
    return date.fromisoformat(text[:10])


def later(text: str, delta: timedelta) -> str:
    """Return the stamp `delta` after the stamp `text`."""
    return _written(datetime.fromisoformat(text[:MILLISECONDS]) + delta)


def now() -> datetime:
    """Return the present time in UTC: the one place where the register looks at a clock."""
    return datetime.now(UTC)
