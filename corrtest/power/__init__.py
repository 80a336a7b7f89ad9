"""Power: what a study can show of what it publishes, and what that costs.

============  =================================================================================
chances       how likely each table of counts is, exactly, with employers that have several pairs
decision      for which tables the published verdict says what is true
family        what adjustment for the number of tests asks of one of them
precision     interval widths; power to see a change or a difference between sectors
measurement   one measurement, paired or not: power, pairs needed, detectable ratio
following     how many tests a follow-up needs beside its baseline
interaction   what crossed signals can show
hidden        results of a plan that will not be shown, said before anything is sent
shown         which results the disclosure gate will let out
study_power   what a study or a plan can show, with sentences and a plot
spreading     how best to spread what a budget pays
money         what a study costs, what a budget buys, and which aim to choose; money_page: a page for a board
client_calls  how precise the share of a study that calls firms is, and what its calls take
============  =================================================================================
"""

from corrtest.power.client_calls import CallsBudget, CallsPrecision, ShareShown, calls_budget, calls_precision
from corrtest.power.following import FollowUp, follow_ups, quotas_of_follow_up
from corrtest.power.hidden import hidden_results
from corrtest.power.measurement import Employers, Measurement
from corrtest.power.money import Choice, Money, money_of_study, quotas_of, with_quotas
from corrtest.power.money_page import MoneyRow, money_page, money_rows, money_sentences, money_words
from corrtest.power.spreading import AIMS, BudgetAnswer, spread_budget
from corrtest.power.study_power import StudyPower, power_of_measurement, power_of_plan, power_of_study

__all__ = [
    "AIMS",
    "BudgetAnswer",
    "CallsBudget",
    "CallsPrecision",
    "Choice",
    "Employers",
    "FollowUp",
    "Measurement",
    "Money",
    "MoneyRow",
    "ShareShown",
    "StudyPower",
    "calls_budget",
    "calls_precision",
    "follow_ups",
    "hidden_results",
    "money_of_study",
    "money_page",
    "money_rows",
    "money_sentences",
    "money_words",
    "power_of_measurement",
    "power_of_plan",
    "power_of_study",
    "quotas_of",
    "quotas_of_follow_up",
    "spread_budget",
    "with_quotas",
]
