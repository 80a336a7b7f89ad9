"""The counts of one group of rows without a comparison: how many have what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from corrtest.analysis.tables.arrays import FloatArray, divide


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCounts:
    """Rows (calls, answers) by whether they are positive; positive is the answer that is protected."""

    design: ClassVar[str] = "one_arm"

    positive: int
    other: int

    @property
    def rows(self) -> int:
        """Rows that are counted."""
        return self.positive + self.other

    @property
    def measured(self) -> bool:
        """Whether there is anything to estimate."""
        return self.rows > 0

    @property
    def any_positive(self) -> int:
        """Rows that are positive."""
        return self.positive

    @property
    def control_positives(self) -> int:
        """None: there is no control arm."""
        return 0

    @property
    def control_applications(self) -> int:
        """None: there is no control arm."""
        return 0

    @property
    def treated_positives(self) -> int:
        """Rows that are positive, all of the only arm."""
        return self.positive

    @property
    def treated_applications(self) -> int:
        """All rows, of the only arm."""
        return self.rows

    def as_dict(self) -> dict[str, int]:
        """Return both counts by name."""
        return {"positive": self.positive, "other": self.other}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTables:
    """An array of such counts; both arrays share one shape."""

    positives: FloatArray
    rows: FloatArray

    @classmethod
    def of_cells(cls, cells: np.ndarray) -> ShareTables:
        """Make tables of an array whose last axis has both counts, in the order of `ShareCounts`."""
        positive, other = np.moveaxis(np.asarray(cells, dtype=np.float64), -1, 0)
        return cls(positives=positive, rows=positive + other)

    @property
    def cells(self) -> FloatArray:
        """Both counts along a new last axis, in the order of `ShareCounts`."""
        return np.stack([self.positives, self.rows - self.positives], axis=-1)

    @property
    def share(self) -> FloatArray:
        """The share that is positive; nan without rows."""
        return divide(self.positives, self.rows)
