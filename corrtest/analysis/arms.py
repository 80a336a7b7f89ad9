"""The 2×2 table of two independent arms: what a study with one application per vacancy counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corrtest.analysis.paired.tables import FloatArray, divide


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCounts:
    """Applications by arm and reaction: positive, or anything else."""

    control_positive: int
    control_other: int
    treated_positive: int
    treated_other: int

    @property
    def applications(self) -> int:
        """Applications of both arms together."""
        return self.control_applications + self.treated_applications

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
    def positives(self) -> int:
        """Positive reactions to either arm."""
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
        """Make tables of rows (control other, control positive, treated other, treated positive)."""
        values = np.asarray(cells, dtype=np.float64)
        return cls(
            control_positives=values[:, 1],
            control_applications=values[:, 0] + values[:, 1],
            treated_positives=values[:, 3],
            treated_applications=values[:, 2] + values[:, 3],
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
