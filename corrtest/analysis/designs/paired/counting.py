"""Count the four kinds of pairs in every group of every margin at once, in all and per employer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis.designs.sums import cell_sums, normalised
from corrtest.analysis.grouping import Grouping, IntArray
from corrtest.analysis.tables import BoolArray, FloatArray, PairedTables, PairPositives, divide

# A code of group and sums has to fit into 64 bits.
_LARGEST_CODE = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Sums over the pairs of one employer in one group: `group` says which.

    Sums are of weights where pairs have weights, else counts. One entry an employer and group; or one for all employers
    of a group whose sums are the same, and then `number` says how many they are: employers are many, their sums few.
    """

    group: IntArray
    pairs: npt.NDArray[Any]
    both: npt.NDArray[Any]
    control_only: npt.NDArray[Any]
    treated_only: npt.NDArray[Any]
    number: IntArray | None = None

    @property
    def cells(self) -> FloatArray:
        """The four sums of each entry, in the order of `PairedCounts`."""
        rest = self.pairs - self.both - self.control_only - self.treated_only
        return np.column_stack([self.both, self.control_only, self.treated_only, rest]).astype(np.float64)

    def summed(self, values: npt.NDArray[Any], groups: int) -> npt.NDArray[np.float64]:
        """Sum a value of each employer within groups."""
        weights = values if self.number is None else values * self.number
        return np.bincount(self.group, weights=weights, minlength=groups).astype(np.float64)

    def employers(self, groups: int) -> npt.NDArray[np.float64]:
        """Count the employers of each group."""
        return self.summed(np.ones(len(self.group)), groups)

    def repeated(self, pairs: FloatArray) -> BoolArray:
        """Return which groups have a cluster with more than one pair."""
        return np.asarray(self.employers(len(pairs)) < pairs, dtype=np.bool_)

    def influences(
        self, slopes: FloatArray, denominator: FloatArray, tables: PairedTables
    ) -> tuple[FloatArray, FloatArray]:
        """Return each cluster's influence on a statistic, and its share of the statistic's denominator."""
        cells = self.cells
        share = divide(cells @ denominator, (tables.cells @ denominator)[self.group])
        return np.einsum("kc,kc->k", slopes[self.group], cells), np.nan_to_num(share)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationClusters:
    """Sums over the applications of one cluster in one group, where a pair's two applications are in different ones.

    The sums are of control applications with a positive reaction and without, and of treated ones likewise. They tell a
    cluster's influence on what follows from the rates of the two arms, and on no other statistic.
    """

    group: IntArray
    sums: npt.NDArray[Any]

    def summed(self, values: npt.NDArray[Any], groups: int) -> npt.NDArray[np.float64]:
        """Sum a value of each cluster within groups."""
        return np.bincount(self.group, weights=values, minlength=groups).astype(np.float64)

    def employers(self, groups: int) -> npt.NDArray[np.float64]:
        """Count the clusters of several applications, which alone say how alike those of one are; inf without any."""
        several = self.summed((self.sums.sum(axis=1) > 1).astype(np.float64), groups)
        return np.where(several > 0, several, np.inf)

    def repeated(self, pairs: FloatArray) -> BoolArray:
        """Return which groups have a cluster with more than one application."""
        return np.isfinite(self.employers(len(pairs)))

    def influences(
        self, slopes: FloatArray, denominator: FloatArray, tables: PairedTables
    ) -> tuple[FloatArray, FloatArray]:
        """Return each cluster's influence on a statistic of the arms' rates, and its share of the denominator."""
        pairs = tables.pairs[self.group]
        influence, share = (np.zeros(len(self.group)) for _ in range(2))
        # Of a pair's four cells, "control only" and "treated only" tell what either reaction adds to "neither".
        for arm, positives in enumerate((tables.both + tables.control_only, tables.both + tables.treated_only)):
            positive, other = self.sums[:, 2 * arm], self.sums[:, 2 * arm + 1]
            slope = (slopes[:, 1 + arm] - slopes[:, 3])[self.group]
            influence += slope * (positive - divide(positives[self.group], pairs) * (positive + other))
            share += (denominator[1 + arm] - denominator[3]) * positive + denominator[3] / 2 * (positive + other)
        return influence, np.nan_to_num(divide(share, (tables.cells @ denominator)[self.group]))


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginCounts:
    """The groups of one margin: their keys, tables, and sums per employer (None without employers).

    `clusters` are the employers, or those of another column; with two columns `second_way` holds the clusters of
    the second and those of both columns together; they are of applications where the second has a value for each arm.
    Where pairs have weights that differ, `tables` holds weighted counts with the sum of the real ones, `raw` the real
    ones, and each pair without a known employer is a cluster of its own.
    """

    fields: tuple[str, ...]
    keys: tuple[tuple[str | None, ...], ...]
    tables: PairedTables
    clusters: Clusters | None
    employers: IntArray | None = None
    employer_sizes: tuple[Mapping[int, int], ...] | None = None
    raw: PairedTables | None = None
    clustered_by: tuple[str, ...] = ("employer",)
    second_way: tuple[Clusters, Clusters] | tuple[ApplicationClusters, ApplicationClusters] | None = None

    @property
    def largest_employer_pairs(self) -> IntArray | None:
        """Pairs of each group's largest employer."""
        return None if self.employer_sizes is None else np.array([max(sizes) for sizes in self.employer_sizes])

    @property
    def repeated(self) -> BoolArray:
        """Whether a group has a cluster with more than one pair, so that its pairs are not independent."""
        if self.clustered_by == ("employer",) and self.largest_employer_pairs is None:
            return np.zeros(len(self.keys), dtype=np.bool_)
        found = np.zeros(len(self.keys), dtype=np.bool_)
        for clusters in (self.clusters, *(self.second_way or ())):
            if clusters is not None:
                found |= clusters.repeated(self.counted.pairs)
        return found

    @property
    def counted(self) -> PairedTables:
        """The tables of real pairs, whatever their weights."""
        return self.tables if self.raw is None else self.raw


def count(grouping: Grouping, positives: PairPositives, weights: npt.NDArray[np.float64] | None = None) -> MarginCounts:
    """Count the pairs of each group and each cluster, given which reactions were positive; weighted where asked."""
    kind = positives.kinds
    groups = len(grouping.keys)
    real = PairedTables.of(*cell_sums(grouping.group_of, kind, groups).T)
    shares = None if weights is None or np.ptp(weights) == 0 else normalised(weights, grouping.group_of, real.pairs)
    tables = real
    if shares is not None:
        tables = PairedTables.of(*cell_sums(grouping.group_of, kind, groups, shares).T)
    return MarginCounts(
        fields=grouping.fields,
        keys=grouping.keys,
        tables=tables,
        clusters=_clusters(grouping, kind, shares),
        clustered_by=grouping.clustered_by,
        second_way=None if len(grouping.ways) < 3 else _second_way(grouping, positives, shares),
        employers=grouping.employers,
        employer_sizes=grouping.employer_sizes,
        raw=None if shares is None else real,
    )


def _clusters(
    grouping: Grouping, kind: npt.NDArray[np.int8], shares: npt.NDArray[np.float64] | None
) -> Clusters | None:
    if grouping.ways:
        return _summed(*grouping.ways[0], kind, shares)
    of, group = grouping.cluster_of, grouping.cluster_group
    if of is None or group is None:
        if shares is None:
            return None
        of, group = np.arange(len(kind)), grouping.group_of
    return _summed(of, group, kind, shares)


def _second_way(
    grouping: Grouping, positives: PairPositives, shares: npt.NDArray[np.float64] | None
) -> tuple[Clusters, Clusters] | tuple[ApplicationClusters, ApplicationClusters]:
    (of, group), (of_both, group_of_both) = grouping.ways[1:]
    if not grouping.by_application:
        kind = positives.kinds
        return _summed(of, group, kind, shares), _summed(of_both, group_of_both, kind, shares)
    # The order of the sums of `ApplicationClusters`.
    kind = np.concatenate([np.where(positives.control, 0, 1), np.where(positives.treated, 2, 3)]).astype(np.int8)
    weights = None if shares is None else np.tile(shares, 2)
    return (
        ApplicationClusters(group=group, sums=cell_sums(of, kind, len(group), weights)),
        ApplicationClusters(group=group_of_both, sums=cell_sums(of_both, kind, len(group_of_both), weights)),
    )


def _summed(
    of: IntArray, group: IntArray, kind: npt.NDArray[np.int8], shares: npt.NDArray[np.float64] | None
) -> Clusters:
    sums = cell_sums(of, kind, len(group), shares)
    number = None
    if shares is None:
        group, sums, number = _alike(group, sums)
    return Clusters(
        group=group,
        pairs=sums.sum(axis=1),
        both=sums[:, 0],
        control_only=sums[:, 1],
        treated_only=sums[:, 2],
        number=number,
    )


def _alike(group: IntArray, sums: npt.NDArray[Any]) -> tuple[IntArray, npt.NDArray[Any], IntArray | None]:
    """Return each group's different sums once, in order, with the number of clusters that have them."""
    base = int(sums.max()) + 1
    if (int(group.max()) + 1) * base**4 > _LARGEST_CODE:
        return group, sums, None
    codes = group
    for column in sums.T:
        codes = codes * base + column
    place, occurring = pd.factorize(codes)
    order = np.argsort(occurring)
    number = np.bincount(place)[order]
    rest, cells = occurring[order], []
    for _ in range(4):
        rest, cell = np.divmod(rest, base)
        cells.append(cell)
    return rest, np.column_stack(cells[::-1]), number


def equal_employers(counts: MarginCounts) -> MarginCounts | None:
    """Return the counts with every employer weighing the same; None where each has one pair, or clusters are others."""
    if counts.clusters is None or counts.clustered_by != ("employer",) or counts.raw is not None:
        return None
    if not counts.repeated.any():
        return None
    clusters, groups = counts.clusters, len(counts.keys)
    each = (counts.tables.pairs / clusters.employers(groups))[clusters.group] / clusters.pairs
    weighted = replace(
        clusters,
        pairs=clusters.pairs * each,
        both=clusters.both * each,
        control_only=clusters.control_only * each,
        treated_only=clusters.treated_only * each,
    )
    both, control_only, treated_only = (
        weighted.summed(part, groups) for part in (weighted.both, weighted.control_only, weighted.treated_only)
    )
    neither = np.maximum(counts.tables.pairs - both - control_only - treated_only, 0.0)
    return replace(
        counts,
        tables=PairedTables.of(both, control_only, treated_only, neither),
        clusters=weighted,
        raw=counts.tables,
    )
