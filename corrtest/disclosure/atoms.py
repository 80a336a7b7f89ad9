"""The pairs of all cells, shown now or before, split into atoms: the pairs that stand in exactly the same cells.

Whatever a reader works out from shown cells is a sum over atoms. A cell of pairs is one set of atoms; where each
vacancy got one application it is two, one an arm, since each arm's size is known and its rate is a figure of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from corrtest.analysis import Atom, GroupResult, Membership, design_of
from corrtest.errors import DisclosureError
from corrtest.language import say

IntArray = npt.NDArray[np.int64]
Keys = Mapping[str, str | None]

# The key by which a cell says that it leaves out pairs with an odd reaction.
WITHOUT_ODD = "without_odd_reactions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Atoms:
    """Sizes and employers of atoms, and which atoms each set holds.

    Attributes
    ----------
    sizes : array (atoms)
        Pairs of each.
    employers : sparse array (employers, atoms)
        Pairs of each employer in each atom.
    sets : sparse array (sets, atoms)
        1 where a set holds an atom.
    """

    sizes: IntArray
    employers: csr_array
    sets: csr_array

    @classmethod
    def of(cls, sets: Sequence[IntArray], employer_of: IntArray) -> Atoms:
        """Split numbered pairs into atoms; `sets` are the numbers of the pairs in each set."""
        inside = np.zeros((len(sets), len(employer_of)), dtype=np.bool_)
        for place, members in enumerate(sets):
            inside[place, members] = True
        held = np.flatnonzero(inside.any(axis=0))
        inside = inside[:, held]
        _, first, of = np.unique(np.packbits(inside, axis=0).T, axis=0, return_index=True, return_inverse=True)
        of = of.reshape(-1)
        _, employers = np.unique(employer_of[held], return_inverse=True)
        held_by = coo_array((np.ones(len(held), dtype=np.int64), (employers.reshape(-1), of)))
        return cls(
            sizes=np.bincount(of, minlength=len(first)),
            employers=csr_array(held_by),
            sets=csr_array(inside[:, first].astype(np.int64)),
        )


class Pairs:
    """Pairs and employers of several memberships, numbered together, so that the same pair is the same number."""

    def __init__(self) -> None:
        self._pairs: dict[str, int] = {}
        self._employers: dict[str, int] = {}
        self._employer_of: list[int] = []

    @property
    def employer_of(self) -> IntArray:
        """The employer's number of each pair."""
        return np.array(self._employer_of, dtype=np.int64)

    def add(self, membership: Membership) -> Members:
        """Number the pairs of a membership; a pair of an unknown employer has one of its own."""
        numbers = []
        for atom in membership.atoms:
            own = []
            for token, employer in zip(atom.pairs, atom.employers or (f"of {p}" for p in atom.pairs), strict=True):
                if token not in self._pairs:
                    self._pairs[token] = len(self._pairs)
                    self._employer_of.append(self._employers.setdefault(employer, len(self._employers)))
                own.append(self._pairs[token])
            numbers.append(np.array(own, dtype=np.int64))
        return Members(
            membership=membership,
            numbers=tuple(numbers),
            odd=np.array([self._pairs[token] for token in membership.odd], dtype=np.int64),
            treated=None
            if membership.treated is None
            else np.array([self._pairs[token] for token in membership.treated], dtype=np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The numbered pairs of one membership; `treated` are the applications of that arm, None for pairs."""

    membership: Membership
    numbers: tuple[IntArray, ...]
    odd: IntArray
    treated: IntArray | None

    def sets_of(self, keys: Keys) -> tuple[IntArray, ...]:
        """Return the pairs of a cell: one set, or the applications of the control and of the treated arm."""
        fields = self.membership.fields
        wanted = [(fields.index(name), value) for name, value in keys.items() if value is not None and name in fields]
        found = [
            own
            for atom, own in zip(self.membership.atoms, self.numbers, strict=True)
            if all(atom.values[place] == value for place, value in wanted)
        ]
        pairs = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
        if keys.get(WITHOUT_ODD):
            pairs = np.setdiff1d(pairs, self.odd)
        if self.treated is None:
            return (pairs,)
        return np.setdiff1d(pairs, self.treated), np.intersect1d(pairs, self.treated)


def membership_of_groups(groups: Sequence[GroupResult], keys: Sequence[Keys]) -> Membership:
    """Return the membership of results that have counts alone: the finest groups are atoms, and what they leave.

    The first so many pairs of a group are taken for the same ones in every release. An employer that stands in several
    groups counts in each: nothing tells which ones do.

    Raises
    ------
    DisclosureError
        Two groupings of the same pairs of which neither is finer: how they overlap is not known.
    """
    fields = tuple(name for name in keys[0] if name != "outcome")
    first: dict[tuple[str | None, ...], GroupResult] = {}
    for group, key in zip(groups, keys, strict=True):
        first.setdefault(tuple(key[name] for name in fields), group)
    finer: dict[tuple[str | None, ...], list[tuple[str | None, ...]]] = {
        own: [other for other in first if other != own and _within(other, own)] for own in first
    }
    atoms: list[Atom] = []
    treated: list[str] = []
    for own, group in first.items():
        inside = [other for other in finer[own] if not finer[other]]
        patterns = {tuple(value is None for value in other) for other in inside}
        rest = group.pairs - sum(first[other].pairs for other in inside)
        if len(patterns) > 1 or rest < 0:
            raise DisclosureError(
                say(
                    "These results do not say which pairs stand in which group, so that several groupings of the "
                    "same pairs cannot leave together. Make them again with corrtest analyse."
                )
            )
        if rest:
            atoms.append(_atom(own, group, rest))
        if rest and design_of(group.counts).arms_apart:
            treated += atoms[-1].pairs[: group.counts.treated_applications]
    return Membership(
        fields=fields,
        atoms=tuple(atoms),
        treated=tuple(treated) if any(design_of(group.counts).arms_apart for group in groups) else None,
    )


def _within(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
    return all(theirs is None or mine == theirs for mine, theirs in zip(one, other, strict=True))


def _atom(values: tuple[str | None, ...], group: GroupResult, pairs: int) -> Atom:
    name = " · ".join(str(value) for value in values)
    sizes = [size for size, number in sorted(group.employer_sizes.items()) for _ in range(number)]
    employers = [f"{name} #{number}" for number, size in enumerate(sizes) for _ in range(size)]
    return Atom(
        values=values,
        pairs=tuple(f"{name} #{number}" for number in range(pairs)),
        employers=tuple(employers[:pairs]) if len(employers) >= pairs else None,
    )


def components(sets: csr_array) -> Iterable[tuple[IntArray, IntArray]]:
    """Yield the sets that share atoms, each time with the atoms that they hold."""
    number, of = connected_components(sets @ sets.T, directed=False)
    for place in range(number):
        rows = np.flatnonzero(of == place)
        atoms = np.flatnonzero(np.asarray(sets[rows].sum(axis=0)).reshape(-1))
        if len(atoms):
            yield rows, atoms
