"""Noise on the counts of the smallest cells: tables still add up, and no single reaction can be worked out.

Without noise, whoever knows the reactions of all employers but one subtracts them from a published count and has the
last one's answer, however large the cell. No rule on cell sizes and no fixed rounding stops that: at the edge of a
rounding step one reaction still tips it. So each of the counts (both, control only, treated only) of each *finest*
cell gets noise Z with P(Z = z) ∝ exp(−|z|/s), the two-sided geometric mechanism (Ghosh, Roughgarden, Sundararajan
2012, SIAM J. Comput. 41:1673). A total is the sum of its noisy cells, so all tables agree with each other, and reading
them together tells no more than the finest ones.

One reaction moves one pair from one count to another, a change of 2 in all; the odds between two reactions then change
by at most exp(2/s) whatever else is known, and s follows from the policy's `certainty`. Where a vacancy got one
application, its arm is known from the plan and its reaction changes one count by 1, so that half the s is enough.

The noise follows from a secret, the cell, its true counts and s, so that the same cell always gets the same noise:
asking twice does not help, and the difference of two releases does not cancel it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corrtest.analysis import PAIRED, Block, Counts, Design, design_of


def noise_scale(certainty: float, change: int = 2) -> float:
    """Return s for which even odds become at most `certainty`: change / logit(certainty); 0 for certainty 1 (no noise).

    `change` is by how much one reaction changes the counts in all: 2 for pairs, 1 for single applications.
    """
    return 0.0 if certainty >= 1 else change / math.log(certainty / (1 - certainty))


def noise_variance(scale: float) -> float:
    """Return the variance of the two-sided geometric distribution: 2α/(1 − α)², α = exp(−1/s)."""
    if not scale:
        return 0.0
    alpha = math.exp(-1 / scale)
    return 2 * alpha / (1 - alpha) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The noise of every cell, as a function of a secret."""

    secret: bytes
    scale: float
    names: tuple[str, ...] = PAIRED.noisy

    def sharing(self, share: float) -> Noise:
        """Return the noise that uses this share of the protection: looks with shares that add up to 1 keep to it."""
        return dataclasses.replace(self, scale=self.scale / share)

    def draw(self, cell: Mapping[str, str | None], counts: Mapping[str, int]) -> dict[str, int]:
        """Return the noise on each count of one cell: differences of two geometric variables."""
        if not self.scale:
            return dict.fromkeys(self.names, 0)
        drawn = {}
        for name in self.names:
            digest = self.fingerprint(cell, counts, name)
            drawn[name] = self._geometric(digest[:8]) - self._geometric(digest[8:16])
        return drawn

    def fingerprint(self, cell: Mapping[str, str | None], counts: Mapping[str, int], purpose: str) -> bytes:
        """Return 32 octets that stand for this cell with these true counts, meaningless without the secret."""
        identity = json.dumps([sorted(cell.items()), sorted(counts.items()), purpose, self.scale], ensure_ascii=False)
        return hmac.new(self.secret, identity.encode("utf-8"), hashlib.sha256).digest()

    def _geometric(self, octets: bytes) -> int:
        """Return k ≥ 0 with P(k) = (1 − α)αᵏ, from eight random octets."""
        uniform = (int.from_bytes(octets, "big") + 1) / 2**64  # in (0, 1]
        return math.floor(-math.log(uniform) * self.scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisyCounts:
    """Each cell's noisy counts, not yet cut to 0 … pairs, the variance of the noise on each of them, and its scale."""

    counts: tuple[Mapping[str, int], ...]
    variances: tuple[float, ...]
    scale: float


def noisy_counts(
    cells: Sequence[Mapping[str, str | None]],
    pairs: Sequence[int],
    counts: Sequence[Mapping[str, int]],
    noise: Noise,
) -> NoisyCounts:
    """Return the counts of all cells with noise.

    A pair that lies in finest cells of several kinds (by committee and level, and again by occupation) is seen that
    often; the noise grows by that factor, so that all looks together tell no more than the policy allows.

    Parameters
    ----------
    cells : sequence of mappings
        Grouping fields of each cell, `outcome` included; None = all.
    pairs, counts : sequences
        Pairs and true counts of each cell.
    """
    if not noise.scale:
        return NoisyCounts(counts=tuple(dict(count) for count in counts), variances=(0.0,) * len(counts), scale=0.0)
    atoms = _finest(cells, pairs)
    kinds = {frozenset(name for name, value in cells[m].items() if value is not None) for ms in atoms for m in ms}
    noise = dataclasses.replace(noise, scale=noise.scale * len(kinds))
    drawn = {member: noise.draw(cells[member], counts[member]) for members in atoms for member in members}
    made = [
        {name: counts[place][name] + sum(drawn[member][name] for member in members) for name in noise.names}
        for place, members in enumerate(atoms)
    ]
    variance = noise_variance(noise.scale)
    variances = tuple(variance * len(members) for members in atoms)
    return NoisyCounts(counts=tuple(made), variances=variances, scale=noise.scale)


def _finest(cells: Sequence[Mapping[str, str | None]], pairs: Sequence[int]) -> list[list[int]]:
    """Return for each cell the finest cells that partition it: those whose pairs add up to its own, else itself."""
    patterns: dict[frozenset[str], list[int]] = {}
    fixed = [frozenset(name for name, value in cell.items() if value is not None) for cell in cells]
    for position, names in enumerate(fixed):
        patterns.setdefault(names, []).append(position)
    ordered = sorted(patterns, key=lambda names: (-len(names), sorted(names)))
    index: dict[tuple[frozenset[str], frozenset[str]], dict[tuple[str | None, ...], list[int]]] = {}
    found = []
    for position, names in enumerate(fixed):
        members = [position]
        for pattern in ordered:
            if not names <= pattern:
                continue
            if (pattern, names) not in index:
                table: dict[tuple[str | None, ...], list[int]] = {}
                for other in patterns[pattern]:
                    table.setdefault(tuple(cells[other][name] for name in sorted(names)), []).append(other)
                index[pattern, names] = table
            candidates = index[pattern, names].get(tuple(cells[position][name] for name in sorted(names)), [])
            if candidates and sum(pairs[other] for other in candidates) == pairs[position]:
                members = candidates
                break
        found.append(members)
    return found


def noisy_names(design: Design[Any, Any], *, sizes_known: bool) -> tuple[str, ...]:
    """Return the counts that carry noise.

    What is left of a block of known size follows from them. Where a reaction decides whether its row counts at all,
    sizes are not known from the plan, and every count carries noise.
    """
    return design.noisy if sizes_known else (*design.noisy, *(block.rest for block in design.blocks))


def published(counts: Mapping[str, int], block: Block, size: int, base: int) -> dict[str, int]:
    """Return the noisy counts of a block as they are printed: whole, rounded to `base`, none below 0, adding to `size`.

    A count that stands alone is cut to the size; of several, the largest gives way step by step.
    """
    made = {name: _rounded(counts[name], base) for name in block.noisy}
    while sum(made.values()) > size:
        largest = max(block.noisy, key=lambda name: made[name])
        made[largest] = size if len(made) == 1 else max(0, made[largest] - base)
    return {**made, block.rest: size - sum(made.values())}


def _rounded(count: int, base: int) -> int:
    return max(0, base * round(count / base))


def published_counts(noisy: Mapping[str, int], tables: Sequence[Counts], base: int) -> Counts:
    """Return the noisy counts of `tables` together as they are printed.

    Sizes are those of the tables, which are known from the plan, unless every count carries noise.
    """
    design = design_of(tables[0])
    if set(noisy) == set(design.cells):
        return design.counts({name: _rounded(noisy[name], base) for name in design.cells})
    true = [table.as_dict() for table in tables]
    made: dict[str, int] = {}
    for block in design.blocks:
        size = sum(count[cell] for count in true for cell in block.cells)
        made |= published(noisy, block, size, base)
    return design.counts(made)
