"""From a pairs table to estimates of discrimination; nothing here knows a firm.

==============  ==========================================================================
pairs           the pairs table: reading and checking
long_form       several candidates per vacancy, compared with one reference
margins         groups, counts, sums per employer
paired/         statistics of paired 2×2 tables, vectorised
clusters        intervals and tests that allow for several pairs of one employer
pooling/        many strata or experiments: meta-analysis, shrinkage, adjusted tests
models/         regressions of reactions
estimating      counts → estimates and tests, as frozen objects
analysing       `analyse` and `two_by_two`
results         the objects, results.json
notes           why something is undefined
sentences       one plain sentence per result
plots           forest and agreement
==============  ==========================================================================
"""

from corrtest.analysis.analysing import analyse, two_by_two
from corrtest.analysis.clusters import clustered_intervals, clustered_tests
from corrtest.analysis.long_form import long_table, read_long
from corrtest.analysis.margins import Clusters, MarginCounts
from corrtest.analysis.paired import ESTIMATORS, TESTS, Intervals
from corrtest.analysis.paired.tables import PairedCounts, PairedTables
from corrtest.analysis.pairs import DEFAULT_OUTCOMES, PairsTable, pairs_table, read_pairs
from corrtest.analysis.pooling import pool_aggregate, read_aggregate
from corrtest.analysis.results import Estimate, GroupResult, Results, TestResult

__all__ = [
    "DEFAULT_OUTCOMES",
    "ESTIMATORS",
    "TESTS",
    "Clusters",
    "Estimate",
    "GroupResult",
    "Intervals",
    "MarginCounts",
    "PairedCounts",
    "PairedTables",
    "PairsTable",
    "Results",
    "TestResult",
    "analyse",
    "clustered_intervals",
    "clustered_tests",
    "long_table",
    "pairs_table",
    "pool_aggregate",
    "read_aggregate",
    "read_long",
    "read_pairs",
    "two_by_two",
]
