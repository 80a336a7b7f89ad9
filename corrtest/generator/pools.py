"""The pools: profiles, sentences, schools, employers and interests, read once and checked.

Every pool is a data file in `pools/`, but for the profiles, which `spec` has for each occupation: twin wordings
(`a`, `b`) of the same tasks, skills, certificates and strengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from corrtest.errors import Fault, GeneratorError, nearest
from corrtest.generator.languages import language_of
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools, missing_pools
from corrtest.generator.wording import Phrase, parse_phrase
from corrtest.language import say
from corrtest.spec import SHIPPED, Names, phrase_blanks, phrase_texts

__all__ = [
    "Diploma",
    "Interest",
    "Profile",
    "School",
    "Sentences",
    "diplomas",
    "firm_names",
    "interests",
    "other_sectors",
    "profile",
    "public_services",
    "require_pools",
    "schools",
    "sentence_pool",
    "streets",
    "student_jobs",
    "town_names",
]

Twins = tuple[Phrase, Phrase]


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
class School:
    """A school as a CV has it, with a blank {town} where it may be anywhere, or the town where it is ("" = any)."""

    written: str
    town: str


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
    workplaces: tuple[str, ...]
    certificates: tuple[Twins, ...]
    skills: tuple[Twins, ...]
    tasks: tuple[Twins, ...]
    strengths: tuple[Twins, ...]
    letter: Mapping[str, tuple[Phrase, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The sentences that any occupation can use: slot → (lines of twin a, lines of twin b)."""

    slots: Mapping[str, tuple[tuple[Phrase, ...], tuple[Phrase, ...]]]
    languages: tuple[tuple[str, str, str], ...]


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
        for level, row in SHIPPED_POOLS.table(f"diplomas.{language}.toml").items()
    }


@cache
def schools(language: str, pools: Pools = SHIPPED_POOLS) -> dict[str, tuple[School, ...]]:
    """Return kind of school → schools."""
    found: dict[str, list[School]] = {}
    for row in pools.rows(f"schools.{language}.csv"):
        found.setdefault(row["diploma"], []).append(School(written=row["institution"], town=row.get("town") or ""))
    return {kind: tuple(names) for kind, names in found.items()}


@cache
def firm_names(language: str, pools: Pools = SHIPPED_POOLS) -> dict[str, tuple[str, ...]]:
    """Return the coined names that stand for employers, by kind: `firm`, `home`."""
    found: dict[str, list[str]] = {}
    for row in pools.rows(pools.localized("firm_names.csv", language)):
        found.setdefault(row["kind"], []).append(row["name"])
    return {kind: tuple(names) for kind, names in found.items()}


@cache
def public_services(occupation: str, language: str, pools: Pools = SHIPPED_POOLS) -> tuple[str, ...]:
    """Return the public services, with their article, in which an occupation is found in any municipality."""
    rows = pools.rows(f"public_services.{language}.csv")
    return _each_text(row["workplace"] for row in rows if row["occupation"] == occupation)


@cache
def other_sectors(family: str, language: str, pools: Pools = SHIPPED_POOLS) -> tuple[tuple[str, str], ...]:
    """Return (position, workplace with its article) of work outside a family of occupations."""
    rows = pools.rows(f"other_sectors.{language}.csv")
    return tuple((row["position"], row["workplace"]) for row in rows if row["family"] != family)


@cache
def student_jobs(language: str, pools: Pools = SHIPPED_POOLS) -> tuple[tuple[str, str], ...]:
    """Return (position, workplace with its article) of what pupils do in holidays and weekends."""
    return tuple((row["position"], row["workplace"]) for row in pools.rows(f"student_jobs.{language}.csv"))


def _each_text(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for line in lines for text in phrase_texts(line, ()))


@cache
def interests(language: str, pools: Pools = SHIPPED_POOLS) -> dict[str, tuple[Interest, ...]]:
    """Return kind → its interests, two of a kind a row; kinds in alphabetical order."""
    found: dict[str, list[Interest]] = {}
    for row in pools.rows(f"interests.{language}.csv"):
        found.setdefault(row["kind"], []).append(Interest(kind=row["kind"], written=(row["a"], row["b"])))
    return {kind: tuple(found[kind]) for kind in sorted(found)}


@cache
def streets(language: str, pools: Pools = SHIPPED_POOLS) -> tuple[str, ...]:
    """Return street names that most municipalities have."""
    return tuple(row["street"] for row in pools.rows(pools.localized("streets.csv", language)))


@cache
def town_names(language: str) -> Mapping[str, str]:
    """Return Dutch name → name in the language, of the municipalities that have another name in it."""
    name = f"towns.{language}.csv"
    if not SHIPPED_POOLS.has(name):
        return {}
    return {row["town"]: row["written"] for row in SHIPPED_POOLS.rows(name)}


_PER_LANGUAGE = (
    "sentences.{}.toml",
    "letters.{}.toml",
    "diplomas.{}.toml",
    "schools.{}.csv",
    "interests.{}.csv",
    "other_sectors.{}.csv",
    "student_jobs.{}.csv",
    "cv_parts.{}.toml",
    "public_services.{}.csv",
    "words.{}.csv",
    "answers.{}.toml",
    "calls.{}.toml",
)


def require_pools(language: str) -> None:
    """Raise one GeneratorError that names every pool file which a language lacks."""
    language_of(language)
    absent = [name for each in _PER_LANGUAGE if not SHIPPED_POOLS.has(name := each.format(language))]
    if absent:
        raise missing_pools(absent)


@cache
def profile(occupation: str, language: str, names: Names = SHIPPED) -> Profile:
    """Return the profile of an occupation; a GeneratorError names the nearest occupation when there is none."""
    known = names.occupations.get(occupation)
    if known is None:
        raise GeneratorError(
            say(
                "The occupation '{occupation}' is not known. {nearest} A new occupation is a file in the folder "
                "occupations/ beside the study file.",
                occupation=occupation,
                nearest=nearest(occupation, list(names.occupations)),
            )
        )
    texts = known.texts.get(language)
    if texts is None:
        raise GeneratorError(
            say(
                "The occupation '{occupation}' has no texts in language '{language}'.",
                occupation=occupation,
                language=language,
            ),
            [
                Fault(
                    file=known.file,
                    key=language,
                    expected=say("this table"),
                    action=say("Add it; the Dutch one shows the form."),
                )
            ],
        )
    levels = diplomas(language)
    if texts.diploma not in levels:
        raise GeneratorError(
            say("The occupation '{occupation}' cannot be used.", occupation=occupation),
            [
                Fault(
                    file=known.file,
                    key=f"{language}.diploma",
                    given=repr(texts.diploma),
                    expected=say("a diploma level"),
                    action=nearest(texts.diploma, list(levels)),
                )
            ],
        )
    title, blanks = known.titles[language], phrase_blanks(language)

    def phrases(key: str) -> tuple[Twins, ...]:
        found = []
        for number, row in enumerate(getattr(texts, key)):
            entry = f"{known.file} {language}.{key}[{number}]"
            a, b = (parse_phrase(text, f"{entry}.{twin}", blanks) for twin, text in zip("ab", row, strict=True))
            found.append((a, b))
        return tuple(found)

    return Profile(
        occupation=occupation,
        titles={"man": title.man, "woman": title.woman},
        family=known.family,
        diploma=levels[texts.diploma],
        areas=texts.areas,
        junior=(texts.junior[0], texts.junior[1]),
        employers=texts.employers,
        workplaces=_each_text(texts.workplaces),
        certificates=phrases("certificates"),
        skills=phrases("skills"),
        tasks=phrases("tasks"),
        strengths=phrases("strengths"),
        letter={
            kind: tuple(
                parse_phrase(text, f"{known.file} {language}.letter.{kind}[{number}]", blanks)
                for number, text in enumerate(texts.letter[kind])
            )
            for kind in texts.letter
        },
    )


@cache
def sentence_pool(language: str, pools: Pools = SHIPPED_POOLS) -> Sentences:
    """Return the sentences that any occupation can use, in one language."""
    name = f"sentences.{language}.toml"
    data, blanks = pools.table(name), phrase_blanks(language)
    slots = {}
    for slot, table in _slot_tables(data):
        both = []
        for twin in "ab":
            lines = table.get(twin) or []
            if not lines:
                raise GeneratorError(
                    say("A sentence pool is empty."),
                    [
                        Fault(
                            file=name,
                            key=f"{slot}.{twin}",
                            expected=say("at least one line"),
                            action=say("Add a line."),
                        )
                    ],
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
