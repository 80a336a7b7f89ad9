"""What employers were shown before: marks of every sentence, family name and contact datum, by employer.

A rendering leaves them in ``shown.jsonl``, so that a later study shows the same employer nothing again. A mark
is a short hash: it tells that a text was used, not what it says.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

from corrtest.errors import Fault, InputError
from corrtest.language import say

__all__ = ["SHOWN_FILE", "Earlier", "Remembered", "marks_of", "read_earlier", "shown_lines"]

SHOWN_FILE = "shown.jsonl"
# 48 bits: by chance two of the few thousand texts that one employer sees share a mark once in ten million employers.
_BYTES, _LETTERS = 6, 8

Earlier = Mapping[str, frozenset[str]]


def _mark(text: str) -> str:
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=_BYTES).digest()).decode()


class Remembered(set[str]):
    """A set of texts that also holds every text whose mark it knows."""

    def __init__(self, texts: Iterable[str] = (), marks: frozenset[str] = frozenset()) -> None:
        super().__init__(texts)
        self.marks = marks

    def __contains__(self, text: object) -> bool:
        return super().__contains__(text) or (isinstance(text, str) and _mark(text) in self.marks)

    def isdisjoint(self, texts: Iterable[object]) -> bool:
        """Return whether none of the texts is held; the built-in method would not look at the marks."""
        return not any(text in self for text in texts)

    def copy(self) -> Remembered:
        """Return an independent copy."""
        return Remembered(self, self.marks)


def marks_of(texts: Iterable[str]) -> str:
    """Return the marks of texts as one string, in a fixed order."""
    return "".join(sorted({_mark(text) for text in texts}))


def shown_lines(shown: Iterable[tuple[str, str]]) -> bytes:
    """Return (employer, marks) of each pair as the content of a ``shown.jsonl``."""
    return "".join(json.dumps({"employer_id": one, "marks": marks}) + "\n" for one, marks in shown).encode()


def read_earlier(places: Sequence[str | Path]) -> Earlier:
    """Read what employers were shown: folders that `corrtest render` wrote, or their ``shown.jsonl``.

    Returns
    -------
    mapping
        Employer → marks.
    """
    found: dict[str, set[str]] = {}
    for place in places:
        path = Path(place) / SHOWN_FILE if Path(place).is_dir() else Path(place)
        if not path.is_file():
            raise InputError(
                say(
                    "There are no earlier documents in {place}: it has no {shown_file}. Give a folder that "
                    "'corrtest render' wrote.",
                    place=place,
                    shown_file=SHOWN_FILE,
                )
            )
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                row = json.loads(line)
                employer, marks = str(row["employer_id"]), str(row["marks"])
            except (ValueError, KeyError, TypeError) as error:
                fault = Fault(
                    file=path.name,
                    line=number,
                    given=repr(line[:60]),
                    expected=say("employer_id and marks, as 'corrtest render' writes them"),
                    action=say("Copy the file again from the earlier study's documents."),
                )
                raise InputError(say("The earlier documents cannot be read."), [fault]) from error
            pieces = (marks[start : start + _LETTERS] for start in range(0, len(marks), _LETTERS))
            found.setdefault(employer, set()).update(pieces)
    return {employer: frozenset(marks) for employer, marks in found.items()}
