"""The grammar of letters and e-mails of one language (``pools/letters.nl.toml``), read once and checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from corrtest.errors import Fault, GeneratorError
from corrtest.generator.grammar import Line, Move, Parts, Unreadable, Vocabulary, parse_line
from corrtest.generator.outlines import Measured, Structure, measured, read_structure
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.pools import profile
from corrtest.language import say
from corrtest.spec import LETTER_WORDS, Names, phrase_blanks

__all__ = ["LetterGrammar", "LetterMoves", "letter_grammar", "moves_of"]

# In a structure of e-mails: the whole letter, which then stands in the e-mail and in no file of its own.
WHOLE_LETTER = "letter"
# Moves that every application needs, besides those that a structure names.
FORMULAS = ("greeting", "signoff", "subject")
# The moves of the profile in a CV, in their order.
PROFILE = ("profile", "pitch")
# Lines under this key are for every occupation, those under another one for the families of occupations so named.
ANY = "any"
# Lines for an occupation that has no words for the others.
PLAIN = "plain"
YEARS = "years"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterGrammar:
    """What letters and e-mails of a language are made of.

    `moves` is move → family of occupations (or `any`) → lines; `neutral` are the texts that stand in the control arm
    where the treated arm has a disclosure, by part of the application; `numbers` are the words for 0, 1, 2, …;
    `words` are the least and the most words of a letter.
    """

    structures: tuple[Structure, ...]
    mails: tuple[Structure, ...]
    moves: Mapping[str, Mapping[str, tuple[Line, ...]]]
    neutral: Mapping[str, tuple[str, ...]]
    numbers: tuple[str, ...]
    words: tuple[int, int]
    letters_a_word: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterMoves:
    """What letters of one occupation are made of: move → its lines, the occupation's words, and the structures."""

    moves: Mapping[str, Move]
    vocabulary: Vocabulary
    structures: tuple[Measured, ...]


@cache
def letter_grammar(language: str, pools: Pools = SHIPPED_POOLS) -> LetterGrammar:
    """Return the grammar of a language; one GeneratorError names all that is wrong in its file."""
    name = f"letters.{language}.toml"
    return _Reading(name, pools.table(name), language).grammar()


class _Reading:
    """One file under way, and the faults found in it so far."""

    def __init__(self, name: str, data: Mapping[str, Any], language: str) -> None:
        self._name, self._data = name, data
        self._blanks = (*phrase_blanks(language), YEARS)
        self._faults: list[Fault] = []
        self._lists: dict[str, Parts] = {}

    def grammar(self) -> LetterGrammar:
        """Return what the file says."""
        for name, texts in self._data.get("lists", {}).items():
            line = self._line("[" + "|".join(texts) + "]", f"lists.{name}")
            if line is not None:
                self._lists[name] = line.parts
        moves = {
            move: {family: self._lines(texts, f"moves.{move}.{family}") for family, texts in families.items()}
            for move, families in self._data.get("moves", {}).items()
        }
        found = LetterGrammar(
            structures=self._structures("letters", moves),
            mails=self._structures("mails", {**moves, WHOLE_LETTER: {}}),
            moves=moves,
            neutral={
                part: tuple(dict.fromkeys(t for line in self._lines(texts, f"neutral.{part}") for t in line.texts()))
                for part, texts in self._data.get("neutral", {}).items()
            },
            numbers=tuple(self._data.get("numbers", ())),
            words=self._words(),
            letters_a_word=float(self._data.get("letters_a_word", 6.0)),
        )
        for move in FORMULAS:
            if not moves.get(move, {}).get(ANY):
                self._fault(f"moves.{move}.{ANY}", "", say("at least one line"), say("Add a line."))
        for move in PROFILE:
            if not any(moves.get(move, {}).values()):
                self._fault(f"moves.{move}", "", say("at least one line"), say("Add a line."))
        if self._faults:
            raise GeneratorError(say("The grammar of letters cannot be read."), self._faults)
        return found

    def _words(self) -> tuple[int, int]:
        given = self._data.get("words")
        if isinstance(given, list) and len(given) == 2 and all(isinstance(each, int) for each in given):
            return given[0], given[1]
        self._fault(
            "words",
            str(given or ""),
            say("the least and the most words of a letter"),
            say("Write for example words = [60, 220]."),
        )
        return 60, 220

    def _fault(self, key: str, given: str, expected: str, action: str) -> None:
        self._faults.append(
            Fault(file=self._name, key=key, given=repr(given) if given else "", expected=expected, action=action)
        )

    def _lines(self, texts: Sequence[str], key: str) -> tuple[Line, ...]:
        lines = (self._line(text, f"{key}[{number}]") for number, text in enumerate(texts))
        return tuple(line for line in lines if line is not None)

    def _line(self, text: str, key: str) -> Line | None:
        try:
            return parse_line(text, f"{self._name} {key}", blanks=self._blanks, lists=self._lists, words=LETTER_WORDS)
        except Unreadable as error:
            known = ", ".join(f"{{{name}}}" for name in sorted({*self._blanks, *self._lists, *LETTER_WORDS}))
            self._fault(
                key,
                f"{error} in {text[:60]}",
                say("choices as [x|y], which may hold others, and names among {names}", names=known),
                say("Mend the line."),
            )
            return None

    def _structures(self, key: str, moves: Mapping[str, Any]) -> tuple[Structure, ...]:
        found = []
        for number, text in enumerate(self._data.get(key, ())):
            structure = read_structure(text)
            unknown = [slot.move for part in structure.paragraphs for slot in part if slot.move not in moves]
            if unknown or not all(structure.paragraphs):
                self._fault(
                    f"{key}[{number}]",
                    text,
                    say("moves among {names}, and bars between paragraphs", names=", ".join(sorted(moves))),
                    say("Mend the line."),
                )
            found.append(structure)
        if not found:
            self._fault(key, "", say("at least one line"), say("Add a line."))
        return tuple(found)


@cache
def moves_of(occupation: str, language: str, names: Names, pools: Pools, blanks: frozenset[str]) -> LetterMoves:
    """Return what letters of an occupation are made of.

    Parameters
    ----------
    blanks : frozenset of str
        What the persona can fill in; a line that asks for more is not for it.
    """
    subject = profile(occupation, language, names)
    strengths = (*(phrase for twins in subject.strengths for phrase in twins), *subject.letter.get("strength", ()))
    vocabulary = Vocabulary(words={**subject.letter, "strength": strengths})
    grammar, found = letter_grammar(language, pools), {}
    for name, families in grammar.moves.items():
        shared = (*families.get(ANY, ()), *families.get(subject.family, ()))
        for lines in (shared, families.get(PLAIN, ())):
            usable = [line for line in lines if vocabulary.has(line.calls) and line.blanks <= blanks]
            if usable:
                found[name] = Move.of(name, usable, vocabulary)
                break
    return LetterMoves(moves=found, vocabulary=vocabulary, structures=measured(grammar.structures, found))
