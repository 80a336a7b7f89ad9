"""Wording: lines with choices (see `phrase_texts` of `spec`), and the draws that settle them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from corrtest.design import substream
from corrtest.errors import Fault, GeneratorError
from corrtest.language import say
from corrtest.spec import phrase_form, phrase_texts

__all__ = ["Draws", "Phrase", "fill", "parse_phrase"]

Item = TypeVar("Item")

_BLOCK = 256


class Draws:
    """The draws of one stream, taken one at a time: a block of uniforms is far cheaper than single calls.

    A stream costs as much to set up as its draws, so several (`lanes`) share the first block of one substream; a lane
    that has used up its part goes on with a substream of its own.
    """

    __slots__ = ("_block", "_names", "_rng", "_seed")

    def __init__(self, seed: int, *names: str, block: list[float] | None = None) -> None:
        self._seed, self._names = seed, names
        self._rng: np.random.Generator | None = None
        self._block: list[float] = [] if block is None else block

    @classmethod
    def lanes(cls, seed: int, names: Sequence[str], lanes: Sequence[str]) -> list[Draws]:
        """Return one stream a lane, each a function of the seed, the names and the lane."""
        rows = substream(seed, *names).random((len(lanes), _BLOCK)).tolist()
        return [cls(seed, *names, lane, block=row) for lane, row in zip(lanes, rows, strict=True)]

    def _refill(self) -> list[float]:
        if self._rng is None:
            self._rng = substream(self._seed, *self._names)
        self._block = self._rng.random(_BLOCK).tolist()
        return self._block

    def uniform(self) -> float:
        """Return the next uniform in [0, 1)."""
        return (self._block or self._refill()).pop()

    def index(self, size: int) -> int:
        """Return an index below `size`."""
        return int(self.uniform() * size)

    def between(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + self.index(high - low + 1)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[int((self._block or self._refill()).pop() * len(items))]

    def texts(self, lines: Sequence[Phrase], size: int) -> list[str]:
        """Return `size` texts, each of a line picked among `lines`; one text may come more than once."""
        block = self._block
        if len(block) < 2 * size:
            block = self._refill()
        # Written out, for speed: most draws are made here.
        pop, count = block.pop, len(lines)
        if count == 1:
            texts = lines[0].texts
            count = len(texts)
            return [texts[int(pop() * count)] for _ in range(size)]
        return [(texts := lines[int(pop() * count)].texts)[int(pop() * len(texts))] for _ in range(size)]

    def sample(self, items: Sequence[Item], size: int) -> list[Item]:
        """Return `size` different items, in random order."""
        rest = list(items)
        size = min(size, len(rest))
        if len(self._block) < size:
            return [rest.pop(self.index(len(rest))) for _ in range(size)]
        draw, take = self._block.pop, rest.pop
        return [take(int(draw() * count)) for count in range(len(rest), len(rest) - size, -1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One line of a pool; `entry` says where it stands, `texts` holds every text it can become, blanks left open."""

    entry: str
    texts: tuple[str, ...]

    def write(self, draws: Draws, words: Mapping[str, str]) -> str:
        """Return one text of this line, its choices drawn and its blanks filled from `words`."""
        return fill(draws.pick(self.texts), words)


def fill(text: str, words: Mapping[str, str]) -> str:
    """Return a text with its blanks filled."""
    return text.format_map(words) if "{" in text else text


def parse_phrase(text: str, entry: str, blanks: Iterable[str]) -> Phrase:
    """Read one pool line; `blanks` are the names that may stand between braces."""
    allowed = tuple(blanks)
    texts = phrase_texts(text, allowed)
    if not texts:
        raise GeneratorError(
            say("A line of a pool cannot be read."),
            [Fault(file=entry, given=repr(text), expected=phrase_form(allowed), action=say("Mend the line."))],
        )
    return Phrase(entry=entry, texts=texts)
