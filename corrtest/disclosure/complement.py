"""Complementary suppression as an optimisation: hide as little as possible, so that no set of pairs can be worked out
that may not be seen, from all tables and all earlier releases together.

A set of pairs that breaks a rule is protected, be it a cell or a set that a reader could compute (`computable`). What
must be hidden for it is an integer programme (HiGHS): least pairs lost, so that a reader who solves all shown figures
at once by linear programming keeps the full range of each protected set's values open. Those constraints are made as
needed: solve, attack the pattern with a linear programme, and add the cut that its dual gives (Fischetti and
Salazar-González 2001, Management Science 47:1008). What an earlier release shows cannot be hidden any more.

Up to here the pattern depends on numbers of pairs and employers alone, so that it gives no reaction away. Where counts
leave exact, two steps more read them: sets of which one outcome would make up too much are protected too, and in the
end the shown counts themselves are attacked, whether they bound an outcome of a protected set from below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corrtest.disclosure.atoms import Atoms, components
from corrtest.disclosure.computable import Computable
from corrtest.disclosure.policy import COALITION, Policy
from corrtest.disclosure.programme import FloatArray, Programme
from corrtest.disclosure.rules import broken_by_sizes, too_alike
from corrtest.disclosure.tables import Tables
from corrtest.errors import DisclosureError
from corrtest.language import say

IntArray = npt.NDArray[np.int64]

_MOST_ROUNDS = 200
_SLACK = 1e-6
# Patterns this near to the least loss are as good.
_GAP = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Cells over atoms: a cell shows one set of pairs, or one an arm.

    Attributes
    ----------
    atoms : Atoms
    cell_of : array (sets)
        The cell that shows each set.
    primary, known : frozensets
        Cells that a rule hides; cells that an earlier release shows.
    besides : frozenset
        Cells that are a second look at pairs that others show: they go first, before any of those.
    counts : sequence of arrays (sets, outcomes)
        Per way of counting (strict, broad, …) the counts to protect; −1 where they are not known.
    kinds : array (ways of counting, kinds)
        Which of the counts a pair of each kind is in, by each way of counting; one more than the last: in none of them.
    """

    atoms: Atoms
    cell_of: IntArray
    primary: frozenset[int]
    known: frozenset[int] = frozenset()
    besides: frozenset[int] = frozenset()
    counts: Sequence[IntArray] = ()
    kinds: IntArray = field(default_factory=lambda: np.arange(4)[None, :])

    @property
    def cost(self) -> FloatArray:
        """What hiding each cell loses: its pairs, and itself; a second look loses itself alone."""
        pairs = self.atoms.sets @ self.atoms.sizes
        lost = np.bincount(self.cell_of, weights=pairs, minlength=int(self.cell_of.max()) + 1) + 1.0
        lost[list(self.besides)] = 1.0
        return np.asarray(lost, dtype=np.float64)

    def visible(self, hidden: frozenset[int]) -> npt.NDArray[np.bool_]:
        """Return which sets a reader has."""
        return np.array([cell in self.known or cell not in hidden for cell in self.cell_of.tolist()])


@dataclass(slots=True, kw_only=True)
class _Target:
    """A protected set, and how far a reader must leave its value open."""

    held: IntArray
    need: float


@dataclass(slots=True, kw_only=True)
class _Part:
    """Sets that share atoms, and those atoms: what a reader solves together."""

    sets: IntArray
    cell_of: IntArray
    rows: IntArray
    sizes: IntArray
    employers: csr_array
    counts: list[IntArray]
    targets: list[_Target] = field(default_factory=list)
    ignored: list[IntArray] = field(default_factory=list)

    def employer_sizes(self, held: IntArray) -> IntArray:
        sizes = self.employers @ held
        return np.sort(sizes[sizes > 0])[::-1]

    def names(self, held: IntArray) -> bool:
        """Return whether a set is a target, or one that nothing can protect."""
        return any(np.array_equal(held, other) for other in (*(t.held for t in self.targets), *self.ignored))


def complementary(cells: Cells, policy: Policy) -> frozenset[int]:
    """Return the cells to hide besides the primary ones."""
    parts = [_part(cells, sets, atoms) for sets, atoms in components(cells.atoms.sets)]
    for part in parts:
        for row, cell in zip(part.rows, part.cell_of, strict=True):
            if cell in cells.primary:
                _protect(cells, part, row)
    cuts: list[tuple[FloatArray, float]] = []
    for _ in range(_MOST_ROUNDS):
        hidden = _least_loss(cells, cuts)
        for find in (_open_targets, _computable_targets, _bounded_sets):
            found = [cut for part in parts for cut in find(cells, part, hidden, policy)]
            if found:
                cuts += found
                break
        else:
            return hidden - cells.primary
    raise DisclosureError(say("No pattern of hidden cells was found in time. Report fewer groupings at once."))


def _part(cells: Cells, sets: IntArray, atoms: IntArray) -> _Part:
    employers = csr_array(cells.atoms.employers[:, atoms])
    return _Part(
        sets=sets,
        cell_of=cells.cell_of[sets],
        rows=np.asarray(cells.atoms.sets[sets][:, atoms].todense()),
        sizes=cells.atoms.sizes[atoms],
        employers=csr_array(employers[np.flatnonzero(np.asarray(employers.sum(axis=1)).reshape(-1))]),
        counts=[counts[sets] for counts in cells.counts],
    )


def _least_loss(cells: Cells, cuts: Sequence[tuple[FloatArray, float]]) -> frozenset[int]:
    cost = cells.cost
    lower = np.array([float(cell in cells.primary) for cell in range(len(cost))])
    if not cuts:
        return frozenset(cells.primary)
    programme = Programme(
        cost=cost,
        lower=lower,
        upper=np.array([float(cell in cells.primary or cell not in cells.known) for cell in range(len(cost))]),
        rows=csr_array(np.array([row for row, _ in cuts])),
        floors=np.array([floor for _, floor in cuts]),
        ceilings=np.full(len(cuts), np.inf),
        integer=[True] * len(cost),
        gap=_GAP,
    )
    found = programme.solve()
    if found is None:
        raise DisclosureError(say("No pattern of hidden cells was found in time. Report fewer groupings at once."))
    return frozenset(int(cell) for cell in np.flatnonzero(found.columns > 0.5))


class _Attack:
    """A reader who knows the sums of the visible sets, and of each atom only that its value lies in its range."""

    def __init__(self, part: _Part, visible: npt.NDArray[np.bool_]) -> None:
        self._part = part
        self._rows = np.flatnonzero(visible)
        self._halves = part.sizes / 2
        zeros = np.zeros(len(self._rows))
        self._programme = Programme(
            cost=np.zeros(len(part.sizes)),
            lower=-self._halves,
            upper=self._halves,
            rows=csr_array(part.rows[self._rows].astype(np.float64)),
            floors=zeros,
            ceilings=zeros,
        )

    def reach(self, held: IntArray) -> tuple[float, FloatArray, FloatArray]:
        """Return how far the set's sum can move, and the weights of sets and of atoms in that bound."""
        self._programme.cost(-held.astype(np.float64))
        found = self._programme.solve()
        assert found is not None
        sets = np.zeros(len(self._part.rows))
        sets[self._rows] = found.duals
        atoms = -held - sets @ self._part.rows
        return -found.value, np.abs(sets), np.abs(atoms)

    def cuts(self, cells: Cells, target: _Target) -> Iterator[tuple[FloatArray, float]]:
        """Yield what must be hidden for a target: one condition for each way in which it is narrowed."""
        freed: list[int] = []
        hideable = np.array([cell not in cells.known for cell in self._part.cell_of])
        while True:
            value, sets, atoms = self.reach(target.held)
            if value >= target.need - _SLACK:
                break
            floor = target.need - float(atoms @ self._halves)
            weights = np.where(hideable, sets * (self._part.rows @ self._halves), 0.0)
            weights = np.minimum(weights, floor)  # hiding one such cell is enough: a tighter condition, as true
            if floor <= _SLACK or weights.sum() < floor - _SLACK:
                break
            row = np.bincount(self._part.cell_of, weights=weights, minlength=len(cells.cost))
            yield np.minimum(row, floor) / floor, 1.0 - 1e-7
            for place, number in enumerate(self._rows):
                if weights[number] > _SLACK:
                    self._programme.row_bounds(place, -np.inf, np.inf)
                    freed.append(place)
        for place in freed:
            self._programme.row_bounds(place, 0.0, 0.0)


def _protect(cells: Cells, part: _Part, held: IntArray) -> bool:
    """Make a set a target, as far as what earlier releases show leaves it open; False where they tell it already."""
    if not held.any() or part.names(held):
        return False
    known = np.array([cell in cells.known for cell in part.cell_of])
    need = min(float(held @ part.sizes) / 2, _Attack(part, known).reach(held)[0])
    if need <= _SLACK:
        part.ignored.append(held)
        return False
    part.targets.append(_Target(held=held, need=need))
    return True


def _open_targets(cells: Cells, part: _Part, hidden: frozenset[int], policy: Policy) -> list[tuple[FloatArray, float]]:
    """Return the conditions of the targets that the pattern leaves less open than they must be."""
    attack = _Attack(part, cells.visible(hidden)[part.sets])
    return [cut for target in part.targets for cut in attack.cuts(cells, target)]


def _computable_targets(
    cells: Cells, part: _Part, hidden: frozenset[int], policy: Policy
) -> list[tuple[FloatArray, float]]:
    """Find sets that break a rule and can be computed from the pattern: they become targets."""
    visible = np.flatnonzero(cells.visible(hidden)[part.sets])
    if not len(visible):
        return []
    space = Computable(part.rows[visible], part.sizes, part.employers)
    found = []
    for held in (*space.small(policy), *space.dominated(policy)):
        if broken_by_sizes(space.employer_sizes(held), policy):
            found.append(space.over_atoms(held))
    for counts in part.counts if policy.protection == COALITION else ():
        told = visible[(counts[visible] >= 0).all(axis=1)]
        if not len(told):
            continue
        space = Computable(part.rows[told], part.sizes, part.employers)
        figures = counts[told[space.basis]]
        for held in space.alike(figures, policy):
            sums = np.rint(space.sums(held, figures.astype(np.float64))).astype(np.int64)
            if any(too_alike(int(count), space.employer_sizes(held), policy) for count in sums):
                found.append(space.over_atoms(held))
    new = [held for held in found if _protect(cells, part, held)]
    return _open_targets(cells, part, hidden, policy) if new else []


def _bounded_sets(cells: Cells, part: _Part, hidden: frozenset[int], policy: Policy) -> list[tuple[FloatArray, float]]:
    """Attack the shown counts: return what must be hidden where they bound an outcome of a set from below.

    A set that cannot be computed may still be told by what has room elsewhere: where other committees had few pairs
    invited, most of a province's must be in this one. Looked at are the targets, what two cells have in common, and
    the pairs that no shown cell tells apart.
    """
    if policy.protection != COALITION or not cells.counts:
        return []
    visible = cells.visible(hidden)[part.sets]
    known = np.array([cell in cells.known for cell in part.cell_of])
    told = np.all([(counts >= 0).all(axis=1) for counts in part.counts], axis=0)
    for usable in (visible & told, visible & told & ~known):  # late answers: old and new counts may not agree
        shown = np.flatnonzero(usable)
        if not len(shown):
            return []
        tables = Tables(
            sets=part.rows[shown],
            sizes=part.sizes,
            counts=[counts[shown] for counts in part.counts],
            kinds=cells.kinds,
        )
        if tables.solvable:
            break
    else:
        return []
    held = _looked_at(part, visible)
    cuts = []
    for outcome, kind in tables.outcomes():
        for used in tables.bounded(held, outcome, kind, lambda which: _most(part, which, policy)):
            row = np.zeros(len(cells.cost))
            row[[cell for cell in part.cell_of[shown[used]] if cell not in cells.known]] = 1.0
            if row.any():
                cuts.append((row, 1.0))
    return cuts


def _looked_at(part: _Part, visible: npt.NDArray[np.bool_]) -> IntArray:
    """Return the sets to attack, a row each."""
    rows = part.rows
    classes, of = np.unique(rows[visible], axis=1, return_inverse=True)
    alike = (of.reshape(-1)[None, :] == np.arange(classes.shape[1])[:, None]).astype(np.int64)
    common = (rows[:, None, :] * rows[None, :, :]).reshape(-1, rows.shape[1])
    every = np.concatenate([*(target.held[None, :] for target in part.targets), alike, common])
    every = np.unique(every, axis=0)
    return every[every.any(axis=1)]


def _most(part: _Part, held: IntArray, policy: Policy) -> FloatArray:
    """Return for each set the most pairs with one outcome that a reader may be certain of.

    A coalition also knows what its pairs elsewhere were, which leaves an outcome less room there: what its largest
    employers may hold beside a set that is not itself shown comes off.
    """
    sizes = (part.employers @ held.T).astype(np.int64)
    largest = _of_the_largest(part.employers.sum(axis=1).astype(np.int64), policy)
    shown = {row.tobytes() for row in part.rows.astype(np.int64)}
    most = []
    for own, members in zip(sizes.T, held.astype(np.int64), strict=True):
        beside = 0 if members.tobytes() in shown else max(0, largest - _of_the_largest(own, policy))
        most.append(policy.most_alike * _fewest_outside(np.sort(own[own > 0])[::-1], policy) - beside)
    return np.array(most)


def _of_the_largest(sizes: IntArray, policy: Policy) -> int:
    """Return the pairs of as many of the largest employers as make a coalition."""
    return int(np.sort(sizes)[::-1][: policy.coalition_employers].sum())


def _fewest_outside(sizes: IntArray, policy: Policy) -> float:
    """Return the pairs outside the largest coalition that leaves an employer outside."""
    pairs = int(sizes.sum())
    if len(sizes) <= policy.coalition_employers:
        return float(sizes[-1])
    return pairs - max(float(sizes[: policy.coalition_employers].sum()), policy.coalition_share * pairs)
