"""The paired 2×2 table: what every statistic of this package takes, one table or an array of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from corrtest.errors import AnalysisError, Fault

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """Pairs by the reactions to their two applications: `control_only` means that the control alone was positive."""

    both: int
    control_only: int
    treated_only: int
    neither: int

    @property
    def pairs(self) -> int:
        """Pairs in all."""
        return self.both + self.control_only + self.treated_only + self.neither

    @property
    def discordant(self) -> int:
        """Pairs in which one arm alone was positive: all that the comparison rests on."""
        return self.control_only + self.treated_only

    @property
    def any_positive(self) -> int:
        """Pairs with at least one positive reaction."""
        return self.both + self.discordant

    @property
    def control_positives(self) -> int:
        """Positive reactions to the control arm."""
        return self.both + self.control_only

    @property
    def treated_positives(self) -> int:
        """Positive reactions to the treated arm."""
        return self.both + self.treated_only

    @property
    def control_applications(self) -> int:
        """Applications of the control arm: one a pair."""
        return self.pairs

    @property
    def treated_applications(self) -> int:
        """Applications of the treated arm: one a pair."""
        return self.pairs

    def as_dict(self) -> dict[str, int]:
        """Return the four counts by name."""
        return {
            "both": self.both,
            "control_only": self.control_only,
            "treated_only": self.treated_only,
            "neither": self.neither,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTables:
    """An array of paired tables; the four arrays share one shape. Counts may be weighted, hence floats."""

    both: FloatArray
    control_only: FloatArray
    treated_only: FloatArray
    neither: FloatArray

    @classmethod
    def of(
        cls,
        both: npt.ArrayLike,
        control_only: npt.ArrayLike,
        treated_only: npt.ArrayLike,
        neither: npt.ArrayLike,
    ) -> PairedTables:
        """Make tables of counts that broadcast together.

        Raises
        ------
        AnalysisError
            A count is negative or no number, or a table has no pair.
        """
        names = ("both", "control_only", "treated_only", "neither")
        cells = np.broadcast_arrays(
            *(np.asarray(cell, dtype=np.float64) for cell in (both, control_only, treated_only, neither))
        )
        faults = [
            Fault(
                key=name,
                given=f"{cell[~(np.isfinite(cell) & (cell >= 0))].flat[0]:g}",
                expected="a count of 0 or more",
                action="Give the number of pairs.",
            )
            for name, cell in zip(names, cells, strict=True)
            if not np.all(np.isfinite(cell) & (cell >= 0))
        ]
        if faults:
            raise AnalysisError("A paired table holds a count that is none.", faults)
        if np.any(sum(cells) == 0):
            raise AnalysisError("A paired table without a single pair has nothing to compute. Give at least one pair.")
        return cls(**{name: cell.copy() for name, cell in zip(names, cells, strict=True)})

    @classmethod
    def of_counts(cls, counts: PairedCounts) -> PairedTables:
        """Make tables of shape (1,) of one set of counts."""
        return cls.of(*([value] for value in counts.as_dict().values()))

    @property
    def pairs(self) -> FloatArray:
        """Pairs in all, n."""
        return self.both + self.control_only + self.treated_only + self.neither

    @property
    def discordant(self) -> FloatArray:
        """Pairs in which one arm alone was positive."""
        return self.control_only + self.treated_only

    @property
    def any_positive(self) -> FloatArray:
        """Pairs with at least one positive reaction."""
        return self.both + self.control_only + self.treated_only

    @property
    def control_positives(self) -> FloatArray:
        """Positive reactions to the control arm."""
        return self.both + self.control_only

    @property
    def treated_positives(self) -> FloatArray:
        """Positive reactions to the treated arm."""
        return self.both + self.treated_only

    def swapped(self) -> PairedTables:
        """Return the tables with the arms exchanged."""
        return PairedTables(
            both=self.both,
            control_only=self.treated_only,
            treated_only=self.control_only,
            neither=self.neither,
        )

    def doubled(self) -> PairedTables:
        """Return the tables twice, along a new first axis: one search finds both limits of an interval."""
        cells = (self.both, self.control_only, self.treated_only, self.neither)
        return PairedTables(
            **{
                name: np.stack([cell, cell])
                for name, cell in zip(("both", "control_only", "treated_only", "neither"), cells, strict=True)
            }
        )

    def scaled(self, factor: npt.ArrayLike) -> PairedTables:
        """Return the tables with every count multiplied by `factor`: effective pairs over real ones."""
        scale = np.asarray(factor, dtype=np.float64)
        return PairedTables(
            both=self.both * scale,
            control_only=self.control_only * scale,
            treated_only=self.treated_only * scale,
            neither=self.neither * scale,
        )


class Intervals(NamedTuple):
    """Values with their limits, one per table: nan where undefined, inf where unbounded."""

    value: FloatArray
    lower: FloatArray
    upper: FloatArray

    def without_zero_width(self) -> Intervals:
        """Return the intervals with both limits nan where they coincide: no data make an estimate that certain."""
        collapsed = self.lower == self.upper
        return Intervals(self.value, np.where(collapsed, np.nan, self.lower), np.where(collapsed, np.nan, self.upper))


class Tests(NamedTuple):
    """Test statistics with their two-sided p-values, one per table: nan where undefined."""

    statistic: FloatArray
    pvalue: FloatArray


def normal_quantile(confidence_level: float) -> float:
    """Return z of a two-sided interval at `confidence_level`.

    Raises
    ------
    AnalysisError
        The level is not strictly between 0 and 1.
    """
    if not 0.0 < confidence_level < 1.0:
        raise AnalysisError(
            f"The confidence level {confidence_level} is outside the open interval from 0 to 1. Use for instance 0.95."
        )
    return float(ndtri(0.5 + confidence_level / 2))


def divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Return the quotient: nan for 0/0, inf for a positive number over 0, without a warning."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(numerator / denominator, dtype=np.float64)
