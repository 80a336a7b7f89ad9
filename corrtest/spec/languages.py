"""The languages in which documents can be written: the tables of `languages.toml`.

A further language is a table there, with pools of its own and texts in the criteria and occupations.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["document_languages", "language_table", "phrase_blanks"]

_BLANKS = ("title", "town", "employer")


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("corrtest.spec").joinpath("languages.toml").read_text(encoding="utf-8"))


def document_languages() -> tuple[str, ...]:
    """Return the codes of the languages in which documents can be written."""
    return tuple(_tables())


def language_table(code: str) -> Mapping[str, Any]:
    """Return what the table of a language says; KeyError where there is none."""
    return _tables()[code]


@cache
def phrase_blanks(code: str) -> tuple[str, ...]:
    """Return the blanks that a phrase in this language may have, such as {town}; see `phrase_texts`."""
    return (*_BLANKS, *_tables().get(code, {}).get("blanks", {}))
