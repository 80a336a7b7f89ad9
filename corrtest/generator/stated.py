"""What a persona states of nationality and languages: in both arms the same, by level, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corrtest.errors import GeneratorError
from corrtest.generator.cv_sheets import Qualities
from corrtest.generator.languages import Language
from corrtest.generator.signals import Signal
from corrtest.language import say
from corrtest.spec import Documents

__all__ = ["Stated", "check_stated", "stated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Nationality ("" = not stated), languages with fluency, and the words of them that differ between the arms."""

    nationality: str
    languages: tuple[tuple[str, str], ...]
    differing: tuple[str, ...] = ()


def stated(
    signal: Signal,
    arm: str,
    twin: int,
    documents: Documents,
    language: Language,
    rows: Sequence[tuple[str, str, str]],
    qualities: Qualities,
    levels: Sequence[tuple[str, str]],
) -> Stated:
    """Return what one arm states; the first of `rows` is the language of the documents.

    Parameters
    ----------
    twin : int
        Which of the two wordings of a fluency the arm uses.
    documents : Documents
        The study's choice.
    qualities : Qualities
        Whether the two state a nationality where both state the same, and which other languages.
    levels : sequence of tuple
        How well a language is known, in the wordings of both twins.
    """
    check_stated(signal, documents, language)
    others = [row[0] for row in rows[1:]]
    known = [(rows[0][0], rows[0][1 + twin])]
    known += [(others[place], levels[level][twin]) for place, level in qualities.languages if place < len(others)]
    first, differing = rows[0][0], []
    nationality = language.nationality if documents.nationality == "by_level" or qualities.nationality else ""
    if documents.nationality == "omitted":
        nationality = ""
    if documents.nationality == "by_level" and signal.nationality:
        differing += [language.nationality, signal.nationality]
        nationality = signal.nationality if arm == "treated" else nationality
    if documents.mother_tongue == "omitted":
        known[0] = (first, language.fluent[twin])
    elif documents.mother_tongue == "by_level" and signal.mother_tongue:
        differing += [signal.mother_tongue, *language.mother_tongue, *language.fluent, known[0][1]]
        if arm == "treated":
            known[0] = (first, language.fluent[twin])
            known.insert(0, (signal.mother_tongue, language.mother_tongue[twin]))
    if len(known) == 1 and documents.mother_tongue != "by_level":
        known = []  # who speaks the language of the documents alone has nothing to list
    return Stated(nationality=nationality, languages=tuple(known), differing=tuple(dict.fromkeys(differing)))


def check_stated(signal: Signal, documents: Documents, language: Language) -> None:
    """Raise GeneratorError where the study states by level what the level has not."""
    for key in ("nationality", "mother_tongue"):
        if signal.names and getattr(documents, key) == "by_level" and not getattr(signal, key):
            raise GeneratorError(
                say(
                    'The study states {key} by level, and the level "{level}" has none in language '
                    "'{language}'. Add it to [levels.{level}.{language}] of criteria/{criterion}.toml, or choose "
                    '"same" or "omitted" in the study\'s [documents].',
                    key=key,
                    level=signal.level,
                    language=language.code,
                    criterion=signal.criterion,
                )
            )
