"""Days and hours as people type them, on the Belgian clock; the hours that it skips and shows twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.errors import InputError
from corrtest.language import use
from corrtest.register.clock import day, local_time, stamp, start_of, window_end


@pytest.mark.parametrize(
    "typed",
    [
        "2027-01-14T10:30",
        "2027-01-14 10:30:00",
        "2027-01-14T10:30+01:00",
        "2027-01-14T09:30Z",
        "14/01/2027 10:30",
        "14-1-27 10u30",
        "14.1.2027 10.30",
        "14 januari 2027 om 10:30",
        "14 janvier 2027 à 10h30",
        "14 Jan. 2027 10:30",
        "do 14/01/2027 10u30",
        "46036.4375",
    ],
)
def test_one_moment_in_every_usual_form(typed: str) -> None:
    year = "2026" if typed.startswith("46036") else "2027"
    assert stamp(typed) == f"{year}-01-14T09:30:00.000Z"


@pytest.mark.parametrize("typed", ["14/1/2027", "14-01-27", "2027-01-14", "14 januari 2027", "14.1.2027"])
def test_a_day_is_its_first_moment(typed: str) -> None:
    assert stamp(typed) == "2027-01-13T23:00:00.000Z"
    assert day(stamp(typed)) == date(2027, 1, 14)


@pytest.mark.parametrize("typed", ["", "morgen", "1/14/2027", "31/02/2027", "10:30", "14/1", "14 smarch 2027", "99999"])
def test_what_is_no_moment(typed: str) -> None:
    with pytest.raises(InputError, match="expected a date or time"):
        stamp(typed)


def test_the_hour_that_the_clock_skips_and_the_one_that_comes_twice() -> None:
    assert stamp("29/03/2026 1:59") == "2026-03-29T00:59:00.000Z"
    assert stamp("29/03/2026 3:00") == "2026-03-29T01:00:00.000Z"
    with pytest.raises(InputError, match="from 2 to 3 o'clock"):
        stamp("29/03/2026 2:30")
    assert stamp("25/10/2026 1:59") == "2026-10-24T23:59:00.000Z"
    assert stamp("25/10/2026 3:00") == "2026-10-25T02:00:00.000Z"
    with pytest.raises(InputError, match="summer time, the first of the two"):
        stamp("25/10/2026 2:30")
    assert stamp("2026-10-25T02:30+02:00") == "2026-10-25T00:30:00.000Z"
    assert stamp("2026-10-25T02:30+01:00") == "2026-10-25T01:30:00.000Z"


def test_a_window_ends_at_midnight_whatever_the_clock_did_meanwhile() -> None:
    assert window_end(stamp("1/3/2026 0:10"), 30) == "2026-03-31T22:00:00.000Z"  # summer time by then
    assert window_end(stamp("1/10/2026 23:50"), 30) == "2026-10-31T23:00:00.000Z"  # winter time by then


def test_a_time_is_shown_as_the_language_writes_it() -> None:
    with use("nl"):
        assert local_time("2026-07-01T22:30:00.000Z") == "02/07/2026 00:30"
    with use("en"):
        assert local_time("2026-12-31T23:30:00.000Z") == "2027-01-01 00:30"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), st.integers(1, 90))
def test_days_are_those_of_the_belgian_calendar(at: datetime, days: int) -> None:
    local = at.astimezone(ZoneInfo("Europe/Brussels"))
    assert day(stamp(at)) == local.date()
    end = datetime.fromisoformat(window_end(stamp(at), days))
    midnight = end.astimezone(ZoneInfo("Europe/Brussels"))
    assert (midnight.hour, midnight.minute) == (0, 0)
    assert midnight.date() == local.date() + timedelta(days=days + 1)
    assert start_of(local.date()) <= stamp(at)
