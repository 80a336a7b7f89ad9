"""What `check` refuses beyond the study file's own faults: whatever the budget, the plan or the preregistration cannot
carry.

Each rule is the later step itself, called beforehand, so that the two cannot come apart.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from corrtest.design.dealing import usable_templates
from corrtest.design.paired_rates import assumed_rates
from corrtest.design.plan import pairs_quota
from corrtest.design.planning import make_plan
from corrtest.design.prices import prices
from corrtest.design.sending_days import sending_days
from corrtest.design.shortfall import feasibility_faults
from corrtest.errors import CorrtestError, Fault
from corrtest.language import say
from corrtest.spec import Study

__all__ = ["faults_of", "over_budget", "plan_refusals", "study_refusals"]


def study_refusals(study: Study) -> tuple[Fault, ...]:
    """Name what no plan of the study could mend, whatever its vacancies."""
    if study.instrument != "correspondence_test":
        return ()
    steps: tuple[Callable[[], object], ...] = (
        lambda: sending_days(study),
        lambda: usable_templates(study),
        lambda: assumed_rates(study),
    )
    found = [*_too_few(study), *(fault for step in steps for fault in faults_of(step))]
    return tuple(found or (faults_of(lambda: prices(study)) or over_budget(study)))


def plan_refusals(study: Study, vacancies: pd.DataFrame) -> tuple[Fault, ...]:
    """Name what the plan would refuse with these vacancies; the plan is made and thrown away."""
    return feasibility_faults(study, vacancies) or faults_of(lambda: make_plan(study, vacancies))


def over_budget(study: Study) -> tuple[Fault, ...]:
    """Name a design that costs more than the money there is: the subsidy and what the sector adds."""
    available = study.budget.available
    if available is None or study.instrument != "correspondence_test":
        return ()
    rows = sum(pairs_quota(study).values())
    # Two applications, to two vacancies, stand for a pair: see `Prices`.
    pairs = -(-rows // 2) if study.pairing == "unpaired" else rows
    cost, payable = prices(study).cost(pairs), prices(study).pairs(available)
    if cost <= available:
        return ()
    return (
        Fault(
            key="budget",
            given=say(
                "{available:,.0f} euro for a design of {pairs:,} pairs that costs {cost:,.0f} euro",
                available=available,
                pairs=pairs,
                cost=cost,
            ),
            expected=say("quotas that it pays (at most {payable:,} pairs), or more money", payable=payable),
            action=say(
                "Lower the quotas, raise total or sector_adds, or fill in the partner's own prices in [budget]. See "
                "what the budget pays instead with: corrtest power"
            ),
        ),
    )


def faults_of(step: Callable[[], object]) -> tuple[Fault, ...]:
    """Run a step and return the faults for which it refuses; none where it does not."""
    try:
        step()
    except CorrtestError as error:
        return error.faults or (Fault(expected=say("nothing that a later step refuses"), action=error.message),)
    return ()


def _too_few(study: Study) -> tuple[Fault, ...]:
    """Name quotas of which no pair is left: where tests are counted in applications, a single one makes no pair."""
    if pairs_quota(study):
        return ()
    return (
        Fault(
            key="committee",
            given=say("{pairs_wanted} tests, of which no pair can be made", pairs_wanted=study.pairs_wanted),
            expected=say("a quota of at least 2 applications"),
            action=say('Raise a quota, or write tests_are = "pairs" in [fieldwork].'),
        ),
    )
