"""Wording: lines with choices, and the draws that settle them.

A pool line such as ``"Plaatsen van [ramen|deuren] in {town}"`` stands for several sentences: ``[x|y]`` is a
choice of words, ``{town}`` is filled in by the persona. Lines hold no program and nest no choices, so anyone can
read and add them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from corrtest.errors import Fault, GeneratorError

__all__ = ["Draws", "Phrase", "parse_phrase", "sentences"]

Item = TypeVar("Item")

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_BLOCK = 512


class Draws:
    """The draws of one substream, taken one at a time: a block of uniforms is far cheaper than single calls."""

    __slots__ = ("_block", "_next", "_rng")

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._block: list[float] = rng.random(_BLOCK).tolist()
        self._next = 0

    def uniform(self) -> float:
        """Return the next uniform in [0, 1)."""
        if self._next == _BLOCK:
            self._block = self._rng.random(_BLOCK).tolist()
            self._next = 0
        value = self._block[self._next]
        self._next += 1
        return value

    def index(self, size: int) -> int:
        """Return an index below `size`."""
        return int(self.uniform() * size)

    def between(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + self.index(high - low + 1)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.index(len(items))]

    def sample(self, items: Sequence[Item], size: int) -> list[Item]:
        """Return `size` different items, in random order."""
        rest = list(items)
        return [rest.pop(self.index(len(rest))) for _ in range(min(size, len(rest)))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One line of a pool; `entry` says where it stands, `parts` holds each fixed or chosen piece of it."""

    entry: str
    parts: tuple[tuple[str, ...], ...]

    @property
    def variants(self) -> int:
        """Number of different texts that this line can become."""
        return math.prod(len(part) for part in self.parts)

    def write(self, draws: Draws, words: Mapping[str, str]) -> str:
        """Return one text of this line, its choices drawn and its blanks filled from `words`."""
        text = "".join(part[0] if len(part) == 1 else draws.pick(part) for part in self.parts)
        return text.format_map(words) if "{" in text else text

    def texts(self) -> Iterable[str]:
        """Yield every text of this line, blanks left open."""
        texts = [""]
        for part in self.parts:
            texts = [text + piece for text in texts for piece in part]
        return texts


def parse_phrase(text: str, entry: str, blanks: Iterable[str]) -> Phrase:
    """Read one pool line; `blanks` are the names that may stand between braces."""
    pieces = _CHOICE.split(text)
    fixed = "".join(pieces[::2])
    allowed = set(blanks)
    unknown = sorted(set(re.findall(r"\{([^{}]*)\}", text)) - allowed)
    if "[" in fixed or "]" in fixed or unknown or not text.strip() or fixed.count("{") != fixed.count("}"):
        raise GeneratorError(
            "A line of a profile pool cannot be read.",
            [
                Fault(
                    file=entry,
                    given=repr(text),
                    expected="choices as [x|y] and blanks among "
                    + ", ".join(f"{{{name}}}" for name in sorted(allowed)),
                    action="Mend the line.",
                )
            ],
        )
    parts = (tuple(piece.split("|")) if number % 2 else (piece,) for number, piece in enumerate(pieces))
    return Phrase(entry=entry, parts=tuple(part for part in parts if part != ("",)))


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, one a line or ended by a full stop, question or exclamation mark."""
    return [piece.strip() for piece in _SENTENCE_END.split(text) if piece.strip()]
