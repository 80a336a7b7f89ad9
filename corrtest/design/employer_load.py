"""What an employer may still get: its caps, and the pairs that it already got or will get."""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.design.allocation import EmployerWindow
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.spec import Caps, SizeStep, Window

__all__ = ["Diary", "caps_record", "employees_of", "employer_caps", "recorded_caps"]

IntArray = npt.NDArray[np.int64]


def employer_caps(
    caps: Sequence[Caps], employees: npt.NDArray[np.float64] | None, count: int
) -> tuple[IntArray, tuple[EmployerWindow, ...]]:
    """Return each employer's cap in all and in windows, the strictest where several studies' caps hold.

    Larger employers may get more where a study has steps; an employer whose size is unknown (nan, or no sizes at all)
    gets the study's general caps. Each study's window holds over the pairs of all of them.
    """
    totals, windows = zip(*(_caps_of(each, employees, count) for each in dict.fromkeys(caps)), strict=True)
    shortest: dict[int, IntArray] = {}
    for window in windows:
        shortest[window.weeks] = np.minimum(window.limit, shortest.get(window.weeks, window.limit))
    every = [EmployerWindow(limit=limit, weeks=weeks) for weeks, limit in sorted(shortest.items(), reverse=True)]
    needed: list[EmployerWindow] = []
    for window in every:
        # A longer window that allows no more holds this one as well.
        if not any((longer.limit <= window.limit).all() for longer in needed):
            needed.append(window)
    return np.min(totals, axis=0), tuple(needed)


def _caps_of(caps: Caps, employees: npt.NDArray[np.float64] | None, count: int) -> tuple[IntArray, EmployerWindow]:
    total = np.full(count, caps.total, dtype=np.int64)
    limit = np.full(count, caps.window.pairs, dtype=np.int64)
    if employees is not None:
        for step in sorted(caps.by_size, key=lambda step: step.employees):
            reached = employees >= step.employees
            total[reached], limit[reached] = step.total, step.window_pairs
    return total, EmployerWindow(limit=limit, weeks=caps.window.weeks)


def caps_record(caps: Caps) -> dict[str, Any]:
    """Return caps as a manifest keeps them."""
    record: dict[str, Any] = json.loads(json.dumps(asdict(caps)))
    return record


def recorded_caps(record: Mapping[str, Any]) -> Caps:
    """Return back the caps of a record."""
    steps = tuple(SizeStep(**step) for step in record["by_size"])
    return Caps(total=record["total"], window=Window(**record["window"]), by_size=steps)


def employees_of(vacancies: pd.DataFrame, employers: pd.Index) -> npt.NDArray[np.float64] | None:
    """Return each employer's largest known number of employees; None where the vacancies have no such column."""
    if "employees" not in vacancies:
        return None
    number = pd.to_numeric(vacancies["employees"], errors="coerce")
    bad = number.isna() & (vacancies["employees"].astype(str).str.strip() != "") & vacancies["employees"].notna()
    if bad.any():
        given = str(vacancies.loc[bad, "employees"].iloc[0])
        raise DesignError(
            say("The employers' sizes cannot be used."),
            [
                Fault(
                    file=vacancies.attrs.get("file"),
                    column="employees",
                    given=repr(given),
                    expected=say("a number of employees, or an empty cell"),
                    action=say("Correct the cell."),
                )
            ],
        )
    largest = number.groupby(vacancies["employer_id"]).max().reindex(employers)
    return largest.to_numpy(dtype=np.float64)


@dataclass(slots=True)
class Diary:
    """First sending days of an employer's pairs, held to every rule (at most so many pairs in so many days).

    A pair touches a window when either of its two applications falls in it. So the pair that comes `pairs` places later
    must start at least `days` after the second application of this one, at most `lag` days on: the strictest reading of
    the cap.
    """

    rules: tuple[tuple[int, int], ...]
    lag: int
    starts: list[int] = field(default_factory=list)

    def fits(self, day: int) -> bool:
        """Say whether one more pair that starts on `day` keeps every window within the cap."""
        trial = sorted([*self.starts, day])
        return all(
            later - earlier >= days + self.lag
            for pairs, days in self.rules
            for earlier, later in zip(trial, trial[pairs:], strict=False)
        )

    def add(self, day: int) -> None:
        """Note a pair that starts on `day`."""
        insort(self.starts, day)

    def first_fit(self, days: Iterable[int]) -> int | None:
        """Return the first of `days` on which one more pair fits."""
        return next((day for day in days if self.fits(day)), None)
