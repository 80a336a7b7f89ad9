"""Every statistic, one a file, and the tests of pairs.

`FILES` lists the files in the order of tables; each has its objects, one a design, in `STATISTICS`. A new statistic is
a file and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from corrtest.analysis.statistics.mcnemar import (
    mcnemar_asymptotic,
    mcnemar_corrected,
    mcnemar_exact,
    mcnemar_midp,
)
from corrtest.analysis.statistics.of_arms import ArmStatistic, Precision
from corrtest.analysis.statistics.of_pairs import PairedStatistic
from corrtest.analysis.statistics.share import ShareStatistic
from corrtest.analysis.statistics.statistic import Label, Method, Statistic
from corrtest.analysis.tables import Intervals, PairedTables, Tests

FILES = (
    "positive_rate",
    "rate_difference",
    "discrimination_ratio",
    "net_discrimination_rate",
    "odds_ratio",
    "share",
)

_ALL = tuple(found for name in FILES for found in import_module(f"{__name__}.{name}").STATISTICS)

OF_PAIRS: Mapping[str, PairedStatistic] = {found.name: found for found in _ALL if isinstance(found, PairedStatistic)}
OF_ARMS: Mapping[str, ArmStatistic] = {found.name: found for found in _ALL if isinstance(found, ArmStatistic)}
OF_SHARES: Mapping[str, ShareStatistic] = {found.name: found for found in _ALL if isinstance(found, ShareStatistic)}

ESTIMATORS: Mapping[str, Mapping[str, Callable[[PairedTables, float], Intervals]]] = {
    name: {method: found.interval for method, found in statistic.methods.items()}
    for name, statistic in OF_PAIRS.items()
}

TESTS: Mapping[str, Callable[[PairedTables], Tests]] = {
    "mcnemar_midp": mcnemar_midp,
    "mcnemar_exact": mcnemar_exact,
    "mcnemar_asymptotic": mcnemar_asymptotic,
    "mcnemar_corrected": mcnemar_corrected,
}

DEFAULT_TESTS = ("mcnemar_midp", "mcnemar_exact")

__all__ = [
    "DEFAULT_TESTS",
    "ESTIMATORS",
    "OF_ARMS",
    "OF_PAIRS",
    "OF_SHARES",
    "TESTS",
    "ArmStatistic",
    "Label",
    "Method",
    "PairedStatistic",
    "Precision",
    "ShareStatistic",
    "Statistic",
]
