"""The state of a measurement at an early look, criterion by criterion, by the rule that the study preregistered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from corrtest.analysis.counted import CountedMargin
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import each_grouping
from corrtest.analysis.monitoring import E_PROCESS, e_process, look, preregistered_rule
from corrtest.analysis.preregistered import planned_rows, primary_outcome
from corrtest.analysis.read import StudyTable, require_pairs
from corrtest.analysis.result_files import finite
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.errors import AnalysisError
from corrtest.language import keep, say
from corrtest.spec import MonitoringRule

SENT_ON = "sent_on"
# A look planned at half the pairs may be taken at 49.5 %: what the statistic is compared with follows the real share.
_TOLERANCE = 0.01


def monitor(
    table: StudyTable, study: Mapping[str, Any] | None, shortfalls: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return the rule and, for each criterion on the primary outcome, what it says at this point.

    Parameters
    ----------
    table : PairsTable or ApplicationsTable
        The pairs complete so far; `sent_on` orders them for an e-process.
    study : mapping
        The study's description, with its quotas and its `analysis`.
    shortfalls : iterable of mappings
        What the plan could not fill (`criterion`, `wanted`, `planned`): fractions are of the pairs really planned.

    Raises
    ------
    AnalysisError
        The study preregistered no early look, or not this one.
    """
    rule = preregistered_rule(study)
    outcomes = {name: tuple(words) for name, words in ((study or {}).get("outcomes") or DEFAULT_OUTCOMES).items()}
    positives = table.outcomes(outcomes)
    outcome = primary_outcome(list(positives), study)
    grouping = next(each_grouping(table))
    counted = CountedMargin.of(table.design, grouping, outcome, positives[outcome])
    if rule.rule == E_PROCESS:
        control, treated = require_pairs(table, "The e-process").outcomes(outcomes)[outcome]
        states = [
            _evidence(group, grouping.group_of == place, control, treated, table, rule)
            for place, group in enumerate(counted.results(confidence_level=0.95))
        ]
    else:
        planned = _planned(study, shortfalls)
        states = [_look(group, statistic, planned, rule) for group, statistic in _statistics(counted)]
    return {
        "rule": rule.rule,
        "alpha": rule.alpha,
        "looks": list(rule.looks),
        "outcome": outcome,
        "states": finite(states),
    }


def _planned(study: Mapping[str, Any] | None, shortfalls: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    planned: dict[str, int] = {}
    for (criterion, _), rows in planned_rows(study).items():
        planned[criterion] = planned.get(criterion, 0) + rows
    for shortfall in shortfalls:
        planned[shortfall["criterion"]] -= int(shortfall["wanted"]) - int(shortfall["planned"])
    if not planned:
        raise AnalysisError(say("Early looks need the study's quotas: they are fractions of the pairs planned."))
    return planned


def _statistics(counted: CountedMargin) -> list[tuple[GroupResult, float]]:
    """Return each group with its z, signed: below 0 where the treated arm is worse off."""
    return [
        (
            group,
            float(np.copysign(counted.design.departure(group), group.estimate("rate_difference").value or 0.0)),
        )
        for group in counted.results(confidence_level=0.95)
    ]


def _look(group: GroupResult, statistic: float, planned: Mapping[str, int], rule: MonitoringRule) -> dict[str, Any]:
    wanted = planned.get(str(group.criterion), 0)
    state: dict[str, Any] = {"criterion": group.criterion, "pairs": group.pairs, "planned_pairs": wanted}
    if not wanted:
        return {**state, "stop": False, "note": keep("The study planned no pairs of this criterion: no look.")}
    fraction = min(group.pairs / wanted, 1.0)
    number = int(np.sum(np.array(rule.looks) <= fraction + _TOLERANCE))
    if number == 0:
        first = rule.looks[0]
        said = keep(
            "No look yet: {fraction:.0%} of the pairs are complete, and the first look is at {first:.0%}.",
            fraction=fraction,
            first=first,
        )
        return {**state, "fraction": fraction, "stop": False, "note": said}
    if number > 1 and fraction <= rule.looks[number - 2]:
        number -= 1
    taken = look(statistic, pairs=min(group.pairs, wanted), planned_pairs=wanted, look_number=number, rule=rule)
    return {**state, **asdict(taken)}


def _evidence(
    group: GroupResult,
    here: np.ndarray,
    control: np.ndarray,
    treated: np.ndarray,
    table: StudyTable,
    rule: MonitoringRule,
) -> dict[str, Any]:
    rows = np.flatnonzero(here)
    if SENT_ON in table.frame:
        # Ties keep the order of the table, which the register exports by pair number.
        sent = pd.to_datetime(table.frame[SENT_ON].iloc[rows]).to_numpy()
        rows = rows[np.argsort(sent, kind="stable")]
    discordant = rows[control[rows] != treated[rows]]
    found = e_process(treated[discordant], alpha=rule.alpha)
    said = (
        keep(
            "The evidence has reached {alpha:g}: the difference is beyond chance, and fieldwork may stop.",
            alpha=1 / rule.alpha,
        )
        if found.stop
        else keep("The evidence has not reached {alpha:g}: go on.", alpha=1 / rule.alpha)
    )
    if group.largest_employer_pairs and group.largest_employer_pairs > 1:
        said += keep(" It takes pairs as independent, although some are of one employer.")
    return {"criterion": group.criterion, "pairs": group.pairs, **asdict(found), "note": said}
