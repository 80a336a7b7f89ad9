"""Statistics of paired 2×2 tables: arrays of tables in, arrays out.

========================  ==========================================================================
tables                    the table, and what a statistic returns
positive_rate             each arm's rate, Wilson with and without an adjustment
rate_difference           treated − control
discrimination_ratio      treated ÷ control
odds_ratio                treated only ÷ control only
net_discrimination_rate   control only − treated only, over either denominator
mcnemar                   the test in four forms
score                     the constrained score that Tango's and Tang's intervals invert
========================  ==========================================================================

`ESTIMATORS` and `TESTS` name every method; the first of each estimate is the default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corrtest.analysis.paired import (
    discrimination_ratio,
    mcnemar,
    net_discrimination_rate,
    odds_ratio,
    positive_rate,
    rate_difference,
)
from corrtest.analysis.paired.tables import Intervals, PairedCounts, PairedTables, Tests

__all__ = ["DEFAULT_TESTS", "ESTIMATORS", "TESTS", "Intervals", "PairedCounts", "PairedTables", "Tests"]

Estimator = Callable[[PairedTables, float], Intervals]

ESTIMATORS: Mapping[str, Mapping[str, Estimator]] = {
    "positive_rate_control": {
        "wilson_adjusted": positive_rate.control_wilson_adjusted,
        "wilson": positive_rate.control_wilson,
    },
    "positive_rate_treated": {
        "wilson_adjusted": positive_rate.treated_wilson_adjusted,
        "wilson": positive_rate.treated_wilson,
    },
    "rate_difference": {
        "tango": rate_difference.tango,
        "wald": rate_difference.wald,
        "agresti_min": rate_difference.agresti_min,
        "bonett_price": rate_difference.bonett_price,
        "newcombe": rate_difference.newcombe,
        "score_skewness_corrected": rate_difference.score_skewness_corrected,
    },
    "discrimination_ratio": {
        "tang": discrimination_ratio.tang,
        "wald_log": discrimination_ratio.wald_log,
        "bonett_price": discrimination_ratio.bonett_price,
        "mover_wilson": discrimination_ratio.mover_wilson,
        "score_skewness_corrected": discrimination_ratio.score_skewness_corrected,
    },
    "net_discrimination_rate": {"tango": net_discrimination_rate.tango},
    "net_discrimination_rate_all_pairs": {"tango": net_discrimination_rate.all_pairs_tango},
    "odds_ratio": {
        "wilson": odds_ratio.wilson,
        "wald": odds_ratio.wald,
        "clopper_pearson": odds_ratio.clopper_pearson,
        "midp": odds_ratio.midp,
    },
}

TESTS: Mapping[str, Callable[[PairedTables], Tests]] = {
    "mcnemar_midp": mcnemar.mcnemar_midp,
    "mcnemar_exact": mcnemar.mcnemar_exact,
    "mcnemar_asymptotic": mcnemar.mcnemar_asymptotic,
    "mcnemar_corrected": mcnemar.mcnemar_corrected,
}

DEFAULT_TESTS = ("mcnemar_midp", "mcnemar_exact")
