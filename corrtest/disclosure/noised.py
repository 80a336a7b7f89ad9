"""The counts of every group as they leave under `protection = "all_but_one"`, and how far noise may have moved them.

Noise on each layer of tables (`noise`, `layers`), least squares over all of them, whole counts that add up (`whole`).
The covariance is that of least squares; rounding adds little to it, for which the total's noise leaves room.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import block_diag

from corrtest.analysis import PAIRED, Counts, Design
from corrtest.disclosure.layers import Layers, layers_of
from corrtest.disclosure.margins import cell_key
from corrtest.disclosure.noise import FloatArray, Kinds, Law, Stream, fingerprint, kinds_of
from corrtest.disclosure.policy import Policy
from corrtest.disclosure.whole import whole_counts
from corrtest.errors import DisclosureError
from corrtest.language import say

# What rounding to whole counts and the cut at 0 of the cells below add to the variance of a total's count. Measured on
# the count that has most, same draws before and after: 0.4, 0.3 and 0.6 (each ± 0.2) over 7 and 20 committees of 200
# pairs and 20 of 24, so more than the 1/12 of rounding alone. The largest is kept free, so that `total_sd` holds there.
_ROUNDED = 0.6
Keys = Mapping[str, str | None]
Outcomes = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCounts:
    """The counts of each group as they leave, with the covariance of their noise.

    Attributes
    ----------
    counts : tuple of counts or None
        None where a group is not measured, since no cell like it is large enough to be shown.
    marks : tuple of str
        A group's counts follow from all true counts of its sector and criterion, and from what each layer spent: they
        are the same only where its mark is. Empty without noise.
    """

    counts: tuple[Counts | None, ...]
    marks: tuple[str, ...]
    _at: tuple[tuple[int, int, str] | None, ...] = ()
    _layers: tuple[Layers, ...] = ()
    _kinds: tuple[Kinds, ...] = ()

    @classmethod
    def exact(cls, counts: Sequence[Counts]) -> PublishedCounts:
        """Return counts that leave without noise."""
        return cls(counts=tuple(counts), marks=("",) * len(counts))

    def covariance(self, *groups: int) -> FloatArray | None:
        """Return the covariance (cells × cells) of the noise on groups of one outcome together; None without noise."""
        known = [place for group in groups if self._layers and (place := self._at[group]) is not None]
        if not known:
            return None
        outcome = known[0][2]
        variance = sum(
            float(self._layers[tree].covariance[node, other])
            for tree, node, _ in known
            for beside, other, _ in known
            if tree == beside
        )
        return cells_covariance(self._kinds, outcome, variance)


def as_rows(covariance: FloatArray | None) -> tuple[tuple[float, ...], ...] | None:
    """Return a covariance row by row, as a release holds it: to six digits, which is more than its use needs."""
    if covariance is None:
        return None
    return tuple(tuple(float(f"{value:.6g}") for value in row) for row in covariance)


def cells_covariance(kinds: Sequence[Kinds], outcome: str, variance: float) -> FloatArray:
    """Return the covariance of all cells of a design, for noise of this variance on each kind of row."""
    return np.asarray(block_diag(*(block.covariance(outcome, variance) for block in kinds)))


def noised(
    keys: Sequence[Keys],
    pairs: Sequence[int],
    counts: Sequence[Counts],
    *,
    design: Design[Any, Any],
    outcomes: Outcomes,
    can_be_shown: Sequence[bool],
    sizes_known: bool,
    epsilon: float,
    total_sd: float,
    base: int,
    secret: bytes,
) -> PublishedCounts:
    """Return the counts of all groups with noise.

    Parameters
    ----------
    keys : sequence of mappings
        Grouping fields of each group, `outcome` included.
    pairs, counts : sequences
        Of each group.
    outcomes : mapping of outcome to reactions
    can_be_shown : sequence of bool
        Whether the sizes of the group allow it to be shown.
    sizes_known : bool
        Whether the plan tells the pairs of each group.
    epsilon : float
        What all of it together may spend, for one pair.
    total_sd : float
        Largest standard deviation of the noise on a count of a total, where ε allows it.
    base : int
        Counts are multiples of it.
    """
    cells, group_at = _cells(keys, tuple(outcomes))
    first = [next(iter(groups.values())) for groups in group_at]
    kinds = kinds_of(design, outcomes, left_out=not sizes_known)
    law = Law(kinds[0].number)
    trees = layers_of(
        cells,
        [pairs[group] for group in first],
        [can_be_shown[group] for group in first],
        epsilon=epsilon,
        variance=law.variance,
        total_variance=_total_variance(kinds, total_sd),
    )
    made: list[dict[str, int]] = [{} for _ in keys]
    at: list[tuple[int, int, str] | None] = [None] * len(keys)
    marks = [""] * len(keys)
    for number, layers in enumerate(trees):
        names = [[group_at[cell] for cell in node] for node in layers.nodes]
        true = [{outcome: counts[groups[0][outcome]].as_dict() for outcome in outcomes} for groups in names]
        mark = fingerprint(secret, {}, [true, [f"{spent:.9g}" for spent in layers.epsilons]], "all counts").hex()
        for block in kinds:
            noise = [
                _drawn(law, layers, node, cells[layers.nodes[node][0]], true[node], block, secret)
                for node in range(len(layers.nodes))
            ]
            fitted = {
                outcome: layers.weights
                @ np.array(
                    [
                        [
                            true[node][outcome][cell] + added
                            for cell, added in block.counts(noise[node], outcome).items()
                        ]
                        for node in range(len(layers.nodes))
                    ],
                    dtype=np.float64,
                )
                for outcome in outcomes
            }
            sizes = [sum(next(iter(of.values()))[cell] for cell in block.block.cells) for of in true]
            whole = whole_counts(
                layers,
                block,
                fitted,
                sizes if sizes_known else None,
                deviation=math.sqrt(2 * float(np.diag(layers.covariance).mean())),
                base=base,
            )
            for node, holding in enumerate(names):
                for groups in holding:
                    for outcome, group in groups.items():
                        found = whole[outcome][node]
                        made[group] |= {cell: int(n) for cell, n in zip(block.block.cells, found, strict=True)}
                        at[group], marks[group] = (number, node, outcome), mark
    return PublishedCounts(
        counts=tuple(design.counts(found) if found else None for found in made),
        marks=tuple(marks),
        _at=tuple(at),
        _layers=tuple(trees),
        _kinds=kinds,
    )


def noise_covariances(
    policy: Policy,
    sizes: Mapping[tuple[str, str, str | None], int],
    outcomes: Outcomes,
    design: Design[Any, Any] = PAIRED,
) -> dict[tuple[str | None, str, str | None, str], FloatArray]:
    """Return the covariance of the noise that a plan's results will have, over the cells of the design.

    Parameters
    ----------
    sizes : mapping of (joint committee, criterion, level) to rows
        As planned.
    outcomes : mapping of outcome to reactions

    Returns
    -------
    mapping of (joint committee or None, criterion, level or None, outcome) to array
        None = all. Without those that are too small to be shown; empty where counts leave exact.
    """
    if policy.exact:
        return {}
    totals: dict[tuple[str | None, str, str | None], int] = {}
    for (committee, criterion, level), rows in sizes.items():
        for key in {(c, criterion, name) for c in (None, committee) for name in (None, level)}:
            totals[key] = totals.get(key, 0) + rows
    kinds = kinds_of(design, outcomes)
    law = Law(kinds[0].number)
    names = ("joint_committee", "criterion", "level")
    cells = [dict(zip(names, key, strict=True)) for key in totals]
    least = policy.min_pairs * len(design.blocks)
    trees = layers_of(
        cells,
        list(totals.values()),
        [rows >= least for rows in totals.values()],
        epsilon=main_epsilon(policy, design),
        variance=law.variance,
        total_variance=_total_variance(kinds, policy.total_sd),
    )
    found: dict[tuple[str | None, str, str | None, str], FloatArray] = {}
    for layers in trees:
        for node, holding in enumerate(layers.nodes):
            for cell in holding:
                key = (cells[cell]["joint_committee"], str(cells[cell]["criterion"]), cells[cell]["level"])
                if totals[key] >= least:
                    variance = float(layers.covariance[node, node])
                    found |= {(*key, outcome): cells_covariance(kinds, outcome, variance) for outcome in outcomes}
    return found


def main_epsilon(policy: Policy, design: Design[Any, Any]) -> float:
    """Return what the main counts of one release spend: all but what is kept for the checks on odd reactions."""
    return policy.epsilon * (1 - policy.robustness_share if design.matched else 1)


def _cells(keys: Sequence[Keys], outcomes: Sequence[str]) -> tuple[list[dict[str, str | None]], list[dict[str, int]]]:
    """Return the cells without their outcomes, and for each its group of every outcome."""
    places: dict[Any, int] = {}
    cells: list[dict[str, str | None]] = []
    group_at: list[dict[str, int]] = []
    for group, key in enumerate(keys):
        cell = {name: value for name, value in key.items() if name != "outcome"}
        place = places.setdefault(cell_key(cell), len(cells))
        if place == len(cells):
            cells.append(cell)
            group_at.append({})
        group_at[place][str(key["outcome"])] = group
    if any(set(groups) != set(outcomes) for groups in group_at):
        raise DisclosureError(
            say("Some groups of the results lack an outcome that others have. Run the analysis again.")
        )
    return cells, group_at


def _drawn(
    law: Law,
    layers: Layers,
    node: int,
    cell: Keys,
    true: Mapping[str, Mapping[str, int]],
    kinds: Kinds,
    secret: bytes,
) -> Sequence[int]:
    """Return the noise on each kind of one node's rows; none where its layer is not measured."""
    (epsilon,) = (spent for members, spent in zip(layers.members, layers.epsilons, strict=True) if node in members)
    if not epsilon:
        return [0] * kinds.number
    name = fingerprint(secret, cell, true, f"noise on {kinds.block.name} at {epsilon:.9g}")
    return [int(z) for z in law.draw(epsilon, Stream(secret, name))]


def _total_variance(kinds: Sequence[Kinds], total_sd: float) -> float:
    """Return the variance on one kind with which no count, made whole, has a standard deviation above `total_sd`."""
    most = max(float(np.diag(block.covariance(outcome, 1.0)).max()) for block in kinds for outcome in block.outcomes)
    return max(total_sd**2 - _ROUNDED, 1e-6) / most
