"""Count the rows of one arm in every group of a margin, in all and per employer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis.designs.sums import cell_sums, normalised
from corrtest.analysis.grouping import Grouping, IntArray
from corrtest.analysis.tables import FloatArray, SharePositives, ShareTables

_CELLS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareMargin:
    """The groups of one margin: counts, weighted tables where rows have weights that differ, and cluster sums.

    `group` is that of each cluster and `sums` its two cells; `finite` is 1 − the share of each group's population that
    was drawn.
    """

    fields: tuple[str, ...]
    keys: tuple[tuple[str | None, ...], ...]
    cells: npt.NDArray[np.int64]
    tables: ShareTables
    group: IntArray
    sums: npt.NDArray[Any]
    weighted: bool
    finite: FloatArray
    employers: IntArray | None
    employer_sizes: tuple[Mapping[int, int], ...] | None

    @property
    def repeated(self) -> npt.NDArray[np.bool_]:
        """Groups in which an employer has several rows."""
        return np.asarray(np.bincount(self.group, minlength=len(self.keys)) < self.cells.sum(axis=1), dtype=np.bool_)


def count_shares(
    grouping: Grouping, positives: SharePositives, weights: npt.NDArray[np.float64] | None = None
) -> ShareMargin:
    """Count each group and each cluster; a row without a known employer is a cluster of its own."""
    kind, groups = positives.kinds, len(grouping.keys)
    cells = cell_sums(grouping.group_of, kind, groups, cells=_CELLS)
    shares = None
    if weights is not None and np.ptp(weights) > 0:
        shares = normalised(weights, grouping.group_of, cells.sum(axis=1).astype(np.float64))
    if grouping.cluster_of is None or grouping.cluster_group is None:
        cluster_of, group = np.arange(len(kind)), grouping.group_of
    else:
        cluster_of, group = grouping.cluster_of, grouping.cluster_group
    weighted = cells if shares is None else cell_sums(grouping.group_of, kind, groups, shares, _CELLS)
    return ShareMargin(
        fields=grouping.fields,
        keys=grouping.keys,
        cells=cells,
        tables=ShareTables.of_cells(weighted),
        group=group,
        sums=cell_sums(cluster_of, kind, len(group), shares, _CELLS),
        weighted=shares is not None,
        finite=np.ones(groups),
        employers=grouping.employers,
        employer_sizes=grouping.employer_sizes,
    )


def equal_employers(margin: ShareMargin) -> ShareMargin | None:
    """Return the margin with every employer weighing the same; None where that changes nothing."""
    if margin.weighted or margin.employers is None or not margin.repeated.any():
        return None
    groups = len(margin.keys)
    share = margin.cells.sum(axis=1) / np.bincount(margin.group, minlength=groups)
    sums = margin.sums * (share[margin.group] / margin.sums.sum(axis=1))[:, None]
    cells = np.column_stack([np.bincount(margin.group, weights=sums[:, kind], minlength=groups) for kind in range(2)])
    return replace(margin, tables=ShareTables.of_cells(cells), sums=sums, weighted=True)
