"""Synthetic labour markets, with a known truth, for the demo and for calibration.

==============  ==================================================================
market          simulated vacancies and reactions for a study (the demo)
calibration/    coverage, width, size and power of every interval and test, measured on markets with a known truth
demonstration   the demo's study: a ready design, marked as simulated
==============  ==================================================================
"""

from corrtest.lab.calibration import PARTS, calibrate, standard_grid
from corrtest.lab.demonstration import simulated_study
from corrtest.lab.market import market_assumptions, simulate_reactions, simulate_vacancies

__all__ = [
    "PARTS",
    "calibrate",
    "market_assumptions",
    "simulate_reactions",
    "simulate_vacancies",
    "simulated_study",
    "standard_grid",
]
