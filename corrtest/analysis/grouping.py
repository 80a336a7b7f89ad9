"""Which group and which cluster each row of a table is in, for every margin of the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis.rows import Rows
from corrtest.errors import InputError
from corrtest.language import say
from corrtest.spec import identifying_columns

IntArray = npt.NDArray[np.int64]

MARGINS: tuple[tuple[str, ...], ...] = (
    ("sector", "criterion"),
    ("sector", "criterion", "level"),
    ("sector", "joint_committee", "criterion"),
    ("sector", "joint_committee", "criterion", "level"),
)
# Columns that no result may be grouped by: the study's words for them, and that of long tables.
IDENTIFYING = identifying_columns() | {"vacancy"}
# So few groups may each be of one employer by chance: tables of examples are that small.
_FEW_GROUPS = 10
# Beyond this many possible codes, finding the codes that occur by hashing is cheaper than an array of all.
_DENSE = 50_000_000
# Sorting more employers than this takes longer than the analysis.
_SORTED = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Which group each pair is in, for one margin, and which cluster (group and employer) each pair is in.

    `ways` are the clusters by other columns: one way, or three (the first column, the second, both together). With
    `by_application` the second column has a value for each arm of a pair, and the last two ways are of the control
    applications and then of the treated ones.
    """

    fields: tuple[str, ...]
    keys: tuple[tuple[str | None, ...], ...]
    group_of: IntArray
    cluster_of: IntArray | None
    cluster_group: IntArray | None
    employer_sizes: tuple[Mapping[int, int], ...] | None = None
    clustered_by: tuple[str, ...] = ("employer",)
    ways: tuple[tuple[IntArray, IntArray], ...] = ()
    by_application: bool = False

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
    """Yield the margins of a pairs table: the standard ones that its columns allow, and one for each column in `by`.

    One at a time, since each holds two numbers a pair.

    Raises
    ------
    InputError
        A column in `by` or `cluster_by` is not in the table, or one in `by` tells employers, vacancies or pairs apart.
    """
    frame = table.frame
    _refuse_identifying(frame, by)
    others = () if cluster_by == ("employer",) else cluster_by
    by_arm = _by_arm(table, others)
    missing = [name for name in (*by, *(others[:1] if by_arm is not None else others)) if name not in frame]
    if missing:
        known = ", ".join(str(name) for name in frame.columns if name != "employer") or "none"
        raise InputError(
            say(
                "The table has no column '{missing}' to group or cluster by. It has: {known}.",
                missing=missing[0],
                known=known,
            )
        )
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
    numbers = [_employer_numbers(frame[name]) for name in others[:1]]
    if by_arm is not None:
        numbers += [by_arm, _together(np.tile(numbers[0], 2), by_arm)]
    elif len(others) == 2:
        second = _numbered_apart(frame[others[1]])
        numbers += [second, _together(numbers[0], second)]
    made: list[Grouping] = []
    for margin in margins:
        grouping = _grouping(margin, coded, employers, len(frame), made)
        made.append(grouping)
        if others:
            ways = tuple(_way(np.tile(grouping.group_of, len(each) // len(frame)), each) for each in numbers)
            grouping = replace(grouping, clustered_by=others, ways=ways, by_application=by_arm is not None)
        yield grouping


def _by_arm(table: Rows, cluster_by: Sequence[str]) -> IntArray | None:
    """Number the second column to cluster by where a pair has a value of it for each arm, as it has two callers."""
    if len(cluster_by) < 2 or cluster_by[1] in table.frame or cluster_by[0] not in table.frame:
        return None
    own = [frame[cluster_by[1]] for frame in table.frames_by_arm() if cluster_by[1] in frame]
    if len(own) < 2:
        return None
    return _numbered_apart(pd.concat(own, ignore_index=True))


def _numbered_apart(values: pd.Series) -> IntArray:
    """Number the values; a row without one (nobody called for it) shares it with no other."""
    codes, words = pd.factorize(values.replace("", None), sort=True)
    alone = codes < 0
    return np.where(alone, len(words) + np.cumsum(alone) - 1, codes).astype(np.int64)


def tells_apart(units: npt.ArrayLike) -> bool:
    """Return whether most of many groups stand for one or two employers (or pairs); `units` are those of each group."""
    alone = np.asarray(units) <= 2
    return len(alone) > _FEW_GROUPS and bool(alone.mean() > 0.5)


def _refuse_identifying(frame: pd.DataFrame, by: Sequence[str]) -> None:
    """Refuse to group by an employer, a vacancy or a pair, by whatever name the column goes."""
    units = frame["employer"] if "employer" in frame else pd.Series(np.arange(len(frame)))
    for name in by:
        named = str(name).casefold() in IDENTIFYING
        if named or (name in frame and tells_apart(units.groupby(frame[name].to_numpy()).nunique())):
            raise InputError(
                say(
                    "The column '{name}' tells employers, vacancies or pairs apart: results are for groups of many "
                    "employers, never for one. Group by something wider, or leave it out of --by.",
                    name=name,
                )
            )


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
        employer_sizes=_sizes(cluster_group, np.bincount(cluster_of, minlength=len(cluster_group)), len(keys)),
    )


def _sizes(group: IntArray, pairs: IntArray, groups: int) -> tuple[Mapping[int, int], ...]:
    """Return for each group how many employers have 1 pair, 2 pairs, …; smallest first."""
    # Employers are many and their sizes few: a size held by thousands of employers is one entry here.
    width = int(pairs.max()) + 1
    of, codes = pd.factorize(group * width + pairs)
    number = np.bincount(of)
    found: list[dict[int, int]] = [{} for _ in range(groups)]
    for place in np.argsort(codes):
        own, size = divmod(int(codes[place]), width)
        found[own][size] = int(number[place])
    return tuple(found)


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
