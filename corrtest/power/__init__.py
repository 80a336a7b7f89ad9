"""Power: what a study can show of what it publishes, and what that costs.

============  =================================================================================
mcnemar       exact power of the McNemar tests, pairs needed, detectable ratio
arms          exact power of two independent rates, for unpaired studies
precision     interval widths; power to see a change or a difference between sectors
measurement   the same questions of one measurement, paired or not
spreading     how best to spread what a budget pays
study_power   what a study can show, with a sentence and a plot
============  =================================================================================
"""

from corrtest.power.arms import applications_needed, arms_power
from corrtest.power.mcnemar import (
    Clustering,
    connor_pairs,
    detectable_ratio,
    mcnemar_power,
    pairs_needed,
    power_curve,
)
from corrtest.power.measurement import Measurement, default_clustering
from corrtest.power.precision import (
    change_power,
    detectable_change,
    interval_width,
    pairs_for_change,
    pairs_for_width,
)
from corrtest.power.spreading import AIMS, BudgetAnswer, spread_budget
from corrtest.power.study_power import StudyPower, power_of_measurement, power_of_plan, power_of_study

__all__ = [
    "AIMS",
    "BudgetAnswer",
    "Clustering",
    "Measurement",
    "StudyPower",
    "applications_needed",
    "arms_power",
    "change_power",
    "connor_pairs",
    "default_clustering",
    "detectable_change",
    "detectable_ratio",
    "interval_width",
    "mcnemar_power",
    "pairs_for_change",
    "pairs_for_width",
    "pairs_needed",
    "power_curve",
    "power_of_measurement",
    "power_of_plan",
    "power_of_study",
    "spread_budget",
]
