"""Linear and integer programmes, by HiGHS's own door: scipy's copy writes to the terminal of who runs the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

FloatArray = npt.NDArray[np.float64]

_INFINITE = highspy.kHighsInf


class _QuietSolver(highspy.Highs):
    """HiGHS told to be quiet before it greets, which it does when it sets up callbacks; none is used here."""

    def enableCallbacks(self) -> None:  # noqa: N802 (the name of HiGHS)
        self.setOptionValue("output_flag", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """The optimum: its value, the variables, and what each row is worth (duals; zeros for an integer programme)."""

    value: float
    columns: FloatArray
    duals: FloatArray


class Programme:
    """Least cost·x with `lower` ≤ x ≤ `upper` and `floors` ≤ rows·x ≤ `ceilings`; solved again after each change."""

    def __init__(
        self,
        *,
        cost: FloatArray,
        lower: FloatArray,
        upper: FloatArray,
        rows: csr_array,
        floors: FloatArray,
        ceilings: FloatArray,
        integer: Sequence[bool] | None = None,
        gap: float = 0.0,
    ) -> None:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(cost), len(floors)
        model.col_cost_, model.col_lower_, model.col_upper_ = cost, lower, upper
        model.row_lower_, model.row_upper_ = floors, ceilings
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
        model.a_matrix_.value_ = rows.data.astype(np.float64)
        if integer is not None:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[bool(whole)] for whole in integer]
        self._solver = _QuietSolver()  # type: ignore[no-untyped-call]
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("mip_rel_gap", gap)
        self._solver.passModel(model)
        self._width = len(cost)

    def cost(self, cost: FloatArray) -> None:
        """Change what is minimised."""
        self._solver.changeColsCost(self._width, np.arange(self._width, dtype=np.int32), cost)

    def bound(self, column: int, lower: float, upper: float) -> None:
        """Change the bounds of one variable."""
        self._solver.changeColBounds(column, lower, upper)

    def row_bounds(self, row: int, floor: float, ceiling: float) -> None:
        """Change the bounds of one row."""
        self._solver.changeRowBounds(row, floor, ceiling)

    def require(self, weights: FloatArray, floor: float) -> None:
        """Add the row weights·x ≥ floor."""
        places = np.flatnonzero(weights).astype(np.int32)
        self._solver.addRow(floor, _INFINITE, len(places), places, weights[places])

    def solve(self) -> Solution | None:
        """Return the optimum; None where there is none."""
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = self._solver.getSolution()
        return Solution(
            value=float(self._solver.getObjectiveValue()),
            columns=np.asarray(found.col_value),
            duals=np.asarray(found.row_dual),
        )
