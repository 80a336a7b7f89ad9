"""The levels of a criterion: what marks the treated persona, in which texts, and what both arms carry besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from corrtest.language import say
from corrtest.spec.criteria.shared import NOTHING_SHARED, ExtraYears, Shared, read_ages, read_shared
from corrtest.spec.languages import document_languages
from corrtest.spec.phrases import phrase_texts
from corrtest.spec.reference import postal_codes
from corrtest.spec.section import NOTHING, Described, Section

__all__ = ["KnownLevel", "LevelTexts", "read_levels", "words_by_language"]

Where = Literal["cv", "letter", "both"]
_KINDS = ("names", "gender", "age", "residence", "where")
_PLACE = re.compile(r"[1-9]\d{3} \S.*")
PREMIUM_SUFFIX = "_support_premium"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTexts:
    """What a level adds to documents in one language; nationality and mother tongue only where a study says so.

    `cv` and `letter` hold the sentences that are said, each with the texts of which one is written; `control_cv` and
    `control_letter` what the control arm says in place of each (none: something neutral of the pools).
    """

    cv: tuple[tuple[str, ...], ...] = ()
    letter: tuple[tuple[str, ...], ...] = ()
    control_cv: tuple[tuple[str, ...], ...] = ()
    control_letter: tuple[tuple[str, ...], ...] = ()
    nationality: str | None = None
    mother_tongue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLevel:
    """What marks the treated persona, and nothing else may; `texts` is by language, `texts_of` says whose they are.

    `shared` is what both arms carry alike, so that a signal can be tested beside another one.
    """

    name: str
    label: Mapping[str, str]
    names: str | None = None
    gender: str | None = None
    age: int | None = None
    control_age: int | None = None
    extra_years: ExtraYears | None = None
    residence: tuple[str, ...] = ()
    control_residence: tuple[str, ...] = ()
    where: Where = "both"
    texts: Mapping[str, LevelTexts] = field(default_factory=dict)
    texts_of: str | None = None
    shared: Shared = NOTHING_SHARED

    def writable_in(self, language: str) -> bool:
        """Tell whether the level can be written in a language: one told by sentences needs them for CV and letter."""
        texts = self.texts.get(language)
        return self.texts_of is None or (texts is not None and bool(texts.cv and texts.letter))


def words_by_language(section: Section, key: str) -> dict[str, str]:
    """Return language → text of a table such as `label = { nl = "…", en = "…" }`."""
    table = section.table(key, required=False)
    words = {language: table.text(language) for language in table.values}
    table.close()
    return words


def read_levels(section: Section) -> dict[str, KnownLevel]:
    """Return the levels of a criterion's file, the wage-support variants last; faults go to the section's list."""
    table = section.table("levels", required=True)
    if not table.values:
        section.fault(
            "levels", given=NOTHING, expected=say("at least one level"), action=say("Add a table [levels.NAME].")
        )
    sections = {name: table.table(name, required=True) for name in table.values}
    texts = {name: _texts(each) for name, each in sections.items()}
    found = {name: _level(name, each, texts) for name, each in sections.items()}
    return found | _with_premium(section, found)


def _texts(section: Section) -> dict[str, LevelTexts]:
    """Return language → texts of one table, a level's or that of the wage support."""
    found = {}
    for language in document_languages():
        if language in section.values:
            table = section.table(language, required=True)
            cv, letter = _sentence(table, "cv"), _sentence(table, "letter")
            found[language] = LevelTexts(
                cv=cv,
                letter=letter,
                control_cv=_sentence(table, "control_cv") or ((),) * len(cv),
                control_letter=_sentence(table, "control_letter") or ((),) * len(letter),
                nationality=table.text("nationality", required=False) or None,
                mother_tongue=table.text("mother_tongue", required=False) or None,
            )
            table.close()
    return found


def _sentence(section: Section, key: str) -> tuple[tuple[str, ...], ...]:
    """Return one sentence by the texts that its lines can become; none where there are no lines."""
    lines = section.words(key, None)
    for number, line in enumerate(lines):
        if not phrase_texts(line, ()):
            section.fault(
                f"{key}[{number}]", given=line, expected=say("choices as [x|y]"), action=say("Mend the line.")
            )
    texts = tuple(dict.fromkeys(text for line in lines for text in phrase_texts(line, ())))
    return (texts,) if texts else ()


def _level(name: str, section: Section, texts: Mapping[str, dict[str, LevelTexts]]) -> KnownLevel:
    label = words_by_language(section, "label")
    kinds = [kind for kind in _KINDS if kind in section.values]
    if len(kinds) != 1:
        section.fault(
            "",
            given=Described(" and ".join(kinds) or say("nothing")),
            expected=say("one signal: {words}", words=", ".join(_KINDS)),
            action=say("Say by what the level is told: its names, its gender, its age, its residence, or sentences."),
        )
    ages = read_ages(section) if "age" in section.values else (None, None, None)
    source = section.choice("texts_of", list(texts), default=name)
    found = KnownLevel(
        name=name,
        label=label,
        names=section.text("names", required=False) or None,
        gender=section.choice("gender", ("woman", "man"), default="woman") if "gender" in section.values else None,
        age=ages[0],
        control_age=ages[1],
        extra_years=ages[2],
        residence=_places(section, "residence"),
        control_residence=_places(section, "control_residence"),
        where=cast(Where, section.choice("where", ("cv", "letter", "both"), default="both")),
        texts=texts.get(source, {}),
        texts_of=source if "where" in section.values else None,
        shared=read_shared(section),
    )
    if found.texts_of is not None and not any(found.writable_in(language) for language in found.texts):
        section.fault(
            "where",
            given=Described(say("no sentences")),
            expected=say("cv and letter sentences in at least one language"),
            action=say("Add [levels.{source}.nl] with cv and letter.", source=source),
        )
    section.close()
    return found


def _places(section: Section, key: str) -> tuple[str, ...]:
    """Return places of residence, as in an address: "2140 Borgerhout"."""
    if "residence" not in section.values:
        return ()
    places = section.words(key, None)
    known = set(postal_codes().index)
    wrong = [place for place in places if not (_PLACE.fullmatch(place) and place[:4] in known)]
    if wrong or not places:
        section.fault(
            key,
            given=list(wrong) or NOTHING,
            expected=say("places as in an address: a postal code of Flanders or Brussels, and a town"),
            action=say('Write for example {key} = ["2140 Borgerhout"].', key=key),
        )
    return places


def _with_premium(section: Section, levels: Mapping[str, KnownLevel]) -> dict[str, KnownLevel]:
    """Return each level once more, with the sentences that name the wage support."""
    if "support_premium" not in section.values:
        section.raw("support_premium")
        return {}
    table = section.table("support_premium", required=True)
    label, premium = words_by_language(table, "label"), _texts(table)
    table.close()
    return {
        f"{level.name}{PREMIUM_SUFFIX}": KnownLevel(
            name=f"{level.name}{PREMIUM_SUFFIX}",
            label={
                language: f"{text}, {label[language]}" for language, text in level.label.items() if language in label
            },
            names=level.names,
            gender=level.gender,
            age=level.age,
            control_age=level.control_age,
            extra_years=level.extra_years,
            residence=level.residence,
            control_residence=level.control_residence,
            where=level.where,
            texts={
                language: LevelTexts(
                    cv=(*texts.cv, *premium[language].cv),
                    letter=(*texts.letter, *premium[language].letter),
                    control_cv=(*texts.control_cv, *premium[language].control_cv),
                    control_letter=(*texts.control_letter, *premium[language].control_letter),
                    nationality=texts.nationality,
                    mother_tongue=texts.mother_tongue,
                )
                for language, texts in _in_each(level, premium)
            },
            texts_of=level.texts_of or level.name,
            shared=level.shared,
        )
        for level in levels.values()
    }


def _in_each(level: KnownLevel, premium: Mapping[str, LevelTexts]) -> Iterable[tuple[str, LevelTexts]]:
    """Return (language, the level's own texts) for each language in which the wage support can be written."""
    for language in premium:
        if level.writable_in(language):
            yield language, level.texts.get(language, LevelTexts())
