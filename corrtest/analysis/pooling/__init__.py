"""One number from many strata or experiments, and each stratum beside it.

==============  ==========================================================
random_effects  DL, Paule-Mandel and REML; z and Hartung-Knapp
shrinkage       empirical Bayes
multiplicity    Holm, Benjamini-Hochberg
aggregate       published experiments, one row each
strata          the strata of one measurement
==============  ==========================================================
"""

from corrtest.analysis.designs.paired.log_ratios import paired_log_ratios
from corrtest.analysis.pooling.aggregate import (
    AggregateTable,
    PooledGroup,
    PooledResults,
    pool_aggregate,
    read_aggregate,
)
from corrtest.analysis.pooling.multiplicity import benjamini_hochberg, holm
from corrtest.analysis.pooling.random_effects import PooledEffect, random_effects
from corrtest.analysis.pooling.shrinkage import ShrunkenEffects, shrink
from corrtest.analysis.pooling.strata import StrataResult, pool_strata

__all__ = [
    "AggregateTable",
    "PooledEffect",
    "PooledGroup",
    "PooledResults",
    "ShrunkenEffects",
    "StrataResult",
    "benjamini_hochberg",
    "holm",
    "paired_log_ratios",
    "pool_aggregate",
    "pool_strata",
    "random_effects",
    "read_aggregate",
    "shrink",
]
