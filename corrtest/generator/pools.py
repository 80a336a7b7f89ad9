"""The pools: occupations, profiles, sentences, schools, employers and interests, read once and checked.

Every pool is a data file in `pools/`. A profile holds, for one occupation, twin wordings (`a`, `b`) of the same
tasks, skills, certificates and strengths: the two arms of a pair have the same competences in different words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from corrtest.errors import Fault, GeneratorError, nearest
from corrtest.generator.languages import language_of, languages
from corrtest.generator.pool_files import has_pool, localized, missing_pools, read_csv, read_toml
from corrtest.generator.wording import Phrase, parse_phrase

__all__ = [
    "Diploma",
    "Interest",
    "Occupation",
    "Profile",
    "Sentences",
    "diplomas",
    "firm_names",
    "interests",
    "occupations",
    "profile",
    "require_pools",
    "schools",
    "sentence_pool",
    "streets",
    "town_names",
]

Twins = tuple[Phrase, Phrase]

_BLANKS = ("title", "town", "employer")


def _blanks(language: str) -> tuple[str, ...]:
    return (*_BLANKS, *language_of(language).blanks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """One occupation of the pools, and the joint committees in which it occurs.

    `titles` are, per language, the job's title as a man and as a woman writes it.
    """

    code: str
    titles: Mapping[str, Mapping[str, str]]
    joint_committees: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diploma:
    """A diploma level: age at which it is obtained, years of study, rank, and how two people write it."""

    level: str
    age: int
    years: int
    school: str
    rank: int
    written: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Two interests of one kind."""

    kind: str
    written: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What two equally strong candidates for an occupation can say of themselves."""

    occupation: str
    titles: Mapping[str, str]
    family: str
    diploma: Diploma
    areas: tuple[str, ...]
    junior: tuple[str, str]
    employers: tuple[str, ...]
    certificates: tuple[Twins, ...]
    skills: tuple[Twins, ...]
    tasks: tuple[Twins, ...]
    strengths: tuple[Twins, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The sentences that any occupation can use: slot → (lines of twin a, lines of twin b)."""

    slots: Mapping[str, tuple[tuple[Phrase, ...], tuple[Phrase, ...]]]
    languages: tuple[tuple[str, str, str], ...]


@cache
def occupations() -> dict[str, Occupation]:
    """Return occupation code → occupation."""
    return {
        row["code"]: Occupation(
            code=row["code"],
            titles={
                language: {
                    "man": row[f"title_{language}"],
                    "woman": row.get(f"title_{language}_woman") or row[f"title_{language}"],
                }
                for language in languages()
            },
            joint_committees=tuple(row["joint_committees"].split(";")),
        )
        for row in read_csv("occupations.csv")
    }


@cache
def diplomas(language: str) -> dict[str, Diploma]:
    """Return diploma level → diploma."""
    return {
        level: Diploma(
            level=level,
            age=row["age"],
            years=row["years"],
            school=row["school"],
            rank=row["rank"],
            written=(row["a"], row["b"]),
        )
        for level, row in read_toml(f"diplomas.{language}.toml").items()
    }


@cache
def schools(language: str) -> dict[str, tuple[str, ...]]:
    """Return kind of school → names."""
    found: dict[str, list[str]] = {}
    for row in read_csv(f"schools.{language}.csv"):
        found.setdefault(row["diploma"], []).append(row["institution"])
    return {kind: tuple(names) for kind, names in found.items()}


@cache
def firm_names(language: str) -> dict[str, tuple[str, ...]]:
    """Return the coined names that stand for employers, by kind: `firm`, `home`."""
    found: dict[str, list[str]] = {}
    for row in read_csv(localized("firm_names.csv", language)):
        found.setdefault(row["kind"], []).append(row["name"])
    return {kind: tuple(names) for kind, names in found.items()}


@cache
def interests(language: str) -> dict[str, tuple[Interest, ...]]:
    """Return kind → its interests, two of a kind a row; kinds in alphabetical order."""
    found: dict[str, list[Interest]] = {}
    for row in read_csv(f"interests.{language}.csv"):
        found.setdefault(row["kind"], []).append(Interest(kind=row["kind"], written=(row["a"], row["b"])))
    return {kind: tuple(found[kind]) for kind in sorted(found)}


@cache
def streets(language: str) -> tuple[str, ...]:
    """Return street names that most municipalities have."""
    return tuple(row["street"] for row in read_csv(localized("streets.csv", language)))


@cache
def town_names(language: str) -> Mapping[str, str]:
    """Return Dutch name → name in the language, of the municipalities that have another name in it."""
    name = f"towns.{language}.csv"
    return {row["town"]: row["written"] for row in read_csv(name)} if has_pool(name) else {}


def _twins(rows: Sequence[Any], entry: str, least: int, blanks: Sequence[str]) -> tuple[Twins, ...]:
    if len(rows) < least:
        raise GeneratorError(
            "A profile pool is too small.",
            [
                Fault(
                    file=entry,
                    given=f"{len(rows)} entries",
                    expected=f"at least {least}",
                    action='Add entries of the form ["wording a", "wording b"].',
                )
            ],
        )
    twins = []
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != 2:
            raise GeneratorError(
                "A profile pool has an entry without its twin.",
                [
                    Fault(
                        file=f"{entry}[{number}]",
                        given=repr(row),
                        expected="two wordings of equal strength",
                        action='Write the entry as ["wording a", "wording b"].',
                    )
                ],
            )
        a, b = (parse_phrase(text, f"{entry}[{number}].{twin}", blanks) for twin, text in zip("ab", row, strict=True))
        twins.append((a, b))
    return tuple(twins)


# How many entries a profile needs at least, so that two jobs, five skills and two strengths can be filled.
_LEAST = {"certificates": 1, "skills": 6, "tasks": 8, "strengths": 3}


def _profile_file(occupation: str, language: str) -> str:
    return f"profiles/{occupation}.toml" if language == "nl" else f"profiles.{language}/{occupation}.toml"


_PER_LANGUAGE = (
    "sentences.{}.toml",
    "diplomas.{}.toml",
    "schools.{}.csv",
    "interests.{}.csv",
    "other_sectors.{}.csv",
    "words.{}.csv",
)


def require_pools(language: str, wanted: Iterable[str]) -> None:
    """Raise one GeneratorError that names every pool file which a language lacks for the wanted occupations."""
    language_of(language)
    names = [name.format(language) for name in _PER_LANGUAGE]
    names += [_profile_file(occupation, language) for occupation in sorted(set(wanted)) if occupation in occupations()]
    absent = [name for name in names if not has_pool(name)]
    if absent:
        raise missing_pools(absent)


@cache
def profile(occupation: str, language: str) -> Profile:
    """Return the profile pool of an occupation; a GeneratorError names the nearest occupation when there is none."""
    known = occupations()
    if occupation not in known:
        raise GeneratorError(
            f"The occupation '{occupation}' has no profile pool. {nearest(occupation, list(known))}"
            " A new occupation needs a row in occupations.csv and a file in profiles/."
        )
    name = _profile_file(occupation, language)
    data = read_toml(name)
    wanted = {"family", "diploma", "areas", "junior", "employers", *_LEAST}
    faults = [
        Fault(file=name, key=key, expected="this key", action="Add it; another profile shows the form.")
        for key in sorted(wanted - set(data))
    ] + [
        Fault(file=name, key=key, expected="a known key", action=nearest(key, sorted(wanted)))
        for key in sorted(set(data) - wanted)
    ]
    faults += [
        Fault(file=name, key=key, given="nothing", expected="at least two entries", action="Add entries.")
        for key in ("areas", "junior", "employers")
        if key in data and len(data[key]) < 2
    ]
    levels = diplomas(language)
    if not faults and data["diploma"] not in levels:
        faults.append(
            Fault(
                file=name,
                key="diploma",
                given=repr(data["diploma"]),
                expected="a diploma level",
                action=nearest(str(data["diploma"]), list(levels)),
            )
        )
    if faults:
        raise GeneratorError(f"The profile pool of '{occupation}' cannot be used.", faults)
    blanks = _blanks(language)
    return Profile(
        occupation=occupation,
        titles=known[occupation].titles[language],
        family=data["family"],
        diploma=levels[data["diploma"]],
        areas=tuple(data["areas"]),
        junior=(data["junior"][0], data["junior"][1]),
        employers=tuple(data["employers"]),
        certificates=_twins(data["certificates"], f"{name} certificates", _LEAST["certificates"], blanks),
        skills=_twins(data["skills"], f"{name} skills", _LEAST["skills"], blanks),
        tasks=_twins(data["tasks"], f"{name} tasks", _LEAST["tasks"], blanks),
        strengths=_twins(data["strengths"], f"{name} strengths", _LEAST["strengths"], blanks),
    )


@cache
def sentence_pool(language: str) -> Sentences:
    """Return the sentences that any occupation can use, in one language."""
    name = f"sentences.{language}.toml"
    data, blanks = read_toml(name), _blanks(language)
    slots = {}
    for slot, table in _slot_tables(data):
        both = []
        for twin in "ab":
            lines = table.get(twin) or []
            if not lines:
                raise GeneratorError(
                    "A sentence pool is empty.",
                    [Fault(file=name, key=f"{slot}.{twin}", expected="at least one line", action="Add a line.")],
                )
            both.append(
                tuple(
                    parse_phrase(text, f"{name} {slot}.{twin}[{number}]", blanks) for number, text in enumerate(lines)
                )
            )
        slots[slot] = (both[0], both[1])
    rows = tuple((row[0], row[1], row[2]) for row in data["languages"]["rows"])
    return Sentences(slots=slots, languages=rows)


def _slot_tables(data: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    found: list[tuple[str, Mapping[str, Any]]] = []
    for key, table in data.items():
        if not isinstance(table, dict) or "rows" in table:
            continue
        if "a" in table or "b" in table:
            found.append((key, table))
        else:
            found.extend((f"{key}.{family}", inner) for family, inner in table.items())
    return found
