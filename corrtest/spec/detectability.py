"""The table `[detectability]`: how well the documents of a study must stand being read beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from corrtest.spec.section import Section

__all__ = ["Detectability", "detectability"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectability:
    """The limits of the audit of a study's documents; beyond one of them the audit fails.

    Attributes
    ----------
    arms_auc : float
        How well a classifier may tell the arms apart by anything but the signal (0.5 = not at all).
    twins_auc : float
        How well the two of a pair may be told from two of different pairs by how alike they are (0.5 = not at all).
    standardised_difference : float
        Largest difference between the arms in length and number of parts, in standard deviations.
    resemblance : float
        Share of all their runs of five words that no two documents may share.
    shared_runs : int
        Runs of five words that two documents must share before they can be linked: three sentences of 12 words have 24.
    group_employers, recruiter_employers : int
        Employers that one enterprise group has, and for which one recruiter reads applications.
    employer_links, group_links, recruiter_links : float
        The chance that such a reader can link any two of the documents that the plan sends it.
    """

    arms_auc: float = 0.55
    twins_auc: float = 0.75
    standardised_difference: float = 0.1
    resemblance: float = 0.6
    shared_runs: int = 24
    group_employers: int = 3
    recruiter_employers: int = 10
    employer_links: float = 0.01
    group_links: float = 0.05
    recruiter_links: float = 0.2


# Lowest and highest value of each limit; those that are whole numbers have no highest.
_SHARES = {
    "arms_auc": 0.5,
    "twins_auc": 0.5,
    "standardised_difference": 0.0,
    "resemblance": 0.0,
    "employer_links": 0.0,
    "group_links": 0.0,
    "recruiter_links": 0.0,
}
_COUNTS = ("shared_runs", "group_employers", "recruiter_employers")


def detectability(root: Section) -> Detectability:
    """Return the table `[detectability]`."""
    section, usual = root.table("detectability", required=False), Detectability()
    shares = {
        name: section.number(name, low=low, high=1, default=getattr(usual, name)) for name, low in _SHARES.items()
    }
    counts = {name: section.integer(name, low=1, default=getattr(usual, name)) for name in _COUNTS}
    section.close()
    return Detectability(**cast(Any, shares | counts))
