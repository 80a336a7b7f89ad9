"""Few employers: size and coverage of the wild cluster bootstrap, the sandwich and the score interval."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit

from corrtest.analysis import Intervals, clustered_intervals, clustered_tests
from corrtest.analysis.designs.paired.clusters import wild_bootstraps
from corrtest.design import substream
from measures.cell import Cell, IntArray
from measures.measure import margin_counts
from measures.rows import LEVEL, FloatArray, coverage_row, rejection_row


def few_grid() -> tuple[Cell, ...]:
    """Return cells of 5 to 12 employers, of equal size or one of them four times the others."""
    return tuple(
        Cell(
            pairs=sum(sizes),
            control_rate=0.25,
            ratio=ratio,
            association=0.4,
            sizes=sizes,
            likeness=0.2,
        )
        for employers, ratio, large in product((5, 8, 10, 12), (0.7, 1.0), (15, 60))
        for sizes in [(15,) * (employers - 1) + (large,)]
    )


def measure_few(cell: Cell, *, experiments: int = 1000, seed: int = 2026) -> list[dict[str, Any]]:
    """Return one row per interval of the rate difference and per test of no difference."""
    drawn = cell.draw(experiments, substream(seed, "calibration few employers", cell.name))
    counts = margin_counts(drawn)
    truth = cell.truth()["rate_difference"]
    wild = wild_bootstraps(counts, seed)
    limits = np.full((3, experiments), np.nan)
    pvalues = np.full(experiments, np.nan)
    for place, found in wild.items():
        if found.pvalue is not None:
            lower, upper = found.interval(LEVEL)
            limits[:, place] = found.value, -1 if lower is None else lower, 1 if upper is None else upper
            pvalues[place] = found.pvalue
    sandwich, tested = _sandwich(drawn)
    kind = "size" if cell.ratio == 1 else "power"
    rows = [
        coverage_row("rate_difference", "wild_cluster_bootstrap", Intervals(*limits), truth),
        coverage_row("rate_difference", "sandwich_CR1", sandwich, truth),
        coverage_row(
            "rate_difference", "cluster_robust", clustered_intervals(counts, LEVEL)["rate_difference"].intervals, truth
        ),
        rejection_row(kind, "wild_cluster_bootstrap", pvalues),
        rejection_row(kind, "sandwich_CR1", tested),
        *(rejection_row(kind, name, test.pvalue) for name, test in clustered_tests(counts).items()),
    ]
    return [{**cell.described(), "experiments": experiments, **row} for row in rows]


def _sandwich(drawn: IntArray) -> tuple[Intervals, FloatArray]:
    """Return the interval and p-value of CR1 with Student's t on one less than the employers, as textbooks have it."""
    net, pairs = (drawn[..., 2] - drawn[..., 1]).astype(float), drawn.sum(axis=2)
    employers = drawn.shape[1]
    value = net.sum(axis=1) / pairs.sum(axis=1)
    scores = net - value[:, None] * pairs
    error = np.sqrt(employers / (employers - 1) * np.sum(scores**2, axis=1)) / pairs.sum(axis=1)
    reach = -stdtrit(employers - 1, (1 - LEVEL) / 2) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        pvalue = 2 * stdtr(employers - 1, -np.abs(value) / error)
    return Intervals(value, value - reach, value + reach), pvalue
