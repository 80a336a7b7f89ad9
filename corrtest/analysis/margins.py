"""Count the four kinds of pairs in every group of every margin at once, in all and per employer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis.paired.tables import PairedTables
from corrtest.analysis.rows import BoolArray, Rows
from corrtest.errors import InputError

IntArray = npt.NDArray[np.int64]

# How many of a group's largest employers disclosure control asks for.
LARGEST = 5
MARGINS: tuple[tuple[str, ...], ...] = (
    ("sector", "criterion"),
    ("sector", "criterion", "level"),
    ("sector", "joint_committee", "criterion"),
    ("sector", "joint_committee", "criterion", "level"),
)
# Beyond this many possible codes, finding the codes that occur by hashing is cheaper than an array of all.
_DENSE = 50_000_000
# A code of group and sums has to fit into 64 bits.
_LARGEST_CODE = 2**62
# Sorting more employers than this takes longer than the analysis.
_SORTED = 500_000


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

    def summed(self, values: npt.NDArray[Any], groups: int) -> npt.NDArray[np.float64]:
        """Sum a value of each employer within groups."""
        weights = values if self.number is None else values * self.number
        return np.bincount(self.group, weights=weights, minlength=groups).astype(np.float64)

    def employers(self, groups: int) -> npt.NDArray[np.float64]:
        """Count the employers of each group."""
        return self.summed(np.ones(len(self.group)), groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginCounts:
    """The groups of one margin: their keys, tables, and sums per employer (None without employers).

    `clusters` are the employers, or those of another column; with two columns `second_way` holds the clusters of
    the second and those of both columns together. Where pairs have weights that differ, `tables` holds weighted
    counts with the sum of the real ones, `raw` the real ones, and each pair without a known employer is a cluster
    of its own.
    """

    fields: tuple[str, ...]
    keys: tuple[tuple[str | None, ...], ...]
    tables: PairedTables
    clusters: Clusters | None
    employers: IntArray | None = None
    largest_employers: IntArray | None = None
    raw: PairedTables | None = None
    clustered_by: tuple[str, ...] = ("employer",)
    second_way: tuple[Clusters, Clusters] | None = None

    @property
    def largest_employer_pairs(self) -> IntArray | None:
        """Pairs of each group's largest employer."""
        return None if self.largest_employers is None else self.largest_employers[:, 0]

    @property
    def repeated(self) -> BoolArray:
        """Whether a group has a cluster with more than one pair, so that its pairs are not independent."""
        if self.clustered_by == ("employer",) and self.largest_employer_pairs is None:
            return np.zeros(len(self.keys), dtype=np.bool_)
        found = np.zeros(len(self.keys), dtype=np.bool_)
        for clusters in (self.clusters, *(self.second_way or ())):
            if clusters is not None:
                found |= clusters.employers(len(self.keys)) < self.counted.pairs
        return found

    @property
    def counted(self) -> PairedTables:
        """The tables of real pairs, whatever their weights."""
        return self.tables if self.raw is None else self.raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Which group each pair is in, for one margin, and which cluster (group and employer) each pair is in."""

    fields: tuple[str, ...]
    keys: tuple[tuple[str | None, ...], ...]
    group_of: IntArray
    cluster_of: IntArray | None
    cluster_group: IntArray | None
    largest_employers: IntArray | None = None
    clustered_by: tuple[str, ...] = ("employer",)
    ways: tuple[tuple[IntArray, IntArray], ...] = ()

    @property
    def employers(self) -> IntArray | None:
        """Employers of each group; None where the table does not tell them."""
        return None if self.cluster_group is None else np.bincount(self.cluster_group, minlength=len(self.keys))


def groupings(table: Rows, by: Sequence[str] = ()) -> list[Grouping]:
    """Return all margins of a pairs table; see `each_grouping`."""
    return list(each_grouping(table, by))


def each_grouping(
    table: Rows, by: Sequence[str] = (), cluster_by: tuple[str, ...] = ("employer",)
) -> Iterator[Grouping]:
    """Give the margins of a pairs table: the standard ones that its columns allow, and one for each column in `by`.

    One at a time, since each holds two numbers a pair.

    Raises
    ------
    InputError
        A column in `by` or `cluster_by` is not in the table.
    """
    frame = table.frame
    others = () if cluster_by == ("employer",) else cluster_by
    missing = [name for name in (*by, *others) if name not in frame]
    if missing:
        known = ", ".join(str(name) for name in frame.columns if name != "employer") or "none"
        raise InputError(f"The table has no column '{missing[0]}' to group or cluster by. It has: {known}.")
    coded: dict[str, tuple[IntArray, list[str | None]]] = {}
    for name in {*(field for margin in MARGINS for field in margin), *by}:
        if name in frame:
            coded[name] = _codes(frame[name])
    margins: list[tuple[str, ...]] = []
    standard = (("criterion", "level"),) if table.one_group_a_comparison else MARGINS
    wanted = [*standard, *((*_without_level(standard[0], table), name) for name in by)]
    for margin in wanted:
        # A margin that differs from an earlier one only by columns that the table lacks would repeat its groups.
        present = tuple(name for name in margin if name in coded)
        if set(present) not in [set(earlier) for earlier in margins]:
            margins.append(present)
    employers = _employer_numbers(frame["employer"]) if "employer" in frame else None
    numbers = [_employer_numbers(frame[name]) for name in others]
    if len(numbers) == 2:
        numbers.append(_together(*numbers))
    made: list[Grouping] = []
    for margin in margins:
        grouping = _grouping(margin, coded, employers, len(frame), made)
        made.append(grouping)
        if others:
            ways = tuple(_way(grouping.group_of, column) for column in numbers)
            grouping = replace(grouping, clustered_by=others, ways=ways)
        yield grouping


def count(
    grouping: Grouping, control: BoolArray, treated: BoolArray, weights: npt.NDArray[np.float64] | None = None
) -> MarginCounts:
    """Count the pairs of each group and each cluster, given which reactions were positive; weighted where asked."""
    kind = control.astype(np.int8) * 2 + treated
    groups = len(grouping.keys)
    raw = cell_sums(grouping.group_of, kind, groups)
    real = PairedTables.of(raw[:, 3], raw[:, 2], raw[:, 1], raw[:, 0])
    shares = None if weights is None or np.ptp(weights) == 0 else normalised(weights, grouping.group_of, real.pairs)
    tables = real
    if shares is not None:
        weighted = cell_sums(grouping.group_of, kind, groups, shares)
        tables = PairedTables.of(weighted[:, 3], weighted[:, 2], weighted[:, 1], weighted[:, 0])
    return MarginCounts(
        fields=grouping.fields,
        keys=grouping.keys,
        tables=tables,
        clusters=_clusters(grouping, kind, shares),
        clustered_by=grouping.clustered_by,
        second_way=None if len(grouping.ways) < 3 else _second_way(grouping, kind, shares),
        employers=grouping.employers,
        largest_employers=grouping.largest_employers,
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
    grouping: Grouping, kind: npt.NDArray[np.int8], shares: npt.NDArray[np.float64] | None
) -> tuple[Clusters, Clusters]:
    second, both = (_summed(*way, kind, shares) for way in grouping.ways[1:])
    return second, both


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
        both=sums[:, 3],
        control_only=sums[:, 2],
        treated_only=sums[:, 1],
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


def cell_sums(
    of: IntArray, kind: npt.NDArray[np.int8], rows: int, shares: npt.NDArray[np.float64] | None = None
) -> npt.NDArray[Any]:
    """Count (or sum the shares of) the four kinds in each group or cluster: one row each, one column a kind."""
    return np.bincount(of * 4 + kind, weights=shares, minlength=rows * 4).reshape(-1, 4)


def normalised(
    weights: npt.NDArray[np.float64], group_of: IntArray, pairs: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Scale the weights so that those of each group sum to its pairs."""
    total = np.bincount(group_of, weights=weights, minlength=len(pairs))
    return np.asarray(weights * (pairs / total)[group_of])


def _without_level(margin: tuple[str, ...], table: Rows) -> tuple[str, ...]:
    return margin if table.one_group_a_comparison else tuple(name for name in margin if name != "level")


def _codes(values: pd.Series) -> tuple[IntArray, list[str | None]]:
    """Number the values in alphabetical order; an empty cell is None, and comes last."""
    codes, words = pd.factorize(values)
    texts: list[str | None] = [str(word) if str(word) else None for word in words]
    codes = np.where(codes < 0, len(texts), codes).astype(np.int64)
    texts.append(None)
    unique = sorted({text for text in texts if text is not None})
    place: dict[str | None, int] = {text: i for i, text in enumerate(unique)}
    place[None] = len(unique)
    return np.array([place[text] for text in texts], dtype=np.int64)[codes], [*unique, None]


def _employer_numbers(values: pd.Series) -> IntArray:
    """Number the employers, in alphabetical order where that is cheap: sums then do not depend on the rows' order."""
    codes, words = pd.factorize(values)
    if len(words) <= _SORTED:
        codes, words = pd.factorize(values, sort=True)
    return np.where(codes < 0, len(words), codes).astype(np.int64)


def _grouping(
    margin: tuple[str, ...],
    coded: dict[str, tuple[IntArray, list[str | None]]],
    employers: IntArray | None,
    rows: int,
    made: Sequence[Grouping],
) -> Grouping:
    combined = np.zeros(rows, dtype=np.int64)
    for name in margin:
        codes, words = coded[name]
        combined = combined * len(words) + codes
    occurring, group_of = _renumbered(combined)
    keys = tuple(_key(int(value), margin, coded) for value in occurring)
    for other in made:
        # One more column that makes no more groups (one level a criterion) leaves every group as it is.
        if other.fields == margin[: len(other.fields)] and len(other.keys) == len(keys):
            return replace(other, fields=margin, keys=keys)
    if employers is None:
        return Grouping(fields=margin, keys=keys, group_of=group_of, cluster_of=None, cluster_group=None)
    cluster_of, cluster_group = _way(group_of, employers)
    return Grouping(
        fields=margin,
        keys=keys,
        group_of=group_of,
        cluster_of=cluster_of,
        cluster_group=cluster_group,
        largest_employers=_largest(cluster_group, np.bincount(cluster_of, minlength=len(cluster_group)), len(keys)),
    )


def _largest(group: IntArray, pairs: IntArray, groups: int) -> IntArray:
    """Return the pairs of the largest employers of each group, descending, 0 where it has fewer employers."""
    # Employers are many and their sizes few: a size held by thousands of employers is one entry here.
    of, codes = pd.factorize(group * (int(pairs.max()) + 1) + pairs)
    order = np.argsort(codes)
    sizes, number = codes[order], np.bincount(of)[order]
    group_of, size = np.divmod(sizes, int(pairs.max()) + 1)
    found = np.zeros((groups, LARGEST), dtype=np.int64)
    for place in range(groups):
        first, last = np.searchsorted(group_of, (place, place + 1))
        largest = np.repeat(size[first:last][::-1], np.minimum(number[first:last][::-1], LARGEST))[:LARGEST]
        found[place, : len(largest)] = largest
    return found


def _way(group_of: IntArray, numbers: IntArray) -> tuple[IntArray, IntArray]:
    """Return the cluster of each pair, and the group of each cluster; `numbers` go from 0 to the last without gaps."""
    width = int(numbers.max()) + 1
    clusters, cluster_of = _renumbered(group_of * width + numbers)
    return cluster_of, clusters // width


def _together(one: IntArray, other: IntArray) -> IntArray:
    """Number the combinations of two columns without gaps."""
    return _renumbered(one * (int(other.max()) + 1) + other)[1]


def _key(
    value: int, margin: tuple[str, ...], coded: dict[str, tuple[IntArray, list[str | None]]]
) -> tuple[str | None, ...]:
    parts: list[str | None] = []
    for name in reversed(margin):
        words = coded[name][1]
        value, place = divmod(value, len(words))
        parts.append(words[place])
    return tuple(reversed(parts))


def _renumbered(codes: IntArray) -> tuple[npt.NDArray[Any], IntArray]:
    """Return the codes that occur, in order unless very many, and for each row the place of its code among them."""
    top = int(codes.max()) + 1
    if top > _DENSE:
        place, occurring = pd.factorize(codes)
        if len(occurring) > _SORTED:
            return occurring, place
        order = np.argsort(occurring)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return occurring[order], rank[place]
    present = np.zeros(top, dtype=np.bool_)
    present[codes] = True
    occurring = np.flatnonzero(present)
    lookup = np.cumsum(present) - 1
    return occurring, lookup[codes]
