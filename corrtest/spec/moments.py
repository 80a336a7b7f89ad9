"""Days and times in the forms that people type: 2027-01-14T10:30, 14/1/27 10u30, 14 januari 2027, a number of Excel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache

# Days before 1 March 1900 are counted wrong by Excel; none of ours is one.
_EXCEL_BEGINS = datetime(1899, 12, 30)
_SERIAL = re.compile(r"[345]\d{4}(?:[.,]\d+)?")
_WRITTEN_IN = ("nl", "fr", "de", "en")

_TIME = (
    r"(?:(?:[\sT,]+|\s*(?:om|à|at|um)\s+)(?P<hour>\d{1,2})"
    r"(?:\s*[:.uh]\s*(?P<minute>\d{2})?(?::(?P<second>\d{2}))?)?\s*(?:uur|u|h|Uhr)?)?"
)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*(?P<year>\d{4}|\d{2})" + _TIME, re.I)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _TIME, re.I)
_NAMED = re.compile(r"(?P<day>\d{1,2})(?:er|\.)?[\s-]*(?P<name>[^\W\d_]+)\.?[\s-]*(?P<year>\d{4}|\d{2})" + _TIME, re.I)
_WEEKDAY = re.compile(r"^([^\W\d_]+)\.?,?\s+(?=\d)")


def read_moment(text: str) -> datetime | date | None:
    """Return what was typed as a time (with its offset, where one was typed) or as a day; None where it is neither.

    The day comes before the month, as people in Belgium write it; a year of two digits is one of this century.
    """
    text = " ".join(text.split())
    if _SERIAL.fullmatch(text):
        days = timedelta(days=float(text.replace(",", ".")))
        seconds = round(days.total_seconds())  # Excel keeps a time as a fraction, which is never quite a minute
        return _day_or_time(_EXCEL_BEGINS + timedelta(seconds=seconds))
    try:
        iso = datetime.fromisoformat(text)
    except ValueError:
        return _typed(text)
    # A day alone is a day; a time at midnight was typed as one.
    return iso.date() if len(text) <= len("2027-01-14") else iso


def _day_or_time(moment: datetime) -> datetime | date:
    return moment.date() if moment.time() == datetime.min.time() else moment


def _typed(text: str) -> datetime | date | None:
    weekday = _WEEKDAY.match(text)
    if weekday and weekday[1].casefold() in _weekdays():
        text = text[weekday.end() :]
    found = next((match for form in (_YEAR_FIRST, _DAY_FIRST, _NAMED) if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = _months().get(parts["name"].casefold(), 0) if parts.get("name") else int(parts["month"])
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    try:
        on = date(year, month, int(parts["day"]))
        if parts["hour"] is None:
            return on
        hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
        return datetime(on.year, on.month, on.day, hour, minute, second)
    except ValueError:
        return None


@cache
def _months() -> Mapping[str, int]:
    """Return the names of months, short and long, in the languages of the country and in English."""
    from babel.dates import get_month_names  # noqa: PLC0415  (most times are typed in digits)

    return {
        str(name).casefold().rstrip("."): number
        for language in _WRITTEN_IN
        for width in ("abbreviated", "wide")
        for number, name in get_month_names(width, locale=language).items()
    }


@cache
def _weekdays() -> frozenset[str]:
    from babel.dates import get_day_names  # noqa: PLC0415  (as above)

    return frozenset(
        str(name).casefold().rstrip(".")
        for language in _WRITTEN_IN
        for width in ("short", "abbreviated", "wide")
        for name in get_day_names(width, locale=language).values()
    )
