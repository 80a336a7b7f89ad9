"""Quotas put into a study file that a person wrote: every comment and line stays, and only the numbers change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tomlkit

from corrtest.errors import StudyError
from corrtest.language import say

__all__ = ["write_quotas"]


def write_quotas(path: str | Path, quotas: Mapping[str, Mapping[str, int]]) -> None:
    """Put tests by committee and criterion into a study file; the file is there whole or as it was.

    Raises
    ------
    StudyError
        When a committee has no table in the file.
    """
    place = Path(path)
    with place.open(encoding="utf-8", newline="") as stream:
        text = stream.read()
    document = tomlkit.parse(text)
    tables = {str(table["number"]): table for table in document["committee"]}
    if missing := sorted(set(quotas) - set(tables)):
        raise StudyError(
            say(
                "{file} has no joint committee {missing}. Nothing was written; name it there first.",
                file=place.name,
                missing=", ".join(missing),
            )
        )
    for number, wanted in quotas.items():
        for criterion, tests in wanted.items():
            tables[number]["pairs"][criterion] = tests
    part = place.with_name(f"{place.name}.part")
    part.write_text(_as_it_stood(text, tomlkit.dumps(document)), encoding="utf-8", newline="")
    part.replace(place)


def _as_it_stood(before: str, after: str) -> str:
    """Return the new text with its old lines where only their spaces differ: a day in braces loses one on its way."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) != len(new):
        return after
    return "".join(
        was if "".join(was.split()) == "".join(now.split()) else now for was, now in zip(old, new, strict=True)
    )
