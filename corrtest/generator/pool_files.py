"""Reading the files of `pools/`; a file that is missing or cannot be read is one message that names it."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from corrtest.errors import Fault, GeneratorError
from corrtest.language import say

__all__ = ["has_pool", "localized", "pool_text", "read_csv", "read_toml"]


def has_pool(name: str) -> bool:
    """Tell whether there is a pool file of that name."""
    return files("corrtest.generator").joinpath("pools", *name.split("/")).is_file()


def pool_text(name: str) -> str:
    """Return the text of one pool file."""
    try:
        return files("corrtest.generator").joinpath("pools", *name.split("/")).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise missing_pools([name]) from error


def missing_pools(names: list[str]) -> GeneratorError:
    """Return the error that says which pool files are missing."""
    return GeneratorError(
        say("There is no pool for this language and occupation yet, so nothing was written."),
        [
            Fault(
                file=f"pools/{name}",
                expected=say("this file"),
                action=say("Add it (the Dutch one shows the form), or write the study in another language."),
            )
            for name in names
        ],
    )


def localized(name: str, language: str) -> str:
    """Return the name of a table in a language where there is one (``streets.fr.csv``), else of the common one."""
    stem, dot, suffix = name.partition(".")
    own = f"{stem}.{language}{dot}{suffix}"
    return own if has_pool(own) else name


@cache
def read_csv(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one pool table; lines that start with # are comments."""
    lines = [line for line in pool_text(name).splitlines() if not line.startswith("#")]
    return tuple(csv.DictReader(lines))


def read_toml(name: str) -> dict[str, Any]:
    """Return the tables of one pool file."""
    try:
        return tomllib.loads(pool_text(name))
    except tomllib.TOMLDecodeError as error:
        raise GeneratorError(
            say("The pool {name} cannot be read: {error}. Mend the file.", name=name, error=error)
        ) from error
