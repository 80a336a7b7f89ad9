"""The tables that a design counts, one or many: pairs by both reactions, by each arm, or of one arm alone."""

from corrtest.analysis.tables.arms import ArmCounts, ArmTables
from corrtest.analysis.tables.arrays import FloatArray, Intervals, Tests, divide, normal_quantile
from corrtest.analysis.tables.counts import Counts, counts_of, of_pairs
from corrtest.analysis.tables.paired import PairedCounts, PairedTables
from corrtest.analysis.tables.positives import ArmPositives, BoolArray, PairPositives, Positives, SharePositives
from corrtest.analysis.tables.shares import ShareCounts, ShareTables

__all__ = [
    "ArmCounts",
    "ArmPositives",
    "ArmTables",
    "BoolArray",
    "Counts",
    "FloatArray",
    "Intervals",
    "PairPositives",
    "PairedCounts",
    "PairedTables",
    "Positives",
    "ShareCounts",
    "SharePositives",
    "ShareTables",
    "Tests",
    "counts_of",
    "divide",
    "normal_quantile",
    "of_pairs",
]
