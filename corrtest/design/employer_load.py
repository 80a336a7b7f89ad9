"""What an employer may still get: its caps, and the pairs that it already got or will get."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.errors import DesignError, Fault
from corrtest.spec import Caps

__all__ = ["Diary", "employer_caps"]

IntArray = npt.NDArray[np.int64]


def employer_caps(caps: Caps, employees: npt.NDArray[np.float64] | None, count: int) -> tuple[IntArray, IntArray]:
    """Give (cap in all, cap in a window) per employer; larger employers may get more where the study has steps.

    An employer whose size is unknown (nan, or no sizes at all) gets the general caps.
    """
    total = np.full(count, caps.total, dtype=np.int64)
    window = np.full(count, caps.window.pairs, dtype=np.int64)
    if employees is None:
        return total, window
    for step in sorted(caps.by_size, key=lambda step: step.employees):
        reached = employees >= step.employees
        total[reached], window[reached] = step.total, step.window_pairs
    return total, window


def employees_of(vacancies: pd.DataFrame, employers: pd.Index) -> npt.NDArray[np.float64] | None:
    """Give each employer's largest known number of employees; None where the vacancies have no such column."""
    if "employees" not in vacancies:
        return None
    number = pd.to_numeric(vacancies["employees"], errors="coerce")
    bad = number.isna() & (vacancies["employees"].astype(str).str.strip() != "") & vacancies["employees"].notna()
    if bad.any():
        given = str(vacancies.loc[bad, "employees"].iloc[0])
        raise DesignError(
            "The employers' sizes cannot be used.",
            [
                Fault(
                    file=vacancies.attrs.get("file"),
                    column="employees",
                    given=repr(given),
                    expected="a number of employees, or an empty cell",
                    action="Correct the cell.",
                )
            ],
        )
    largest = number.groupby(vacancies["employer_id"]).max().reindex(employers)
    return largest.to_numpy(dtype=np.float64)


@dataclass(slots=True)
class Diary:
    """First sending days of an employer's pairs, held to at most `pairs` in any `days` consecutive days.

    A pair touches a window when either of its two applications falls in it. So the pair that comes `pairs` places later
    must start at least `days` after the second application of this one, `lag` days on: the strictest reading of the
    cap.
    """

    pairs: int
    days: int
    lag: int
    starts: list[int] = field(default_factory=list)

    def fits(self, day: int) -> bool:
        """Say whether one more pair that starts on `day` keeps every window within the cap."""
        trial = sorted([*self.starts, day])
        apart = self.days + self.lag
        return all(later - earlier >= apart for earlier, later in zip(trial, trial[self.pairs :], strict=False))

    def add(self, day: int) -> None:
        """Note a pair that starts on `day`."""
        insort(self.starts, day)

    def first_fit(self, days: Iterable[int]) -> int | None:
        """Give the first of `days` on which one more pair fits."""
        return next((day for day in days if self.fits(day)), None)
