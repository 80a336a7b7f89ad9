"""From TOML text to tables, with every mistake in the TOML itself at once: its line, quoted, and how to write it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from corrtest.errors import Fault
from corrtest.language import say
from corrtest.spec.habits import MENDINGS

_PLACE = re.compile(r"at line (\d+)")
_TWICE = re.compile(r"Cannot declare \((.*)\) twice|Cannot declare|Cannot overwrite|Cannot mutate")
_KEY = re.compile(r"^\s*([\w\"'.-]+)\s*=")
_HEADER = re.compile(r"^\s*\[\[?\s*([\w.\"-]+)")
# A file with more mistakes than this was not meant as TOML.
_MOST = 40


class Written(float):
    """A decimal number that remembers how it was written: 85.000 is 85, and its writer meant 85000."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Written:
        """Make the number of its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def parse_toml(file: str, text: str) -> tuple[dict[str, Any] | None, list[Fault]]:
    """Return the tables of a TOML text, its decimal numbers as `Written`, and the faults of its lines.

    Where each faulty line can only be meant in one way, the tables are those of the text as it was meant, so that what
    else is wrong is found as well; else there are none.
    """
    lines = text.splitlines()
    faults: list[Fault] = []
    certain = True
    while True:
        try:
            values = tomllib.loads("\n".join(lines), parse_float=Written)
        except tomllib.TOMLDecodeError as error:
            if len(faults) == _MOST:
                return None, faults
            first, last = _statement(lines, error)
            mended = _mended(lines, first, last)
            faults.append(_fault(file, lines, first, last, mended, error))
            if mended is not None:
                lines[mended.place] = mended.line
            else:
                certain = False
                lines[first : last + 1] = [""] * (last + 1 - first)
        else:
            return (values if certain else None), faults


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mended:
    """A line as TOML wants it, its place (from 0), and what was expected there."""

    place: int
    line: str
    expected: str


def _statement(lines: list[str], error: tomllib.TOMLDecodeError) -> tuple[int, int]:
    """Return the first and last line (from 0) of the statement that cannot be read.

    What is not closed is found as the first statement that cannot be read alone; a section that was begun twice goes on
    to the next one.
    """
    place = _PLACE.search(str(error))
    last = min(int(place[1]), len(lines)) - 1 if place else len(lines) - 1
    starts = [number for number, line in enumerate(lines[: last + 1]) if _KEY.match(line) or _HEADER.match(line)]
    chunks = [(start, end) for start, end in zip(starts, [*starts[1:], last + 1], strict=False) if start < end]
    # Above the first key, and where no statement is at fault alone, it is the line itself.
    strange = not chunks or not _reads("\n".join(lines[: chunks[0][0]]))
    first = last if strange else next((a for a, b in chunks if not _reads("\n".join(lines[a:b]))), starts[-1])
    alone = _reads(lines[first])
    if alone and _HEADER.match(lines[first]) and (place is None or first == last):
        following = range(first + 1, len(lines))
        return first, next((number for number in following if _HEADER.match(lines[number])), len(lines)) - 1
    # What is not closed swallows all that follows: only the line that opens it is at fault.
    return first, first if place is None or _KEY.match(lines[last]) else last


def _mended(lines: list[str], first: int, last: int) -> _Mended | None:
    """Return the faulty line as it was meant, where one or two habits explain it."""
    above = "\n".join(lines[:first])
    for place in dict.fromkeys((first, last)):
        for line, expected in _spellings(lines[place]):
            below = [*lines[first:place], line, *lines[place + 1 : last + 1]]
            if _reads("\n".join([above, *below])):
                return _Mended(place=place, line=line, expected=expected)
    return None


def _spellings(line: str) -> list[tuple[str, str]]:
    once = [(new, expected) for mend, expected in MENDINGS if (new := mend(line)) != line]
    twice = [(new, expected) for first, expected in once for mend, _ in MENDINGS if (new := mend(first)) != first]
    return [*once, *twice]


def _fault(
    file: str, lines: list[str], first: int, last: int, mended: _Mended | None, error: tomllib.TOMLDecodeError
) -> Fault:
    place = first if mended is None else mended.place
    given = lines[place].strip()
    if mended is not None:
        return Fault(
            file=file,
            line=place + 1,
            given=repr(given),
            expected=say(mended.expected),
            action=say("Write: {line}", line=mended.line.strip()),
        )
    expected, action = _unmended(lines, place, error)
    return Fault(file=file, line=place + 1, given=repr(given) if given else None, expected=expected, action=action)


def _unmended(lines: list[str], place: int, error: tomllib.TOMLDecodeError) -> tuple[str, str]:
    line = lines[place]
    if header := _HEADER.match(line):
        before = _line_of(_HEADER, header[1], lines[:place])
        if before is not None:
            return say("each section once"), say(
                "[{name}] begins on line {before}: put its keys there, or write each as [[{name}]].",
                name=header[1],
                before=before,
            )
    elif _TWICE.search(str(error)) and (key := _KEY.match(line)):
        above = next((i + 1 for i in range(place - 1, -1, -1) if _HEADER.match(lines[i])), 0)
        before = _line_of(_KEY, key[1], lines[above:place])
        if before is not None:
            return say("each key once"), say(
                "'{name}' stands on line {before} as well: delete one.", name=key[1], before=before + above
            )
    if re.search(r"=\s*(#.*)?$", line):
        return say("a value behind ="), say("Write it, or delete the line.")
    if re.search(r"=\s*{", line):
        return say("a table between braces, closed on the same line"), say(
            "Put it on one line, or write [{name}] with its keys below it.", name=line.split("=")[0].strip()
        )
    if re.search(r"=\s*\[", line):
        return say("a list that ends with ]"), say("Close it with ].")
    return say("TOML ({error})", error=error), say("Texts stand in quotes, dates and numbers do not.")


def _line_of(form: re.Pattern[str], name: str, lines: list[str]) -> int | None:
    return next((i + 1 for i, line in enumerate(lines) if (found := form.match(line)) and found[1] == name), None)


def _reads(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True
