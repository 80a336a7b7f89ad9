"""Results of a plan that will not be shown by themselves, said before anything is sent."""

from __future__ import annotations

from corrtest.design import DrawnPlan
from corrtest.disclosure import REASONS, Policy, Release, default_policy
from corrtest.language import say
from corrtest.power.shown import Stratum, planned_rows, releases_expected, strata
from corrtest.power.study_power import measurements_of


def hidden_results(plan: DrawnPlan, *, policy: Policy | None = None) -> tuple[str, ...]:
    """Return a warning for each criterion with results that the gate hides where reactions are as expected."""
    study, rows = plan.study, planned_rows(plan)
    policy = (policy or default_policy()).for_study(study.disclosure)
    measured = measurements_of(study)
    tested = {criterion: found for criterion, found in measured.items() if (rows["criterion"] == criterion).any()}
    planned = strata(rows)
    released = releases_expected(study, rows, tested, policy)
    warnings = []
    for criterion in tested:
        hidden = [stratum for stratum in planned if stratum[1] == criterion and not released[stratum].shown]
        if hidden:
            named = " ".join(_named(stratum, planned[stratum].rows, released[stratum]) for stratum in hidden)
            warnings.append(
                say(
                    "{criterion}: will not be shown by itself: {named} Merge small committees in the study, drop the "
                    "stratum, or accept that its result is not shown.",
                    criterion=criterion,
                    named=named,
                )
            )
    return tuple(warnings)


def _named(stratum: Stratum, rows: int, hidden: Release) -> str:
    """Name a result with its size and the gate's reason."""
    assert hidden.suppression is not None
    place = stratum[0] or say("the sector")
    reason = say(REASONS[hidden.suppression.rule], **hidden.suppression.facts)
    return say("{place} ({rows} planned). {reason}", place=place, rows=rows, reason=reason)
