"""Texts of documents without what carries a signal or says who someone is."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from corrtest.generator.languages import language_of
from corrtest.generator.personas import Persona
from corrtest.generator.resume import OUTSIDE_KEY, SIGNAL_KEY

__all__ = ["anonymous_text", "masked_text"]

_NUMBER = re.compile(r"\d+")
_BLANKS = re.compile(r"[ \t]+")


@cache
def _months(language: str) -> re.Pattern[str]:
    names = language_of(language).months
    # Where months have a capital, so must what is masked: "may" is a verb.
    return re.compile(rf"\b(?:{'|'.join(names)})\b", 0 if names[0][0].isupper() else re.IGNORECASE)


def _one_title(text: str, man: str, woman: str) -> str:
    """Write a woman's title as a man's, so that what is told by gender alone is not compared."""
    if man == woman:
        return text
    return re.sub(rf"\b{re.escape(woman)}\b", man, text, flags=re.IGNORECASE)


@lru_cache(maxsize=64)
def _identity(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds someone's name and contact data, as whole words: "An" is no part of "Anderlecht"."""
    longest_first = sorted(set(words), key=len, reverse=True)
    return re.compile(r"(?<![^\W_])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![^\W_])")


def _identity_of(persona: Persona) -> tuple[str, ...]:
    """Return every text that says who a persona is and how to reach it."""
    basics = persona.document["basics"]
    place = basics["location"]
    written = (basics["name"], basics["email"], basics["phone"], place["address"], place["city"])
    return (*written, persona.given, persona.family)


def anonymous_text(persona: Persona, text: str) -> str:
    """Return a document's text with one mark for each name, address and contact datum of its persona."""
    return _identity(_identity_of(persona)).sub("_", _one_title(text, *persona.titles))


def masked_text(persona: Persona, text: str) -> str:
    """Return a document's text with everything taken out that carries a signal or a persona's identity.

    Names, contact data, dates and the declared signal sentences go; so do the lines of jobs that are part of an
    age signal.
    """
    extra = [entry for entry in persona.document["work"] if entry.keys() & {SIGNAL_KEY, OUTSIDE_KEY}]
    return _masked(
        text,
        persona.signal_texts,
        tuple((each["name"], each["position"], each["startDate"][:4], each["endDate"][:4]) for each in extra),
        _identity_of(persona),
        persona.titles,
        persona.language,
    )


# A job that belongs to an age signal: employer, position, first year, last year.
_SignalJob = tuple[str, str, str, str]


# An audit looks at each text of a pair several times.
@lru_cache(maxsize=32)
def _masked(
    text: str,
    signals: tuple[str, ...],
    jobs: tuple[_SignalJob, ...],
    identity: tuple[str, ...],
    titles: tuple[str, str],
    language: str,
) -> str:
    for sentence in signals:
        text = text.replace(sentence, "")
    lines = text.split("\n")
    for job in jobs:
        lines = _without_job(lines, *job)
    text = _one_title("\n".join(lines), *titles)
    text = _identity(identity).sub("_", text)
    text = _months(language).sub("_", text)
    text = _NUMBER.sub("0", text)
    return _BLANKS.sub(" ", text).strip()


def _without_job(lines: list[str], employer: str, position: str, start: str, end: str) -> list[str]:
    marks = [
        index for index, line in enumerate(lines) if (employer and employer in line) or (start in line and end in line)
    ]
    if not employer:
        marks += [index for index, line in enumerate(lines) if position in line]
    near = {index + step for index in marks for step in (-1, 0, 1)}
    return [
        line
        for index, line in enumerate(lines)
        if index not in marks and not (index in near and line.strip(" ,") == position)
    ]
