"""Phrases: lines with choices and blanks, as occupations and sentence pools have them.

A line such as ``"Plaatsen van [ramen|deuren] in {town}"`` stands for several sentences: ``[x|y]`` is a choice of
words, ``{town}`` is filled in by the persona. Lines hold no program and nest no choices, so anyone can read and add
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from corrtest.language import say

__all__ = ["phrase_form", "phrase_texts"]

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_BLANK = re.compile(r"\{([^{}]*)\}")


def phrase_texts(text: str, blanks: Iterable[str]) -> tuple[str, ...]:
    """Return every text that a line can become, blanks left open; nothing where the line cannot be read.

    >>> phrase_texts("Een [a|b] in {town}", ("town",))
    ('Een a in {town}', 'Een b in {town}')
    >>> phrase_texts("Een [a|b in {stad}", ("town",))
    ()
    """
    pieces = _CHOICE.split(text)
    fixed = "".join(pieces[::2])
    unknown = set(_BLANK.findall(text)) - set(blanks)
    if "[" in fixed or "]" in fixed or unknown or not text.strip() or fixed.count("{") != fixed.count("}"):
        return ()
    texts = [""]
    for number, piece in enumerate(pieces):
        choices = piece.split("|") if number % 2 else [piece]
        texts = [text + choice for text in texts for choice in choices]
    return tuple(texts)


def phrase_form(blanks: Iterable[str]) -> str:
    """Return what a line must look like, for a message."""
    return say("choices as [x|y] and blanks among {words}", words=", ".join(f"{{{name}}}" for name in sorted(blanks)))
