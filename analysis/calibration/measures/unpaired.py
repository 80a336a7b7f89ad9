"""Unmatched designs: coverage and size where each vacancy gets one application."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from corrtest.analysis import UNPAIRED, Intervals, unmatched
from corrtest.design import substream
from measures.rows import LEVEL, coverage_row, rejection_row


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpairedCell:
    """Applications an arm, the control arm's positive rate and the true ratio."""

    applications: int
    control_rate: float
    ratio: float

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        return f"arm{self.applications}_rate{self.control_rate:g}_ratio{self.ratio:g}"

    def truth(self) -> dict[str, float]:
        """Return the true value of every estimate."""
        rates = self.control_rate, self.control_rate * self.ratio
        return {name: statistic.truth(*rates) for name, statistic in UNPAIRED.statistics.items()}


def unpaired_grid() -> tuple[UnpairedCell, ...]:
    """Return the cells that are measured."""
    return tuple(
        UnpairedCell(applications=applications, control_rate=rate, ratio=ratio)
        for applications, rate, ratio in product((50, 100, 200, 400, 800), (0.05, 0.1, 0.2, 0.35), (0.5, 0.7, 1.0))
    )


def measure_unpaired(cell: UnpairedCell, *, experiments: int = 10_000, seed: int = 2026) -> list[dict[str, Any]]:
    """Return one row per estimate and test."""
    rng = substream(seed, "calibration unpaired", cell.name)
    truth, n = cell.truth(), cell.applications
    rates = [truth["positive_rate_control"], truth["positive_rate_treated"]]
    drawn = rng.binomial(n, rates, size=(experiments, 2))
    # Experiments with the same two counts give the same result; each is computed once.
    unique, place = np.unique(drawn, axis=0, return_inverse=True)
    place = place.ravel()
    found = [unmatched(int(x0), n, int(x1), n, confidence_level=LEVEL) for x0, x1 in unique]
    rows = []
    for name, true in truth.items():
        estimates = [result.estimate(name) for result in found]
        limits = [(_number(e.value), _number(e.lower), _upper(e.value, e.lower, e.upper)) for e in estimates]
        intervals = Intervals(*np.array(limits)[place].T)
        rows.append(coverage_row(name, estimates[0].method, intervals, true))
    for number, test in enumerate(found[0].tests):
        if test.name == "chi_squared":
            pvalues = np.array([_number(result.tests[number].pvalue) for result in found])[place]
            rows.append(rejection_row("size" if cell.ratio == 1 else "power", test.name, pvalues))
    described = {
        "applications_an_arm": n,
        "control_rate": cell.control_rate,
        "ratio": cell.ratio,
        "expected_positives_treated": round(n * rates[1], 4),
    }
    return [{**described, "experiments": experiments, **row} for row in rows]


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _upper(value: float | None, lower: float | None, upper: float | None) -> float:
    # Without a positive control the ratio is unbounded above, which a result says by a lower limit alone.
    return np.inf if upper is None and lower is not None and value is None else _number(upper)
