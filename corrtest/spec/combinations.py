"""Combinations: two signals crossed, so that four kinds of candidate stand in four kinds of pair.

The four cells are neither signal, the first alone, the second alone, and both. Each vacancy gets two of them that
differ in one signal: the sides of a square.

    neither ── first alone
       │            │
    second ───── both

The two diagonals (neither with both, one with the other) are left out: within a vacancy they tell nothing of the
interaction, and their two candidates would differ in more than one signal. With as many pairs on each side every
contrast can be estimated, and each candidate is sent to half of the vacancies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations as every_two
from typing import Any

from corrtest.spec.criteria import KnownCriterion, KnownLevel
from corrtest.spec.criterion import Criterion

__all__ = ["Combination", "CombinedSignal", "combinations"]

# Origin of the names, gender, age with what fills the years that are more than a younger candidate's; None = as usual.
_Cell = tuple[str | None, str | None, tuple[int, str | None] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedSignal:
    """One of two crossed signals: its criterion, and the levels that test it alone and beside the other signal."""

    criterion: str
    alone: str
    beside: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Two crossed signals."""

    first: CombinedSignal
    second: CombinedSignal

    def description(self) -> dict[str, Any]:
        """Return the combination as a study's description has it."""
        return {
            name: {"criterion": signal.criterion, "alone": signal.alone, "beside": signal.beside}
            for name, signal in (("first", self.first), ("second", self.second))
        }

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> Combination:
        """Return the combination that `description` wrote."""
        return cls(
            first=CombinedSignal(**description["first"]),
            second=CombinedSignal(**description["second"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A level as a side of the square: from the control arm's cell to the treated arm's."""

    criterion: str
    level: str
    control: _Cell
    treated: _Cell


def combinations(criteria: Sequence[Criterion], known: Mapping[str, KnownCriterion]) -> tuple[Combination, ...]:
    """Return the squares that a study's levels make, in the order of its criteria; none where no signals are crossed.

    Parameters
    ----------
    criteria : sequence of Criterion
        Those of the study.
    known : mapping
        Criterion → what is known of it.
    """
    sides = [
        _side(criterion.name, known[criterion.name].levels[level.name])
        for criterion in criteria
        if criterion.name in known
        for level in criterion.levels
        if level.name in known[criterion.name].levels
    ]
    return tuple(_squares(sides))


def _squares(sides: Sequence[_Side]) -> Iterator[Combination]:
    for alone, other in every_two(sides, 2):
        if alone.criterion == other.criterion or alone.control != other.control:
            continue
        for beside in sides:
            for beside_other in sides:
                if (
                    (beside.criterion, beside_other.criterion) == (alone.criterion, other.criterion)
                    and (beside.control, beside_other.control) == (other.treated, alone.treated)
                    and beside.treated == beside_other.treated
                ):
                    yield Combination(
                        first=CombinedSignal(criterion=alone.criterion, alone=alone.level, beside=beside.level),
                        second=CombinedSignal(criterion=other.criterion, alone=other.level, beside=beside_other.level),
                    )


def _side(criterion: str, level: KnownLevel) -> _Side:
    shared = level.shared
    of_shared = None if shared.age is None else (shared.age, shared.extra_years)
    other = {"woman": "man", "man": "woman"}.get(level.gender or "")
    return _Side(
        criterion=criterion,
        level=level.name,
        control=(
            shared.names,
            other or shared.gender,
            of_shared if level.control_age is None else (level.control_age, None),
        ),
        treated=(
            level.names or shared.names,
            level.gender or shared.gender,
            of_shared if level.age is None else (level.age, level.extra_years),
        ),
    )
