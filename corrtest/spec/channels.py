"""The ways in which one can apply, and [channels] of the study file: those by which a study tests."""

from __future__ import annotations

from corrtest.spec.columns import table_columns
from corrtest.spec.section import Section

__all__ = ["declared_channels", "vacancy_channels"]


def vacancy_channels() -> tuple[str, ...]:
    """Return the ways in which one can apply to a vacancy."""
    return next(tuple(map(str, column.choices)) for column in table_columns("vacancies") if column.name == "channel")


def declared_channels(root: Section) -> tuple[str, ...]:
    """Return the channels that a study declares; none where it has no [channels]."""
    if "channels" not in root.values:
        return ()
    section = root.table("channels", required=False)
    declared = section.words("declared", vacancy_channels())
    section.close()
    return declared
