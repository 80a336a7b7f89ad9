"""One study's channels compared with each other, with the employers reached by both kept together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from corrtest.analysis.comparing.between_tables import compare_waves
from corrtest.analysis.comparing.comparison import Comparison, Comparisons, adjusted
from corrtest.analysis.read import StudyTable
from corrtest.errors import AnalysisError
from corrtest.language import keep, say

# Which vacancy asks for which channel nobody drew: what differs may be the vacancies.
_NOT_DRAWN = keep(
    "Vacancies choose their channel, the study does not draw it: a difference between channels may be one between "
    "vacancies."
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
    notes: list[str] = [_NOT_DRAWN]
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
