"""The words that people use for columns, ways to apply and occupations: lists with a source, compared without signs."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_SIGNS = re.compile(r"[^\w]+|_")


def folded(text: str) -> str:
    """Return a text without case, accents and signs, one space between its words.

    >>> folded("Numéro d'entreprise (BCE)")
    'numero d entreprise bce'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_SIGNS.sub(" ", "".join(sign for sign in plain if not unicodedata.combining(sign))).split())


def listed(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of one of the lists beside this module (headers, channels, titles), each with its source."""
    text = files("corrtest.spec.intake").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def header_words() -> Mapping[str, tuple[str, ...]]:
    """Return folded header → the columns that it may stand for; `pc` may be a committee and a postal code."""
    return _by_word("headers", "header", "column")


@cache
def channel_words() -> Mapping[str, str]:
    """Return folded words for a way to apply → the channel."""
    return {word: channels[0] for word, channels in _by_word("channels", "word", "channel").items()}


def _by_word(name: str, word: str, meaning: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in listed(name):
        key = folded(row[word])
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), row[meaning])))
    return found
