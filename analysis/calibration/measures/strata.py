"""Many strata: does the pooled ratio's interval hold the mean, the prediction interval a new stratum, and each
shrunken interval its own stratum's truth?
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from corrtest.analysis import Intervals, PairedTables, pooling
from corrtest.design import substream
from measures.rows import LEVEL, coverage_row

CONTROL_RATE = 0.2
MEAN_LOG_RATIO = float(np.log(0.7))
ASSOCIATION = 0.5
# Committees differ in size; repeated until there are enough.
SIZES = (100, 200, 400, 200)

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrataCell:
    """How many strata, and the standard deviation of their true log ratios around log 0.7."""

    strata: int
    spread: float

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        return f"strata{self.strata}_spread{self.spread:g}"


def strata_grid() -> tuple[StrataCell, ...]:
    """Return the numbers of strata and spreads that are measured."""
    return tuple(
        StrataCell(strata=strata, spread=spread) for strata, spread in product((5, 10, 20, 37), (0.0, 0.1, 0.2, 0.4))
    )


def measure_strata(cell: StrataCell, *, experiments: int = 2000, seed: int = 2026) -> list[dict[str, Any]]:
    """Return one row per kind of interval; those of strata count every stratum of every experiment."""
    rng = substream(seed, "calibration strata", cell.name)
    truth = rng.normal(MEAN_LOG_RATIO, cell.spread, size=(experiments, cell.strata))
    following = rng.normal(MEAN_LOG_RATIO, cell.spread, size=experiments)
    tables = draw_strata(truth, rng)
    effects, variances, _ = pooling.paired_log_ratios(tables)
    pooled: dict[str, list[tuple[float, float, float]]] = {"REML, Hartung-Knapp": [], "REML, z": [], "DL, z": []}
    predicted: list[tuple[float, float, float]] = []
    shrunken: list[tuple[FloatArray, FloatArray, FloatArray]] = []
    for y, v in zip(effects, variances, strict=True):
        best = pooling.random_effects(y, v)
        others = (pooling.random_effects(y, v, test="z"), pooling.random_effects(y, v, method="DL", test="z"))
        for found, one in zip(pooled.values(), (best, *others), strict=True):
            found.append((one.effect, one.lower, one.upper))
        predicted.append((best.effect, best.prediction_lower, best.prediction_upper))
        own = pooling.shrink(y, v, best)
        shrunken.append((own.shrunken, own.lower, own.upper))
    rows = [
        coverage_row("mean log ratio", method, Intervals(*np.array(found).T), MEAN_LOG_RATIO)
        for method, found in pooled.items()
    ]
    rows.append(
        coverage_row(
            "log ratio of one more stratum", "prediction interval", Intervals(*np.array(predicted).T), following
        )
    )
    rows += _strata_rows(Intervals(*np.stack(shrunken, axis=1)), effects, variances, truth, cell)
    return [{"strata": cell.strata, "spread": cell.spread, "experiments": experiments, **row} for row in rows]


def draw_strata(truth: FloatArray, rng: np.random.Generator) -> PairedTables:
    """Draw a paired table for each true log ratio; the last axis is the strata."""
    treated = np.minimum(CONTROL_RATE * np.exp(truth), 0.9)
    spread = np.sqrt(CONTROL_RATE * (1 - CONTROL_RATE) * treated * (1 - treated))
    # Very different rates cannot be as alike as the others; then almost every positive of the lower is in both.
    both = np.minimum(CONTROL_RATE * treated + ASSOCIATION * spread, 0.98 * np.minimum(treated, CONTROL_RATE))
    shares = np.stack([both, CONTROL_RATE - both, treated - both, 1 - CONTROL_RATE - treated + both], axis=-1)
    sizes = np.resize(SIZES, truth.shape[-1])
    return PairedTables.of(*np.moveaxis(rng.multinomial(np.broadcast_to(sizes, truth.shape), shares), -1, 0))


def _strata_rows(
    shrunken: Intervals, effects: FloatArray, variances: FloatArray, truth: FloatArray, cell: StrataCell
) -> list[dict[str, Any]]:
    half = -ndtri((1 - LEVEL) / 2) * np.sqrt(variances)
    raw = Intervals(effects, effects - half, effects + half)
    rows = [
        coverage_row("log ratio of each stratum", "shrunken", shrunken, truth),
        coverage_row("log ratio of each stratum", "raw (log-Wald)", raw, truth),
    ]
    far = np.abs(truth - MEAN_LOG_RATIO) > 1.5 * cell.spread
    if cell.spread > 0 and far.any():
        there = Intervals(*(part[far] for part in shrunken))
        name = "log ratio of strata 1.5 standard deviations off"
        rows.append(coverage_row(name, "shrunken", there, truth[far]))
    return rows
