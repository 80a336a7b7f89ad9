"""What a sector can do at the first step of recruitment: `measures.toml`, with how sure that is and its sources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measure:
    """One thing that a sector can do; texts by language.

    Attributes
    ----------
    criteria : tuple of str
        The criteria that it is meant for; none = all.
    found : frozenset of str
        After which findings it is proposed.
    evidence : {"good", "mixed", "little", "law"}
    by : {"soon", "year", "before"}
        Within half a year, within a year, before the follow-up measurement.
    sources : tuple of texts by language
        A title that is the same in every language stands under "en" alone.
    """

    name: str
    criteria: tuple[str, ...]
    found: frozenset[str]
    evidence: str
    by: str
    sources: tuple[Mapping[str, str], ...]
    title: Mapping[str, str]
    step: Mapping[str, str]
    known: Mapping[str, str]
    who: Mapping[str, str]
    seen: Mapping[str, str]


@cache
def measures() -> tuple[Measure, ...]:
    """Return every measure, in the order of the file."""
    text = resources.files("corrtest.report").joinpath("measures.toml").read_text(encoding="utf-8")
    return tuple(
        Measure(
            **{
                **entry,
                "criteria": tuple(entry["criteria"]),
                "found": frozenset(entry["found"]),
                "sources": tuple(source if isinstance(source, dict) else {"en": source} for source in entry["sources"]),
            }
        )
        for entry in tomllib.loads(text)["measure"]
    )


def measures_for(criterion: str, found: str) -> tuple[Measure, ...]:
    """Return what is meant for one criterion alone, after a finding."""
    return tuple(each for each in measures() if criterion in each.criteria and found in each.found)


def measures_for_all(found: frozenset[str]) -> tuple[Measure, ...]:
    """Return what is meant for every criterion, after any of the findings."""
    return tuple(each for each in measures() if not each.criteria and each.found & found)
