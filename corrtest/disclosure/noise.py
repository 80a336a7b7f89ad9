"""The noise of `protection = "all_but_one"`: no single reaction can be worked out, by whoever knows all the others.

Without noise, whoever knows the reactions of all employers but one subtracts them from a published count and has the
last one's answer, however large the cell. No rule on cell sizes and no fixed rounding stops that: at the edge of a
rounding step one reaction still tips it.

What carries noise is the joint table of a cell: its rows by kind, where a kind says what each application got for every
outcome at once (both strictly positive; one strictly, the other broadly; …). So no outcome is a second look at the same
rows. The number of rows is known from the plan, and one reaction moves one row from one kind to another. The noise z is
whole, adds up to 0 over the kinds and has P(z) ∝ exp(−ε·Σ|z|/2): the K-norm mechanism (Hardt and Talwar 2010, STOC:
705, section 4; Awan and Slavković 2021, JASA 116: 935) on whole numbers, whose norm is the number of rows to be moved.
The odds between two reactions then change by at most exp(ε), and of two kinds it is the two-sided geometric mechanism
(Ghosh, Roughgarden, Sundararajan 2012, SIAM J. Comput. 41: 1673).

The noise follows from a secret, the cell, its true counts and ε, so that the same cell always gets the same noise:
asking twice does not help, and the difference of two releases does not cancel it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import comb

from corrtest.analysis import Block, Design

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """The kinds of rows of one block, over all outcomes at once.

    Attributes
    ----------
    block : Block
    outcomes : tuple of str
    cell_of : array (outcomes × kinds)
        Which of the block's cells a row of that kind is in; −1 = in none (it is left out).
    """

    block: Block
    outcomes: tuple[str, ...]
    cell_of: IntArray

    @property
    def number(self) -> int:
        """How many kinds there are."""
        return int(self.cell_of.shape[1])

    def shares(self, outcome: str) -> IntArray:
        """Return how many kinds make up each cell of an outcome."""
        of = self.cell_of[self.outcomes.index(outcome)]
        return np.bincount(of[of >= 0], minlength=len(self.block.cells)).astype(np.int64)

    def counts(self, kinds: Sequence[int], outcome: str) -> dict[str, int]:
        """Return the cells of an outcome from what each kind has."""
        of = self.cell_of[self.outcomes.index(outcome)]
        made = dict.fromkeys(self.block.cells, 0)
        for place, number in zip(of, kinds, strict=True):
            if place >= 0:
                made[self.block.cells[place]] += int(number)
        return made

    def covariance(self, outcome: str, variance: float) -> FloatArray:
        """Return the covariance of an outcome's cells where each kind has noise of this variance.

        The kinds' noise is exchangeable and adds up to 0, so that with m kinds in a cell it is
        variance·n/(n − 1)·(diag(m) − m mᵀ/n), as of a multinomial draw.
        """
        m, n = self.shares(outcome).astype(np.float64), self.number
        return np.asarray(variance * n / (n - 1) * (np.diag(m) - np.outer(m, m) / n))


def kinds_of(
    design: Design[Any, Any],
    outcomes: Mapping[str, Sequence[str]],
    *,
    left_out: bool = False,
) -> tuple[Kinds, ...]:
    """Return the kinds of each block of a design.

    Parameters
    ----------
    outcomes : mapping of outcome to reactions
        Those that count as positive. Where an outcome names none (a table of 0 and 1), nothing is known of how outcomes
        lie in each other.
    left_out : bool
        A reaction decides whether its row counts at all: one kind more, that is in no cell.
    """
    named = {word for words in outcomes.values() for word in words}
    if all(outcomes.values()):
        profiles = sorted({tuple(int(word in words) for words in outcomes.values()) for word in (*named, None)})
    else:
        profiles = sorted(product((0, 1), repeat=len(outcomes)))
    return tuple(_kinds(block, design, tuple(outcomes), profiles, left_out=left_out) for block in design.blocks)


def _kinds(
    block: Block,
    design: Design[Any, Any],
    outcomes: tuple[str, ...],
    profiles: Sequence[tuple[int, ...]],
    *,
    left_out: bool,
) -> Kinds:
    sent = [reaction is not None for reaction in design.reactions[block.rest]]
    cell = {design.reactions[name]: place for place, name in enumerate(block.cells)}
    rows = list(product(*(profiles if got else [(None,) * len(outcomes)] for got in sent)))
    cell_of = np.array(
        [[cell[control[place], treated[place]] for control, treated in rows] for place in range(len(outcomes))]
    )
    if left_out:
        cell_of = np.column_stack([cell_of, np.full(len(outcomes), -1)])
    return Kinds(block=block, outcomes=outcomes, cell_of=cell_of.astype(np.int64))


class Law:
    """P(z) ∝ exp(−ε·Σ|z|/2) over whole z of n kinds that add up to 0.

    Where Σ|z| = 2r with j kinds above 0 and k below, the r rows that come can lie over the j kinds in C(r − 1, j − 1)
    ways, and those that go likewise: so the law of r and the noise given r are exact.
    """

    def __init__(self, kinds: int) -> None:
        self.kinds = kinds
        self._signs = [(j, k) for j in range(1, kinds) for k in range(1, kinds - j + 1)]
        r = np.arange(1, _MOST_MOVED, dtype=np.float64)
        chosen = [comb(kinds, j) * comb(kinds - j, k) for j, k in self._signs]
        lies = {part: comb(r - 1, part - 1) for part in range(1, kinds)}
        self._ways = np.array([ways * lies[j] * lies[k] for ways, (j, k) in zip(chosen, self._signs, strict=True)])
        squares = np.array([_squares(j, r) + _squares(k, r) for j, k in self._signs])
        self._number = np.concatenate([[1.0], self._ways.sum(axis=0)])
        self._squares = np.concatenate([[0.0], (self._ways * squares).sum(axis=0)]) / kinds

    def moved(self, epsilon: float) -> FloatArray:
        """Return the probability that r rows are moved, r = 0, 1, 2, …"""
        weight = self._number * np.exp(-epsilon * np.arange(len(self._number)))
        return np.asarray(weight / weight.sum())

    def probability(self, noise: Sequence[int], epsilon: float) -> float:
        """Return the probability of this noise."""
        r = sum(abs(z) for z in noise) // 2
        return float(self.moved(epsilon)[r] / self._number[r]) if sum(noise) == 0 else 0.0

    def variance(self, epsilon: float) -> float:
        """Return the variance of the noise on one kind; 0 where ε is infinite."""
        if math.isinf(epsilon):
            return 0.0
        weight = np.exp(-epsilon * np.arange(len(self._number)))
        return float((self._squares * weight).sum() / (self._number * weight).sum())

    def draw(self, epsilon: float, stream: Stream) -> IntArray:
        """Return noise on each kind."""
        noise = np.zeros(self.kinds, dtype=np.int64)
        r = stream.choose(self.moved(epsilon))
        if r:
            ways = self._ways[:, r - 1]
            j, k = self._signs[stream.choose(ways / ways.sum())]
            chosen = stream.sample(self.kinds, j + k)
            noise[chosen[:j]] = stream.parts(r, j)
            noise[chosen[j:]] = [-part for part in stream.parts(r, k)]
        return noise


# Beyond so many rows moved the law has no weight that a double can hold, for any ε that a policy allows.
_MOST_MOVED = 6000


def _squares(parts: int, r: FloatArray) -> FloatArray:
    """Return the expected sum of squares of `r` in `parts` parts of 1 or more, all ways alike.

    Parts less 1 are Dirichlet-multinomial with all weights 1.
    """
    m = np.maximum(r - parts, 0)
    return np.asarray(parts * (1 + 2 * m / parts + m * (2 * m + parts - 1) / (parts * (parts + 1))))


class Stream:
    """Random choices that follow from a secret and a name: HMAC-SHA-256 in counter mode."""

    def __init__(self, secret: bytes, name: bytes) -> None:
        self._key = hmac.new(secret, name, hashlib.sha256).digest()
        self._drawn = 0

    def _octets(self) -> int:
        self._drawn += 1
        return int.from_bytes(hmac.new(self._key, self._drawn.to_bytes(8, "big"), hashlib.sha256).digest()[:8], "big")

    def choose(self, probabilities: FloatArray) -> int:
        """Return a place, with these probabilities."""
        uniform = (self._octets() >> 11) / 2**53
        place = int(np.searchsorted(np.cumsum(probabilities), uniform, side="right"))
        return min(place, len(probabilities) - 1)

    def below(self, number: int) -> int:
        """Return one of 0 … number − 1, all alike."""
        least = 2**64 - 2**64 % number
        while True:
            drawn = self._octets()
            if drawn < least:
                return drawn % number

    def sample(self, number: int, size: int) -> list[int]:
        """Return `size` different ones of 0 … number − 1, in random order."""
        places = list(range(number))
        for place in range(size):
            other = place + self.below(number - place)
            places[place], places[other] = places[other], places[place]
        return places[:size]

    def parts(self, total: int, number: int) -> list[int]:
        """Return `total` in that many parts of 1 or more, all ways alike."""
        cuts = [0, *sorted(1 + cut for cut in self.sample(total - 1, number - 1)), total]
        return [after - before for before, after in pairwise(cuts)]


def fingerprint(secret: bytes, cell: Mapping[str, Any], counts: Any, purpose: str) -> bytes:
    """Return 32 octets that stand for this cell with these true counts, meaningless without the secret."""
    identity = json.dumps([sorted(cell.items()), counts, purpose], ensure_ascii=False, sort_keys=True)
    return hmac.new(secret, identity.encode("utf-8"), hashlib.sha256).digest()
