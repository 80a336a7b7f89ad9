"""Which cells add up to which: the relations by which a hidden cell could be had by subtraction.

A cell in which a grouping field is None stands for "all"; the cells that differ from it in that field alone are its
parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CellKey = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A total and its parts (positions in the list of cells); `rest` is what the parts leave of the total's pairs."""

    total: int
    parts: tuple[int, ...]
    field: str
    rest: int


def cell_key(keys: Mapping[str, str | None]) -> CellKey:
    """Return the grouping fields as a sorted, hashable key."""
    return tuple(sorted(keys.items()))


def relations(cells: Sequence[Mapping[str, str | None]], pairs: Sequence[int]) -> tuple[Relation, ...]:
    """Return every relation between a total and its parts among `cells`.

    Parameters
    ----------
    cells : sequence of mappings
        Grouping fields of each cell, `outcome` included.
    pairs : sequence of int
        Pairs in each cell.
    """
    where = {cell_key(cell): position for position, cell in enumerate(cells)}
    parts: dict[tuple[int, str], list[int]] = {}
    for position, cell in enumerate(cells):
        for field, value in cell.items():
            if value is None or field == "outcome":
                continue
            total = where.get(cell_key({**cell, field: None}))
            if total is not None:
                parts.setdefault((total, field), []).append(position)
    return tuple(
        Relation(
            total=total,
            parts=tuple(members),
            field=field,
            rest=pairs[total] - sum(pairs[member] for member in members),
        )
        for (total, field), members in sorted(parts.items())
    )
