"""Synthetic labour markets, with a known truth, and what users simulate on them.

==============  ==================================================================
calls           simulated firms, and what they answer a client
market          simulated vacancies and reactions for a study (the demo)
demonstration   the demo's study: a ready design, marked as simulated; keys that keep nothing secret
fieldwork       its register, kept from a plan and simulated reactions
raters          simulated answers to the rating questionnaire
respondents     simulated answers to the sector survey and the risk analysis
running         cells of a simulation, on cores or on a Dask cluster
==============  ==================================================================
"""

from corrtest.lab.calls import simulate_answers, simulate_firms
from corrtest.lab.demonstration import simulated_key, simulated_study
from corrtest.lab.fieldwork import simulate_fieldwork
from corrtest.lab.market import market_assumptions, simulate_reactions, simulate_vacancies
from corrtest.lab.raters import simulate_ratings
from corrtest.lab.respondents import simulate_risk_answers, simulate_survey_answers
from corrtest.lab.running import run_cells

__all__ = [
    "market_assumptions",
    "run_cells",
    "simulate_answers",
    "simulate_fieldwork",
    "simulate_firms",
    "simulate_ratings",
    "simulate_reactions",
    "simulate_risk_answers",
    "simulate_survey_answers",
    "simulate_vacancies",
    "simulated_key",
    "simulated_study",
]
