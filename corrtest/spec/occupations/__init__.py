"""The occupations that a study may test, one TOML file each: titles, joint committees, and what documents say of them.

A table for each language holds twin wordings (`a`, `b`) of the same tasks, skills, certificates and strengths: the two
arms of a pair have the same competences in different words. A new occupation is a file; no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corrtest.language import mark, say
from corrtest.spec.languages import document_languages, phrase_blanks
from corrtest.spec.phrases import phrase_form, phrase_texts
from corrtest.spec.section import NOTHING, Described, Section

__all__ = ["LETTER_WORDS", "KnownOccupation", "OccupationTexts", "Title", "read_occupation"]

Twins = tuple[tuple[str, str], ...]

FAMILIES = ("trade", "care", "service", "office")
# How many entries are needed at least, so that two jobs, five skills and two strengths can be filled.
_LEAST = {"certificates": 1, "skills": 6, "tasks": 8, "strengths": 3}
_LEAST_WORKPLACES = 3
# Kinds of word that an occupation lends to letters; docs/internals/letters.md says in which form each stands.
LETTER_WORDS = ("task", "tool", "place", "reason", "strength")
_EXAMPLE = mark('Write the entry as ["wording a", "wording b"].')


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """An occupation's title as a man and as a woman writes it, and others by which it is known."""

    man: str
    woman: str
    also: tuple[str, ...] = ()

    def every(self) -> tuple[str, ...]:
        """Return all titles, each once."""
        return tuple(dict.fromkeys((self.man, self.woman, *self.also)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupationTexts:
    """What two equally strong candidates can say of themselves in one language: each entry in two wordings.

    `workplaces` are kinds of employer without a name, as a sentence has them ("een schildersbedrijf"); `employers` are
    the forms of a name, with a blank for a coined one.
    """

    diploma: str
    areas: tuple[str, ...]
    junior: tuple[str, ...]
    employers: tuple[str, ...]
    workplaces: tuple[str, ...]
    certificates: Twins
    skills: Twins
    tasks: Twins
    strengths: Twins
    letter: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOccupation:
    """An occupation that a study may test; `titles` and `texts` are by language, `file` is where it stands."""

    code: str
    file: str
    family: str
    titles: Mapping[str, Title]
    joint_committees: tuple[str, ...]
    texts: Mapping[str, OccupationTexts]


def read_occupation(section: Section, code: str) -> KnownOccupation:
    """Return the occupation that a file describes; faults go to the section's list."""
    titles = section.table("titles", required=True)
    found = KnownOccupation(
        code=code,
        file=section.file,
        family=section.choice("family", FAMILIES),
        titles={language: _title(titles.table(language, required=True)) for language in titles.values},
        joint_committees=section.words("joint_committees", None),
        texts={
            language: _texts(section.table(language, required=True), language)
            for language in document_languages()
            if language in section.values
        },
    )
    section.text("source", required=False)
    for language in found.texts:
        if language not in found.titles:
            titles.fault(
                language,
                given=NOTHING,
                expected=say("a title"),
                action=say('Add {language} = {{ title = "…" }}.', language=language),
            )
    if not found.texts:
        section.fault(
            document_languages()[0],
            given=NOTHING,
            expected=say("a table with what documents say, in at least one language"),
            action=say("Add it; another occupation shows the form."),
        )
    section.close()
    return found


def _title(section: Section) -> Title:
    man = section.text("title")
    title = Title(man=man, woman=section.text("woman", required=False) or man, also=section.words("also", None))
    section.close()
    return title


def _texts(section: Section, language: str) -> OccupationTexts:
    lists = {key: section.words(key, None) for key in ("areas", "junior", "employers")}
    for key, words in lists.items():
        if len(words) < 2:
            section.fault(
                key, given=Described(f"{len(words)}"), expected=say("at least two entries"), action=say("Add entries.")
            )
    for employer in lists["employers"]:
        if employer.count("{firm}") + employer.count("{home}") != 1 or employer.count("{") != 1:
            section.fault(
                "employers", given=employer, expected=say("one blank, {firm} or {home}"), action=say("Mend the entry.")
            )
    workplaces = section.words("workplaces", None)
    if len(workplaces) < _LEAST_WORKPLACES:
        section.fault(
            "workplaces",
            given=Described(f"{len(workplaces)}"),
            expected=say("at least {least} kinds of workplace", least=_LEAST_WORKPLACES),
            action=say('Add kinds with their article, such as "een schildersbedrijf".'),
        )
    for workplace in workplaces:
        if not phrase_texts(workplace, ()):
            section.fault(
                "workplaces",
                given=workplace,
                expected=say("choices as [x|y], without blanks"),
                action=say("Mend the entry."),
            )
    twins = {key: _twins(section, key, least, language) for key, least in _LEAST.items()}
    found = OccupationTexts(
        diploma=section.text("diploma"),
        areas=lists["areas"],
        junior=lists["junior"],
        employers=lists["employers"],
        workplaces=workplaces,
        certificates=twins["certificates"],
        skills=twins["skills"],
        tasks=twins["tasks"],
        strengths=twins["strengths"],
        letter=_letter_words(section, language),
    )
    section.close()
    return found


def _letter_words(section: Section, language: str) -> dict[str, tuple[str, ...]]:
    """Return kind → phrases that letters may use; an occupation without them gets letters that speak less of it."""
    if "letter" not in section.values:
        return {}
    table, blanks = section.table("letter", required=True), phrase_blanks(language)
    found = {kind: table.words(kind, None) for kind in LETTER_WORDS if kind in table.values}
    for kind, phrases in found.items():
        for number, text in enumerate(phrases):
            if not phrase_texts(text, blanks):
                table.fault(f"{kind}[{number}]", given=text, expected=phrase_form(blanks), action=say("Mend the line."))
    table.close()
    return found


def _twins(section: Section, key: str, least: int, language: str) -> Twins:
    rows = section.raw(key)
    if not isinstance(rows, list):
        section.fault(
            key, given=NOTHING if rows is None else rows, expected=say("a list of entries"), action=say(_EXAMPLE)
        )
        return ()
    if len(rows) < least:
        section.fault(
            key,
            given=Described(say("{count} entries", count=len(rows))),
            expected=say("at least {least}", least=least),
            action=say(_EXAMPLE),
        )
    twins, blanks = [], phrase_blanks(language)
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != 2 or not all(isinstance(text, str) for text in row):
            section.fault(
                f"{key}[{number}]", given=row, expected=say("two wordings of equal strength"), action=say(_EXAMPLE)
            )
            continue
        for twin, text in zip("ab", row, strict=True):
            if not phrase_texts(text, blanks):
                section.fault(
                    f"{key}[{number}].{twin}", given=text, expected=phrase_form(blanks), action=say("Mend the line.")
                )
        twins.append((row[0], row[1]))
    return tuple(twins)
