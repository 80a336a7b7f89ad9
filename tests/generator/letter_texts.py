"""What letters in a language can say: lines of the grammar, words of occupations, and letters as they come out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from corrtest.generator import draw_pair
from corrtest.generator.letter_grammar import letter_grammar
from corrtest.generator.pool_files import SHIPPED_POOLS
from corrtest.generator.pools import profile
from corrtest.spec import SHIPPED
from tests.generator.pairs import make_pair

# A line of nested choices has thousands of texts; its first ones and each of its words are enough to look at.
TEXTS_A_LINE = 200


def occupation_texts(language: str) -> Iterator[str]:
    for code in sorted(SHIPPED.occupations):
        for phrases in profile(code, language).letter.values():
            yield from (text for phrase in phrases for text in phrase.texts)


def grammar_texts(language: str) -> Iterator[str]:
    grammar = letter_grammar(language, SHIPPED_POOLS)
    for families in grammar.moves.values():
        for lines in families.values():
            yield from (text for line in lines for text in islice(line.texts(), TEXTS_A_LINE))


def written_texts(language: str, pairs: int, **changes: Any) -> Iterator[str]:
    """Yield the paragraphs of letters and e-mails of `pairs` pairs, occupation by occupation."""
    codes = sorted(SHIPPED.occupations)
    for number in range(pairs):
        pair = make_pair(number, occupation=codes[number % len(codes)], employer_id=str(number), **changes)
        for person in draw_pair(31, pair, language=language):
            more = person.document["x-application"]
            yield from (*more["letter"]["paragraphs"], *more["email"]["paragraphs"])
