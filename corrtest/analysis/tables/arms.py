"""The 2×2 table of two independent arms: what a study with one application per vacancy counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from corrtest.analysis.tables.arrays import FloatArray, divide


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCounts:
    """Applications by arm and reaction: positive, or anything else."""

    design: ClassVar[str] = "unpaired"

    control_positive: int
    control_other: int
    treated_positive: int
    treated_other: int

    @property
    def applications(self) -> int:
        """Applications of both arms together."""
        return self.control_applications + self.treated_applications

    @property
    def rows(self) -> int:
        """Rows of the study's table that are counted: applications."""
        return self.applications

    @property
    def measured(self) -> bool:
        """Whether there is anything to estimate: an application of each arm."""
        return self.control_applications > 0 and self.treated_applications > 0

    @property
    def control_applications(self) -> int:
        """Applications of the control arm."""
        return self.control_positive + self.control_other

    @property
    def treated_applications(self) -> int:
        """Applications of the treated arm."""
        return self.treated_positive + self.treated_other

    @property
    def control_positives(self) -> int:
        """Positive reactions to the control arm."""
        return self.control_positive

    @property
    def treated_positives(self) -> int:
        """Positive reactions to the treated arm."""
        return self.treated_positive

    @property
    def any_positive(self) -> int:
        """Applications with a positive reaction, of either arm."""
        return self.control_positive + self.treated_positive

    def as_dict(self) -> dict[str, int]:
        """Return the four counts by name."""
        return {
            "control_positive": self.control_positive,
            "control_other": self.control_other,
            "treated_positive": self.treated_positive,
            "treated_other": self.treated_other,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmTables:
    """An array of such tables, weighted where applications have weights; the four arrays share one shape."""

    control_positives: FloatArray
    control_applications: FloatArray
    treated_positives: FloatArray
    treated_applications: FloatArray

    @classmethod
    def of_cells(cls, cells: np.ndarray) -> ArmTables:
        """Make tables of an array whose last axis has the four counts, in the order of `ArmCounts`."""
        control_positive, control_other, treated_positive, treated_other = np.moveaxis(
            np.asarray(cells, dtype=np.float64), -1, 0
        )
        return cls(
            control_positives=control_positive,
            control_applications=control_positive + control_other,
            treated_positives=treated_positive,
            treated_applications=treated_positive + treated_other,
        )

    @classmethod
    def of_counts(cls, counts: ArmCounts) -> ArmTables:
        """Make tables of shape (1,) of one set of counts."""
        return cls.of_cells(np.array([list(counts.as_dict().values())]))

    @property
    def cells(self) -> FloatArray:
        """The four counts along a new last axis, in the order of `ArmCounts`."""
        return np.stack(
            [
                self.control_positives,
                self.control_applications - self.control_positives,
                self.treated_positives,
                self.treated_applications - self.treated_positives,
            ],
            axis=-1,
        )

    @property
    def applications(self) -> FloatArray:
        """Applications of both arms together."""
        return self.control_applications + self.treated_applications

    @property
    def control_rate(self) -> FloatArray:
        """Positive rate of the control arm; nan where it has no application."""
        return divide(self.control_positives, self.control_applications)

    @property
    def treated_rate(self) -> FloatArray:
        """Positive rate of the treated arm; nan where it has no application."""
        return divide(self.treated_positives, self.treated_applications)
