"""From counts of one arm to the share of every group, with the spread between employers and the finite population.

Where an employer has several rows the variance is taken between employers by linearisation,
(1 − f)·k/(k − 1)·Σ(Σ(y − p))²/n², k employers, f the share of the population that was drawn (Särndal, Swensson and
Wretman 1992, section 5.7): what R's `survey::svymean` gives for `svydesign(id = ~employer, fpc = ~N)`. Its ratio to the
variance of independent rows is the design effect at which Wilson's limits are computed, with Student's quantile on one
less than the employers (Korn and Graubard 1998, as R's `svyciprop` does).
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from corrtest.analysis.designs.one_arm.counting import ShareMargin
from corrtest.analysis.designs.robust import CLUSTER_METHOD, WEIGHTED_METHOD
from corrtest.analysis.group_result import Estimate, GroupResult, described
from corrtest.analysis.statistics import OF_SHARES
from corrtest.analysis.statistics.share import share_limits
from corrtest.analysis.tables import FloatArray, Intervals, ShareCounts, divide, normal_quantile
from corrtest.language import keep


def share_variance(margin: ShareMargin) -> FloatArray:
    """Return the linearised variance of each group's share; nan with one employer."""
    share, rows, groups = margin.tables.share, margin.tables.rows, len(margin.keys)
    away = margin.sums[:, 0] - share[margin.group] * margin.sums.sum(axis=1)
    k = np.bincount(margin.group, minlength=groups).astype(np.float64)
    squares = np.bincount(margin.group, weights=np.square(away), minlength=groups).astype(np.float64)
    return np.asarray(margin.finite * divide(k, k - 1) * divide(squares, np.square(rows)))


def share_results(
    margin: ShareMargin, outcome: str, *, confidence_level: float, all_methods: bool, cluster: bool
) -> list[GroupResult]:
    """Return the results of every group of one margin for one outcome."""
    level = confidence_level
    plain = {name: found.interval(margin.tables, level) for name, found in OF_SHARES.items()}
    robust = _robust(margin, level)
    others = {
        (name, method): found.interval(margin.tables, level)
        for name, statistic in OF_SHARES.items()
        for method, found in statistic.others.items()
        if all_methods and not margin.weighted
    }
    return [
        GroupResult(
            **described(margin, place),
            outcome=outcome,
            pairs=int(margin.cells[place].sum()),
            counts=ShareCounts(positive=int(margin.cells[place, 0]), other=int(margin.cells[place, 1])),
            estimates=tuple(
                _of(name, method, intervals, place, level)
                for name, statistic in OF_SHARES.items()
                for method, intervals in (
                    *([] if margin.weighted else [(statistic.default, plain[name])]),
                    *((method, found) for (of, method), found in others.items() if of == name),
                    *(
                        [(WEIGHTED_METHOD if margin.weighted else CLUSTER_METHOD, robust[name])]
                        if margin.weighted or (cluster and margin.repeated[place])
                        else []
                    ),
                )
            ),
            tests=(),
            design_effect=float(margin.finite[place]),
        )
        for place in range(len(margin.keys))
    ]


def _robust(margin: ShareMargin, level: float) -> dict[str, Intervals]:
    """Return the limits at each group's own design effect; none with one employer, or where nothing varies."""
    tables = margin.tables
    independent = divide(tables.share * (1 - tables.share), tables.rows)
    effect = divide(share_variance(margin), independent)
    k = np.bincount(margin.group, minlength=len(margin.keys))
    # Where all answers are alike the sample says nothing of the spread: each employer then counts as one row.
    effect = np.where(independent > 0, effect, divide(tables.rows, k.astype(np.float64)) * margin.finite)
    tail = (1 - level) / 2
    quantile = np.where(k > 1, -stdtrit(np.maximum(k - 1, 1), tail), normal_quantile(level))
    found = {}
    for name, statistic in OF_SHARES.items():
        usable = np.isfinite(effect)
        share, lower, upper = share_limits(
            statistic.counted(tables), tables.rows, np.where(usable, effect, 1.0), quantile
        )
        found[name] = Intervals(share, np.where(usable, lower, np.nan), np.where(usable, upper, np.nan))
    return found


def _of(name: str, method: str, intervals: Intervals, place: int, level: float) -> Estimate:
    value, lower, upper = (float(part[place]) for part in intervals)
    note = None if np.isfinite(lower) else keep("One employer alone: the spread between employers is not known.")
    return Estimate.of(name, method, (value, lower, upper), level, note)
