"""One cell of a calibration: a synthetic labour market with known truth, and draws of whole experiments from it.

Every employer has a positive rate and a bias of its own: the probabilities of its four kinds of pairs (both,
control only, treated only, neither) are drawn from a Dirichlet distribution around the market's. With one pair an
employer that is a multinomial draw; with more, pairs of one employer are alike, with intraclass correlation
`likeness`. Either way the market's rates, ratio and association are known exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corrtest.errors import CorrtestError

IntArray = npt.NDArray[np.int64]

KINDS = ("both", "control_only", "treated_only", "neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A market and a size of experiment.

    Parameters
    ----------
    pairs : int
        Pairs in an experiment; a multiple of `pairs_per_employer`.
    control_rate, ratio : float
        Positive rate of the control arm, and the true discrimination ratio.
    association : float
        Correlation between the arms of a pair (φ).
    pairs_per_employer : int
        The same for every employer.
    likeness : float
        Intraclass correlation of pairs of one employer, in [0, 1); of no effect with one pair an employer.
    """

    pairs: int
    control_rate: float
    ratio: float
    association: float
    pairs_per_employer: int = 1
    likeness: float = 0.0

    def __post_init__(self) -> None:
        if self.pairs % self.pairs_per_employer:
            raise CorrtestError(
                f"{self.pairs} pairs cannot be {self.pairs_per_employer} an employer. Choose a multiple."
            )
        if not self.feasible:
            raise CorrtestError(f"No market has {self}: the association is too strong for rates so far apart.")

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        return (
            f"n{self.pairs}_rate{self.control_rate:g}_ratio{self.ratio:g}_phi{self.association:g}"
            f"_k{self.pairs_per_employer}_icc{self.likeness:g}"
        )

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

    def truth(self) -> dict[str, float]:
        """Return the true value of every estimate."""
        both, control_only, treated_only, _ = self.probabilities
        return {
            "positive_rate_control": self.control_rate,
            "positive_rate_treated": self.control_rate * self.ratio,
            "rate_difference": self.control_rate * (self.ratio - 1),
            "discrimination_ratio": self.ratio,
            "net_discrimination_rate": (control_only - treated_only) / (both + control_only + treated_only),
            "net_discrimination_rate_all_pairs": self.control_rate * (1 - self.ratio),
            "odds_ratio": treated_only / control_only,
        }

    def draw(self, experiments: int, rng: np.random.Generator) -> IntArray:
        """Draw experiments: an array (experiments, employers, 4) of pairs of each kind."""
        employers = self.pairs // self.pairs_per_employer
        p = self.probabilities
        if self.pairs_per_employer == 1 or self.likeness == 0:
            return rng.multinomial(self.pairs_per_employer, p, size=(experiments, employers)).astype(np.int64)
        concentration = (1 - self.likeness) / self.likeness
        shares = rng.standard_gamma(np.maximum(p, 1e-12) * concentration, size=(experiments, employers, 4))
        total = shares.sum(axis=2, keepdims=True)
        # A gamma of tiny shape can be 0 in all four kinds; such an employer has the market's own probabilities.
        shares = np.where(total > 0, shares / np.where(total > 0, total, 1.0), p)
        return rng.multinomial(self.pairs_per_employer, shares).astype(np.int64)

    def draw_totals(self, experiments: int, rng: np.random.Generator) -> IntArray:
        """Draw experiments of independent pairs: an array (experiments, 4), without their employers."""
        return rng.multinomial(self.pairs, self.probabilities, size=experiments).astype(np.int64)
