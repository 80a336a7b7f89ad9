"""The words of an answer that tell what it is: what its writer wrote, without quotes and without who is meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["folded_alike", "own_words", "plain_words", "sentences"]

# Where the mail begins that is answered: what programs write above it, in the three languages.
_QUOTED = re.compile(
    r"(?im)^[ \t]*(?:-{2,}\s*(?:original message|oorspronkelijk bericht|message d'origine|forwarded message)|"
    r"_{10,}\s*$|"
    r"(?:op|le|on)\b[^\n]{5,120}(?:\n[^\n]{0,80})?(?:schreef|a écrit|wrote)[^\n]{0,80}:\s*$|"
    r"(?:van|de|from)\s?:[^\n]+\n\s*(?:verzonden|envoyé|sent|datum|date|aan|à|to)\s?:)"
)
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|\n\s*\n")
_NOT_WORDS = re.compile(r"\[…\]|\S+@\S+|https?://\S+|www\.\S+")
_DIGITS = re.compile(r"\d+")


def own_words(text: str) -> str:
    """Return a text without the mail that it quotes: that has the candidate's words, not the employer's."""
    text = text.replace("’", "'")
    quoted = _QUOTED.search(text)
    kept = text[: quoted.start()] if quoted and text[: quoted.start()].strip() else text
    return "\n".join(line for line in kept.splitlines() if not line.lstrip().startswith(">"))


def folded_alike(text: str) -> str:
    """Return a text in small letters without accents, letter for letter as long as it was."""
    return "".join((unicodedata.normalize("NFD", sign)[0].lower() or sign)[0] for sign in text)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each with the sign that ends it; lines that go on are one."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        yield " ".join(text[start : end.end()].split())
        start = end.end()
    yield " ".join(text[start:].split())


def plain_words(subject: str, text: str) -> str:
    """Return what a model may learn from a masked mail: no mask, address or number, by which anybody is told."""
    words = _NOT_WORDS.sub(" ", f"{subject}\n{own_words(text)}")
    return " ".join(_DIGITS.sub("0", folded_alike(words)).split())
