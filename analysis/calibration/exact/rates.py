"""Coverage of six intervals of one rate, enumerated over numbers of pairs and rates; see README.md.

Run with ``python analysis/calibration/exact/rates.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import beta, binom

from corrtest.analysis import ESTIMATORS, PairedTables

FOLDER = Path(__file__).parent
TAIL = 0.025
PAIRS = (*range(50, 200, 10), *range(200, 801, 50))
RATES = 500
BANDS = ((5, 10), (10, 15), (15, 20), (20, 30), (30, 60), (60, np.inf))
Limits = tuple[np.ndarray, np.ndarray]


def ours(method: str) -> Callable[[np.ndarray, int], Limits]:
    """Return the limits of a method of the package."""

    def limits(x: np.ndarray, n: int) -> Limits:
        found = ESTIMATORS["positive_rate_control"][method](PairedTables.of(x, 0, 0, n - x), 1 - 2 * TAIL)
        return found.lower, found.upper

    return limits


def agresti_coull(x: np.ndarray, n: int) -> Limits:
    """Agresti and Coull 1998: Wald's interval with z²/2 positives and as many others added."""
    z = -ndtri(TAIL)
    rate = (x + z**2 / 2) / (n + z**2)
    half = z * np.sqrt(rate * (1 - rate) / (n + z**2))
    return rate - half, rate + half


def jeffreys(x: np.ndarray, n: int) -> Limits:
    """Equal tails of Beta(x + 1/2, n − x + 1/2), with 0 and 1 at the ends."""
    lower, upper = beta.ppf(TAIL, x + 0.5, n - x + 0.5), beta.ppf(1 - TAIL, x + 0.5, n - x + 0.5)
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)


def clopper_pearson(x: np.ndarray, n: int) -> Limits:
    """Clopper and Pearson 1934."""
    with np.errstate(invalid="ignore"):
        lower, upper = beta.ppf(TAIL, x, n - x + 1), beta.ppf(1 - TAIL, x + 1, n - x)
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)


def midp(x: np.ndarray, n: int) -> Limits:
    """Clopper and Pearson's tails with half of the observed outcome."""

    def solve(holds: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        low, high = np.zeros(len(x)), np.ones(len(x))
        for _ in range(50):
            middle = (low + high) / 2
            inside = holds(middle)
            low, high = np.where(inside, middle, low), np.where(inside, high, middle)
        return low

    lower = solve(lambda p: (binom.sf(x - 1, n, p) + binom.sf(x, n, p)) / 2 < TAIL)
    upper = solve(lambda p: (binom.cdf(x, n, p) + binom.cdf(x - 1, n, p)) / 2 > TAIL)
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)


METHODS: dict[str, Callable[[np.ndarray, int], Limits]] = {
    "wilson_adjusted": ours("wilson_adjusted"),
    "wilson": ours("wilson"),
    "agresti_coull": agresti_coull,
    "jeffreys": jeffreys,
    "midp": midp,
    "clopper_pearson": clopper_pearson,
}


def main() -> None:
    """Write results/rates.csv: by method and expected positives, the range and what lies outside 0.94 to 0.97."""
    expected, coverage = [], {name: [] for name in METHODS}
    for n in PAIRS:
        x, rates = np.arange(n + 1), np.linspace(BANDS[0][0] / n, 0.5, RATES)
        probability = binom.pmf(x[:, None], n, rates[None, :])
        expected.append(n * rates)
        for name, method in METHODS.items():
            lower, upper = (limit[:, None] for limit in method(x, n))
            coverage[name].append((probability * ((lower <= rates) & (rates <= upper))).sum(axis=0))
    number = np.concatenate(expected)
    rows = []
    for name, parts in coverage.items():
        values = np.concatenate(parts)
        for low, high in (*BANDS, (10, np.inf), (15, np.inf)):
            here = values[(number >= low) & (number < high)]
            rows.append(
                {
                    "method": name,
                    "expected_positives": f"{low} or more" if high == np.inf else f"{low} to {high}",
                    "cases": len(here),
                    "lowest": here.min(),
                    "mean": here.mean(),
                    "highest": here.max(),
                    "share_below_0.94": np.mean(here < 0.94),
                    "share_above_0.97": np.mean(here > 0.97),
                }
            )
    table = pd.DataFrame(rows).round(4)
    table.to_csv(FOLDER / "results" / "rates.csv", index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
