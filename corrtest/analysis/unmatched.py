"""Unmatched designs: one application per vacancy, so that the arms are independent groups.

Without pairs the ratio and the difference are those of two binomials. The intervals are Newcombe's hybrid score for
the difference (1998, Statistics in Medicine 17:873, method 10) and its counterpart for the ratio (Donner and Zou
2012), both from Wilson's limits; the test is the chi-squared test without correction. Such a design needs about
1/(1 − φ) times the applications of a paired one, φ the within-pair correlation, and in return employers never see
two of its candidates.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from corrtest.analysis.paired.positive_rate import wilson
from corrtest.analysis.paired.tables import Intervals, divide
from corrtest.analysis.results import Estimate, TestResult
from corrtest.errors import AnalysisError


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedResult:
    """Estimates and test of two independent arms."""

    control_applications: int
    control_positives: int
    treated_applications: int
    treated_positives: int
    estimates: tuple[Estimate, ...]
    tests: tuple[TestResult, ...]

    def estimate(self, name: str) -> Estimate:
        """Return the estimate called `name`; KeyError where there is none."""
        for estimate in self.estimates:
            if estimate.name == name:
                return estimate
        raise KeyError(name)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimate."""
        return pd.DataFrame([estimate.to_dict() for estimate in self.estimates])

    def to_dict(self) -> dict[str, object]:
        """Return the result for JSON."""
        return asdict(self)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, float_format="{:.4f}".format, border=0))


def unmatched(
    control_positives: int,
    control_applications: int,
    treated_positives: int,
    treated_applications: int,
    *,
    confidence_level: float = 0.95,
) -> UnmatchedResult:
    """Compare two independent arms.

    Raises
    ------
    AnalysisError
        A number is negative, or an arm has more positives than applications, or none.
    """
    for arm, positives, applications in (
        ("control", control_positives, control_applications),
        ("treated", treated_positives, treated_applications),
    ):
        if not 0 <= positives <= applications or applications < 1:
            raise AnalysisError(
                f"The {arm} arm has {positives} positive reactions to {applications} applications; expected at least "
                "one application, and from 0 to that many positives."
            )
    x0, n0, x1, n1 = (
        np.array([float(value)])
        for value in (control_positives, control_applications, treated_positives, treated_applications)
    )
    control, treated = wilson(x0, n0, confidence_level), wilson(x1, n1, confidence_level)
    statistic, pvalue, note = _chi_squared(x0, n0, x1, n1)
    found = (
        ("positive_rate_control", "wilson", control),
        ("positive_rate_treated", "wilson", treated),
        ("rate_difference", "newcombe_independent", _difference(control, treated)),
        ("discrimination_ratio", "mover_wilson_independent", _ratio(control, treated)),
    )
    return UnmatchedResult(
        control_applications=control_applications,
        control_positives=control_positives,
        treated_applications=treated_applications,
        treated_positives=treated_positives,
        estimates=tuple(_estimate(name, method, part, confidence_level) for name, method, part in found),
        tests=(TestResult(name="chi_squared", statistic=statistic, pvalue=pvalue, note=note),),
    )


def _difference(control: Intervals, treated: Intervals) -> Intervals:
    value = treated.value - control.value
    lower = value - np.sqrt((treated.value - treated.lower) ** 2 + (control.upper - control.value) ** 2)
    upper = value + np.sqrt((treated.upper - treated.value) ** 2 + (control.value - control.lower) ** 2)
    return Intervals(value, lower, upper)


def _ratio(control: Intervals, treated: Intervals) -> Intervals:
    value = divide(treated.value, control.value)
    product = treated.value * control.value
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = product**2 - treated.lower * control.upper * (2 * treated.value - treated.lower) * (
            2 * control.value - control.upper
        )
        lower = (product - np.sqrt(np.maximum(inner, 0.0))) / (control.upper * (2 * control.value - control.upper))
        outer = product**2 - treated.upper * control.lower * (2 * treated.value - treated.upper) * (
            2 * control.value - control.lower
        )
        upper = (product + np.sqrt(np.maximum(outer, 0.0))) / (control.lower * (2 * control.value - control.lower))
    upper = np.where(control.value == 0, np.inf, upper)
    lower = np.where(treated.value == 0, 0.0, lower)
    undefined = product + treated.value + control.value == 0
    return Intervals(value, np.where(undefined, np.nan, lower), np.where(undefined, np.nan, upper))


def _chi_squared(
    x0: np.ndarray, n0: np.ndarray, x1: np.ndarray, n1: np.ndarray
) -> tuple[float | None, float | None, str | None]:
    pooled = float((x0 + x1)[0] / (n0 + n1)[0])
    if pooled in (0.0, 1.0):
        return None, None, "All reactions are of one kind: the statistic is 0/0 and undefined."
    variance = pooled * (1 - pooled) * (1 / n0 + 1 / n1)
    statistic = float(((x1 / n1 - x0 / n0) ** 2 / variance)[0])
    return statistic, float(chdtrc(1, statistic)), None


def _estimate(name: str, method: str, found: Intervals, level: float) -> Estimate:
    value, lower, upper = (float(part[0]) if np.isfinite(part[0]) else None for part in found)
    note = None
    if value is None:
        nothing = lower is None
        note = "No positive reaction at all: undefined." if nothing else "No positive control: unbounded above."
    return Estimate(name=name, value=value, lower=lower, upper=upper, confidence_level=level, method=method, note=note)
