"""How the protection is spent over tables that add up: layers of cells, totals first, reconciled by least squares.

The cells of a sector and criterion lie in layers: the total, the levels, the committees, committee × level, and one for
each further grouping. Every pair is in at most one cell of a layer, so that the noise of a layer costs its ε once, and
of all layers the sum. A total that carried the noise of its cells would lose more the more cells there are; so it is
measured by itself, and then all layers are made to agree by generalised least squares, which gives each what the others
know of it (Hay, Rastogi, Miklau, Suciu 2010, PVLDB 3: 1021; with weights chosen for the tables: Li, Miklau, Hay,
McGregor, Rastogi 2015, VLDB Journal 24: 757).

All here follows from keys and sizes, which the plan tells; no reaction is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import null_space

from corrtest.disclosure.margins import Relation, relations

FloatArray = npt.NDArray[np.float64]
Keys = Mapping[str, str | None]

# The total's share of the protection is tried in these steps; the rest is left for what it is made of.
_SHARES = tuple(step / 100 for step in range(81))
_TREE = ("sector", "criterion")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The cells of one sector and criterion, in the layers that are measured.

    Attributes
    ----------
    nodes : tuple of tuple of int
        The cells (positions among all that were given) that hold the very same pairs, for each that is measured.
    members : tuple of tuple of int
        The nodes of each layer.
    fields : tuple of int
        How many fields tell the cells of each layer apart.
    epsilons : tuple of float
        What each layer spends; 0 = it follows from the others.
    links : tuple of Relation
        Which nodes add up to which (positions of nodes).
    weights, covariance : arrays (nodes × nodes)
        Least squares: what each measured node counts for in each published one; and the covariance of the published
        noise, for one kind of row.
    """

    nodes: tuple[tuple[int, ...], ...]
    members: tuple[tuple[int, ...], ...]
    fields: tuple[int, ...]
    epsilons: tuple[float, ...]
    links: tuple[Relation, ...]
    weights: FloatArray
    covariance: FloatArray

    @classmethod
    def alone(cls, variance: float) -> Layers:
        """Return one cell that is measured by itself."""
        one = np.eye(1)
        return cls(
            nodes=((0,),), members=((0,),), fields=(0,), epsilons=(), links=(), weights=one, covariance=one * variance
        )


def layers_of(
    cells: Sequence[Keys],
    pairs: Sequence[int],
    can_be_shown: Sequence[bool],
    *,
    epsilon: float,
    variance: Callable[[float], float],
    total_variance: float,
) -> list[Layers]:
    """Return the layers of each sector and criterion; every pair is in the cells of one of them.

    Parameters
    ----------
    cells : sequence of mappings
        Grouping fields of each cell, without the outcome.
    pairs : sequence of int
    can_be_shown : sequence of bool
        Whether the cell is large enough. A layer of which no cell is, is not measured.
    epsilon : float
        What all layers together may spend.
    variance : function of ε
        Variance of the noise on one kind.
    total_variance : float
        What a total's should be at most.
    """
    trees: dict[tuple[str | None, ...], list[int]] = {}
    apart = [all((cell.get(name) is None) == (cells[0].get(name) is None) for cell in cells) for name in _TREE]
    for position, cell in enumerate(cells):
        key = tuple(cell.get(name) for name, same in zip(_TREE, apart, strict=True) if same) if all(apart) else ()
        trees.setdefault(key, []).append(position)
    made = []
    for members in trees.values():
        tree = _tree(members, cells, pairs, can_be_shown)
        if tree is not None:
            made.append(_spent(tree, epsilon, variance, total_variance))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    """As `Layers`, before anything is spent; `total` is the layer of the total, `shown` which nodes can be shown."""

    nodes: tuple[tuple[int, ...], ...]
    members: tuple[tuple[int, ...], ...]
    fields: tuple[int, ...]
    links: tuple[Relation, ...]
    total: int | None
    shown: tuple[bool, ...]

    @property
    def free(self) -> FloatArray:
        """A basis of the tables that add up: those that every relation without a rest leaves."""
        rows = []
        for link in self.links:
            if not link.rest:
                row = np.zeros(len(self.nodes))
                row[link.total] = 1
                row[list(link.parts)] = -1
                rows.append(row)
        return null_space(np.array(rows)) if rows else np.eye(len(self.nodes))

    def spread(self, epsilons: Sequence[float], variance: Callable[[float], float]) -> FloatArray:
        """Return the variance of each node's noise; infinite where it is not measured."""
        found = np.full(len(self.nodes), np.inf)
        for layer, epsilon in zip(self.members, epsilons, strict=True):
            if epsilon:
                found[list(layer)] = variance(epsilon)
        return found


def _tree(
    members: Sequence[int], cells: Sequence[Keys], pairs: Sequence[int], can_be_shown: Sequence[bool]
) -> _Tree | None:
    """Return nodes, layers, relations between nodes, the layer of the total, and which nodes can be shown."""
    own = [cells[position] for position in members]
    links = relations(own, [pairs[position] for position in members])
    same = list(range(len(members)))  # cell → the coarsest cell with the very same pairs
    for link in sorted(links, key=lambda link: sum(value is not None for value in own[link.total].values())):
        if len(link.parts) == 1 and link.rest == 0:
            same[link.parts[0]] = same[link.total]
    patterns: dict[frozenset[str], list[int]] = {}
    for place, cell in enumerate(own):
        patterns.setdefault(frozenset(name for name, value in cell.items() if value is not None), []).append(place)
    kept = [
        pattern
        for pattern, places in patterns.items()
        if any(can_be_shown[members[place]] for place in places) and any(same[place] == place for place in places)
    ]
    if not kept:
        return None
    kept.sort(key=lambda pattern: (len(pattern), sorted(pattern)))
    node_of: dict[int, int] = {}
    holding: list[list[int]] = []
    layers = []
    for pattern in kept:
        for place in patterns[pattern]:
            node_of[place] = len(holding)
            holding.append([members[place]])
        layers.append(tuple(node_of[place] for place in patterns[pattern]))
    for place in range(len(members)):
        if place not in node_of and same[place] in node_of:
            node_of[place] = node_of[same[place]]
            holding[node_of[place]].append(members[place])
    found: dict[tuple[int, tuple[int, ...]], Relation] = {}
    for link in links:
        if link.total in node_of and all(part in node_of for part in link.parts):
            total, parts = node_of[link.total], tuple(node_of[part] for part in link.parts)
            if parts != (total,):
                found[total, parts] = Relation(total=total, parts=parts, field=link.field, rest=link.rest)
    return _Tree(
        nodes=tuple(tuple(positions) for positions in holding),
        members=tuple(layers),
        fields=tuple(len(pattern) for pattern in kept),
        links=tuple(found.values()),
        total=0 if len(layers[0]) == 1 and all(kept[0] <= pattern for pattern in kept) else None,
        shown=tuple(any(can_be_shown[position] for position in positions) for positions in holding),
    )


def _spent(tree: _Tree, epsilon: float, variance: Callable[[float], float], total_variance: float) -> Layers:
    """Choose how the layers share ε, and return them.

    The total gets the least share that brings its noise to `total_variance`; the others share the rest evenly. Of
    these, those are left out, one by one, that tell the others less than they cost: while the sum over layers of the
    logarithm of their mean variance falls.
    """
    free = tree.free
    everything = range(len(tree.members))
    seen = [[node for node in layer if tree.shown[node]] for layer in tree.members]

    def shared(measured: Sequence[int], share: float) -> tuple[float, ...]:
        rest = (1 - share) / len(measured) if measured else 0.0
        return tuple(epsilon * (share if at == tree.total else rest if at in measured else 0) for at in everything)

    def spread_at(measured: Sequence[int], share: float) -> FloatArray:
        return np.diag(least_squares(free, tree.spread(shared(measured, share), variance))[1])

    def lost(spread: FloatArray) -> float:
        return sum(math.log(float(spread[own].mean())) for own in seen)

    def best(measured: Sequence[int]) -> tuple[float, tuple[float, ...]]:
        """Return what is lost, and the least share of the total that will do."""
        if tree.total is None or not measured:
            share = 1.0 if not measured else 0.0
            return lost(spread_at(measured, share)), shared(measured, share)
        whole = tree.members[tree.total][0]
        # What the others know of the total and what it is given itself are each convex in its share: where nothing will
        # not do, more never makes its noise larger once some share will.
        low, high = 0, len(_SHARES) - 1
        if spread_at(measured, _SHARES[0])[whole] <= total_variance:
            high = 0
        while low < high:
            middle = (low + high) // 2
            if spread_at(measured, _SHARES[middle])[whole] <= total_variance:
                high = middle
            else:
                low = middle + 1
        return lost(spread_at(measured, _SHARES[low])), shared(measured, _SHARES[low])

    measured = [at for at in everything if at != tree.total]
    least, epsilons = best(measured)
    while len(measured) > 1:
        fewer = [[at for at in measured if at != out] for out in measured]
        tried = min(((*best(some), some) for some in fewer), key=lambda found: found[0])
        if tried[0] >= least:
            break
        least, epsilons, measured = tried
    weights, covariance = least_squares(free, tree.spread(epsilons, variance))
    return Layers(
        nodes=tree.nodes,
        members=tree.members,
        fields=tree.fields,
        epsilons=epsilons,
        links=tree.links,
        weights=weights,
        covariance=covariance,
    )


def least_squares(free: FloatArray, variances: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weights and the covariance of the generalised least squares fit.

    Parameters
    ----------
    free : array (nodes × free ones)
        A basis of the tables that add up.
    variances : array
        Of each node's measurement, independent of each other; infinite = not measured.

    Returns
    -------
    weights, covariance : arrays (nodes × nodes)
        The covariance is infinite where the measured nodes leave something undetermined.
    """
    precision = 1 / variances
    information = free.T @ (precision[:, None] * free)
    values, vectors = np.linalg.eigh(information)
    if values[0] <= 1e-9 * values[-1]:
        return np.zeros((len(free), len(free))), np.full((len(free), len(free)), np.inf)
    half = free @ (vectors / np.sqrt(values))
    covariance = half @ half.T
    return covariance * precision, covariance
