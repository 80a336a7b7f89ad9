"""Estimates from published counts, with intervals widened for the noise and for employers with several pairs.

Nothing here reads the true counts: what a reader gets is a function of published counts and of facts of the design.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from scipy.stats import norm

from corrtest.analysis import Counts, Design, Estimate, GroupResult, Statistic, design_of
from corrtest.errors import DisclosureError
from corrtest.language import say


def design_effect(pairs: int, employers: int | None, largest: int | None, correlation: float) -> float:
    """Return 1 + (m − 1)·ρ, the factor on a variance for pairs of the same employer.

    m = Σk²/Σk over employers with k pairs is not known here; taken is the most that it can be when no employer has more
    than `largest` pairs.
    """
    if not employers or not largest or largest < 2 or employers >= pairs:
        return 1.0
    full = (pairs - employers) / (largest - 1)
    squares = full * largest**2 + (employers - full)
    return 1 + (squares / pairs - 1) * correlation


def computed(*groups: GroupResult) -> frozenset[str]:
    """Return the names of the statistics that the analysis computed of groups."""
    return frozenset(estimate.name for group in groups for estimate in group.estimates)


def protected_estimates(
    counts: Sequence[Counts],
    *,
    noise_variances: Sequence[float],
    effects: Sequence[float],
    confidence_level: float,
    names: Collection[str] | None = None,
) -> list[tuple[Estimate, ...]]:
    """Return the default estimates of each table of counts, every interval widened.

    Parameters
    ----------
    counts : sequence of counts
        Published counts, all of one design; all tables are estimated at once.
    noise_variances : sequence of float
        Variance of the noise on each of a table's noisy counts.
    effects : sequence of float
        See `design_effect`.
    names : collection of str, optional
        The statistics that were computed; else those that every analysis gives.

    Raises
    ------
    DisclosureError
        One of them cannot be protected.
    """
    if not counts:
        return []
    design = design_of(counts[0])
    statistics = _protected(design, names)
    made: list[list[Estimate]] = [[] for _ in counts]
    # Without a row of an arm a cell is too small to show, and there is nothing to estimate.
    usable = [place for place, table in enumerate(counts) if table.control_applications and table.treated_applications]
    if not usable:
        return [() for _ in counts]
    tables = design.tables([counts[place] for place in usable])
    for statistic in statistics:
        slopes = _squared_slopes(design, statistic, tables)
        found = zip(usable, slopes, *statistic.interval(tables, confidence_level), strict=True)
        for place, slope, value, lower, upper in found:
            plain = Estimate.of(
                statistic.name,
                statistic.default,
                (value, lower, upper),
                confidence_level,
                None if math.isfinite(value) else "Not defined for these counts.",
            )
            made[place].append(_widened(plain, statistic, slope * noise_variances[place], effects[place]))
    return [tuple(estimates) for estimates in made]


def _protected(design: Design[Any, Any], names: Collection[str] | None) -> list[Statistic[Any, Any]]:
    """Return the statistics to publish, in their order; each must say what noise on a count does to it."""
    known = design.statistics.values()
    unknown = set(names or ()) - set(design.statistics)
    if unknown:
        raise DisclosureError(
            say(
                "The results hold a statistic '{unknown}' that this version does not know, so nothing leaves. "
                "Make them again with corrtest analyse.",
                unknown=min(unknown),
            )
        )
    wanted = [found for found in known if (found.name in names if names else found.standard)]
    for statistic in wanted:
        if statistic.gradient is None:
            raise DisclosureError(
                say(
                    "The statistic '{statistic}' cannot be protected, so nothing leaves: it has no gradient, "
                    "which says how far noise on a count moves it. Give it one, or make it one that is not "
                    "standard.",
                    statistic=statistic.name,
                )
            )
    return wanted


def _squared_slopes(design: Design[Any, Any], statistic: Statistic[Any, Any], tables: Any) -> Sequence[float]:
    """Return per table the sum of the squared derivatives of the (log) value by the noisy counts.

    What a count gains, the cell that is left of its block loses.
    """
    slopes = statistic.slopes(tables)
    place = {cell: number for number, cell in enumerate(design.cells)}
    rest = {cell: block.rest for block in design.blocks for cell in block.noisy}
    moved = [slopes[..., place[cell]] - slopes[..., place[rest[cell]]] for cell in design.noisy]
    return [float(squares) for squares in np.sum(np.square(moved), axis=0)]


def _widened(estimate: Estimate, statistic: Statistic[Any, Any], noise: float, effect: float) -> Estimate:
    value, lower, upper = estimate.value, estimate.lower, estimate.upper
    if value is None or lower is None or upper is None:
        return estimate
    forward, backward = (_log, math.exp) if statistic.ratio else (float, float)
    low, middle, high = forward(lower), forward(value), forward(upper)
    if not all(map(math.isfinite, (low, middle, high))) or high <= low:
        return estimate
    z = float(norm.ppf(0.5 + estimate.confidence_level / 2))
    spread = (high - low) / (2 * z)
    factor = math.sqrt(effect + noise / spread**2)
    if factor <= 1:
        return estimate
    least, most = statistic.range
    return dataclasses.replace(
        estimate,
        lower=max(least, backward(middle - factor * (middle - low))),
        upper=min(most, backward(middle + factor * (high - middle))),
        method=f"{estimate.method}_widened",
        note=f"Interval widened {factor:.2f} times to protect employers.",
    )


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
