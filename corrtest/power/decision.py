"""For which tables the published verdict says what is true: found by asking the verdict itself.

With more control positives a disadvantage only gets plainer, so for each number of treated positives there is a least
number of control positives with that verdict, and bisection finds it. The same holds for an advantage with the arms
exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from corrtest.analysis import ArmTables, PairedTables, decisions, design_named, pvalues
from corrtest.disclosure import Noise
from corrtest.power.chances import Chances

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How the verdict on a table of counts is made.

    Parameters
    ----------
    pairing : {"paired", "unpaired"}
    control, treated : int
        Applications of each arm; of pairs both are the number of pairs.
    both : int
        Pairs in which both arms are positive, as expected: the verdict depends on them only where counts carry noise.
    design_effect : float
        What the published interval and test allow for employers with several pairs.
    noise : covariance, optional
        Of the noise on the published counts, in their order; None where they leave exact.
    """

    pairing: Literal["paired", "unpaired"]
    control: int
    treated: int
    both: int = 0
    design_effect: float = 1.0
    noise: Noise | None = None
    confidence_level: float = 0.95

    def pvalues(self, control: IntArray, treated: IntArray) -> FloatArray:
        """Return the p-value of each table, 1 where it is undefined."""
        tables = self._tables(control, treated)
        return np.asarray(
            pvalues(design_named(self.pairing), tables, effects=self.design_effect, noise=self._noise(len(control)))
        )

    def chance(self, chances: Chances, levels: tuple[tuple[float, float], ...], *, lower: bool) -> float:
        """Return the chance that the verdict is a disadvantage (`lower`) or an advantage.

        Parameters
        ----------
        levels : tuple of (level, weight)
            The levels that the p-value must stay below after adjustment, each with its chance.
        """
        grown, given = (chances.control, chances.treated) if lower else (chances.treated, chances.control)
        probability = chances.probability if lower else chances.probability.T
        least = self._least(int(grown[-1]), int(given[-1]), tuple(level for level, _ in levels), lower)
        # Σ over `grown` from the least number on, for each `given`: a reversed running sum.
        above = np.cumsum(probability[::-1], axis=0)[::-1]
        above = np.vstack([above, np.zeros(above.shape[1])])
        column = np.arange(len(given))
        total = 0.0
        for (_, weight), row in zip(levels, least, strict=True):
            place = np.clip(row[np.minimum(given, len(row) - 1)] - grown[0], 0, len(grown))
            total += weight * float(above[place, column].sum())
        return total

    def _least(self, most: int, given: int, levels: tuple[float, ...], lower: bool) -> IntArray:
        """Return per level and number of positives of the one arm the least of the other, or more than there are."""
        rule = self
        if self.pairing == "paired":
            # The comparison rests on pairs in which one arm alone was positive: the number of pairs is of no matter,
            # and that of pairs in which both were only where noise is weighed against it.
            step = max(1, self.both // 16)
            both = round(self.both / step) * step if self.noise else 0
            rule = replace(self, control=0, treated=0, both=both)
        else:
            most = min(most, self.control if lower else self.treated)
            given = min(given, self.treated if lower else self.control)
        return _least(rule, _round(most), _round(given), levels, lower)

    def _tables(self, control: IntArray, treated: IntArray) -> PairedTables | ArmTables:
        if self.pairing == "unpaired":
            control, treated = np.minimum(control, self.control), np.minimum(treated, self.treated)
            cells = np.stack([control, self.control - control, treated, self.treated - treated], axis=-1)
            return ArmTables.of_cells(cells)
        both = np.full(control.shape, self.both)
        # One pair more keeps a table of nothing but such pairs from being none at all.
        neither = np.maximum(self.control - self.both - control - treated, 1)
        return PairedTables.of_cells(np.stack([both, control, treated, neither], axis=-1).astype(np.float64))

    def _noise(self, number: int) -> FloatArray | None:
        """Return the covariance of the noise for each of so many tables."""
        return None if self.noise is None else np.broadcast_to(np.array(self.noise), (number, 4, 4))

    def _outside(self, control: IntArray, treated: IntArray, lower: bool) -> npt.NDArray[np.bool_]:
        """Return where the interval alone leaves out 1 on that side."""
        found = decisions(
            design_named(self.pairing),
            self._tables(control, treated),
            effects=self.design_effect,
            noise=self._noise(len(control)),
            confidence_level=self.confidence_level,
            pvalues_adjusted=np.zeros(len(control)),
        )
        return np.asarray(found == (-1 if lower else 1))


@lru_cache(maxsize=512)
def _least(rule: Decision, most: int, given: int, levels: tuple[float, ...], lower: bool) -> IntArray:
    """Find where the interval leaves out 1, and where the test rejects at each level: the verdict needs both."""
    outside = _bisect(
        lambda control, treated: rule._outside(control, treated, lower), most, np.arange(given + 1), lower
    )
    # With room for rounding, as the verdict has it: 1 - 0.95 is a little more than 0.05.
    level = np.repeat(np.asarray(levels) * (1 + 1e-9), given + 1)
    fixed = np.tile(np.arange(given + 1), len(levels))
    rejected = _bisect(lambda control, treated: rule.pvalues(control, treated) <= level, most, fixed, lower)
    return np.maximum(outside, rejected.reshape(len(levels), given + 1))


def _bisect(
    says: Callable[[IntArray, IntArray], npt.NDArray[np.bool_]], most: int, fixed: IntArray, lower: bool
) -> IntArray:
    """Return for each number of the one arm the least of the other, above it, that `says` so; `most` + 1 if none."""
    low, high = np.minimum(fixed, most), np.full(fixed.shape, most + 1)
    while (apart := high - low > 1).any():
        middle = (low + high) // 2
        said = says(middle, fixed) if lower else says(fixed, middle)
        high = np.where(apart & said, middle, high)
        low = np.where(apart & ~said, middle, low)
    return high


def _round(count: int) -> int:
    """Return a number not below `count` that many counts share, so that what was found is found again."""
    power = 1 << max(count - 1, 31).bit_length()
    return power * 3 // 4 if count <= power * 3 // 4 else power
