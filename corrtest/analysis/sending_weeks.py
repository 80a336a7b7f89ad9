"""When the tests went out: how many in each week, for the timeline of the fieldwork."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corrtest.analysis.read import AnswersTable, StudyTable


def sending_weeks(table: StudyTable | AnswersTable) -> tuple[dict[str, Any], ...]:
    """Return the tests by the Monday (ISO) of the week in which the first application went out, oldest first.

    Weeks without any are not in it; a table that does not say of every test when it went out has none.
    """
    if "sent_on" not in table.frame:
        return ()
    days = pd.to_datetime(table.frame["sent_on"], errors="coerce", format="ISO8601")
    if days.isna().any():
        return ()
    day = days.to_numpy().astype("datetime64[D]")
    # Day 0 of the calendar of numpy (1 January 1970) was a Thursday.
    mondays, tests = np.unique(day - (day.astype(np.int64) + 3) % 7, return_counts=True)
    return tuple({"week": str(week), "tests": int(number)} for week, number in zip(mondays, tests, strict=True))
