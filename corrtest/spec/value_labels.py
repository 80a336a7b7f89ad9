"""What the numbers of a labelled table stand for: a declared column's words, by their place, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from corrtest.language import languages, translations
from corrtest.spec.columns import every_column
from corrtest.spec.study import ARMS, CALL_ANSWERS, REACTIONS


def value_labels(name: str, language: str) -> dict[str, str]:
    """Return word → what it is called, in the order of their codes, which begin at 1; empty where the words have none.

    >>> value_labels("first_arm", "nl")
    {'control': 'controlekandidaat', 'treated': 'testkandidaat'}
    """
    if name not in _declared():
        return {}
    kind, words = _declared()[name]
    names = translations(language).names
    return {word: names.get((kind, word), word) for word in words}


def word_of(name: str, label: str) -> str:
    """Return the word that a label of any language stands for in a declared column; else the label."""
    return _words().get(name, {}).get(label, label)


@cache
def _declared() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Return column → the kind of its words, and the words: those of columns whose words have names."""
    kinds = {ARMS: "arm", REACTIONS: "reaction", CALL_ANSWERS: "reaction"}
    return {
        column.name: (kinds[words], words)
        for column in every_column()
        if (words := tuple(map(str, column.choices))) in kinds
    }


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return {
        name: {label: word for language in languages() for word, label in value_labels(name, language).items()}
        for name in _declared()
    }
