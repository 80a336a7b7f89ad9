"""Estimates from published counts, with intervals widened for the noise and for employers with several pairs.

Nothing here reads the true counts: what a reader gets is a function of published counts and of facts of the design.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from corrtest.analysis import Counts, Design, GroupResult, Published, design_of, published
from corrtest.disclosure.noise import FloatArray
from corrtest.errors import DisclosureError
from corrtest.language import say


def computed(*groups: GroupResult) -> frozenset[str]:
    """Return the names of the statistics that the analysis computed of groups."""
    return frozenset(estimate.name for group in groups for estimate in group.estimates)


def protected_figures(
    counts: Sequence[Counts],
    *,
    noise: Sequence[FloatArray | None],
    effects: Sequence[float],
    confidence_level: float,
    names: Collection[str] | None = None,
) -> list[Published | None]:
    """Return what is published of each table of counts, its estimates and its test, widened for noise and employers.

    None where an arm has no row: then a cell is too small to show, and there is nothing to estimate.

    Parameters
    ----------
    counts : sequence of counts
        Published counts, all of one design; all tables are estimated at once.
    noise : sequence of arrays (cells × cells) or None
        Covariance of the noise on each table; None = exact.
    effects : sequence of float
        See `corrtest.analysis.design_effect`.
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
    _require_protected(design, names)
    covariance = None
    if any(each is not None for each in noise):
        exact = np.zeros((len(design.cells),) * 2)
        covariance = np.array([exact if each is None else each for each in noise])
    return published(counts, effects=effects, noise=covariance, confidence_level=confidence_level, names=names)


def _require_protected(design: Design[Any, Any], names: Collection[str] | None) -> None:
    """Refuse what has no gradient: it says what noise on a count does to a statistic."""
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
    for statistic in (found for found in known if (found.name in names if names else found.standard)):
        if statistic.gradient is None:
            raise DisclosureError(
                say(
                    "The statistic '{statistic}' cannot be protected, so nothing leaves: it has no gradient, "
                    "which says how far noise on a count moves it. Give it one, or make it one that is not "
                    "standard.",
                    statistic=statistic.name,
                )
            )
