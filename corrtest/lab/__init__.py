"""Synthetic labour markets, with a known truth, for the demo and for calibration.

==============  ==================================================================
market          simulated vacancies and reactions for a study (the demo)
demonstration   the demo's study: a ready design, marked as simulated
==============  ==================================================================
"""

from corrtest.lab.demonstration import simulated_study
from corrtest.lab.market import market_assumptions, simulate_reactions, simulate_vacancies

__all__ = [
    "market_assumptions",
    "simulate_reactions",
    "simulate_vacancies",
    "simulated_study",
]
