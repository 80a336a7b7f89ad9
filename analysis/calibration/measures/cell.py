"""One cell of a calibration: a synthetic labour market with known truth, and draws of whole experiments from it.

Every employer has a positive rate and a bias of its own: the probabilities of its four kinds of pairs (both,
control only, treated only, neither) are drawn from a Dirichlet distribution around the market's. With one pair an
employer that is a multinomial draw; with more, pairs of one employer are alike, with intraclass correlation
`likeness`. Either way the market's rates, ratio and association are known exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis import PAIRED
from corrtest.errors import CorrtestError

IntArray = npt.NDArray[np.int64]

KINDS = ("both", "control_only", "treated_only", "neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A market and a size of experiment.

    Parameters
    ----------
    pairs : int
        Pairs in an experiment; a multiple of the sum of `sizes`.
    control_rate, ratio : float
        Positive rate of the control arm, and the true discrimination ratio.
    association : float
        Correlation between the arms of a pair (φ).
    sizes : tuple of int
        Pairs of the first employers; repeated until all pairs are given out.
    likeness : float
        Intraclass correlation of pairs of one employer, in [0, 1); of no effect with one pair an employer.
    """

    pairs: int
    control_rate: float
    ratio: float
    association: float
    sizes: tuple[int, ...] = (1,)
    likeness: float = 0.0

    def __post_init__(self) -> None:
        if self.pairs % sum(self.sizes):
            raise CorrtestError(f"{self.pairs} pairs cannot be {self.written_sizes} an employer. Choose a multiple.")
        if not self.feasible:
            raise CorrtestError(f"No market has {self}: the association is too strong for rates so far apart.")

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        return (
            f"n{self.pairs}_rate{self.control_rate:g}_ratio{self.ratio:g}_phi{self.association:g}"
            f"_k{self.written_sizes}_icc{self.likeness:g}"
        )

    @property
    def written_sizes(self) -> str:
        """Sizes of the employers in words for a table: "5", or "1-1-1-1-1-5"."""
        return "-".join(map(str, self.sizes))

    @property
    def clustered(self) -> bool:
        """Whether an employer has more than one pair."""
        return max(self.sizes) > 1

    @property
    def employers(self) -> int:
        """Employers in an experiment."""
        return self.pairs // sum(self.sizes) * len(self.sizes)

    @property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """Probabilities of both, control only, treated only, neither."""
        control, treated = self.control_rate, self.control_rate * self.ratio
        both = control * treated + self.association * np.sqrt(control * (1 - control) * treated * (1 - treated))
        return np.array([both, control - both, treated - both, 1 - control - treated + both])

    @property
    def feasible(self) -> bool:
        """Whether such probabilities exist; a cell where one kind of discordance cannot happen is left out too."""
        p = self.probabilities
        return bool(np.all(p[1:3] > 1e-9) and p[0] >= 0 and p[3] >= 0)

    @property
    def expected_discordant(self) -> float:
        """Discordant pairs that an experiment has on average."""
        return float(self.pairs * self.probabilities[1:3].sum())

    @property
    def effective_discordant(self) -> float:
        """Discordant pairs over the design effect 1 + (Σs²/Σs − 1)·likeness, s the employers' sizes."""
        typical = sum(size**2 for size in self.sizes) / sum(self.sizes)
        return self.expected_discordant / (1 + (typical - 1) * self.likeness)

    def described(self) -> dict[str, Any]:
        """Return the columns that tell this cell's rows from those of others."""
        return {
            "pairs": self.pairs,
            "control_rate": self.control_rate,
            "ratio": self.ratio,
            "association": self.association,
            "employer_sizes": self.written_sizes,
            "employers": self.employers,
            "likeness": self.likeness,
            "expected_discordant": round(self.expected_discordant, 4),
            "effective_discordant": round(self.effective_discordant, 4),
        }

    def truth(self) -> dict[str, float]:
        """Return the true value of every estimate."""
        return {name: statistic.truth(self.probabilities) for name, statistic in PAIRED.statistics.items()}

    def draw(self, experiments: int, rng: np.random.Generator) -> IntArray:
        """Draw experiments: an array (experiments, employers, 4) of pairs of each kind."""
        sizes = np.tile(self.sizes, self.pairs // sum(self.sizes))
        shape = (experiments, len(sizes))
        p = self.probabilities
        if not self.clustered or self.likeness == 0:
            return rng.multinomial(sizes, p, size=shape).astype(np.int64)
        concentration = (1 - self.likeness) / self.likeness
        shares = rng.standard_gamma(np.maximum(p, 1e-12) * concentration, size=(*shape, 4))
        total = shares.sum(axis=2, keepdims=True)
        # A gamma of tiny shape can be 0 in all four kinds; such an employer has the market's own probabilities.
        shares = np.where(total > 0, shares / np.where(total > 0, total, 1.0), p)
        return rng.multinomial(np.broadcast_to(sizes, shape), shares).astype(np.int64)

    def draw_totals(self, experiments: int, rng: np.random.Generator) -> IntArray:
        """Draw experiments of independent pairs: an array (experiments, 4), without their employers."""
        return rng.multinomial(self.pairs, self.probabilities, size=experiments).astype(np.int64)
