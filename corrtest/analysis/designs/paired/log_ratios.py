"""The log ratio of pairs with its variance: what meta-analysis pools."""

from __future__ import annotations

import numpy as np

from corrtest.analysis.statistics.discrimination_ratio import log_ratio_variance
from corrtest.analysis.tables import BoolArray, FloatArray, PairedTables


def paired_log_ratios(tables: PairedTables) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Compute log ratios with the variance of pairs, (b + c)/(x₁x₂), and which tables needed half a pair added.

    A table without discordant pairs, or with an arm without positives, has no finite log ratio with a positive
    variance; half a pair is added to control only and to treated only there.
    """
    sparse = (tables.discordant == 0) | (tables.control_positives == 0) | (tables.treated_positives == 0)
    mended = PairedTables(
        both=tables.both,
        control_only=tables.control_only + 0.5 * sparse,
        treated_only=tables.treated_only + 0.5 * sparse,
        neither=tables.neither,
    )
    return (
        np.log(mended.treated_positives) - np.log(mended.control_positives),
        log_ratio_variance(mended),
        sparse,
    )
