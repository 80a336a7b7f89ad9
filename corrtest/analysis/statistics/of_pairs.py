"""A statistic of pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corrtest.analysis.statistics.statistic import Statistic, quantiles
from corrtest.analysis.tables import FloatArray, Intervals, PairedCounts, PairedTables


@dataclass(frozen=True, kw_only=True)
class PairedStatistic(Statistic[PairedTables, PairedCounts]):
    """A statistic of a paired table; its cells are both, control only, treated only, neither.

    Parameters
    ----------
    score : function of tables and quantiles, optional
        The default interval at a quantile, one a table: at the effective number of pairs it is that of clustered pairs.
        Without one it is the linearised interval.
    clustered_coverage : tuple of float, optional
        Lowest and highest coverage, in percent, with several pairs an employer, where these are worth a word.
    depends_on : tuple of str
        What of a table the default interval depends on, where that is less than all: tables alike in it have one.
    """

    score: Callable[[PairedTables, FloatArray], Intervals] | None = None
    clustered_coverage: tuple[float, float] | None = None
    depends_on: tuple[str, ...] = ("both", "control_only", "treated_only", "neither")

    def at(self, tables: PairedTables, z: FloatArray) -> Intervals:
        """Compute the default interval at the quantile `z`, one a table."""
        return self.linearised(tables, z) if self.score is None else self.score(tables, z)

    def interval(self, tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
        """Compute the default interval as if all pairs were independent."""
        return self.at(tables, quantiles(tables, confidence_level))

    def at_effect(self, tables: PairedTables, effect: FloatArray, confidence_level: float) -> Intervals:
        """Compute the default interval at the effective number of pairs (Korn and Graubard 1998)."""
        return self.at(tables.scaled(1 / effect), quantiles(tables, confidence_level))

    def truth(self, probabilities: npt.ArrayLike) -> float:
        """Return the true value in a market with these probabilities of the four cells."""
        return float(self.value(PairedTables.of_cells(np.asarray(probabilities, dtype=np.float64)[None])).item())

    def linearised(self, tables: PairedTables, z: FloatArray) -> Intervals:
        """Compute value ± z standard errors, on the scale of the gradient; no limits without a gradient."""
        value = self.value(tables)
        if self.gradient is None:
            missing = np.full_like(value, np.nan)
            return Intervals(value, missing, missing)
        return self.around(value, z * np.sqrt(self.independent_variance(tables)))
