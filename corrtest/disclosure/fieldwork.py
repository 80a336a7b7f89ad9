"""What a report may say of the fieldwork: numbers of tests, never what an employer answered.

How many tests were planned, set aside, given up or are still out follows from what the researchers did, and passes; so
does how many they left out after an incident, which tells that an employer complained and nothing of an answer.
What befell a complete test (a bounce, a withdrawn vacancy, a late answer) is an act of its employer: it passes as one
number for the whole study, and only where it is not small.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corrtest.disclosure.policy import Policy
from corrtest.spec import MARKED_TESTS, TEST_FATES


def public_fieldwork(fieldwork: Mapping[str, Any], policy: Policy, *, sizes_known: bool) -> dict[str, Any]:
    """Return the part of `Results.fieldwork` that may leave.

    `strata` keep the fates of their tests; `marked` has each thing that befell complete tests, None where it is fewer
    than `least`. Where the main result leaves such tests out (`sizes_known` False), nothing says how many they were.
    """
    strata = fieldwork.get("strata", ())
    made: dict[str, Any] = {"strata": [], "weeks": [dict(week) for week in fieldwork.get("weeks", ())]}
    if strata:
        kept = ("joint_committee", "criterion", *TEST_FATES)
        made["strata"] = [{name: stratum[name] for name in kept} for stratum in strata]
        least = policy.min_employers
        totals = {name: sum(stratum[name] for stratum in strata) for name in MARKED_TESTS}
        if sizes_known:
            made["marked"] = {name: total if total >= least else None for name, total in totals.items()}
            made["least"] = least
    return {name: rows for name, rows in made.items() if rows}
