"""From text to fields, by the plain rules of the software in which applications are taken in.

It knows how CVs are headed and how dates are written, and nothing of the person: a job or a diploma is a range of dates
with the words beside it, under the last heading above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corrtest.generator.languages import language_of
from corrtest.generator.template_sets import read_template_set
from corrtest.resources import template_set_names

__all__ = ["Entry", "Fields", "Moment", "fields_of"]

# A year and, where the document says it, a month from 1 to 12; None is "up to now".
Moment = tuple[int, int | None] | None

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(r"(?:\+32|0)[\d ./()-]{7,}\d")
_BULLET = re.compile(r"^[-–•·▪*]\s+")
_SECTIONS = ("work", "education")
_OTHER = ("profile", "personal", "skills", "languages", "interests", "certificates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A range of dates and the words that stand beside it, in the section ("work", "education", "") where it stands."""

    section: str
    start: Moment
    end: Moment
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What was taken from one CV; text is "" where nothing was found, entries are in the order of reading."""

    name: str
    mail: str
    telephone: str
    entries: tuple[Entry, ...]


@cache
def _headings(language: str) -> dict[str, str]:
    """Return how sections are headed, over all layouts that write the language, in small letters → section."""
    found: dict[str, str] = {}
    for layout in template_set_names(language):
        words = read_template_set(layout).words[language]
        found |= {words[key].lower(): key if key in _SECTIONS else "" for key in (*_OTHER, *_SECTIONS) if key in words}
        found |= {words["heading"].lower(): ""} if "heading" in words else {}
    return {**found, language_of(language).specimen.lower(): ""}


@cache
def _name_labels(language: str) -> tuple[str, ...]:
    words = (read_template_set(layout).words[language] for layout in template_set_names(language))
    return tuple({each["name"] for each in words if "name" in each})


@cache
def _range(language: str) -> re.Pattern[str]:
    speech = language_of(language)
    months = "|".join(re.escape(month) for month in speech.months)
    moment = rf"(?:(?:\d{{1,2}}/|(?:{months}) )?\d{{4}})"
    return re.compile(rf"\(?({moment})\s*[-–—]\s*({moment}|{re.escape(speech.present)})\)?", re.IGNORECASE)


def _moment(text: str, language: str) -> Moment:
    """Return a moment as a CV writes it: "06/2024", "juni 2024", "2024", "heden"."""
    speech = language_of(language)
    if text.lower() == speech.present.lower():
        return None
    months = [month.lower() for month in speech.months]
    year, before = int(text[-4:]), text[:-4].strip(" /").lower()
    if not before:
        return year, None
    return year, int(before) if before.isdigit() else months.index(before) + 1


def _name(lines: Sequence[str], language: str) -> str:
    """Return who it is: what follows the word for a name, else the first lines that no heading and no digit has."""
    for label in _name_labels(language):
        for number, line in enumerate(lines):
            if line == label and number + 1 < len(lines):
                return lines[number + 1]
            if line.startswith(f"{label} "):
                return line.removeprefix(label).lstrip(" :")
    known = _headings(language)
    top = [line for line in lines[:5] if line.lower() not in known and not re.search(r"[\d@]", line)]
    if not top:
        return ""
    return top[0] if " " in top[0] else " ".join(top[:2])


def _entries(lines: Sequence[str], language: str) -> Iterator[Entry]:
    known, dates = _headings(language), _range(language)
    section = ""
    for number, line in enumerate(lines):
        section = known.get(line.lower().rstrip(":"), section)
        if (found := dates.search(line)) is None:
            continue
        beside = f"{line[: found.start()]} {line[found.end() :]}".strip(" ,|:")
        # Words stand beside or under a date that begins its line; they may stand above one that does not, or is alone.
        before = lines[max(number - 2, 0) : number] if found.start() or not beside else []
        near = [*before, beside, *lines[number + 1 : number + 3]]
        near = [each for each in near if each.lower() not in known and not _BULLET.match(each)]
        yield Entry(
            section=section,
            start=_moment(found[1], language),
            end=_moment(found[2], language),
            text=" ".join(" ".join(near).split()),
        )


def fields_of(text: str, language: str) -> Fields:
    """Return the fields of a CV's text in one of the languages of documents."""
    lines = [" ".join(line.split()) for line in text.split("\n") if len(line.strip()) > 1]
    mail, telephone = _MAIL.search(text), _TELEPHONE.search(text)
    return Fields(
        name=_name(lines, language),
        mail=mail[0] if mail else "",
        telephone=re.sub(r"\D", "", telephone[0]) if telephone else "",
        entries=tuple(_entries(lines, language)),
    )
