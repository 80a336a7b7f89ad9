"""The paired 2×2 table: what every statistic of this package takes, one table or an array of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from corrtest.analysis.tables.arrays import FloatArray
from corrtest.errors import AnalysisError, Fault
from corrtest.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """Pairs by the reactions to their two applications: `control_only` means that the control alone was positive."""

    design: ClassVar[str] = "paired"

    both: int
    control_only: int
    treated_only: int
    neither: int

    @property
    def pairs(self) -> int:
        """Pairs in all."""
        return self.both + self.control_only + self.treated_only + self.neither

    @property
    def rows(self) -> int:
        """Rows of the study's table that are counted: pairs."""
        return self.pairs

    @property
    def measured(self) -> bool:
        """Whether there is anything to estimate."""
        return self.pairs > 0

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
                expected=say("a count of 0 or more"),
                action=say("Give the number of pairs."),
            )
            for name, cell in zip(names, cells, strict=True)
            if not np.all(np.isfinite(cell) & (cell >= 0))
        ]
        if faults:
            raise AnalysisError(say("A paired table holds a count that is none."), faults)
        if np.any(sum(cells) == 0):
            raise AnalysisError(
                say("A paired table without a single pair has nothing to compute. Give at least one pair.")
            )
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

    @property
    def cells(self) -> FloatArray:
        """The four counts along a new last axis, in the order of `PairedCounts`."""
        return np.stack([self.both, self.control_only, self.treated_only, self.neither], axis=-1)

    @classmethod
    def of_cells(cls, cells: FloatArray) -> PairedTables:
        """Make tables of an array whose last axis has the four counts; unchecked, for tables made of tables."""
        both, control_only, treated_only, neither = np.moveaxis(cells, -1, 0)
        return cls(both=both, control_only=control_only, treated_only=treated_only, neither=neither)

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
