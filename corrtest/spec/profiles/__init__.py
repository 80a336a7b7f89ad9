"""Profiles: dated, sourced sets of choices that make studies comparable, one TOML each, and what departs from them.

facts.toml says what a profile can lay down and where a study's description says it; a new profile, or a new version of
one, is a file and no code. `applying` writes a profile into a study file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = [
    "Departure",
    "Fact",
    "Profile",
    "Rule",
    "departures",
    "fact_label",
    "facts",
    "profile",
    "profile_names",
    "profile_of",
]

How = Literal["the", "among", "at_least", "at_most"]
# What differs between two waves by their nature.
_OF_A_WAVE = ("start", "reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that a profile can lay down: its path in a study's description, its label, the kind of its words."""

    name: str
    path: tuple[str, ...]
    label: Mapping[str, str]
    words: str | None = None

    def of(self, description: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return what a study says of it, each value once; nothing where it does not say.

        A quota of 0 says nothing: that criterion is not tested there.
        """
        found = (value for value in _along(description, self.path) if value is not None and value != 0)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a profile says of one fact, by which source; `assumption` where no source states it."""

    fact: Fact
    how: How
    values: tuple[Any, ...]
    source: str
    url: str | None
    assumption: bool
    sectors: Mapping[str, str]

    def for_sector(self, sector: str | None) -> tuple[Any, ...]:
        """Return the values that hold in a sector."""
        return (self.sectors[sector],) if sector is not None and sector in self.sectors else self.values

    def holds(self, given: tuple[Any, ...], sector: str | None) -> bool:
        """Tell whether what a study gives is what the rule says."""
        wanted = self.for_sector(sector)
        if self.how == "the":
            return set(given) == set(wanted)
        if self.how == "among":
            return set(given) <= set(wanted)
        return all(each >= wanted[0] if self.how == "at_least" else each <= wanted[0] for each in given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One fact in which a study departs from a profile; `given` is empty where the study does not say."""

    fact: Fact
    given: tuple[Any, ...]
    how: How
    expected: tuple[Any, ...]
    source: str
    url: str | None
    assumption: bool

    @property
    def in_the_way(self) -> tuple[Any, ...]:
        """What the study gives that the profile does not have; all of it where the profile names no list."""
        return tuple(each for each in self.given if self.how != "among" or each not in self.expected)

    def to_dict(self) -> dict[str, Any]:
        """Return the departure for JSON."""
        return {
            "fact": self.fact.name,
            "given": list(self.given),
            "how": self.how,
            "expected": list(self.expected),
            "source": self.source,
            "url": self.url,
            "assumption": self.assumption,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A set of choices with its version and date.

    `header` opens a study file that is drawn up after it; `refused` are the sectors whose federation is known not to
    have accepted the measurement.
    """

    name: str
    version: str
    dated: date
    title: Mapping[str, str]
    rules: tuple[Rule, ...]
    header: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def value(self, fact: str) -> tuple[Any, ...] | None:
        """Return what it says of a fact; None where it says nothing."""
        return next((rule.values for rule in self.rules if rule.fact.name == fact), None)


@cache
def facts() -> Mapping[str, Fact]:
    """Return everything that a profile can lay down, by name."""
    return {
        name: Fact(name=name, path=tuple(entry["path"].split(".")), label=entry["label"], words=entry.get("words"))
        for name, entry in tomllib.loads(_read("facts")).items()
    }


def fact_label(name: str, language: str) -> str:
    """Return what a fact is called in a language."""
    label = facts()[name].label
    return label.get(language) or label["en"]


def profile_names() -> tuple[str, ...]:
    """Return the profiles, the newest last."""
    folder = files("corrtest.spec").joinpath("profiles")
    names = (entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name for name in names if name.isdigit()))


@cache
def profile(name: str) -> Profile:
    """Return the profile called `name`, one of `profile_names()`."""
    said = tomllib.loads(_read(name))
    rules = []
    for entry in said["rule"]:
        source = said["sources"][entry["source"]]
        value = entry["value"]
        rules.append(
            Rule(
                fact=facts()[entry["fact"]],
                how=entry["is"],
                values=tuple(value) if isinstance(value, list) else (value,),
                source=source["text"],
                url=source.get("url"),
                assumption=entry["assumption"],
                sectors=entry.get("sectors", {}),
            )
        )
    return Profile(
        name=name,
        version=said["version"],
        dated=said["dated"],
        title=said["title"],
        rules=tuple(rules),
        header=tuple(said["header"]),
        refused=tuple(said.get("acceptance", {}).get("refused", ())),
    )


def profile_of(description: Mapping[str, Any]) -> Profile:
    """Return a study's own choices as a profile, against which its follow-up can be held.

    What is of one wave by its nature (when it starts, what it reached) is left out.
    """
    rules = tuple(
        Rule(
            fact=fact,
            how="the",
            values=fact.of(description),
            source=str(description.get("name") or ""),
            url=None,
            assumption=False,
            sectors={},
        )
        for fact in facts().values()
        if fact.name not in _OF_A_WAVE
    )
    name = str(description.get("name") or "")
    return Profile(name=name, version="1", dated=date.min, title={"en": name}, rules=rules)


def departures(description: Mapping[str, Any], against: Profile) -> tuple[Departure, ...]:
    """Return each fact in which a study, as its description says it, departs from a profile, in the profile's order.

    The description may carry `reached`, the tests that results have in each cell. Tests are asked of correspondence
    tests alone, and of calls by a client nothing but that they are the instrument.
    """
    sector = description.get("sector")
    found = []
    for rule in against.rules:
        if description.get("instrument") == "client_calls" and rule.fact.name != "instrument":
            continue  # the others are facts of a test with pairs
        given = rule.fact.of(description)
        if not given and _says_nothing(rule, description):
            continue
        if not given or not rule.holds(given, sector):
            found.append(
                Departure(
                    fact=rule.fact,
                    given=given,
                    how=rule.how,
                    expected=rule.for_sector(sector),
                    source=rule.source,
                    url=rule.url,
                    assumption=rule.assumption,
                )
            )
    return tuple(found)


def _says_nothing(rule: Rule, description: Mapping[str, Any]) -> bool:
    """Tell whether a study rightly says nothing of a fact: no results yet, no tests by its instrument, nor before."""
    other = description.get("instrument") != "correspondence_test"
    return rule.fact.name == "reached" or (rule.fact.name == "pairs" and other) or not rule.values


def _along(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if step == "*":
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else [value]
        for each in inner:
            yield from _along(each, rest)
    elif isinstance(value, Mapping) and step in value:
        yield from _along(value[step], rest)
    elif isinstance(value, list | tuple) and step.isdigit():
        yield from _along(value[int(step)], rest)


def _read(name: str) -> str:
    return files("corrtest.spec").joinpath("profiles", f"{name}.toml").read_text(encoding="utf-8")
