"""One study's channels compared with each other: of a table with the employers reached by both kept together.

Of groups alone, as a report has them, Cochran's Q of the log ratios tests whether any two channels differ. It takes
channels as independent: an employer reached by several makes their ratios alike, so that the test is then cautious.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from corrtest.analysis.comparing.between_results import log_ratio
from corrtest.analysis.comparing.between_tables import compare_waves
from corrtest.analysis.comparing.comparison import Comparison, Comparisons, adjusted
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.pooling.random_effects import random_effects
from corrtest.analysis.read import StudyTable
from corrtest.errors import AnalysisError
from corrtest.language import keep, mark, say

# Which vacancy asks for which channel nobody drew: what differs may be the vacancies.
NOT_DRAWN = mark(
    "Vacancies choose their channel, the study does not draw it: a difference between channels may be one between "
    "vacancies."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTest:
    """Whether the ratio differs between the channels of one criterion: Cochran's Q and its p-value.

    `channels` are those with a ratio and an interval; with fewer than two there is no test.
    """

    sector: str | None
    criterion: str | None
    channels: tuple[str, ...]
    statistic: float | None
    pvalue: float | None
    confidence_level: float


def channel_tests(groups: Sequence[GroupResult], outcome: str) -> tuple[ChannelTest, ...]:
    """Return the test of each criterion whose groups of that outcome say the channel."""
    found: dict[tuple[str | None, str | None], list[GroupResult]] = {}
    for group in groups:
        if group.outcome == outcome and group.extra.get("channel"):
            found.setdefault((group.sector, group.criterion), []).append(group)
    return tuple(_tested(sector, criterion, members) for (sector, criterion), members in found.items())


def _tested(sector: str | None, criterion: str | None, groups: Sequence[GroupResult]) -> ChannelTest:
    known = {group.extra["channel"]: (log, error) for group in groups for log, error, _ in [log_ratio(group)]}
    usable = {name: (log, error) for name, (log, error) in known.items() if log is not None and error}
    q, pvalue = None, None
    if len(usable) > 1:
        logs, errors = zip(*usable.values(), strict=True)
        # Q does not depend on how the variance between groups is estimated; this way always settles.
        pooled = random_effects(logs, [error**2 for error in errors], method="DL")
        q, pvalue = pooled.q, pooled.q_pvalue
    return ChannelTest(
        sector=sector,
        criterion=criterion,
        channels=tuple(usable),
        statistic=q,
        pvalue=pvalue,
        confidence_level=groups[0].estimate("discrimination_ratio").confidence_level,
    )


def compare_channels(
    table: StudyTable,
    *,
    outcomes: Mapping[str, Sequence[str]] | None = None,
    confidence_level: float = 0.95,
) -> Comparisons:
    """Compare the discrimination ratio by e-mail, portal, telephone and letter, each two of those in the table.

    Raises
    ------
    AnalysisError
        The table has no column `channel`, or fewer than two channels of which a ratio can be computed.
    """
    if "channel" not in table.frame:
        raise AnalysisError(
            say(
                "The table has no column 'channel'. Export it again from the register, which knows each pair's channel."
            )
        )
    found: list[Comparison] = []
    notes: list[str] = [keep(NOT_DRAWN)]
    channels = table.frame["channel"].astype(str)
    for two in combinations(sorted(channels.unique()), 2):
        parts = [table.kept((channels == name).to_numpy()) for name in two]
        try:
            compared = compare_waves(
                *parts, labels=(two[0], two[1]), outcomes=outcomes, confidence_level=confidence_level
            )
        except AnalysisError as error:
            notes.append(f"{two[0]}, {two[1]}: {error}")
            continue
        found += compared.comparisons
        notes += [note for note in compared.notes if note not in notes]
    if not found:
        raise AnalysisError(say("There are no two channels to compare.") + " " + " ".join(notes[1:]))
    return Comparisons(comparisons=adjusted(found), notes=tuple(notes), inputs={"channels": sorted(channels.unique())})
