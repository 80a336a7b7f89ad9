"""Days as exports write them: serial numbers of Excel, days with the hour and its zone, and days without signs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from corrtest.spec.belgian_time import BELGIAN_TIME

_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_TOGETHER = re.compile(r"(20\d{2})(\d{2})(\d{2})")
# Excel counts from here; 36526 is 1 January 2000, 73050 the last day of 2099.
_DAY_NOUGHT = datetime(1899, 12, 30, tzinfo=UTC)
_FIRST, _LAST = 36_526, 73_050


def plain_day(given: str) -> str:
    """Return a day that a program wrote as year-month-day, in Belgian time; every other text as it is.

    >>> [plain_day(text) for text in ("46535", "20270111", "2027-07-06T22:00:00Z", "11/01/2027")]
    ['2027-05-28', '2027-01-11', '2027-07-07', '11/01/2027']
    """
    if (serial := _SERIAL.fullmatch(given)) and _FIRST <= int(serial[1]) <= _LAST:
        return f"{_DAY_NOUGHT + timedelta(days=int(serial[1])):%Y-%m-%d}"
    if together := _TOGETHER.fullmatch(given):
        return "-".join(together.groups())
    if "T" in given and given[:1].isdigit():
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            return given
        return f"{moment.astimezone(BELGIAN_TIME) if moment.tzinfo else moment:%Y-%m-%d}"
    return given
