"""Count the applications of each arm in every group of a margin, in all and per employer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis.designs.sums import cell_sums, normalised
from corrtest.analysis.grouping import Grouping, IntArray
from corrtest.analysis.tables import ArmPositives, ArmTables, BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmClusters:
    """Sums over the applications of one cluster in one group, by kind, in the order of `ArmCounts`."""

    group: IntArray
    sums: npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmMargin:
    """The groups of one margin: tables (weighted where applications have weights that differ) and cluster sums.

    `ways` holds the signed ways of clustering: one, or three where there are two columns (first + second − both).
    """

    fields: tuple[str, ...]
    keys: tuple[tuple[str | None, ...], ...]
    cells: npt.NDArray[np.int64]
    tables: ArmTables
    ways: tuple[tuple[float, ArmClusters], ...]
    repeated: BoolArray
    weighted: bool
    clustered_by: tuple[str, ...]
    employers: IntArray | None
    employer_sizes: tuple[Mapping[int, int], ...] | None


def count_arms(
    grouping: Grouping, positives: ArmPositives, weights: npt.NDArray[np.float64] | None = None
) -> ArmMargin:
    """Count each group and each cluster, given which applications were of the treated arm and which were positive."""
    kind = positives.kinds
    groups = len(grouping.keys)
    cells = cell_sums(grouping.group_of, kind, groups)
    shares = None
    if weights is not None and np.ptp(weights) > 0:
        shares = normalised(weights, grouping.group_of, cells.sum(axis=1).astype(np.float64))
    weighted = cells if shares is None else cell_sums(grouping.group_of, kind, groups, shares)
    ways = tuple(
        (sign, ArmClusters(group=group, sums=cell_sums(of, kind, len(group), shares)))
        for sign, (of, group) in zip((1.0, 1.0, -1.0), _ways(grouping, len(kind), shares is not None), strict=False)
    )
    return ArmMargin(
        fields=grouping.fields,
        keys=grouping.keys,
        cells=cells,
        tables=ArmTables.of_cells(weighted),
        ways=ways,
        repeated=_repeated(ways, cells.sum(axis=1)),
        weighted=shares is not None,
        clustered_by=grouping.clustered_by,
        employers=grouping.employers,
        employer_sizes=grouping.employer_sizes,
    )


def _repeated(ways: tuple[tuple[float, ArmClusters], ...], applications: npt.NDArray[Any]) -> BoolArray:
    found = np.zeros(len(applications), dtype=np.bool_)
    for _, clusters in ways:
        found |= np.bincount(clusters.group, minlength=len(applications)) < applications
    return found


def equal_employers(counts: ArmMargin) -> ArmMargin | None:
    """Return the counts with every employer weighing the same; None where each has one application."""
    if len(counts.ways) != 1 or counts.clustered_by != ("employer",) or counts.weighted or not counts.repeated.any():
        return None
    ((sign, clusters),) = counts.ways
    groups = len(counts.keys)
    sizes = clusters.sums.sum(axis=1)
    share = counts.cells.sum(axis=1) / np.bincount(clusters.group, minlength=groups)
    sums = clusters.sums * (share[clusters.group] / sizes)[:, None]
    cells = np.column_stack([np.bincount(clusters.group, weights=sums[:, kind], minlength=groups) for kind in range(4)])
    return replace(
        counts,
        tables=ArmTables.of_cells(cells),
        ways=((sign, ArmClusters(group=clusters.group, sums=sums)),),
        weighted=True,
    )


def _ways(grouping: Grouping, rows: int, weighted: bool) -> tuple[tuple[IntArray, IntArray], ...]:
    if grouping.ways:
        return grouping.ways
    if grouping.cluster_of is not None and grouping.cluster_group is not None:
        return ((grouping.cluster_of, grouping.cluster_group),)
    return ((np.arange(rows), grouping.group_of),) if weighted else ()
