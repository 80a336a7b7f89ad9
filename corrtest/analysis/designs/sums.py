"""Sums over the rows of groups and clusters, one column a cell, as any design counts them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis.grouping import IntArray


def cell_sums(
    of: IntArray,
    kind: npt.NDArray[np.int8],
    rows: int,
    shares: npt.NDArray[np.float64] | None = None,
    cells: int = 4,
) -> npt.NDArray[Any]:
    """Count (or sum the shares of) the kinds in each group or cluster: one row each, one column a kind."""
    return np.bincount(of * cells + kind, weights=shares, minlength=rows * cells).reshape(-1, cells)


def normalised(
    weights: npt.NDArray[np.float64], group_of: IntArray, rows: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Scale the weights so that those of each group sum to its rows."""
    total = np.bincount(group_of, weights=weights, minlength=len(rows))
    return np.asarray(weights * (rows / total)[group_of])
