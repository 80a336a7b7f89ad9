"""One row a measured interval or test: how often it held the truth or rejected, with the error of that figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis import Intervals

LEVEL = 0.95
FloatArray = npt.NDArray[np.float64]


def coverage_row(
    name: str, method: str, found: Intervals, truth: float | FloatArray, *, weights: FloatArray | None = None
) -> dict[str, Any]:
    """Measure how often intervals hold `truth`; one that is undefined neither holds nor misses it.

    Parameters
    ----------
    truth : float or array
        The same for all, or one an interval.
    weights : array, optional
        Probability of each interval, where all possible data were enumerated; then the figure has no error.
    """
    lower, upper = np.asarray(found.lower), np.asarray(found.upper)
    defined = ~(np.isnan(lower) | np.isnan(upper))
    # A limit equal to the truth up to rounding holds it.
    below, above = lower > truth + 1e-12, upper < truth - 1e-12
    share = np.ones_like(lower) / lower.size if weights is None else weights
    total = float(np.sum(share[defined]))
    if total == 0:
        return _row("interval", name, method, None, None, undefined=1.0)
    missed_above, missed_below = (float(np.sum(share[defined & missed]) / total) for missed in (below, above))
    coverage = 1 - missed_above - missed_below
    bounded = defined & np.isfinite(upper - lower)
    return _row(
        "interval",
        name,
        method,
        coverage,
        error(coverage, int(defined.sum())) if weights is None else 0.0,
        missed_above=missed_above,
        missed_below=missed_below,
        median_width=_median((upper - lower)[bounded], share[bounded]),
        undefined=max(0.0, 1 - total),
    )


def rejection_row(kind: str, name: str, pvalues: FloatArray, *, weights: FloatArray | None = None) -> dict[str, Any]:
    """Measure how often a test rejects at 0.05; an undefined p-value is no rejection. `kind` is size or power."""
    share = np.ones_like(pvalues) / pvalues.size if weights is None else weights
    rejects = np.nan_to_num(pvalues, nan=1.0) <= 1 - LEVEL + 1e-12
    rejected = float(np.sum(share[rejects]))
    return _row(
        kind,
        name,
        name,
        rejected,
        error(rejected, pvalues.size) if weights is None else 0.0,
        undefined=float(np.sum(share[np.isnan(pvalues)])),
    )


def rate_row(kind: str, name: str, method: str, happened: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Measure how often something happened."""
    share = float(np.mean(happened))
    return _row(kind, name, method, share, error(share, happened.size), undefined=0.0)


def mean_row(name: str, method: str, values: FloatArray) -> dict[str, Any]:
    """Average a quantity that is no probability, with the error of its mean."""
    spread = float(np.std(values, ddof=1) / np.sqrt(values.size))
    return _row("mean", name, method, float(np.mean(values)), spread, undefined=0.0)


def deviation_row(name: str, method: str, errors: FloatArray) -> dict[str, Any]:
    """Measure the standard deviation of errors around 0, with the error of that figure."""
    squares = np.square(errors)
    spread = float(np.sqrt(squares.mean()))
    wrong = float(np.std(squares, ddof=1) / np.sqrt(squares.size) / (2 * spread)) if spread else 0.0
    return _row("deviation", name, method, spread, wrong, undefined=0.0)


def error(share: float, draws: int) -> float:
    """Return the Monte-Carlo standard error of a share."""
    return float(np.sqrt(max(share * (1 - share), 0.0) / draws))


def _median(values: FloatArray, share: FloatArray) -> float | None:
    if not len(values):
        return None
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(share[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _row(
    kind: str,
    name: str,
    method: str,
    value: float | None,
    monte_carlo_error: float | None,
    *,
    undefined: float,
    missed_above: float | None = None,
    missed_below: float | None = None,
    median_width: float | None = None,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": name,
        "method": method,
        "value": value,
        "monte_carlo_error": monte_carlo_error,
        "missed_above": missed_above,
        "missed_below": missed_below,
        "median_width": median_width,
        "undefined": undefined,
    }
