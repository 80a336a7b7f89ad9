"""Measure one cell: how often each interval holds the truth, how wide it is, and how often each test rejects."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis import (
    ESTIMATORS,
    TESTS,
    Clusters,
    Intervals,
    MarginCounts,
    PairedTables,
    clustered_intervals,
    clustered_tests,
)
from corrtest.design import substream
from corrtest.lab.calibration.cell import KINDS, Cell

LEVEL = 0.95


def measure(cell: Cell, *, experiments: int = 10_000, seed: int = 2026) -> list[dict[str, Any]]:
    """Return one row per interval and test of the cell, with Monte-Carlo errors.

    The random stream belongs to the seed and the cell's name alone, so that cells give the same numbers wherever
    and in whatever order they run.
    """
    rng = substream(seed, "calibration", cell.name)
    rows: list[dict[str, Any]] = []
    if cell.pairs_per_employer == 1:
        totals = cell.draw_totals(experiments, rng)
        # Experiments with the same four counts give the same intervals; each is computed once.
        unique, place = np.unique(totals, axis=0, return_inverse=True)
        tables = PairedTables.of(*unique.T)
        place = place.ravel()
        for name, methods in ESTIMATORS.items():
            for method, estimator in methods.items():
                found = Intervals(*(part[place] for part in estimator(tables, LEVEL)))
                rows.append(_interval_row(cell, name, method, found, experiments))
        rows += [_test_row(cell, name, test(tables).pvalue[place], experiments) for name, test in TESTS.items()]
        return rows
    drawn = cell.draw(experiments, rng)
    tables = PairedTables.of(*drawn.sum(axis=1).T)
    for name, methods in ESTIMATORS.items():
        method, estimator = next(iter(methods.items()))
        rows.append(_interval_row(cell, name, f"{method} (clusters ignored)", estimator(tables, LEVEL), experiments))
    counts = _margin_counts(cell, drawn, tables)
    for name, robust in clustered_intervals(counts, LEVEL).items():
        rows.append(_interval_row(cell, name, "cluster_robust", robust.intervals, experiments))
    rows.append(_test_row(cell, "mcnemar_midp (clusters ignored)", TESTS["mcnemar_midp"](tables).pvalue, experiments))
    rows += [_test_row(cell, name, test.pvalue, experiments) for name, test in clustered_tests(counts).items()]
    return rows


def _margin_counts(cell: Cell, drawn: npt.NDArray[np.int64], tables: PairedTables) -> MarginCounts:
    experiments, employers, _ = drawn.shape
    flat = drawn.reshape(-1, 4)
    return MarginCounts(
        fields=("experiment",),
        keys=tuple((str(number),) for number in range(experiments)),
        tables=tables,
        clusters=Clusters(
            group=np.repeat(np.arange(experiments), employers),
            pairs=np.full(len(flat), cell.pairs_per_employer, dtype=np.int64),
            **{kind: flat[:, place] for place, kind in enumerate(KINDS[:3])},
        ),
    )


def _described(cell: Cell, experiments: int) -> dict[str, Any]:
    return {
        "pairs": cell.pairs,
        "control_rate": cell.control_rate,
        "ratio": cell.ratio,
        "association": cell.association,
        "pairs_per_employer": cell.pairs_per_employer,
        "likeness": cell.likeness,
        "expected_discordant": round(cell.expected_discordant, 4),
        "experiments": experiments,
    }


def _interval_row(cell: Cell, name: str, method: str, found: Intervals, experiments: int) -> dict[str, Any]:
    truth = cell.truth()[name]
    defined = ~(np.isnan(found.lower) | np.isnan(found.upper))
    lower, upper = found.lower[defined], found.upper[defined]
    # A limit equal to the truth up to rounding holds it.
    below, above = lower > truth + 1e-12, upper < truth - 1e-12
    coverage = float(1 - np.mean(below | above)) if len(lower) else None
    width = upper - lower
    bounded = width[np.isfinite(width)]
    return {
        **_described(cell, experiments),
        "kind": "interval",
        "name": name,
        "method": method,
        "value": coverage,
        "monte_carlo_error": None if coverage is None else _error(coverage, len(lower)),
        "missed_above": float(np.mean(below)) if len(lower) else None,
        "missed_below": float(np.mean(above)) if len(lower) else None,
        "median_width": float(np.median(bounded)) if len(bounded) else None,
        "undefined": float(1 - defined.mean()),
    }


def _test_row(cell: Cell, name: str, pvalues: npt.NDArray[np.float64], experiments: int) -> dict[str, Any]:
    # An undefined p-value is no rejection.
    rejected = float(np.mean(np.nan_to_num(pvalues, nan=1.0) <= 1 - LEVEL + 1e-12))
    return {
        **_described(cell, experiments),
        "kind": "size" if cell.ratio == 1 else "power",
        "name": name,
        "method": name,
        "value": rejected,
        "monte_carlo_error": _error(rejected, experiments),
        "missed_above": None,
        "missed_below": None,
        "median_width": None,
        "undefined": float(np.mean(np.isnan(pvalues))),
    }


def _error(share: float, draws: int) -> float:
    return float(np.sqrt(share * (1 - share) / draws))
