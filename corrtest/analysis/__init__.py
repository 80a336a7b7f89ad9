"""From a pairs table to estimates of discrimination; nothing here knows a firm.

===============  =========================================================================
pairs            the table of a study, one row a pair: reading and checking (reading, cells, rows)
applications     the same with one row an application, of an unpaired study
long_form        several candidates per vacancy, compared with one reference
grouping         which group and which cluster each row is in
margins          counts per group and per employer
paired/          statistics of paired 2×2 tables, vectorised
clusters         intervals and tests that allow for several pairs of one employer
estimating       counts → estimates and tests, as frozen objects
analysing        `analyse` and `two_by_two` (every_margin, margin_results, preregistered)
results          the objects, results.json (group_result, result_files)
notes            why something is undefined, and what few discordant pairs mean
sentences        plain sentences (detectable: what a measurement could have shown)
plots            forest, agreement, shrinkage, comparison
bootstrap        cluster bootstrap
randomisation    inference from the plan's draw
candidates       more than two candidates: Cochran's Q, interactions
unmatched/       one application per vacancy: statistics, counts, results
pooling/         many strata or experiments: meta-analysis, shrinkage, adjusted tests
families         p-values adjusted over the preregistered families
models/          regressions of reactions, and what each says about the rate
comparing/       waves, sectors, published experiments
monitoring       early looks that hold their level (early_looks: of a study's table)
odd_reactions    counted, left out, bounded (sensitivity, robustness: each choice beside the result)
===============  =========================================================================
"""

from corrtest.analysis import models, pooling
from corrtest.analysis.analysing import analyse, two_by_two
from corrtest.analysis.applications import ApplicationsTable
from corrtest.analysis.arms import ArmCounts
from corrtest.analysis.bootstrap import bootstrap_intervals
from corrtest.analysis.candidates import (
    CochranResult,
    Interaction,
    adjusted_comparisons,
    all_comparisons,
    analyse_candidates,
    cochran_q,
    comparisons_frame,
    components,
    interaction,
)
from corrtest.analysis.clusters import clustered_intervals, clustered_tests
from corrtest.analysis.comparing import (
    Comparison,
    Comparisons,
    compare_results,
    compare_tables,
    compare_waves,
    compare_with_published,
)
from corrtest.analysis.detectable import power
from corrtest.analysis.early_looks import monitor
from corrtest.analysis.group_result import Estimate, GroupResult, TestResult
from corrtest.analysis.long_form import CandidateTable, candidate_table, long_table, read_candidates, read_long
from corrtest.analysis.margins import Clusters, MarginCounts
from corrtest.analysis.models import ModelComparison
from corrtest.analysis.monitoring import Evidence, Look, boundaries, e_process, e_values, look, preregistered_rule
from corrtest.analysis.paired import ESTIMATORS, TESTS, Intervals
from corrtest.analysis.paired.equivalence import equivalence, noninferiority, one_sided
from corrtest.analysis.paired.tables import PairedCounts, PairedTables
from corrtest.analysis.pairs import PairsTable, pairs_table, read_pairs
from corrtest.analysis.pooling import (
    PooledResults,
    StrataResult,
    benjamini_hochberg,
    holm,
    pool_aggregate,
    pool_strata,
    read_aggregate,
)
from corrtest.analysis.randomisation import DRAWS, RandomisationResult, exact_sign_test, randomisation_test
from corrtest.analysis.results import Results
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.analysis.sensitivity import sensitivity
from corrtest.analysis.unmatched import UnmatchedResult, unmatched

__all__ = [
    "DEFAULT_OUTCOMES",
    "DRAWS",
    "ESTIMATORS",
    "TESTS",
    "ApplicationsTable",
    "ArmCounts",
    "CandidateTable",
    "Clusters",
    "CochranResult",
    "Comparison",
    "Comparisons",
    "Estimate",
    "Evidence",
    "GroupResult",
    "Interaction",
    "Intervals",
    "Look",
    "MarginCounts",
    "ModelComparison",
    "PairedCounts",
    "PairedTables",
    "PairsTable",
    "PooledResults",
    "RandomisationResult",
    "Results",
    "StrataResult",
    "TestResult",
    "UnmatchedResult",
    "adjusted_comparisons",
    "all_comparisons",
    "analyse",
    "analyse_candidates",
    "benjamini_hochberg",
    "bootstrap_intervals",
    "boundaries",
    "candidate_table",
    "clustered_intervals",
    "clustered_tests",
    "cochran_q",
    "compare_results",
    "compare_tables",
    "compare_waves",
    "compare_with_published",
    "comparisons_frame",
    "components",
    "e_process",
    "e_values",
    "equivalence",
    "exact_sign_test",
    "holm",
    "interaction",
    "long_table",
    "look",
    "models",
    "monitor",
    "noninferiority",
    "one_sided",
    "pairs_table",
    "pool_aggregate",
    "pool_strata",
    "pooling",
    "power",
    "preregistered_rule",
    "randomisation_test",
    "read_aggregate",
    "read_candidates",
    "read_long",
    "read_pairs",
    "sensitivity",
    "two_by_two",
    "unmatched",
]
