"""What adjustment for the number of tests asks of one of them: the level that its own p-value must stay below.

Whether a test of a family rejects after Holm's or Benjamini and Hochberg's adjustment depends on the others' p-values
through one number alone: how many of them reject before it. So the power of one test is its power at each level that it
may have to meet, weighted by how often the others leave it that level; the others are drawn, by seed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
# A level and how often it is the one to stay below; the weights sum to 1.
Levels = tuple[tuple[float, float], ...]

DRAWS = 20_000
# Of a family of many tests fewer draws are taken, which keeps the time the same; the levels are then closer together.
MOST_NUMBERS = 2_000_000
# Levels rarer than this are taken as the next stricter one.
RARE = 1e-3


def draws_for(members: int) -> int:
    """Return how many draws a family of so many tests takes."""
    return max(min(DRAWS, MOST_NUMBERS // max(members, 1)), 500)


def levels_left(others: FloatArray, *, method: str, alpha: float) -> Levels:
    """Return the levels that the other tests leave to one more.

    Parameters
    ----------
    others : array of shape (draws, tests)
        P-values of the others; 1 for a result that is hidden.
    method : {"holm", "benjamini_hochberg", "none"}
        Holm (1979): with J others that reject before it, α ÷ (m − J). Benjamini and Hochberg (1995): where R of m would
        be rejected with it, R α ÷ m.
    """
    draws, number = others.shape
    size = number + 1
    if method == "none" or not number:
        return ((alpha, 1.0),)
    ordered = np.sort(others, axis=1)
    if method == "holm":
        passed = ordered <= alpha / (size - np.arange(number))
        before = np.minimum.accumulate(passed, axis=1).sum(axis=1)
        level = alpha / (size - before)
    else:
        passed = ordered <= alpha * np.arange(2, size + 1) / size
        last = np.where(passed.any(axis=1), number - np.argmax(passed[:, ::-1], axis=1), 0)
        level = alpha * (last + 1) / size
    found, times = np.unique(level, return_counts=True)
    return _merged(found, times / draws)


def _merged(levels: Sequence[float] | FloatArray, weights: FloatArray) -> Levels:
    """Return the levels with a weight to speak of, rare ones with the next stricter one (the strictest: the next)."""
    kept: list[list[float]] = []
    for level, weight in zip(levels, weights, strict=True):
        if kept and (weight < RARE or kept[-1][1] < RARE):
            kept[-1][1] += weight
        else:
            kept.append([float(level), float(weight)])
    return tuple((level, weight) for level, weight in kept)
