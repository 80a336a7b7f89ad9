"""What the engine must know of a language before it can write documents in it (`languages.toml` of `spec`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from corrtest.errors import GeneratorError, nearest
from corrtest.language import say
from corrtest.spec import document_languages, language_table

__all__ = ["Agreement", "Language", "language_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A blank that puts a word before another one, in the form that the other one's first letter asks for."""

    of: str
    before_vowel: str
    otherwise: str
    vowels: str

    def write(self, words: Mapping[str, str]) -> str:
        """Return the blank's text: "de maçon", "d'électricien"."""
        word = words[self.of]
        return (self.before_vowel if word[:1].lower() in self.vowels else self.otherwise) + word


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of documents; `languages.toml` says what each field is."""

    code: str
    months: tuple[str, ...]
    present: str
    first_of_month: str
    specimen: str
    nationality: str
    mother_tongue: tuple[str, str]
    fluent: tuple[str, str]
    articles: tuple[str, ...]
    in_town: str
    control_names: str
    dictionary: str
    elided: tuple[str, ...]
    vowels: str
    reading: Mapping[str, float]
    blanks: Mapping[str, Agreement]

    def day(self, day: date) -> str:
        """Return a date as it stands in a letter."""
        number = self.first_of_month if day.day == 1 else str(day.day)
        return f"{number} {self.months[day.month - 1]} {day.year}"

    def with_agreements(self, words: Mapping[str, str]) -> dict[str, str]:
        """Return words with the language's further blanks beside them."""
        return {**words, **{name: blank.write(words) for name, blank in self.blanks.items()}}


@cache
def language_of(code: str) -> Language:
    """Return a language by its code; a GeneratorError names the known ones when there is none."""
    known = document_languages()
    if code not in known:
        raise GeneratorError(
            say(
                "Documents cannot be written in language '{code}'. {nearest} Known are {known}; another one needs "
                "a table in languages.toml and pools of its own.",
                code=code,
                nearest=nearest(code, known),
                known=", ".join(known),
            )
        )
    row = language_table(code)
    return Language(
        code=code,
        months=tuple(row["months"]),
        mother_tongue=(row["mother_tongue"][0], row["mother_tongue"][1]),
        fluent=(row["fluent"][0], row["fluent"][1]),
        articles=tuple(row["articles"]),
        elided=tuple(row["elided"]),
        reading=row["reading"],
        blanks={name: Agreement(**blank) for name, blank in row.get("blanks", {}).items()},
        **{
            key: row[key]
            for key in (
                "present",
                "first_of_month",
                "specimen",
                "nationality",
                "in_town",
                "control_names",
                "dictionary",
                "vowels",
            )
        },
    )
