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
from measures.cell import KINDS, Cell
from measures.rows import LEVEL, coverage_row, rejection_row


def measure(cell: Cell, *, experiments: int = 10_000, seed: int = 2026) -> list[dict[str, Any]]:
    """Return one row per interval and test of the cell, with Monte-Carlo errors.

    The random stream belongs to the seed and the cell's name alone, so that cells give the same numbers wherever
    and in whatever order they run.
    """
    rng = substream(seed, "calibration", cell.name)
    rows = _clustered(cell, experiments, rng) if cell.clustered else _independent(cell, experiments, rng)
    return [{**cell.described(), "experiments": experiments, **row} for row in rows]


def margin_counts(drawn: npt.NDArray[np.int64]) -> MarginCounts:
    """Take drawn experiments, an array (experiments, employers, 4), for the groups of one margin."""
    experiments, employers, _ = drawn.shape
    flat = drawn.reshape(-1, 4)
    return MarginCounts(
        fields=("experiment",),
        keys=tuple((str(number),) for number in range(experiments)),
        tables=PairedTables.of(*drawn.sum(axis=1).T),
        clusters=Clusters(
            group=np.repeat(np.arange(experiments), employers),
            pairs=flat.sum(axis=1),
            **{kind: flat[:, place] for place, kind in enumerate(KINDS[:3])},
        ),
    )


def rejection_kind(cell: Cell) -> str:
    """Say whether a rejection in the cell is an error (size) or a finding (power)."""
    return "size" if cell.ratio == 1 else "power"


def _independent(cell: Cell, experiments: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    truth = cell.truth()
    totals = cell.draw_totals(experiments, rng)
    # Experiments with the same four counts give the same intervals; each is computed once.
    unique, place = np.unique(totals, axis=0, return_inverse=True)
    tables, place = PairedTables.of(*unique.T), place.ravel()
    rows = []
    for name, methods in ESTIMATORS.items():
        for method, estimator in methods.items():
            found = Intervals(*(part[place] for part in estimator(tables, LEVEL)))
            rows.append(coverage_row(name, method, found, truth[name]))
    rows += [rejection_row(rejection_kind(cell), name, test(tables).pvalue[place]) for name, test in TESTS.items()]
    return rows


def _clustered(cell: Cell, experiments: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    truth, kind = cell.truth(), rejection_kind(cell)
    counts = margin_counts(cell.draw(experiments, rng))
    rows = []
    for name, methods in ESTIMATORS.items():
        method, estimator = next(iter(methods.items()))
        rows.append(coverage_row(name, f"{method} (clusters ignored)", estimator(counts.tables, LEVEL), truth[name]))
    for name, robust in clustered_intervals(counts, LEVEL).items():
        rows.append(coverage_row(name, "cluster_robust", robust.intervals, truth[name]))
    rows.append(rejection_row(kind, "mcnemar_midp (clusters ignored)", TESTS["mcnemar_midp"](counts.tables).pvalue))
    rows += [rejection_row(kind, name, test.pvalue) for name, test in clustered_tests(counts).items()]
    return rows
