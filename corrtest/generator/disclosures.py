"""Disclosures: the sentences that tell a signal in words, each with a twin in the control arm that tells nothing.

A sentence more would make the treated application longer, and length alone may change an answer. So where the treated
arm says "I am deaf and …", the control arm says something neutral in as many words and nearly as many characters.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache

from corrtest.errors import Fault, GeneratorError
from corrtest.generator.letter_grammar import letter_grammar
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.signals import Signal
from corrtest.generator.twins import Arm
from corrtest.generator.wording import Draws
from corrtest.language import say

__all__ = ["CHARACTERS_APART", "WORDS_APART", "Disclosed", "disclosure_texts", "draw_disclosures", "neutral_twins"]

# A neutral twin has at most so many words and so many characters more or less.
WORDS_APART, CHARACTERS_APART = 1, 3
# As many neutral texts are as good as more.
ENOUGH = 3
# Characters that a word counts for where nothing is near enough.
A_WORD = 6
ATTEMPTS = 60
# Words that two sentences of one application may not both begin with.
BEGINNING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """What one arm says where the treated arm discloses, in CV and letter ("" = nothing); `texts` are its sentences."""

    cv: str
    letter: str
    texts: tuple[str, ...]


def _sized(texts: Sequence[str]) -> tuple[tuple[int, int, str], ...]:
    return tuple((len(text.split()), len(text), text) for text in texts)


@cache
def _neutral(part: str, language: str, pools: Pools) -> tuple[tuple[int, int, str], ...]:
    """Return (words, characters, text) of each neutral text."""
    return _sized(letter_grammar(language, pools).neutral.get(part, ()))


@cache
def neutral_twins(
    text: str, part: str, language: str, pools: Pools = SHIPPED_POOLS, own: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return the neutral texts that are as long as a disclosure: as many words, or where few have that, one word apart.

    Where no text is within the tolerance, those that come nearest. `own` are the level's, not the pool's.
    """
    words, size, known = len(text.split()), len(text), _sized(own) if own else _neutral(part, language, pools)
    near = [(abs(count - words), each) for count, length, each in known if abs(length - size) <= CHARACTERS_APART]
    found: tuple[str, ...] = ()
    for apart in range(WORDS_APART + 1):
        found += tuple(each for gap, each in near if gap == apart)
        if len(found) >= ENOUGH:
            return found
    if found:
        return found
    gaps = [(abs(count - words) * A_WORD + abs(length - size), each) for count, length, each in known]
    nearest = min((gap for gap, _ in gaps), default=0)
    return tuple(each for gap, each in gaps if gap == nearest)


def disclosure_texts(found: Signal, part: str) -> Sequence[Sequence[str]]:
    """Return the sentences of a part of the application, each with the texts that it can be."""
    return found.cv_sentences if part == "cv" else found.letter_sentences


def draw_disclosures(draws: Draws, found: Signal, language: str, pools: Pools, used: Set[str]) -> dict[Arm, Disclosed]:
    """Draw what either arm says, none of it in texts that the employer has seen.

    Parameters
    ----------
    used : set of str
        What the employer has seen; it stays as it is.
    """
    said: dict[str, list[tuple[str, str]]] = {}
    taken: set[str] = set()
    for part in ("cv", "letter"):
        said[part] = [
            _drawn(draws, texts, (part, language, pools, own), used, taken)
            for texts, own in zip(disclosure_texts(found, part), found.control_texts(part), strict=False)
        ]
    return {
        arm: Disclosed(
            cv=" ".join(texts[place] for texts in said["cv"]),
            letter=" ".join(texts[place] for texts in said["letter"]),
            texts=tuple(texts[place] for part in said.values() for texts in part),
        )
        for place, arm in enumerate(_ARMS)
    }


_ARMS: tuple[Arm, Arm] = ("control", "treated")


def _drawn(
    draws: Draws, texts: Sequence[str], where: tuple[str, str, Pools, tuple[str, ...]], used: Set[str], taken: set[str]
) -> tuple[str, str]:
    """Return a neutral text and its disclosure; `where` is the part, the language, the pools and the level's own."""
    part, language, *_ = where
    for _ in range(ATTEMPTS):
        treated = draws.pick(texts)
        twins = neutral_twins(treated, *where)
        if not twins:
            raise GeneratorError(
                say("A disclosure has no neutral twin, so the treated arm would be longer."),
                [
                    Fault(
                        file=f"letters.{language}.toml",
                        key=f"neutral.{part}",
                        expected=say("at least one line"),
                        action=say("Add a line."),
                    )
                ],
            )
        control = draws.pick(twins)
        # Two sentences that begin alike in one letter read as a slip.
        begun = {_beginning(each) for each in taken}
        if treated not in used and control not in used and not begun & {_beginning(treated), _beginning(control)}:
            break
    # A disclosure that the employer has seen goes out again where there is no other: a signal has few wordings.
    taken |= {treated, control}
    return control, treated


def _beginning(text: str) -> tuple[str, ...]:
    return tuple(text.split()[:BEGINNING])
