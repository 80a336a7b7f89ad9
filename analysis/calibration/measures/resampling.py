"""Coverage of the cluster bootstrap's three intervals, beside the default on the same experiments."""

from __future__ import annotations

from itertools import product
from typing import Any

from corrtest.analysis import ESTIMATORS, bootstrap_intervals, clustered_intervals
from corrtest.design import substream
from measures.cell import Cell
from measures.measure import margin_counts
from measures.rows import LEVEL, coverage_row

REPLICATES = 999


def bootstrap_grid() -> tuple[Cell, ...]:
    """Return cells with one and with several pairs an employer."""
    return tuple(
        Cell(pairs=pairs, control_rate=rate, ratio=ratio, association=0.5, sizes=sizes, likeness=likeness)
        for pairs, rate, ratio, (sizes, likeness) in product(
            (50, 100, 200, 400),
            (0.2, 0.35),
            (0.7, 1.0),
            (((1,), 0.0), ((5,), 0.1), ((1, 1, 1, 1, 1, 5), 0.2)),
        )
    )


def measure_bootstrap(cell: Cell, *, experiments: int = 1000, seed: int = 2026) -> list[dict[str, Any]]:
    """Return one row per estimate and kind of bootstrap interval, and one for the default interval."""
    counts = margin_counts(cell.draw(experiments, substream(seed, "calibration bootstrap", cell.name)))
    truth = cell.truth()
    robust = clustered_intervals(counts, LEVEL) if cell.clustered else {}
    rows = []
    for name, methods in bootstrap_intervals(counts, replicates=REPLICATES, seed=seed).items():
        rows += [coverage_row(name, method, found, truth[name]) for method, found in methods.items()]
        method, estimator = next(iter(ESTIMATORS[name].items()))
        if robust:
            rows.append(coverage_row(name, "cluster_robust", robust[name].intervals, truth[name]))
        else:
            rows.append(coverage_row(name, method, estimator(counts.tables, LEVEL), truth[name]))
    return [{**cell.described(), "experiments": experiments, **row} for row in rows]
