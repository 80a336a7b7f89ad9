"""The tables that a design counts, one or many: pairs by the reactions to both arms, or each arm by itself."""

from corrtest.analysis.tables.arms import ArmCounts, ArmTables
from corrtest.analysis.tables.arrays import FloatArray, Intervals, Tests, divide, normal_quantile
from corrtest.analysis.tables.counts import Counts, counts_of, of_pairs
from corrtest.analysis.tables.paired import PairedCounts, PairedTables
from corrtest.analysis.tables.positives import ArmPositives, BoolArray, PairPositives, Positives

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
    "Tests",
    "counts_of",
    "divide",
    "normal_quantile",
    "of_pairs",
]
