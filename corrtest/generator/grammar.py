"""A grammar of sentences: lines whose choices nest, whose lists are shared, and that speak of the occupation.

A line such as ``"[Graag|Met plezier] wil ik [{soon}|begin maart] {task}"`` stands for many sentences. ``[x|y]`` is a
choice and may hold others; ``{soon}`` is a list of the grammar, ``{task}`` a word of the occupation, ``{title}`` a
blank that the persona fills in later. Lines hold no program, so anyone can read and add them.
"""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from corrtest.generator.wording import Draws, Phrase

__all__ = ["Line", "Move", "Unreadable", "Vocabulary", "parse_line"]

# A part of a line: words as they are, a choice among sequences of parts, or the name of a kind of word.
Part: TypeAlias = "str | Choice | Call"
Parts: TypeAlias = tuple[Part, ...]

_PIECE = re.compile(r"[\[\]|]|\{[^{}]*\}|[^\[\]|{}]+|.", re.DOTALL)


class Unreadable(Exception):
    """A line that cannot be read; the message says why, for the fault that names the line's place."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Sequences of which one is written, each as likely as another."""

    options: tuple[Parts, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A word of the occupation."""

    name: str


class Spread(NamedTuple):
    """Texts that can be written: how many, the probability of the likeliest, and their mean length in characters."""

    texts: float
    likeliest: float
    length: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a grammar; `entry` says where it stands, `calls` which words of the occupation it needs."""

    entry: str
    parts: Parts = field(repr=False)
    calls: frozenset[str]
    blanks: frozenset[str]

    def spread(self, vocabulary: Vocabulary) -> Spread:
        """Return how many texts the line can become, blanks left open, and how likely and long they are."""
        return _spread(self.parts, vocabulary)

    def write(self, draws: Draws, word: Callable[[str], str]) -> str:
        """Return one text of the line; `word` gives the occupation's words."""
        written: list[str] = []
        _write(self.parts, draws, word, written)
        text = "".join(written)
        return text[:1].upper() + text[1:]

    def texts(self) -> Iterator[str]:
        """Yield every text that the line can become, blanks and the occupation's words left open."""
        return _texts(self.parts)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that an occupation lends to sentences: kind → phrases."""

    words: Mapping[str, tuple[Phrase, ...]]

    def has(self, names: Iterable[str]) -> bool:
        """Tell whether the occupation has words of each of these kinds."""
        return all(self.words.get(name) for name in names)


@dataclass(frozen=True, slots=True)
class Move:
    """What a letter does in one sentence, such as its opening: the lines to choose among and how likely each is."""

    name: str
    lines: tuple[Line, ...]
    weights: tuple[float, ...]
    length: float
    """Mean length of its texts, in characters."""
    likeliest: float
    """Probability of its likeliest text."""

    @classmethod
    def of(cls, name: str, lines: Sequence[Line], vocabulary: Vocabulary) -> Move:
        """Return the move of some lines.

        A line is drawn in proportion to the root of the number of its texts: no text is then drawn often, and a rich
        line does not crowd out a plain one.
        """
        spreads = [line.spread(vocabulary) for line in lines]
        roots = [math.sqrt(spread.texts) for spread in spreads]
        shares = [root / sum(roots) for root in roots]
        pairs = list(zip(shares, spreads, strict=True))
        return cls(
            name=name,
            lines=tuple(lines),
            weights=tuple(accumulate(shares)),
            length=sum(share * spread.length for share, spread in pairs),
            likeliest=max(share * spread.likeliest for share, spread in pairs),
        )

    def pick(self, draws: Draws) -> Line:
        """Return one of the lines."""
        return self.lines[min(bisect(self.weights, draws.uniform()), len(self.lines) - 1)]


def _spread(parts: Parts, vocabulary: Vocabulary) -> Spread:
    """Return the spread of some parts, in one walk: every occupation measures every line."""
    count, likeliest, length = 1.0, 1.0, 0.0
    for part in parts:
        if isinstance(part, str):
            length += len(part)
            continue
        if isinstance(part, Choice):
            counts, chances, lengths = zip(*(_spread(option, vocabulary) for option in part.options), strict=True)
        else:
            texts = [phrase.texts for phrase in vocabulary.words[part.name]]
            counts = tuple(map(len, texts))
            chances = tuple(1 / len(each) for each in texts)
            lengths = tuple(sum(map(len, each)) / len(each) for each in texts)
        count *= sum(counts)
        likeliest *= max(chances) / len(chances)
        length += sum(lengths) / len(lengths)
    return Spread(count, likeliest, length)


def _write(parts: Parts, draws: Draws, word: Callable[[str], str], written: list[str]) -> None:
    for part in parts:
        if type(part) is str:
            written.append(part)
        elif type(part) is Choice:
            _write(draws.pick(part.options), draws, word, written)
        else:
            written.append(word(part.name))  # type: ignore[union-attr]


def _texts(parts: Parts) -> Iterator[str]:
    if not parts:
        yield ""
        return
    head, rest = parts[0], parts[1:]
    if isinstance(head, str):
        heads: Iterable[str] = (head,)
    elif isinstance(head, Call):
        heads = (f"{{{head.name}}}",)
    else:
        heads = [text for option in head.options for text in _texts(option)]
    for text in heads:
        for tail in _texts(rest):
            yield text + tail


def parse_line(
    text: str, entry: str, *, blanks: Iterable[str], lists: Mapping[str, Parts], words: Iterable[str]
) -> Line:
    """Return a line of a grammar; Unreadable says what is wrong with it.

    Parameters
    ----------
    entry : str
        Where it stands.
    blanks : iterable of str
        Names that the persona fills in.
    lists : mapping
        Name → parts of the grammar's own lists.
    words : iterable of str
        Kinds of word that an occupation may have.
    """
    reader = _Reader(text, frozenset(blanks), lists, frozenset(words))
    parts = reader.sequence(within=False)
    if not text.strip():
        raise Unreadable("nothing")
    return Line(entry=entry, parts=parts, calls=frozenset(reader.calls), blanks=frozenset(reader.filled))


class _Reader:
    """One line under way, from left to right."""

    def __init__(self, text: str, blanks: frozenset[str], lists: Mapping[str, Parts], words: frozenset[str]) -> None:
        self._pieces = _PIECE.findall(text)
        self._place = 0
        self._blanks, self._lists, self._words = blanks, lists, words
        self.calls: set[str] = set()
        self.filled: set[str] = set()

    def sequence(self, *, within: bool) -> Parts:
        """Read up to the end, or within brackets up to the next bar or bracket."""
        parts: list[Part] = []
        while self._place < len(self._pieces):
            piece = self._pieces[self._place]
            if piece in "|]":
                if within:
                    return tuple(parts)
                raise Unreadable(piece)
            self._place += 1
            if piece == "[":
                parts.append(self._choice())
            elif piece[0] == "{":
                parts.extend(self._name(piece))
            elif piece == "}":
                raise Unreadable(piece)
            else:
                parts.append(piece)
        if within:
            raise Unreadable("[")
        return tuple(parts)

    def _choice(self) -> Choice:
        options = [self.sequence(within=True)]
        while self._pieces[self._place] == "|":
            self._place += 1
            options.append(self.sequence(within=True))
        self._place += 1
        return Choice(options=tuple(options))

    def _name(self, piece: str) -> Parts:
        name = piece[1:-1]
        if name in self._lists:
            # A list may itself call words, so that what it calls is asked for as well.
            self.calls |= _called(self._lists[name])
            self.filled |= {blank for blank in self._blanks if f"{{{blank}}}" in _plain(self._lists[name])}
            return self._lists[name]
        if name in self._blanks:
            self.filled.add(name)
            return (piece,)
        if name in self._words:
            self.calls.add(name)
            return (Call(name),)
        raise Unreadable(piece)


def _called(parts: Parts) -> set[str]:
    found: set[str] = set()
    for part in parts:
        if isinstance(part, Call):
            found.add(part.name)
        elif isinstance(part, Choice):
            found.update(*(_called(option) for option in part.options))
    return found


def _plain(parts: Parts) -> str:
    """Return all words of some parts, whatever choices they stand in."""
    pieces = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part, Choice):
            pieces.extend(_plain(option) for option in part.options)
    return " ".join(pieces)
