"""Design: what can be measured, and from a study and its vacancies to a frozen plan.

==============  ======================================================================================
substreams      every random choice has its own generator
sending_days    the days on which a pair can start
frame           which vacancies a study can use, its cells and quotas, all caps as one problem
allocation      which vacancy, for which stratum, in which week: an integer programme
sweep           the same for many committees, one after the other
employer_load   caps of all studies together, and windows held to the day
partner_load    what partners can start on a day
placement       from weeks to days
placing         all of these at once: `PlanInputs` to placed pairs
binding         what keeps a committee short, and how many more employers would fill it
counterbalance  criterion, level, template by arm, order or arm, lag, by complete randomisation
continuing      the same over waves: what a later version deals makes up for what went before
callers         who calls for which arm of a pair
lost_vacancies  what a study does not reach for want of a channel
dealing         what is drawn for the pairs of a study
assembling      from placed pairs to plans
planning        `make_plan`, `plan_together`
client_calls    `plan_calls`: firms that are called by a client, drawn, dated and dealt
paired_rates    positive rates and association, with defaults from published experiments
prices          what a measurement costs
rated_signals   how the names and sentences of a study were rated, in words
feasibility     what each stratum's vacancies can carry, by week and channel
forecast        how many places for pairs are still to come, week by week
plan            `Plan`, `DrawnPlan` (without who the employers are), `Shortfall`
amendment       later versions of a plan, and its recomputation
balance         standardised differences of everything drawn
plan_files      the plan on disk, in its two parts
documents_key   the secret that documents follow from, and the commitment to it
preregistering  the preregistration, from the study and the plan (markup: its Markdown as Typst)
shortfall       what is short and why, before and after planning
refusals        what `check` refuses: the later steps themselves, called beforehand
==============  ======================================================================================
"""

from __future__ import annotations

from corrtest.design.amendment import amend_plan, freeze, verify_plan
from corrtest.design.balance import BalanceTable, balance_table
from corrtest.design.callers import assign_callers, caller_balance, caller_warnings
from corrtest.design.client_calls import drawn_firms, plan_calls
from corrtest.design.documents_key import read_documents_key
from corrtest.design.feasibility import Feasibility, feasibility
from corrtest.design.forecast import SURE, Forecast, forecast
from corrtest.design.lost_vacancies import lost_to_channels, said_of_lost
from corrtest.design.paired_rates import (
    PairedRates,
    assumed_rates,
    assumptions,
    published_heterogeneity,
    published_rates,
)
from corrtest.design.plan import DrawnPlan, Plan, Shortfall, pairs_quota
from corrtest.design.plan_files import read_drawn_plan, read_plan, write_plan
from corrtest.design.planning import make_plan, plan_together
from corrtest.design.preregistering import preregistration, write_preregistration
from corrtest.design.prices import Prices, classic_cost, prices
from corrtest.design.rated_signals import rating_sentences, unrated_sentence
from corrtest.design.refusals import faults_of, over_budget, plan_refusals, study_refusals
from corrtest.design.shortfall import feasibility_faults, shortfall_cause
from corrtest.design.substreams import substream

__all__ = [
    "SURE",
    "BalanceTable",
    "DrawnPlan",
    "Feasibility",
    "Forecast",
    "PairedRates",
    "Plan",
    "Prices",
    "Shortfall",
    "amend_plan",
    "assign_callers",
    "assumed_rates",
    "assumptions",
    "balance_table",
    "caller_balance",
    "caller_warnings",
    "classic_cost",
    "drawn_firms",
    "faults_of",
    "feasibility",
    "feasibility_faults",
    "forecast",
    "freeze",
    "lost_to_channels",
    "make_plan",
    "over_budget",
    "pairs_quota",
    "plan_calls",
    "plan_refusals",
    "plan_together",
    "preregistration",
    "prices",
    "published_heterogeneity",
    "published_rates",
    "rating_sentences",
    "read_documents_key",
    "read_drawn_plan",
    "read_plan",
    "said_of_lost",
    "shortfall_cause",
    "study_refusals",
    "substream",
    "unrated_sentence",
    "verify_plan",
    "write_plan",
    "write_preregistration",
]
