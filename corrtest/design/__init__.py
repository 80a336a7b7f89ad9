"""Design: what can be measured, and from a study and its vacancies to a frozen plan.

==============  ======================================================================================
substreams      every random choice has its own generator
sending_days    the days on which a pair can start
frame           which vacancies a study can use, its cells and quotas, all caps as one problem
allocation      which vacancy, for which stratum, in which week: an integer programme
employer_load   caps, and windows held to the day
placement       from weeks to days
counterbalance  criterion, level, template by arm and order, by complete randomisation
planning        `make_plan`, `plan_together`
plan            `Plan`, `Shortfall`
plan_files      the plan on disk
shortfall       what is short and why, before and after planning
==============  ======================================================================================
"""

from __future__ import annotations

from corrtest.design.plan import Plan, Shortfall, pairs_quota
from corrtest.design.plan_files import read_plan, write_plan
from corrtest.design.planning import make_plan, plan_together
from corrtest.design.shortfall import feasibility_faults
from corrtest.design.substreams import substream

__all__ = [
    "Plan",
    "Shortfall",
    "feasibility_faults",
    "make_plan",
    "pairs_quota",
    "plan_together",
    "read_plan",
    "substream",
    "write_plan",
]
