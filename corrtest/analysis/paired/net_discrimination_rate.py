"""The net discrimination rate: control only minus treated only, above 0 where the treated arm is at a disadvantage.

Two denominators are in use and give very different figures (0.097 and 0.289 on one Swedish experiment), so each has
its own name here: `net_discrimination_rate` is over the pairs with at least one positive reaction, as in the
studies of the International Labour Office; `net_discrimination_rate_all_pairs` is over all pairs, and so the rate
difference with its sign turned.
"""

from __future__ import annotations

import numpy as np

from corrtest.analysis.paired.rate_difference import tango as difference_tango
from corrtest.analysis.paired.rate_difference import tango_at as difference_tango_at
from corrtest.analysis.paired.tables import FloatArray, Intervals, PairedTables, divide, normal_quantile


def net_discrimination_rate(tables: PairedTables) -> FloatArray:
    """Compute (control only − treated only) / pairs with at least one positive reaction; nan where there is none."""
    return divide(tables.control_only - tables.treated_only, tables.any_positive)


def tango(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute Tango's score interval among the pairs with at least one positive reaction.

    Given their number, both, control only and treated only are trinomial, and the rate is a paired difference in a
    table without `neither`: Tango's interval holds as it stands, with that number in place of n. Coverage at 95 %
    where 10 or more discordant pairs are expected: 0.946 to 0.962 (analysis/calibration/exact).
    """
    return tango_at(tables, np.full_like(tables.pairs, normal_quantile(confidence_level)))


def tango_at(tables: PairedTables, z: FloatArray) -> Intervals:
    """Compute that interval at the quantile `z`, one a table."""
    usable = tables.any_positive > 0
    among_positive = PairedTables(
        # One pair stands in where there is none, so that the arithmetic is defined; the result is dropped below.
        both=np.where(usable, tables.both, 1.0),
        control_only=tables.control_only,
        treated_only=tables.treated_only,
        neither=np.zeros_like(tables.pairs),
    )
    return _usable(_turned(difference_tango_at(among_positive, z)), usable)


def all_pairs_tango(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute (control only − treated only) / all pairs with Tango's score interval."""
    return _turned(difference_tango(tables, confidence_level))


def _turned(interval: Intervals) -> Intervals:
    # 0.0 − x keeps zero positive: −0.0 would print with a sign.
    return Intervals(0.0 - interval.value, 0.0 - interval.upper, 0.0 - interval.lower)


def _usable(interval: Intervals, usable: np.ndarray) -> Intervals:
    return Intervals(*(np.where(usable, part, np.nan) for part in interval))
