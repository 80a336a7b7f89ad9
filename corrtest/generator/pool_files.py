"""Reading the files of `pools/` and a study's own beside them; a file that cannot be read is one message that names it.

A study's own pools stand in `secret/pools/`. A file there adds to the shipped one of the same name: rows to a table,
entries to each list of a TOML file; one in `secret/pools/instead/` takes its place.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from corrtest.errors import Fault, GeneratorError
from corrtest.language import say
from corrtest.spec import parse_toml

__all__ = ["INSTEAD", "SHIPPED_POOLS", "Pools", "missing_pools", "shipped_pools"]

INSTEAD = "instead/"

# File ("names.csv", "instead/streets.csv") and its text; a tuple, so that what is read of it is kept.
OwnPools = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """The pools of one study; `own` are the study's own files with their text."""

    own: OwnPools = ()

    def has(self, name: str) -> bool:
        """Tell whether there is a pool file of that name."""
        return name in shipped_pools() or any(file.removeprefix(INSTEAD) == name for file, _ in self.own)

    def localized(self, name: str, language: str) -> str:
        """Return the name of a table in a language where there is one (``streets.fr.csv``), else of the common one."""
        stem, dot, suffix = name.partition(".")
        own = f"{stem}.{language}{dot}{suffix}"
        return own if self.has(own) else name

    def rows(self, name: str) -> tuple[dict[str, str], ...]:
        """Return the rows of one pool table; lines that start with # are comments."""
        return _rows(name, self._of(name))

    def table(self, name: str) -> Mapping[str, Any]:
        """Return the tables of one pool file."""
        return _table(name, self._of(name))

    def _of(self, name: str) -> OwnPools:
        return tuple(each for each in self.own if each[0].removeprefix(INSTEAD) == name)


# The pools that corrtest brings along, without any of a study's own.
SHIPPED_POOLS = Pools()


@cache
def shipped_pools() -> frozenset[str]:
    """Return the names of the pool files that corrtest brings along."""
    return frozenset(entry.name for entry in files("corrtest.generator").joinpath("pools").iterdir())


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


def _texts(name: str, own: OwnPools) -> list[str]:
    """Return the texts that make up one pool, the shipped one first."""
    texts = [text for _, text in own]
    if any(file.startswith(INSTEAD) for file, _ in own):
        return texts
    if name in shipped_pools():
        shipped = files("corrtest.generator").joinpath("pools", name).read_text(encoding="utf-8")
        return [shipped, *texts]
    if not texts:
        raise missing_pools([name])
    return texts


@cache
def _rows(name: str, own: OwnPools) -> tuple[dict[str, str], ...]:
    found: list[dict[str, str]] = []
    for text in _texts(name, own):
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        found.extend(csv.DictReader(lines))
    return tuple(found)


@cache
def _table(name: str, own: OwnPools) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for text in _texts(name, own):
        values, faults = parse_toml(name, text)
        if values is None or faults:
            raise GeneratorError(say("The pool {name} cannot be read.", name=name), faults)
        found = _added(found, values)
    return found


def _added(to: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with another one's lists added to its own; what is no list is taken from the other."""
    found = dict(to)
    for key, value in more.items():
        known = found.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            found[key] = _added(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            found[key] = [*known, *value]
        else:
            found[key] = value
    return found
