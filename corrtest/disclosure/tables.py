"""Every table of reactions that agrees with what is shown, and what all of them have in common.

A reader who knows exact counts knows more than their sums: no count is below zero or above its pairs, and an invitation
is a positive reaction in the broad sense too. What each table that agrees has, he is certain of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

from corrtest.disclosure.programme import FloatArray, Programme, Solution

IntArray = npt.NDArray[np.int64]

_SLACK = 1e-6
_TOGETHER = 256


class Tables:
    """The tables over atoms that have the counts shown of `sets` (sets by atoms).

    Parameters
    ----------
    sizes : array (atoms)
    counts : sequence of arrays (sets, outcomes)
        By each way of counting.
    kinds : array (ways of counting, kinds)
        Which outcome a pair of each kind is in; one more than the last: in none.
    """

    def __init__(self, *, sets: IntArray, sizes: IntArray, counts: Sequence[IntArray], kinds: IntArray) -> None:
        self._kinds, self._sets, self._shown, self._counts = kinds, len(sets), sets, counts
        self._number = counts[0].shape[1]
        shown = csr_array(sets.astype(np.float64))
        rows, right = [hstack([eye_array(len(sizes))] * kinds.shape[1])], [sizes.astype(np.float64)]
        for way, told in zip(kinds, counts, strict=True):
            for outcome in range(self._number):
                inside = csr_array((way == outcome).astype(np.float64)[None, :])
                rows.append(kron(inside, shown))
                right.append(told[:, outcome].astype(np.float64))
        every = np.concatenate(right)
        self._atoms = len(sizes)
        self._programme = Programme(
            cost=np.zeros(kinds.shape[1] * self._atoms),
            lower=np.zeros(kinds.shape[1] * self._atoms),
            upper=np.tile(sizes.astype(np.float64), kinds.shape[1]),
            rows=csr_array(vstack(rows)),
            floors=every,
            ceilings=every,
        )
        first = self._programme.solve()
        self.solvable = first is not None
        # Tables met so far: a set of which one of them has few is not bounded.
        self._met = [] if first is None else [first.columns.reshape(kinds.shape[1], -1)]

    def outcomes(self) -> Iterator[tuple[int, int]]:
        """Yield each way of counting with each of its outcomes."""
        for way in range(len(self._kinds)):
            for outcome in range(self._number):
                yield way, outcome

    def bounded(
        self, held: IntArray, way: int, outcome: int, most: Callable[[IntArray], FloatArray]
    ) -> Iterator[IntArray]:
        """Yield, for each set of which more pairs than `most` are certain to have an outcome, the shown sets that tell.

        Parameters
        ----------
        held : array (sets, atoms)
            The sets to attack.
        """
        inside = self._kinds[way] == outcome
        least = np.min([held @ table[inside].sum(axis=0) for table in self._met], axis=0)
        # No set has more of them than a shown one around it.
        around = self._shown @ held.T == held.sum(axis=1)
        least = np.minimum(least, np.where(around, self._counts[way][:, [outcome]], np.inf).min(axis=0))
        # At most four fifths of what a coalition leaves outside, and of no set is less than one pair left.
        open_to = np.flatnonzero(least > _SLACK)
        allowed = np.full(len(held), np.inf)
        for first in range(0, len(open_to), _TOGETHER):
            some = open_to[first : first + _TOGETHER]
            allowed[some] = np.floor(most(held[some]) + _SLACK)
        together = True
        while len(open_to := np.flatnonzero(least > allowed + _SLACK)):
            worst = int(open_to[np.argmax((least - allowed)[open_to])])
            # One table that has few in all of them at once clears most; what it leaves is tried set by set.
            goal = held[open_to].sum(axis=0) if together else held[worst]
            found = self._least(inside, goal)
            if found is None:
                return
            table = found.columns.reshape(self._kinds.shape[1], -1)
            self._met.append(table)
            least = np.minimum(least, held @ table[inside].sum(axis=0))
            if together:
                together = bool(np.sum(least > allowed + _SLACK) < len(open_to))
                continue
            together = True
            if math.ceil(found.value - _SLACK) > allowed[worst]:
                duals = found.duals[self._atoms :].reshape(-1, self._sets)
                yield np.flatnonzero(np.abs(duals).max(axis=0) > _SLACK)
                allowed[held @ held[worst] == held[worst].sum()] = np.inf  # what holds it is told by the same figures
            least[worst] = min(least[worst], allowed[worst])

    def _least(self, inside: npt.NDArray[np.bool_], goal: IntArray) -> Solution | None:
        """Return a table that has least of the kinds `inside` in the atoms of `goal`."""
        self._programme.cost((inside[:, None] * goal[None, :]).astype(np.float64).reshape(-1))
        return self._programme.solve()
