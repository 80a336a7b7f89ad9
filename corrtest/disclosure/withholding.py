"""Sectors that keep their results to themselves: which figures over sectors may leave, decided once for every reader.

A reader holds the reports of the sectors that do not withhold, so that a figure over sectors tells him the sum over
those in it that do. Such sums, now and of earlier overviews, are cells over atoms (a withholding sector's pairs of one
criterion), with a sector in the place of an employer; `complement` hides what lets fewer of them than the policy asks
be computed together. What is left is attacked with its true counts: a sum so small that it tells each sector's part,
to any reader or to one of these sectors, is hidden as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corrtest.analysis import Design
from corrtest.disclosure.atoms import Atoms
from corrtest.disclosure.complement import Cells, complementary
from corrtest.disclosure.noise import kinds_of
from corrtest.disclosure.programme import FloatArray, Programme
from corrtest.disclosure.sector_policy import SectorPolicy

IntArray = npt.NDArray[np.int64]
Told = Mapping[str, Mapping[str, int]]

_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unit:
    """One sector's pairs of one wave and criterion, with their counts by outcome (cell → number)."""

    token: str
    sector: str
    pairs: int
    counts: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A figure over units: with its design, and what each outcome counts as positive; `known`: it left before."""

    units: tuple[Unit, ...]
    design: Design  # type: ignore[type-arg]
    outcomes: Mapping[str, Sequence[str]]
    exact: bool = True
    known: bool = False


def hidden_sums(sums: Sequence[Sum], secret: Collection[str], policy: SectorPolicy) -> frozenset[int]:
    """Return which of the sums may not leave; `secret` are the sectors whose figures no reader has.

    Examples
    --------
    One sector that withholds is what a total and all other reports differ by; of three, no one can be told apart.

    >>> from corrtest.analysis import PAIRED
    >>> from corrtest.disclosure.sector_policy import sector_policy
    >>> counts = {"strict": {"both": 20, "control_only": 30, "treated_only": 20, "neither": 130}}
    >>> units = [Unit(token=name, sector=name, pairs=200, counts=counts) for name in "abcdef"]
    >>> total = Sum(units=tuple(units), design=PAIRED, outcomes={"strict": ("invitation",)})
    >>> [sorted(hidden_sums([total], secret, sector_policy())) for secret in ("a", "ab", "abc", "")]
    [[0], [0], [], []]
    """
    withheld = [tuple(unit for unit in each.units if unit.sector in secret) for each in sums]
    units = {unit.token: unit for each in withheld for unit in each}
    if not units:
        return frozenset()
    hidden = set(_told_apart(sums, withheld, units, policy))
    while found := next(_narrow(sums, withheld, hidden, policy), None):
        hidden |= found
    return frozenset(hidden)


def _told_apart(
    sums: Sequence[Sum], withheld: Sequence[tuple[Unit, ...]], units: Mapping[str, Unit], policy: SectorPolicy
) -> Iterator[int]:
    """Yield the sums that would let too few sectors be computed together; no count is read."""
    place = {token: number for number, token in enumerate(units)}
    sectors = list(dict.fromkeys(unit.sector for unit in units.values()))
    sizes = np.array([unit.pairs for unit in units.values()], dtype=np.int64)
    of = np.array([sectors.index(unit.sector) for unit in units.values()])
    own = np.eye(len(units), dtype=np.int64)
    rows = [own[[place[unit.token] for unit in each]].sum(axis=0) for each in withheld]
    used = [number for number, row in enumerate(rows) if row.any()]
    cells = Cells(
        atoms=Atoms(
            sizes=sizes,
            employers=csr_array((sizes, (of, np.arange(len(units)))), shape=(len(sectors), len(units))),
            sets=csr_array(np.vstack([own, *(rows[number][None, :] for number in used)])),
        ),
        cell_of=np.arange(len(units) + len(used)),
        primary=frozenset(range(len(units))),
        known=frozenset(len(units) + at for at, number in enumerate(used) if sums[number].known),
    )
    for cell in complementary(cells, policy.of_sets()):
        yield used[cell - len(units)]


def _narrow(
    sums: Sequence[Sum], withheld: Sequence[tuple[Unit, ...]], hidden: Collection[int], policy: SectorPolicy
) -> Iterator[set[int]]:
    """Yield sums to hide: those whose true counts leave a count of a sector less open than the policy asks."""
    shown = [number for number, each in enumerate(sums) if withheld[number] and each.exact and number not in hidden]
    for number in shown:
        if not sums[number].known and _tells_one_of_them(sums[number], withheld[number], policy):
            yield {number}
    for linked in _linked(shown, withheld):
        new = {number for number in linked if not sums[number].known}
        if new and _bounded([sums[number] for number in linked], [withheld[number] for number in linked], policy):
            yield new


def _tells_one_of_them(total: Sum, units: Sequence[Unit], policy: SectorPolicy) -> bool:
    """Return whether a sector that takes off its own part finds the others' too narrow."""
    for outcome, (block, cell) in product(total.outcomes, _sensitive(total.design)):
        counts = {unit.token: unit.counts[outcome][cell] for unit in units}
        rest = sum(counts.values()) - max(counts.values())
        if rest < policy.open_share * max(_size(unit, block, outcome) for unit in units):
            return True
    return False


def _sensitive(design: Design) -> list[tuple[tuple[str, ...], str]]:  # type: ignore[type-arg]
    return [(block.cells, cell) for block in design.blocks for cell in block.noisy]


def _size(unit: Unit, cells: Sequence[str], outcome: str) -> int:
    return sum(unit.counts[outcome][cell] for cell in cells)


def _linked(shown: Sequence[int], withheld: Sequence[tuple[Unit, ...]]) -> list[list[int]]:
    """Return the sums by those that share units, which a reader solves together."""
    groups: list[tuple[set[str], list[int]]] = []
    for number in shown:
        tokens, members = {unit.token for unit in withheld[number]}, [number]
        for other in [each for each in groups if each[0] & tokens]:
            groups.remove(other)
            tokens, members = tokens | other[0], [*other[1], *members]
        groups.append((tokens, members))
    return [members for _, members in groups]


def _bounded(sums: Sequence[Sum], withheld: Sequence[tuple[Unit, ...]], policy: SectorPolicy) -> bool:
    """Solve for the least and the most of every count of every unit, from all outcomes of all sums at once."""
    units = list({unit.token: unit for each in withheld for unit in each}.values())
    place = {unit.token: number for number, unit in enumerate(units)}
    outcomes = tuple(sums[0].outcomes)
    for block in kinds_of(sums[0].design, sums[0].outcomes):
        cells, number = block.block.cells, block.number
        rows, right = [], []
        for unit in units:
            row = np.zeros((number, len(units)))
            row[:, place[unit.token]] = 1
            rows.append(row.reshape(-1))
            right.append(float(_size(unit, cells, outcomes[0])))
        for each, (way, outcome), (at, cell) in product(
            zip(sums, withheld, strict=True), enumerate(outcomes), enumerate(cells)
        ):
            if outcome not in each[0].outcomes:
                continue
            row = np.zeros((number, len(units)))
            row[np.ix_(block.cell_of[way] == at, [place[unit.token] for unit in each[1]])] = 1
            rows.append(row.reshape(-1))
            right.append(float(sum(unit.counts[outcome][cell] for unit in each[1])))
        width = _widths(np.array(rows), np.array(right))
        for unit, (way, outcome), cell in product(units, enumerate(outcomes), block.block.noisy):
            goal = np.zeros((number, len(units)))
            goal[block.cell_of[way] == cells.index(cell), place[unit.token]] = 1
            if width(goal.reshape(-1)) < policy.open_share * _size(unit, cells, outcome) - _SLACK:
                return True
    return False


def _widths(rows: FloatArray, right: FloatArray) -> Callable[[FloatArray], float]:
    """Return what tells how far a sum of variables may move under rows·x = right, x ≥ 0; not at all where none is."""
    size = rows.shape[1]
    programme = Programme(
        cost=np.zeros(size),
        lower=np.zeros(size),
        upper=np.full(size, np.inf),
        rows=csr_array(rows),
        floors=right,
        ceilings=right,
    )

    def width(goal: FloatArray) -> float:
        ends = []
        for sign in (1.0, -1.0):
            programme.cost(sign * goal)
            found = programme.solve()
            if found is None:  # old and new figures of a sector do not agree, so that they bound nothing
                return float("inf")
            ends.append(sign * found.value)
        return ends[1] - ends[0]

    return width
