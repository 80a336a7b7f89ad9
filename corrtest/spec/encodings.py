"""From bytes to text: UTF-8, UTF-16, Windows-1252 or Macintosh, by what the bytes can be."""

from __future__ import annotations

import codecs

from corrtest.errors import InputError
from corrtest.language import say

# What Dutch, French and German texts are full of, and a text in the wrong encoding is not.
_SMALL_LETTERS = "éèëêïîöôüûçàâùáíóúäñœß"
_LOOKED_AT = 4_096


def decoded(file: str, raw: bytes) -> str:
    """Return the text of a file.

    Raises
    ------
    InputError
        It is no text, or has letters of no usual encoding.
    """
    wide = _wide(raw)
    if wide is not None:
        try:
            text = raw.decode(wide)
        except UnicodeDecodeError:
            raise _no_text(file) from None
        return text.removeprefix("\ufeff")
    if b"\x00" in raw:
        raise _no_text(file)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _of_one_byte(file, raw)


def _wide(raw: bytes) -> str | None:
    """Return the encoding of a text with two bytes a letter; None where it is of another kind."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = raw[:_LOOKED_AT]
    half = max(len(start) // 2, 1)
    if start[1::2].count(0) > 0.8 * half and not start[::2].count(0):
        return "utf-16-le"
    if start[::2].count(0) > 0.8 * half and not start[1::2].count(0):
        return "utf-16-be"
    return None


def _of_one_byte(file: str, raw: bytes) -> str:
    """Return a text with one byte a letter, in the encoding that gives the more letters that people write."""
    mac = raw.decode("mac_roman")
    try:
        windows = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        if not _letters(mac):
            raise InputError(
                say(
                    "{file} has letters of no usual encoding, first at byte {place}. Save it as CSV (UTF-8).",
                    file=file,
                    place=error.start + 1,
                )
            ) from None
        return mac
    return mac if _letters(mac) > _letters(windows) else windows


def _letters(text: str) -> int:
    return sum(text.count(letter) for letter in _SMALL_LETTERS)


def _no_text(file: str) -> InputError:
    return InputError(say("The file {file} is not a text file. Save it as CSV (UTF-8).", file=file))
