"""The discrimination ratio with sending order and template held equal between the arms.

A pair's difference, treated − control, is regressed on which arm went first (±1) and on its templates (1 where the
treated had it, −1 where the control had). The intercept is the difference with both equal; added to the control's
rate and divided by it, it gives the ratio. Without pairs the reaction is regressed on the arm and its template. The
interval is that of the log ratio by linearisation, clustered by employer, with Student's t on one less than the
employers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from corrtest.analysis.grouping import Grouping
from corrtest.analysis.read import StudyTable
from corrtest.analysis.statistics import Label
from corrtest.analysis.tables import FloatArray, Positives
from corrtest.language import keep

METHOD = "linear_adjusted"
LABEL: Label = {"en": "linear model", "nl": "lineair model", "fr": "modèle linéaire", "de": "lineares Modell"}
# Fewer rows than this for each coefficient say nothing about order or template.
_ROWS_A_COEFFICIENT = 10


def adjusted_ratios(
    table: StudyTable, grouping: Grouping, positive: Positives, confidence_level: float
) -> dict[int, dict[str, Any]]:
    """Return group → ratio, limits, method and note; groups that are too small, or not telling, are left out."""
    factors = table.counterbalanced()
    if factors is None:
        return {}
    found = {}
    order = np.argsort(grouping.group_of, kind="stable")
    bounds = np.searchsorted(grouping.group_of[order], np.arange(len(grouping.keys) + 1))
    for place in range(len(grouping.keys)):
        rows = order[bounds[place] : bounds[place + 1]]
        clusters = np.arange(len(rows)) if grouping.cluster_of is None else grouping.cluster_of[rows]
        parts = (_within_rows if table.design.matched else _between_rows)(positive.rows(rows), factors[rows])
        if parts is not None:
            found[place] = _limits(*parts, clusters, confidence_level)
    return {place: estimate for place, estimate in found.items() if estimate["ratio"] is not None}


def _within_rows(positive: Positives, factors: FloatArray) -> tuple[float, float, FloatArray, FloatArray] | None:
    """Return control rate, difference, and the influence of each row on both, where a row has both arms."""
    reacted, mark = positive.applications()
    y0, gap = reacted[mark == 0], positive.signs.astype(np.float64)
    fitted = _least_squares(gap, np.column_stack([np.ones(len(gap)), factors]), 0)
    if fitted is None:
        return None
    rate = float(y0.mean())
    return rate, fitted[0], (y0 - rate) / len(y0), fitted[1]


def _between_rows(positive: Positives, factors: FloatArray) -> tuple[float, float, FloatArray, FloatArray] | None:
    """Return the same where a row has one arm."""
    y, mark = positive.applications()
    if not 0 < mark.mean() < 1:
        return None
    fitted = _least_squares(y, np.column_stack([np.ones(len(y)), mark, factors]), 1)
    if fitted is None:
        return None
    controls = 1 - mark
    rate = float(y @ controls / controls.sum())
    return rate, fitted[0], controls * (y - rate) / controls.sum(), fitted[1]


def _least_squares(y: FloatArray, x: FloatArray, wanted: int) -> tuple[float, FloatArray] | None:
    """Return one coefficient and each row's influence on it; None where the rest of the columns hold it already."""
    if len(y) < _ROWS_A_COEFFICIENT * x.shape[1]:
        return None
    others = np.delete(x, wanted, axis=1)
    if np.linalg.matrix_rank(x) == np.linalg.matrix_rank(others):
        return None
    inverse = np.linalg.pinv(x.T @ x)
    coefficients = inverse @ (x.T @ y)
    return float(coefficients[wanted]), (x @ inverse[wanted]) * (y - x @ coefficients)


def _limits(
    rate: float,
    difference: float,
    of_rate: FloatArray,
    of_difference: FloatArray,
    clusters: npt.NDArray[np.int64],
    confidence_level: float,
) -> dict[str, Any]:
    none: dict[str, Any] = {"ratio": None, "lower": None, "upper": None, "method": METHOD, "note": None}
    _, codes = np.unique(clusters, return_inverse=True)
    k = int(codes.max()) + 1
    if rate <= 0 or rate + difference <= 0 or k < 2:
        return none
    influence = (of_rate + of_difference) / (rate + difference) - of_rate / rate
    sums = np.bincount(codes, weights=influence)
    error = float(np.sqrt(k / (k - 1) * np.sum(sums**2)))
    reach = float(-stdtrit(k - 1, (1 - confidence_level) / 2)) * error
    value = float(np.log((rate + difference) / rate))
    return {
        **none,
        "ratio": float(np.exp(value)),
        "lower": float(np.exp(value - reach)),
        "upper": float(np.exp(value + reach)),
        "note": keep("Both arms with equal order and templates; linear model, clustered by employer."),
    }
