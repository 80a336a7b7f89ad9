"""Count the four kinds of pairs in every group of every margin at once, in all and per employer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis.paired.tables import PairedTables
from corrtest.analysis.pairs import BoolArray, PairsTable
from corrtest.errors import InputError

IntArray = npt.NDArray[np.int64]

MARGINS: tuple[tuple[str, ...], ...] = (
    ("sector", "criterion"),
    ("sector", "criterion", "level"),
    ("sector", "joint_committee", "criterion"),
    ("sector", "joint_committee", "criterion", "level"),
)
# Beyond this many possible codes, sorting the codes that occur is cheaper than an array of all.
_DENSE = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Sums over the pairs of one employer in one group: `group` says which; one entry an employer and group."""

    group: IntArray
    pairs: IntArray
    both: IntArray
    control_only: IntArray
    treated_only: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginCounts:
    """The groups of one margin: their keys, tables, and sums per employer (None without employers)."""

    fields: tuple[str, ...]
    keys: tuple[tuple[str | None, ...], ...]
    tables: PairedTables
    clusters: Clusters | None

    @property
    def employers(self) -> IntArray | None:
        """Employers per group."""
        if self.clusters is None:
            return None
        return np.bincount(self.clusters.group, minlength=len(self.keys))

    @property
    def largest_employer_pairs(self) -> IntArray | None:
        """Pairs of the employer that has most, per group."""
        if self.clusters is None:
            return None
        largest = np.zeros(len(self.keys), dtype=np.int64)
        np.maximum.at(largest, self.clusters.group, self.clusters.pairs)
        return largest


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Which group each pair is in, for one margin, and which cluster (group and employer) each pair is in."""

    fields: tuple[str, ...]
    keys: tuple[tuple[str | None, ...], ...]
    group_of: IntArray
    cluster_of: IntArray | None
    cluster_group: IntArray | None


def groupings(table: PairsTable, by: Sequence[str] = ()) -> list[Grouping]:
    """Return the margins of a pairs table: the standard ones that its columns allow, and one for each column in `by`.

    Raises
    ------
    InputError
        A column in `by` is not in the table.
    """
    frame = table.frame
    missing = [name for name in by if name not in frame]
    if missing:
        known = ", ".join(str(name) for name in frame.columns if name != "employer") or "none"
        raise InputError(f"The table has no column '{missing[0]}' to group by. It has: {known}.")
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
    employers = _codes(frame["employer"])[0] if "employer" in frame else None
    return [_grouping(margin, coded, employers, len(frame)) for margin in margins]


def count(grouping: Grouping, control: BoolArray, treated: BoolArray) -> MarginCounts:
    """Count the pairs of each group and each cluster, given which reactions were positive."""
    kind = control.astype(np.int8) * 2 + treated
    cells = np.bincount(grouping.group_of * 4 + kind, minlength=len(grouping.keys) * 4).reshape(-1, 4)
    tables = PairedTables.of(cells[:, 3], cells[:, 2], cells[:, 1], cells[:, 0])
    clusters = None
    if grouping.cluster_of is not None and grouping.cluster_group is not None:
        sums = np.bincount(grouping.cluster_of * 4 + kind, minlength=len(grouping.cluster_group) * 4).reshape(-1, 4)
        clusters = Clusters(
            group=grouping.cluster_group,
            pairs=sums.sum(axis=1),
            both=sums[:, 3],
            control_only=sums[:, 2],
            treated_only=sums[:, 1],
        )
    return MarginCounts(fields=grouping.fields, keys=grouping.keys, tables=tables, clusters=clusters)


def _without_level(margin: tuple[str, ...], table: PairsTable) -> tuple[str, ...]:
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


def _grouping(
    margin: tuple[str, ...],
    coded: dict[str, tuple[IntArray, list[str | None]]],
    employers: IntArray | None,
    rows: int,
) -> Grouping:
    combined = np.zeros(rows, dtype=np.int64)
    for name in margin:
        codes, words = coded[name]
        combined = combined * len(words) + codes
    occurring, group_of = _renumbered(combined)
    keys = [_key(int(value), margin, coded) for value in occurring]
    if employers is None:
        return Grouping(fields=margin, keys=tuple(keys), group_of=group_of, cluster_of=None, cluster_group=None)
    width = int(employers.max()) + 1
    clusters, cluster_of = _renumbered(group_of * width + employers)
    return Grouping(
        fields=margin,
        keys=tuple(keys),
        group_of=group_of,
        cluster_of=cluster_of,
        cluster_group=clusters // width,
    )


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
    """Return the codes that occur, in order, and for each row the place of its code among them."""
    top = int(codes.max()) + 1
    if top > _DENSE:
        occurring, place = np.unique(codes, return_inverse=True)
        return occurring, place.astype(np.int64)
    present = np.zeros(top, dtype=np.bool_)
    present[codes] = True
    occurring = np.flatnonzero(present)
    lookup = np.cumsum(present) - 1
    return occurring, lookup[codes]
