"""What a measurement should take by the risk analysis: the grounds and committees where recruitment scores high."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corrtest.errors import AnalysisError
from corrtest.language import say
from corrtest.questionnaires.committees import committee_key
from corrtest.questionnaires.figures import EVERYBODY, Figure

__all__ = ["MEASURED_FROM", "measured_by", "recruitment_scores"]

# The product of the middle of the three scales: 3 of 5, 3 of 5 and 2.5 of 4.
MEASURED_FROM = 22.5
_AREA = "recruitment"


def recruitment_scores(figures: Sequence[Figure], committee: str = "") -> dict[str, float]:
    """Return ground → score of recruitment, over the sector or as a committee's own answerers gave it."""
    group = committee_key(committee) if committee else ""
    margin = "committee" if committee else EVERYBODY
    return {
        figure.item.removeprefix(f"{_AREA}."): figure.value
        for figure in figures
        if (figure.kind, figure.margin, figure.group) == ("score", margin, group)
        and figure.item.startswith(f"{_AREA}.")
    }


def measured_by(figures: Sequence[Figure], study: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return committee → the grounds that the measurement should take there, none left out.

    A ground is taken where its score is `MEASURED_FROM` or more: the committee's own score where it has left the gate,
    else that of the sector. Where that takes none, the ground that scores highest over the sector is taken everywhere.

    Raises
    ------
    AnalysisError
        No score of recruitment has left the gate.
    """
    sector = recruitment_scores(figures)
    if not sector:
        raise AnalysisError(
            say(
                "No score of recruitment is in this risk analysis, and a test measures recruitment. Ask it, with "
                '"recruitment" among the areas of [risk_analysis], or wait for more answers.'
            )
        )
    numbers = [str(committee["number"]) for committee in study["committees"]]
    taken = {
        number: tuple(
            ground
            for ground, score in {**sector, **recruitment_scores(figures, number)}.items()
            if score >= MEASURED_FROM
        )
        for number in numbers
    }
    if any(taken.values()):
        return taken
    return dict.fromkeys(numbers, (max(sector, key=lambda ground: sector[ground]),))
