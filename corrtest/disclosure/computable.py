"""Which sets of pairs a reader can compute from what is shown, although no cell shows them.

A reader who adds and subtracts shown figures gets the figures of every set of pairs whose indicator lies in the linear
span of the shown sets' indicators: a total less its parts, a committee in the new report less the same committee in
the old one, one grouping against another. Those sets are the 0/1 points of a linear space over atoms; an integer
programme finds those that break a rule. A union of disjoint sets that keep to the rules keeps to them too
(`rules.broken_by_sizes`), so that few need to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.linalg import qr
from scipy.sparse import csr_array, eye_array, hstack, vstack

from corrtest.disclosure.policy import Policy
from corrtest.disclosure.programme import FloatArray, Programme
from corrtest.disclosure.rules import least_units, weighty_share
from corrtest.errors import DisclosureError
from corrtest.language import say

IntArray = npt.NDArray[np.int64]

_MOST = 400
_SLACK = 1e-6


class Computable:
    """The sets that can be computed from `shown` (0/1, sets by atoms), with `sizes` of atoms and pairs of employers."""

    def __init__(self, shown: IntArray, sizes: IntArray, employers: csr_array) -> None:
        columns, of = np.unique(shown, axis=1, return_inverse=True)
        of = of.reshape(-1)
        kinds = columns.shape[1]
        self._of, self._seen = of, np.flatnonzero(columns.any(axis=0))
        merge = csr_array((np.ones(len(of), dtype=np.int64), (np.arange(len(of)), of)), shape=(len(of), kinds))
        self.sizes = np.bincount(of, weights=sizes, minlength=kinds).astype(np.int64)[self._seen]
        held = csr_array(employers @ merge)[:, self._seen]
        self.employers = csr_array(held[np.flatnonzero(np.asarray(held.sum(axis=1)).reshape(-1))])
        self.totals = np.asarray(self.employers.sum(axis=1)).reshape(-1)
        matrix = columns[:, self._seen].astype(np.float64)
        # Rows that follow from others add nothing to the span; without them each set has one way to be computed.
        pivots = qr(matrix.T, mode="r", pivoting=True)
        diagonal = np.abs(np.diag(pivots[0])) if matrix.size else np.zeros(0)
        rank = int(np.sum(diagonal > 1e-9 * max(1.0, diagonal.max(initial=0.0))))
        self.basis: IntArray = np.sort(pivots[1][:rank])
        self._rows = matrix[self.basis]
        self._spanned = hstack([eye_array(self.sizes.size), csr_array(-self._rows.T)])
        # The same programme serves every goal, by how many pairs a set must have at least.
        self._relaxed: dict[float, Programme] = {}

    def over_atoms(self, held: IntArray) -> IntArray:
        """Return a set over merged atoms as one over atoms."""
        found = np.zeros(int(self._of.max()) + 1, dtype=np.int64)
        found[self._seen] = held
        return found[self._of]

    def employer_sizes(self, held: IntArray) -> IntArray:
        """Return the pairs of each employer in a set, largest first."""
        sizes = self.employers @ held
        return np.sort(sizes[sizes > 0])[::-1]

    def sums(self, held: IntArray, figures: FloatArray) -> FloatArray:
        """Return what a reader computes for a set from the basis sets' figures (a row each)."""
        ways, *_ = np.linalg.lstsq(self._rows.T, held.astype(np.float64), rcond=None)
        return np.asarray(ways @ figures)

    def small(self, policy: Policy) -> Iterator[IntArray]:
        """Yield every set that may have too few pairs or employers."""
        yield from self._holding_each(self.sizes.astype(np.float64), policy.min_pairs - 1)
        # An employer counts for the share of its pairs that lies in the set: never more than one in all.
        shares = np.asarray((self.employers.multiply(1 / self.totals[:, None])).sum(axis=0)).reshape(-1)
        least = least_units(policy)
        if np.sort(self.totals)[::-1][: least - 1].sum() >= policy.min_pairs:
            yield from self._holding_each(shares, least - _SLACK)

    def dominated(self, policy: Policy) -> Iterator[IntArray]:
        """Yield every set in which one employer may weigh so much that a rule on large employers is broken."""
        share = weighty_share(policy)
        pairs = self.sizes.astype(np.float64)
        for place in np.flatnonzero(self.totals >= share * policy.min_pairs):
            own = np.asarray(self.employers[[place]].todense()).reshape(-1).astype(np.float64)
            if np.any(own > share * pairs):
                yield from self._sets(share * pairs - own, 0.0, least=policy.min_pairs)

    def alike(self, counts: IntArray, policy: Policy) -> Iterator[IntArray]:
        """Yield every set of which one of the `counts` (basis sets by outcomes) may make up too much."""
        pairs = self.sizes.astype(np.float64)
        most, share = policy.most_alike, policy.coalition_share
        together = float(np.sort(self.totals)[::-1][: policy.coalition_employers].sum())
        for count in counts.T.astype(np.float64):
            yield from self._sets(most * (1 - share) * pairs, -_SLACK, figures=-count, least=policy.min_pairs)
            yield from self._sets(most * pairs, most * together - _SLACK, figures=-count, least=policy.min_pairs)

    def _programme(self, cost: FloatArray, figures: FloatArray | None, least: float, *, whole: bool) -> Programme:
        size, rank = len(self.sizes), len(self.basis)
        pairs = csr_array(np.concatenate([self.sizes, np.zeros(rank)])[None, :].astype(np.float64))
        return Programme(
            cost=np.concatenate([cost, np.zeros(rank) if figures is None else figures]),
            lower=np.concatenate([np.zeros(size), np.full(rank, -np.inf)]),
            upper=np.concatenate([np.ones(size), np.full(rank, np.inf)]),
            rows=csr_array(vstack([self._spanned, pairs])),
            floors=np.concatenate([np.zeros(size), [max(least, 1.0)]]),
            ceilings=np.concatenate([np.zeros(size), [np.inf]]),
            integer=[True] * size + [False] * rank if whole else None,
        )

    def _holding_each(self, cost: FloatArray, bound: float) -> Iterator[IntArray]:
        """Yield the sets of cost ≤ `bound`, by the merged atoms in them: a set of little cost holds such ones alone."""
        cheap = [place for place in np.argsort(cost, kind="stable") if cost[place] <= bound]
        if not cheap:
            return
        relaxed = self._programme(cost, None, 1.0, whole=False)
        done: list[int] = []
        for place in cheap:
            relaxed.bound(int(place), 1.0, 1.0)
            found = relaxed.solve()
            if found is not None and found.value <= bound + _SLACK:
                yield from self._sets(cost, bound, include=int(place), without=done)
            relaxed.bound(int(place), 0.0, 0.0)  # the sets that hold it have been seen
            done.append(int(place))

    def _sets(
        self,
        cost: FloatArray,
        bound: float,
        *,
        figures: FloatArray | None = None,
        least: float = 1.0,
        include: int | None = None,
        without: list[int] | None = None,
    ) -> Iterator[IntArray]:
        """Yield sets with cost·set + figures·(how it is computed) ≤ `bound`, least first, none within another."""
        if include is None:
            if least not in self._relaxed:
                self._relaxed[least] = self._programme(cost, figures, least, whole=False)
            self._relaxed[least].cost(np.concatenate([cost, np.zeros(len(self.basis)) if figures is None else figures]))
            found = self._relaxed[least].solve()
            if found is None or found.value > bound + _SLACK:
                return
        programme = self._programme(cost, figures, least, whole=True)
        if include is not None:
            programme.bound(include, 1.0, 1.0)
        for place in without or ():
            programme.bound(place, 0.0, 0.0)
        for _ in range(_MOST):
            found = programme.solve()
            if found is None or found.value > bound + _SLACK:
                return
            held = np.rint(found.columns[: len(self.sizes)]).astype(np.int64)
            weights = np.zeros(len(found.columns))
            weights[: len(held)] = -held
            # No set that holds this one: what it holds besides can be computed too, and breaks a rule if it does.
            programme.require(weights, 1.0 - float(held.sum()))
            if self._is_computed(held):
                yield held
        raise DisclosureError(say("Too many figures can be computed from each other. Report fewer groupings at once."))

    def _is_computed(self, held: IntArray) -> bool:
        ways, *_ = np.linalg.lstsq(self._rows.T, held.astype(np.float64), rcond=None)
        return bool(np.abs(ways @ self._rows - held).max(initial=0.0) < 1e-6)
