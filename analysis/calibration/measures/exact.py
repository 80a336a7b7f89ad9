"""Coverage and size without simulation: every table that an experiment can give, and its probability.

Pairs are independent, one an employer. Tables so improbable that all of them together have less than a millionth are
left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrik, gammaln

from corrtest.analysis import ESTIMATORS, PAIRED, TESTS, Intervals, PairedTables
from measures.cell import KINDS, Cell
from measures.measure import rejection_kind
from measures.rows import LEVEL, coverage_row, rejection_row

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# A table below this probability is left out; a million of them are less than a millionth.
_NEGLIGIBLE = 1e-12
_TAIL = 1e-9
_AT_ONCE = 200_000


def measure_exactly(cell: Cell, *, experiments: int = 0, seed: int = 0) -> list[dict[str, Any]]:
    """Return one row per default interval and test; `experiments` and `seed` play no part."""
    tables, probability = weighted_tables(cell)
    truth = cell.truth()
    rows = []
    for name, statistic in PAIRED.statistics.items():
        for chosen in (statistic.default, "wilson") if statistic.arm else (statistic.default,):
            found = _intervals(name, chosen, tables)
            rows.append(coverage_row(name, chosen, found, truth[name], weights=probability))
    kind = rejection_kind(cell)
    rows += [rejection_row(kind, name, test(tables).pvalue, weights=probability) for name, test in TESTS.items()]
    return [{**cell.described(), "experiments": "all", **row} for row in rows]


def weighted_tables(cell: Cell) -> tuple[PairedTables, FloatArray]:
    """Return the tables that the cell's experiments give, and their probabilities (they sum to 1 in all)."""
    n, p = cell.pairs, cell.probabilities
    spans = [_span(n, share) for share in p[:3]]
    both, control_only, treated_only = (part.ravel() for part in np.meshgrid(*spans, indexing="ij"))
    neither = n - both - control_only - treated_only
    possible = neither >= 0
    counts = [part[possible].astype(np.float64) for part in (both, control_only, treated_only, neither)]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = [np.where(count == 0, 0.0, count * np.log(share)) for count, share in zip(counts, p, strict=True)]
    log_probability = gammaln(n + 1) + sum(log - gammaln(count + 1) for log, count in zip(logs, counts, strict=True))
    probability = np.exp(log_probability)
    kept = probability > _NEGLIGIBLE
    tables = PairedTables.of(*(count[kept] for count in counts))
    return tables, probability[kept] / probability[kept].sum()


def _span(n: int, share: float) -> IntArray:
    if share <= 0:
        return np.zeros(1, dtype=np.int64)
    low, high = bdtrik([_TAIL, 1 - _TAIL], n, share)
    low = 0 if np.isnan(low) else max(0, int(low) - 1)
    return np.arange(low, min(n, int(np.ceil(high)) + 1) + 1, dtype=np.int64)


def _intervals(name: str, method: str, tables: PairedTables) -> Intervals:
    # Tables alike in what an interval depends on have one, computed once.
    depends = PAIRED.statistics[name].depends_on
    if len(depends) == len(KINDS):
        return _in_parts(name, method, tables)
    keys = np.column_stack([getattr(tables, part) for part in depends])
    _, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    different = PairedTables(**{kind: getattr(tables, kind)[first] for kind in KINDS})
    return Intervals(*(part[place.ravel()] for part in _in_parts(name, method, different)))


def _in_parts(name: str, method: str, tables: PairedTables) -> Intervals:
    estimator = ESTIMATORS[name][method]
    parts = []
    for start in range(0, len(tables.both), _AT_ONCE):
        here = slice(start, start + _AT_ONCE)
        parts.append(estimator(PairedTables(**{kind: getattr(tables, kind)[here] for kind in KINDS}), LEVEL))
    return Intervals(*(np.concatenate(part) for part in zip(*parts, strict=True)))
