"""Weighted estimates: a sector of two kinds of vacancies, sampled in other shares than they have.

Pairs are weighted by the share of their kind in the sector over that in the sample, times a weight of their own that
has nothing to do with reactions, as weights for non-usable vacancies have. The truth is the sector's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis import (
    ESTIMATORS,
    PAIRED,
    Clusters,
    MarginCounts,
    PairedTables,
    bootstrap_intervals,
    clustered_intervals,
)
from corrtest.design import substream
from measures.cell import KINDS, Cell
from measures.rows import LEVEL, coverage_row

# Half of the sector's vacancies: with many positive reactions and a strong disadvantage; the other half: neither.
SECTOR_SHARES = (0.5, 0.5)
# Positive rate of the control arm, and the ratio, of either kind.
STRONG = (0.35, 0.6)
WEAK = (0.15, 0.9)
ASSOCIATION = 0.5
# The bootstrap is computed for as many experiments as this at most.
_BOOTSTRAPPED = 500
_REPLICATES = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedCell:
    """A sample of the sector.

    Parameters
    ----------
    pairs : int
        Pairs in an experiment.
    strong_share : float
        Share of the first kind of vacancies in the sample; 0.5 in the sector.
    own_spread : float
        Standard deviation of the logarithm of each pair's own weight.
    """

    pairs: int
    strong_share: float
    own_spread: float

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        return f"n{self.pairs}_strong{self.strong_share:g}_own{self.own_spread:g}"

    def markets(self) -> tuple[tuple[Cell, float], ...]:
        """Return both kinds of vacancies as cells of this sample, with the weight of their pairs."""
        first = round(self.pairs * self.strong_share)
        parts = ((STRONG, first, SECTOR_SHARES[0]), (WEAK, self.pairs - first, SECTOR_SHARES[1]))
        return tuple(
            (
                Cell(pairs=pairs, control_rate=rate, ratio=ratio, association=ASSOCIATION),
                share * self.pairs / pairs,
            )
            for (rate, ratio), pairs, share in parts
        )

    def truth(self) -> dict[str, float]:
        """Return the sector's true values."""
        of_kinds = np.array([market.probabilities for market, _ in self.markets()])
        probabilities = np.array(SECTOR_SHARES) @ of_kinds
        return {name: statistic.truth(probabilities) for name, statistic in PAIRED.statistics.items()}


def weighting_grid() -> tuple[WeightedCell, ...]:
    """Return the samples that are measured."""
    return tuple(
        WeightedCell(pairs=pairs, strong_share=share, own_spread=spread)
        for pairs, share, spread in product((100, 200, 400), (0.2, 0.5, 0.8), (0.0, 0.5))
    )


def measure_weighting(cell: WeightedCell, *, experiments: int = 10_000, seed: int = 2026) -> list[dict[str, Any]]:
    """Return one row per estimate: linearised, weights ignored, and by the bootstrap."""
    rng = substream(seed, "calibration weighting", cell.name)
    kinds, weights = _draw(cell, experiments, rng)
    truth = cell.truth()
    counts = _weighted_counts(kinds, weights)
    rows = []
    for name, robust in clustered_intervals(counts, LEVEL).items():
        rows.append(coverage_row(name, "weighted_linearised", robust.intervals, truth[name]))
        method, estimator = next(iter(ESTIMATORS[name].items()))
        plain = estimator(counts.counted, LEVEL)
        rows.append(coverage_row(name, f"{method} (weights ignored)", plain, truth[name]))
    few = min(experiments, _BOOTSTRAPPED)
    drawn = bootstrap_intervals(
        _weighted_counts(kinds[:few], weights[:few]), replicates=_REPLICATES, seed=seed, confidence_level=LEVEL
    )
    for name, methods in drawn.items():
        rows += [coverage_row(name, f"bootstrap, {method}", found, truth[name]) for method, found in methods.items()]
    described = {"pairs": cell.pairs, "strong_share": cell.strong_share, "own_spread": cell.own_spread}
    return [{**described, "experiments": experiments, **row} for row in rows]


def _draw(
    cell: WeightedCell, experiments: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the kind of each pair, numbered as `KINDS`, and its weight; both (experiments, pairs)."""
    kinds, weights = [], []
    for market, weight in cell.markets():
        shape = (experiments, market.pairs)
        kinds.append(rng.choice(len(KINDS), size=shape, p=market.probabilities))
        weights.append(weight * np.exp(rng.normal(0.0, cell.own_spread, size=shape)))
    return np.concatenate(kinds, axis=1), np.concatenate(weights, axis=1)


def _weighted_counts(kinds: npt.NDArray[np.int64], weights: npt.NDArray[np.float64]) -> MarginCounts:
    experiments, pairs = kinds.shape
    shares = weights * (pairs / weights.sum(axis=1, keepdims=True))
    sums = [np.where(kinds == place, shares, 0.0) for place in range(len(KINDS))]
    counted = [(kinds == place).sum(axis=1) for place in range(len(KINDS))]
    return MarginCounts(
        fields=("experiment",),
        keys=tuple((str(number),) for number in range(experiments)),
        tables=PairedTables.of(*(part.sum(axis=1) for part in sums)),
        raw=PairedTables.of(*counted),
        clusters=Clusters(
            group=np.repeat(np.arange(experiments), pairs),
            pairs=shares.ravel(),
            **{kind: sums[place].ravel() for place, kind in enumerate(KINDS[:3])},
        ),
    )
