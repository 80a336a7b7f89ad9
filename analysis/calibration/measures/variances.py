"""Heckman and Siegelman's case: equal treatment in level, unequal variance of what employers do not see.

The plain probit then finds a difference that is none, or hides one. Neumark's heteroskedastic probit is to recover the
level from applications of varied quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from corrtest.analysis import Intervals, models
from corrtest.design import substream
from corrtest.errors import AnalysisError
from measures.rows import LEVEL, coverage_row, mean_row, rejection_row

# The threshold, and what one unit of each of the two qualities adds, in standard deviations of the control arm.
THRESHOLD = -1.0
QUALITY = (0.6, 0.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceCell:
    """Applications (half an arm), the true discrimination in level, and the ratio of the standard deviations."""

    applications: int
    level: float
    sd_ratio: float

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        return f"applications{self.applications}_level{self.level:g}_sd{self.sd_ratio:g}"


def variance_grid() -> tuple[VarianceCell, ...]:
    """Return cells without and with discrimination in level."""
    return tuple(
        VarianceCell(applications=applications, level=level, sd_ratio=ratio)
        for applications, level, ratio in product((2000, 6000), (0.0, -0.3), (0.75, 1.0, 1.5))
    )


def measure_variance(cell: VarianceCell, *, experiments: int = 500, seed: int = 2026) -> list[dict[str, Any]]:
    """Return bias, coverage and rejections of "no discrimination in level" by the plain and by Neumark's probit."""
    rng = substream(seed, "calibration variance", cell.name)
    fitted: dict[str, list[tuple[float, float]]] = {"probit": [], "heteroskedastic probit": []}
    ratios = []
    for _ in range(experiments):
        outcome, covariates = draw_applications(cell, rng)
        plain = models.probit(outcome, covariates)
        fitted["probit"].append(_of_treated(plain))
        try:
            model = models.heteroskedastic_probit(outcome, covariates, treated="treated")
        except AnalysisError:
            # No clear maximum: counted as undefined, as the user sees an error.
            fitted["heteroskedastic probit"].append((np.nan, np.nan))
            continue
        fitted["heteroskedastic probit"].append(_of_treated(model))
        ratios.append(float(np.exp(model.coefficients[-1])))
    rows = []
    kind = "size" if cell.level == 0 else "power"
    for method, found in fitted.items():
        estimate, standard_error = np.array(found).T
        half = -ndtri((1 - LEVEL) / 2) * standard_error
        known = ~np.isnan(estimate)
        rows.append(mean_row("discrimination in level, mean estimate", method, estimate[known]))
        interval = Intervals(estimate, estimate - half, estimate + half)
        rows.append(coverage_row("discrimination in level", method, interval, cell.level))
        pvalue = 2 * ndtr(-np.abs(estimate / standard_error))
        rows.append({**rejection_row(kind, "no discrimination in level", pvalue), "method": method})
    rows.append(mean_row("ratio of standard deviations, mean estimate", "heteroskedastic probit", np.array(ratios)))
    described = {"applications": cell.applications, "level": cell.level, "sd_ratio": cell.sd_ratio}
    return [{**described, "experiments": experiments, **row} for row in rows]


def draw_applications(cell: VarianceCell, rng: np.random.Generator) -> tuple[np.ndarray, pd.DataFrame]:
    """Draw one experiment: positive reactions, and the covariates of the models with an intercept."""
    n = cell.applications
    treated = np.repeat([0.0, 1.0], n // 2)
    first, second = rng.normal(size=n), rng.integers(0, 2, size=n).astype(float)
    index = THRESHOLD + cell.level * treated + QUALITY[0] * first + QUALITY[1] * second
    unseen = rng.normal(size=n) * np.where(treated == 1, cell.sd_ratio, 1.0)
    covariates = models.with_intercept(pd.DataFrame({"treated": treated, "first": first, "second": second}))
    return (index + unseen > 0).astype(int), covariates


def _of_treated(model: models.FittedModel) -> tuple[float, float]:
    return model.coefficient("treated"), model.standard_error("treated")
