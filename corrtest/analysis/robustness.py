"""The ratio of each criterion under other choices than the main one: what the answer depends on.

The spread between clusters as observed is a row where the answers of an employer with several pairs hang together more
than the correlation assumed in the published figures, or less. Choices about odd reactions (`odd_reactions`) are rows
where any reaction is odd. Every employer weighing the same is a row where one has several pairs: it carries the ratio
over to employers, where pairs carry it over to vacancies. Adjusted for order and template is a row where the table says
which arm went first, or which template it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from corrtest.analysis.counted import CountedMargin
from corrtest.analysis.designs.robust import CLUSTER_METHOD
from corrtest.analysis.every_margin import Margin
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import Grouping, each_grouping
from corrtest.analysis.models.adjusted import adjusted_ratios
from corrtest.analysis.odd_reactions import (
    AS_CODED,
    BEST,
    CHOICES,
    INCIDENTS_IN,
    INCIDENTS_OUT,
    LATE_OUT,
    LEFT_OUT,
    WORST,
    odd_rows,
    without_incidents,
)
from corrtest.analysis.read import StudyTable
from corrtest.analysis.tables import Positives
from corrtest.spec import INCIDENT, SECOND_LATE, AnalysisOptions

SPREAD = "spread between clusters as observed"
EQUAL_EMPLOYERS = "every employer weighs the same"
ADJUSTED = "adjusted for order and template"
# What each way of treating odd reactions makes part of the preregistered result.
_PREREGISTERED = {"as_coded": (AS_CODED,), "left_out": (LEFT_OUT,), "bounded": (AS_CODED, BEST, WORST)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How every row is computed, so that rows differ in their choice alone."""

    outcomes: Mapping[str, Sequence[str]]
    confidence_level: float
    cluster_by: tuple[str, ...]
    clustered: bool
    correlation: float = AnalysisOptions().employer_correlation
    odd_reactions: str = "as_coded"
    weights: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Main:
    """The main result of the criteria over all committees: its table, and the margin with counts and groups."""

    table: StudyTable
    positives: Mapping[str, Positives]
    margin: Margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The rows under the other choice about one thing: its name, its table, and how they are computed."""

    choice: str
    table: StudyTable
    setting: Setting


def other_rows(received: StudyTable, table: StudyTable, rule: str) -> Iterator[tuple[str, StudyTable]]:
    """Yield each other choice about whole rows that makes a difference, and its rows.

    `received` holds every row that was exported, `table` those that the `rule` of the study about incidents leaves. A
    second letter that followed too late counts; one choice leaves its pair out.
    """
    marked, late = received.marked(INCIDENT), table.marked(SECOND_LATE)
    if rule == "exclude" and marked.any():
        yield INCIDENTS_IN, received
    elif marked.any() and not marked.all():
        yield INCIDENTS_OUT, without_incidents(received)
    if late.any() and not late.all():
        yield LATE_OUT, table.kept(~late)


def robustness_rows(
    table: StudyTable, main: Main, setting: Setting, besides: Sequence[Other] = ()
) -> list[dict[str, Any]]:
    """Return one row a criterion, outcome and choice.

    Parameters
    ----------
    table : PairsTable or ApplicationsTable
        With its odd reactions, also where the main result leaves them out.
    main : Main
        The main result of the criteria over all committees, which is one of the rows and needs no second computing.
    besides : sequence of Other
        Other rows of the study's own table, analysed as the main result is.
    """
    first = LEFT_OUT if setting.odd_reactions == "left_out" else AS_CODED
    rows = [_row(group, first, setting.odd_reactions) for group in main.margin.groups]
    if odd_rows(table).any():
        others = [choice for choice in CHOICES if choice != first]
        rows += [
            _row(group, choice, setting.odd_reactions)
            for choice, groups in odd_choice_groups(table, setting, others)
            for group in groups
        ]
    for other in besides:
        rows += [
            _row(group, other.choice, setting.odd_reactions)
            for _, groups in odd_choice_groups(other.table, other.setting, (first,))
            for group in groups
        ]
    for counted in main.margin.counted.values():
        if setting.clustered:
            groups = counted.results(confidence_level=setting.confidence_level)
            rows += [
                _row(group, SPREAD, setting.odd_reactions)
                for group in groups
                if group.estimate("discrimination_ratio").method == CLUSTER_METHOD
            ]
        equal = counted.with_equal_employers()
        if equal is not None:
            groups = equal.results(confidence_level=setting.confidence_level)
            rows += [_row(group, EQUAL_EMPLOYERS, setting.odd_reactions) for group in groups]
    for outcome in main.margin.counted:
        groups = list(main.margin.results[outcome])
        found = adjusted_ratios(main.table, main.margin.grouping, main.positives[outcome], setting.confidence_level)
        rows += [
            {**_row(groups[place], ADJUSTED, setting.odd_reactions), **estimate} for place, estimate in found.items()
        ]
    return sorted(rows, key=lambda row: (str(row["sector"]), str(row["criterion"]), str(row["outcome"])))


def odd_choice_groups(
    table: StudyTable, setting: Setting, choices: Sequence[str] = tuple(CHOICES)
) -> Iterator[tuple[str, list[GroupResult]]]:
    """Yield each of the choices about odd reactions with the groups that it makes."""
    odd = odd_rows(table)
    grouping = next(each_grouping(table, (), setting.cluster_by))
    positives = table.outcomes(setting.outcomes)
    for choice in choices:
        if choice == AS_CODED:
            yield choice, _groups(table, grouping, positives, setting, setting.weights)
        elif choice != LEFT_OUT:
            favoured, odd_marks = choice == BEST, cast(Any, table.odd)
            made = {name: positive.favouring(odd_marks, treated=favoured) for name, positive in positives.items()}
            yield choice, _groups(table, grouping, made, setting, setting.weights)
        elif not odd.all():
            kept = table.kept(~odd)
            fewer = next(each_grouping(kept, (), setting.cluster_by))
            weights = None if setting.weights is None else setting.weights[~odd]
            yield choice, _groups(kept, fewer, kept.outcomes(setting.outcomes), setting, weights)


def _groups(
    table: StudyTable,
    grouping: Grouping,
    positives: Mapping[str, Positives],
    setting: Setting,
    weights: npt.NDArray[np.float64] | None,
) -> list[GroupResult]:
    return [
        group
        for outcome, positive in positives.items()
        for group in CountedMargin.of(table.design, grouping, outcome, positive, weights).published(
            confidence_level=setting.confidence_level,
            correlation=setting.correlation,
            spread=False if setting.clustered else None,
        )
    ]


def _row(group: GroupResult, choice: str, odd_reactions: str) -> dict[str, Any]:
    ratio = group.estimate("discrimination_ratio")
    return {
        "sector": group.sector,
        "criterion": group.criterion,
        "outcome": group.outcome,
        "choice": choice,
        "preregistered": choice in _PREREGISTERED[odd_reactions],
        "pairs": group.pairs,
        "employers": group.employers,
        "counts": group.counts.as_dict(),
        "ratio": ratio.value,
        "lower": ratio.lower,
        "upper": ratio.upper,
        "method": ratio.method,
        "note": ratio.note,
    }
