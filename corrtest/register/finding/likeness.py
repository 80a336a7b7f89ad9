"""How well what somebody says fits what is known: accents, case and spaces do not count, misheard letters a little."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

# Of two names of which this share of the letters agrees, one may be the other misheard.
_ALIKE = 0.8
_HALF_HEARD = 0.6
_SAME, _BEGINNINGS, MISHEARD = 0, 1, 2
# Letters that an accent is no part of, as they are typed without it.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"})


def folded(text: str) -> str:
    """Return a text as it is compared: lower case, no accents, one space between words.

    >>> folded("  Ayşe  EL-Amrânî ")
    'ayse el amrani'
    """
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return " ".join(re.findall(r"[^\W_]+", "".join(sign for sign in letters if not unicodedata.combining(sign))))


def likeness(said: str, known: Iterable[str]) -> int | None:
    """Return how well `said` fits the best of the `known` texts; None where it fits none, the lower the better.

    0: the same; 1: each word of it begins a word of the text; 2: as somebody may have heard it.
    """
    asked = folded(said)
    if not asked:
        return None
    found = [rank for text in known if (rank := _rank(asked, folded(text))) is not None]
    return min(found, default=None)


def _rank(asked: str, text: str) -> int | None:
    if not text:
        return None
    if asked == text or asked.replace(" ", "") == text.replace(" ", ""):
        return _SAME
    words = text.split()
    if all(any(word.startswith(part) for word in words) for part in asked.split()):
        return _BEGINNINGS
    if any(sign.isdigit() for sign in asked):
        return None  # a number is not misheard: one digit off is another
    whole = difflib.SequenceMatcher(None, asked.replace(" ", ""), text.replace(" ", "")).ratio()
    parts = [max(difflib.SequenceMatcher(None, part, word).ratio() for word in words) for part in asked.split()]
    heard = sum(parts) / len(parts) if min(parts) >= _HALF_HEARD else 0.0
    return MISHEARD if max(whole, heard) >= _ALIKE else None
