"""The table of rated signals: one row a given name, a family name or a sentence."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from corrtest.errors import Fault
from corrtest.language import say
from corrtest.spec.cells import sheet_row
from corrtest.spec.tables import read_table, require_columns

__all__ = ["KINDS", "RATED_COLUMNS", "RATED_FILE", "RatedSignal", "rated_signals", "rated_text"]

Kind = Literal["given_name", "family_name", "sentence"]
KINDS: tuple[Kind, ...] = ("given_name", "family_name", "sentence")
GENDERS = ("woman", "man")
RATED_FILE = "ratings/rated.csv"
# What a row must say; the others may be empty or absent: a published rating rarely has them all.
_NEEDED = ("kind", "signal", "stands_for", "recognition", "source")
_NUMBERS = {
    "ratings": (0.0, 1e9),
    "recognition": (0.0, 1.0),
    "recognition_lower": (0.0, 1.0),
    "recognition_upper": (0.0, 1.0),
    "gender_recognition": (0.0, 1.0),
    "perceived_class": (1.0, 5.0),
    "class_lower": (-10.0, 15.0),
    "class_upper": (-10.0, 15.0),
    "perceived_age": (0.0, 120.0),
    "credibility": (1.0, 5.0),
}
RATED_COLUMNS = ("kind", "signal", "stands_for", "gender", *_NUMBERS, "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedSignal:
    """One rated signal; what was not rated is None.

    Attributes
    ----------
    kind, signal : str
        What it is, and its text.
    stands_for : str
        The origin of a name, or the level of a sentence.
    gender : str
        Of a given name.
    ratings : float or None
        How many ratings the figures rest on.
    recognition, recognition_lower, recognition_upper : float
        Share of the ratings that recognised what it stands for, with its interval.
    gender_recognition : float or None
        Share that recognised the gender of a given name.
    perceived_class, class_lower, class_upper, credibility : float or None
        Means from 1 (low) to 5 (high), with the interval of the first.
    perceived_age : float or None
        Mean, in years.
    source : str
        Who rated: "300 raters, May 2027", or a publication.
    """

    kind: Kind
    signal: str
    stands_for: str
    gender: str = ""
    ratings: float | None = None
    recognition: float
    recognition_lower: float | None = None
    recognition_upper: float | None = None
    gender_recognition: float | None = None
    perceived_class: float | None = None
    class_lower: float | None = None
    class_upper: float | None = None
    perceived_age: float | None = None
    credibility: float | None = None
    source: str


def rated_text(path: Path) -> str:
    """Return the table of a file as a study carries it: CSV with commas, whatever its writer made of it."""
    table = read_table(path)
    require_columns(table, _NEEDED)
    return str(table.to_csv(index=False, lineterminator="\n"))


def rated_signals(text: str) -> tuple[tuple[RatedSignal, ...], tuple[Fault, ...]]:
    """Return the rated signals of a table that `rated_text` made, and what is wrong in it."""
    found, faults = [], []
    seen: set[tuple[str, str, str]] = set()
    for index, cells in enumerate(csv.DictReader(io.StringIO(text))):
        row = {name: (value or "").strip() for name, value in cells.items() if name}
        wrong = list(_row_faults(row))
        key = (row.get("kind", ""), row.get("signal", ""), row.get("stands_for", ""))
        if not wrong and key in seen:
            wrong = [("signal", row["signal"], say("a signal that has no other row"), say("Keep one of the two."))]
        seen.add(key)
        faults += [
            Fault(
                file=RATED_FILE,
                row=sheet_row(index),
                column=column,
                given=repr(given),
                expected=expected,
                action=action,
            )
            for column, given, expected, action in wrong
        ]
        if not wrong:
            numbers = {name: float(row[name]) for name in _NUMBERS if row.get(name)}
            words = {name: row.get(name, "") for name in ("signal", "stands_for", "gender", "source")}
            found.append(RatedSignal(kind=cast(Kind, row["kind"]), **words, **numbers))  # type: ignore[arg-type]
    return tuple(found), tuple(faults)


def _row_faults(row: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Return (column, given, expected, action) of each cell that cannot be used."""
    correct = say("Correct the cell.")
    wrong = []
    if row.get("kind") not in KINDS:
        wrong.append(("kind", row.get("kind", ""), ", ".join(KINDS), correct))
    for name in ("signal", "stands_for", "recognition", "source"):
        if not row.get(name):
            wrong.append((name, "", say("a filled cell"), correct))
    if row.get("kind") == "given_name" and row.get("gender") not in GENDERS:
        wrong.append(("gender", row.get("gender", ""), ", ".join(GENDERS), correct))
    for name, (low, high) in _NUMBERS.items():
        given = row.get(name)
        if given and not _within(given, low, high):
            expected = say("a number from {low:g} to {high:g}, with a point", low=low, high=high)
            wrong.append((name, given, expected, correct))
    return wrong


def _within(given: str, low: float, high: float) -> bool:
    try:
        return low <= float(given) <= high
    except ValueError:
        return False
