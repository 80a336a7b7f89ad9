"""Count and estimate every margin of a table, each partition of its rows once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corrtest.analysis.counted import CountedMargin
from corrtest.analysis.group_result import GROUPING, GroupResult
from corrtest.analysis.grouping import Grouping, each_grouping
from corrtest.analysis.read import StudyTable
from corrtest.analysis.tables import Positives


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """One margin: its grouping, and per outcome its counts and the results of its groups."""

    grouping: Grouping
    counted: Mapping[str, CountedMargin]
    results: Mapping[str, Sequence[GroupResult]]

    @property
    def groups(self) -> list[GroupResult]:
        """The groups of all outcomes, outcome by outcome."""
        return [group for groups in self.results.values() for group in groups]

    def regrouped(self, grouping: Grouping) -> Margin:
        """Return the margin under a grouping with one more column that parts no group: only the keys differ."""
        counted = {outcome: margin.regrouped(grouping) for outcome, margin in self.counted.items()}
        results = {
            outcome: [_renamed(group, grouping, place) for place, group in enumerate(groups)]
            for outcome, groups in self.results.items()
        }
        return Margin(grouping=grouping, counted=counted, results=results)


def every_margin(
    table: StudyTable,
    positives: Mapping[str, Positives],
    *,
    by: Sequence[str],
    cluster_by: tuple[str, ...],
    spread: bool | None,
    correlation: float,
    confidence_level: float,
    all_methods: bool,
    weights: npt.NDArray[np.float64] | None,
) -> Iterator[Margin]:
    """Yield every margin of the table, counted and estimated.

    `correlation` and `spread` are as `CountedMargin.published` takes them.
    """
    made: list[Margin] = []
    for grouping in each_grouping(table, by, cluster_by):
        earlier = [margin for margin in made if margin.grouping.group_of is grouping.group_of]
        if earlier:
            yield earlier[0].regrouped(grouping)
            continue
        counted = {
            outcome: CountedMargin.of(table.design, grouping, outcome, positive, weights)
            for outcome, positive in positives.items()
        }
        results = {
            outcome: margin.results(
                confidence_level=confidence_level, all_methods=all_methods, cluster=spread is not None
            )
            # No plan says how the rows of a comparison of candidates hang together: their own spread does.
            if table.one_group_a_comparison
            else margin.published(
                confidence_level=confidence_level, correlation=correlation, all_methods=all_methods, spread=spread
            )
            for outcome, margin in counted.items()
        }
        made.append(Margin(grouping=grouping, counted=counted, results=results))
        yield made[-1]


def _renamed(group: GroupResult, grouping: Grouping, place: int) -> GroupResult:
    fields = dict(zip(grouping.fields, grouping.keys[place], strict=True))
    return replace(
        group,
        sector=fields.get("sector"),
        joint_committee=fields.get("joint_committee"),
        criterion=fields.get("criterion"),
        level=fields.get("level"),
        extra={name: value or "" for name, value in fields.items() if name not in GROUPING},
    )
