"""A job title as employers write it, and the occupation that it names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache

from corrtest.spec.intake.answers import NONE, Reading, answered
from corrtest.spec.intake.words import folded, listed
from corrtest.spec.names import Names

# m/v/x, h/f, m/w/d as words of their own, and everything in brackets.
_MARKS = re.compile(r"\(.*?\)|\[.*?\]|(?<!\w)[mvhfxwd](?:\s?[/|-]\s?[mvhfxwd])+(?!\w)|\d+([.,]\d+)?\s?%", re.IGNORECASE)
# Small words, and what says how long and how much one works.
_SMALL = frozenset(
    {
        *("in", "de", "het", "een", "van", "voor", "te", "bij", "op"),
        *("d", "l", "du", "la", "le", "les", "des", "en", "et", "aux", "a", "au", "the", "of"),
        *("voltijds", "voltijdse", "deeltijds", "deeltijdse", "fulltime", "parttime", "tijdelijk"),
        *("onbepaalde", "bepaalde", "duur", "vervangingscontract"),
    }
)
_SHORT = 3
_NEAR, _MOST = 0.75, 4


def read_title(given: str, names: Names, tested: frozenset[str], answers: Mapping[str, str]) -> Reading:
    """Return the occupation that a title names, NONE where it is none of those `tested`.

    Case, plural, m/v/x, brackets and small words say nothing. A title that holds another one ("verpleegkundige
    nachtdienst") is proposed and not taken.
    """
    if answer := answered(answers, given):
        return Reading(code=answer if answer in tested else NONE)
    key = _key(given)
    known = _titles(names)
    if key in known:
        return _of(known[key], tested)
    words = key.split()
    for length in range(len(words) - 1, 0, -1):
        inside = {
            code
            for start in range(len(words) - length + 1)
            for code in known.get(" ".join(words[start : start + length]), ())
        }
        if inside & tested:
            found = tuple(sorted(inside & tested))
            return Reading(proposal=found[0] if len(inside) == 1 else "", candidates=found)
    if not key:
        return Reading()
    return Reading(code=NONE) if answered(answers, "*") == NONE else Reading()


def near_titles(given: str, names: Names, tested: frozenset[str]) -> tuple[str, ...]:
    """Return the occupations whose titles look most like `given`, the nearest first."""
    known = {key: codes for key, codes in _titles(names).items() if set(codes) & tested}
    near = difflib.get_close_matches(_key(given), list(known), n=_MOST, cutoff=_NEAR)
    return tuple(dict.fromkeys(code for key in near for code in known[key] if code in tested))


def _of(codes: tuple[str, ...], tested: frozenset[str]) -> Reading:
    mine = tuple(code for code in codes if code in tested)
    if not mine:
        return Reading(code=NONE)
    return Reading(code=mine[0]) if len(mine) == 1 else Reading(candidates=mine)


def _key(title: str) -> str:
    words = [word for word in folded(_MARKS.sub(" ", title)).split() if word not in _SMALL]
    return " ".join(_stem(word) for word in words)


def _stem(word: str) -> str:
    """Return a word without the ending of its plural: verpleegkundige(n), schoonmaker(s), kok(ken)."""
    if len(word) <= _SHORT:
        return word
    if not word.endswith("ss"):
        word = word.removesuffix("s")
    word = word.removesuffix("en") if word.endswith("en") else word.removesuffix("e")
    return word[:-1] if len(word) > _SHORT and word[-1] == word[-2] else word


@cache
def _titles(names: Names) -> Mapping[str, tuple[str, ...]]:
    """Return title → occupations: what the study and corrtest call them, then the published synonyms."""
    found: dict[str, tuple[str, ...]] = {}
    for each in names.occupations.values():
        for text in (each.code, *(title for titles in each.titles.values() for title in titles.every())):
            found[_key(text)] = tuple(dict.fromkeys((*found.get(_key(text), ()), each.code)))
    named = frozenset(found)
    for row in listed("titles"):
        key = _key(row["title"])
        if key not in named:
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), row["occupation"])))
    return found
