"""From a pairs table to estimates of discrimination; nothing here knows a firm.

=================  =======================================================================
tables/            what is counted: pairs, or each arm by itself; which reactions were positive
statistics/        every statistic, one a file: one object with all that depends on it
designs/           paired and unpaired: counts, clusters, estimates, tests, words
read/              a study's table, read and checked; here its design is chosen (rows: what tables share)
grouping           which group and which cluster each row is in
counted            the counts of a margin, whatever its design (every_margin)
handling           what every output says: internal, not through the gate
membership         which pairs stand in which group, for disclosure control
group_result       the result of a group; results, result_files: all of them, as JSON
analysing          `analyse` and `two_by_two` (preregistered, further, families)
randomisation      inference from the plan's draw
candidates         more than two candidates: Cochran's Q, interactions
interactions       two crossed signals: do both together cost what the two cost apart? (interaction_sentences)
pooling/           many strata or experiments: meta-analysis, shrinkage, adjusted tests
models/            regressions of reactions, and what each says about the rate
comparing/         waves, sectors, channels, published experiments (channel_sentences)
concentration      how unequal treatment is spread over employers
monitoring         early looks that hold their level (early_looks: of a study's table)
odd_reactions      counted, left out, bounded (sensitivity, robustness: each choice beside the result)
verdicts           what is published of counts, and the one verdict that follows from it
sentences, plots   plain sentences, and forest, agreement, shrinkage and comparison plots; labels: names per language
=================  =======================================================================
"""

from corrtest.analysis import models, pooling
from corrtest.analysis.analysing import analyse, two_by_two
from corrtest.analysis.candidates import (
    CochranResult,
    adjusted_comparisons,
    all_comparisons,
    analyse_candidates,
    cochran_q,
    comparisons_frame,
    components,
    interaction,
)
from corrtest.analysis.channel_sentences import channel_sentence, channel_summary
from corrtest.analysis.comparing import (
    EARLIER_COLUMNS,
    Bridge,
    Comparison,
    Comparisons,
    Difference,
    EarlierResult,
    bridge_results,
    channel_tests,
    compare_channels,
    compare_results,
    compare_tables,
    compare_waves,
    compare_with_published,
    read_earlier,
)
from corrtest.analysis.concentration import Concentration, concentrations, concentrations_of, share_bounds
from corrtest.analysis.designs import DESIGNS, ONE_ARM, PAIRED, UNPAIRED, Block, Design, design_named, design_of
from corrtest.analysis.designs.detectable import power
from corrtest.analysis.designs.one_arm import AgainstStandard, against_standard, share_variance
from corrtest.analysis.designs.paired.bootstrap import bootstrap_intervals
from corrtest.analysis.designs.paired.clusters import clustered_intervals, clustered_tests
from corrtest.analysis.designs.paired.counting import Clusters, MarginCounts
from corrtest.analysis.designs.unpaired import UnmatchedResult, unmatched
from corrtest.analysis.early_looks import monitor
from corrtest.analysis.families import COMMITTEES, SECTOR, adjusted_families, adjusted_pvalue
from corrtest.analysis.group_result import Estimate, GroupResult, TestResult
from corrtest.analysis.grouping import IDENTIFYING, tells_apart
from corrtest.analysis.handling import handling, handling_sentence
from corrtest.analysis.interaction_sentences import interaction_points, interaction_sentence
from corrtest.analysis.interactions import CombinedInteraction, Interaction, combined_interactions
from corrtest.analysis.labels import LABELS, METHOD_LABELS
from corrtest.analysis.membership import Atom, Membership
from corrtest.analysis.models import ModelComparison
from corrtest.analysis.monitoring import Evidence, Look, boundaries, e_process, e_values, look, preregistered_rule
from corrtest.analysis.plots import agreement_plot, comparison_plot, forest_plot, shrinkage_plot
from corrtest.analysis.pooling import (
    PooledResults,
    StrataResult,
    benjamini_hochberg,
    holm,
    pool_aggregate,
    pool_strata,
    read_aggregate,
)
from corrtest.analysis.preregistered import primary_outcome
from corrtest.analysis.randomisation import DRAWS, RandomisationResult, exact_sign_test, randomisation_test
from corrtest.analysis.read import (
    AnswersTable,
    ApplicationsTable,
    CandidateTable,
    PairsTable,
    StudyTable,
    answers_table,
    applications_of_pairs,
    candidate_table,
    long_table,
    pairs_table,
    read_answers,
    read_candidates,
    read_long,
    read_pairs,
    require_pairs,
)
from corrtest.analysis.results import Results
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.analysis.sensitivity import sensitivity
from corrtest.analysis.sentences import (
    VERDICTS,
    finding_sentence,
    group_sentence,
    probability,
    results_summary,
    sentence_words,
    verdict_sentence,
    written_pvalue,
)
from corrtest.analysis.shares import EVERY, ShareChange, analyse_shares, change_of_share
from corrtest.analysis.statistics import ESTIMATORS, TESTS, Statistic
from corrtest.analysis.statistics.equivalence import equivalence, noninferiority, one_sided
from corrtest.analysis.statistics.share import clopper_pearson, share_limits
from corrtest.analysis.tables import (
    ArmCounts,
    ArmTables,
    Counts,
    Intervals,
    PairedCounts,
    PairedTables,
    ShareCounts,
    ShareTables,
    counts_of,
    normal_quantile,
)
from corrtest.analysis.verdicts import (
    Published,
    Verdict,
    decisions,
    design_effect,
    largest_design_effect,
    noise_variance,
    published,
    pvalues,
    verdict,
    verdict_of,
)

__all__ = [
    "COMMITTEES",
    "DEFAULT_OUTCOMES",
    "DESIGNS",
    "DRAWS",
    "EARLIER_COLUMNS",
    "ESTIMATORS",
    "EVERY",
    "IDENTIFYING",
    "LABELS",
    "METHOD_LABELS",
    "ONE_ARM",
    "PAIRED",
    "SECTOR",
    "TESTS",
    "UNPAIRED",
    "VERDICTS",
    "AgainstStandard",
    "AnswersTable",
    "ApplicationsTable",
    "ArmCounts",
    "ArmTables",
    "Atom",
    "Block",
    "Bridge",
    "CandidateTable",
    "Clusters",
    "CochranResult",
    "CombinedInteraction",
    "Comparison",
    "Comparisons",
    "Concentration",
    "Counts",
    "Design",
    "Difference",
    "EarlierResult",
    "Estimate",
    "Evidence",
    "GroupResult",
    "Interaction",
    "Intervals",
    "Look",
    "MarginCounts",
    "Membership",
    "ModelComparison",
    "PairedCounts",
    "PairedTables",
    "PairsTable",
    "PooledResults",
    "Published",
    "RandomisationResult",
    "Results",
    "ShareChange",
    "ShareCounts",
    "ShareTables",
    "Statistic",
    "StrataResult",
    "StudyTable",
    "TestResult",
    "UnmatchedResult",
    "Verdict",
    "adjusted_comparisons",
    "adjusted_families",
    "adjusted_pvalue",
    "against_standard",
    "agreement_plot",
    "all_comparisons",
    "analyse",
    "analyse_candidates",
    "analyse_shares",
    "answers_table",
    "applications_of_pairs",
    "benjamini_hochberg",
    "bootstrap_intervals",
    "boundaries",
    "bridge_results",
    "candidate_table",
    "change_of_share",
    "channel_sentence",
    "channel_summary",
    "channel_tests",
    "clopper_pearson",
    "clustered_intervals",
    "clustered_tests",
    "cochran_q",
    "combined_interactions",
    "compare_channels",
    "compare_results",
    "compare_tables",
    "compare_waves",
    "compare_with_published",
    "comparison_plot",
    "comparisons_frame",
    "components",
    "concentrations",
    "concentrations_of",
    "counts_of",
    "decisions",
    "design_effect",
    "design_named",
    "design_of",
    "e_process",
    "e_values",
    "equivalence",
    "exact_sign_test",
    "finding_sentence",
    "forest_plot",
    "group_sentence",
    "handling",
    "handling_sentence",
    "holm",
    "interaction",
    "interaction_points",
    "interaction_sentence",
    "largest_design_effect",
    "long_table",
    "look",
    "models",
    "monitor",
    "noise_variance",
    "noninferiority",
    "normal_quantile",
    "one_sided",
    "pairs_table",
    "pool_aggregate",
    "pool_strata",
    "pooling",
    "power",
    "preregistered_rule",
    "primary_outcome",
    "probability",
    "published",
    "pvalues",
    "randomisation_test",
    "read_aggregate",
    "read_answers",
    "read_candidates",
    "read_earlier",
    "read_long",
    "read_pairs",
    "require_pairs",
    "results_summary",
    "sensitivity",
    "sentence_words",
    "share_bounds",
    "share_limits",
    "share_variance",
    "shrinkage_plot",
    "tells_apart",
    "two_by_two",
    "unmatched",
    "verdict",
    "verdict_of",
    "verdict_sentence",
    "written_pvalue",
]
