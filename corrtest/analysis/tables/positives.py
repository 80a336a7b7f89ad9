"""Which reactions of a table's rows were positive, for one outcome: both of each pair, or one of each application."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corrtest.analysis.tables.arrays import FloatArray

BoolArray = npt.NDArray[np.bool_]
KindArray = npt.NDArray[np.int8]


class PairPositives(NamedTuple):
    """Which control and which treated reactions of the pairs were positive."""

    control: BoolArray
    treated: BoolArray

    @property
    def kinds(self) -> KindArray:
        """The cell that each pair is counted in, by its place in `PairedCounts`."""
        return np.asarray(3 - (self.control.astype(np.int8) * 2 + self.treated), dtype=np.int8)

    @property
    def signs(self) -> npt.NDArray[np.int64]:
        """1 where the treated alone was positive, -1 where the control alone was, 0 where they do not differ."""
        return np.asarray(self.treated.astype(np.int64) - self.control)

    @property
    def any(self) -> BoolArray:
        """Rows with a mark in either arm."""
        return self.control | self.treated

    def rows(self, chosen: npt.NDArray[np.int64] | BoolArray) -> PairPositives:
        """Return those of some pairs."""
        return PairPositives(self.control[chosen], self.treated[chosen])

    def applications(self) -> tuple[FloatArray, FloatArray]:
        """Return the reactions one after the other, all controls first, and which are of the treated arm."""
        return np.concatenate([self.control, self.treated]).astype(np.float64), np.repeat([0.0, 1.0], len(self.control))

    def favouring(self, odd: PairPositives, *, treated: bool) -> PairPositives:
        """Return what is positive when the reactions marked in `odd` favour one arm."""
        if treated:
            return PairPositives(self.control & ~odd.control, self.treated | odd.treated)
        return PairPositives(self.control | odd.control, self.treated & ~odd.treated)


class ArmPositives(NamedTuple):
    """Which applications were positive, and which are of the treated arm."""

    positive: BoolArray
    treated: BoolArray

    @property
    def kinds(self) -> KindArray:
        """The cell that each application is counted in, by its place in `ArmCounts`."""
        return np.asarray(self.treated.astype(np.int8) * 2 + ~self.positive, dtype=np.int8)

    @property
    def signs(self) -> npt.NDArray[np.int64]:
        """1 for a positive treated application, -1 for a positive control, 0 for the others."""
        return np.asarray(np.where(self.treated, 1, -1) * self.positive)

    @property
    def any(self) -> BoolArray:
        """Rows with a mark."""
        return self.positive

    def rows(self, chosen: npt.NDArray[np.int64] | BoolArray) -> ArmPositives:
        """Return those of some applications."""
        return ArmPositives(self.positive[chosen], self.treated[chosen])

    def applications(self) -> tuple[FloatArray, FloatArray]:
        """Return the reactions, and which are of the treated arm."""
        return self.positive.astype(np.float64), self.treated.astype(np.float64)

    def favouring(self, odd: ArmPositives, *, treated: bool) -> ArmPositives:
        """Return what is positive when the reactions marked in `odd` favour one arm."""
        favoured = self.treated if treated else ~self.treated
        return ArmPositives(
            np.where(favoured, self.positive | odd.positive, self.positive & ~odd.positive), self.treated
        )


class SharePositives(NamedTuple):
    """Which rows of the only arm are positive."""

    positive: BoolArray

    @property
    def kinds(self) -> KindArray:
        """The cell that each row is counted in, by its place in `ShareCounts`."""
        return np.asarray(~self.positive, dtype=np.int8)

    @property
    def signs(self) -> npt.NDArray[np.int64]:
        """1 for a positive row, 0 for the others."""
        return self.positive.astype(np.int64)

    @property
    def any(self) -> BoolArray:
        """Rows with a mark."""
        return self.positive

    def rows(self, chosen: npt.NDArray[np.int64] | BoolArray) -> SharePositives:
        """Return those of some rows."""
        return SharePositives(self.positive[chosen])

    def applications(self) -> tuple[FloatArray, FloatArray]:
        """Return the answers, all of the treated arm."""
        return self.positive.astype(np.float64), np.ones(len(self.positive))

    def favouring(self, odd: SharePositives, *, treated: bool) -> SharePositives:
        """Return what is positive when the answers marked in `odd` favour the only arm, or do not."""
        return SharePositives(self.positive | odd.positive if treated else self.positive & ~odd.positive)


Positives = PairPositives | ArmPositives | SharePositives
