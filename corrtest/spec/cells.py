"""What the cells of any table must be: text on one line, empty where nothing is known, under names of their own.

A cell that says that nothing is known (NA, N/A, NULL, …) is an empty one. An error of Excel, a line break or a tab
inside a cell is noted, and refused where its column is needed; every other control character, and any in a header, is
refused at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.spec.limits import TEXT
from corrtest.spec.signs import BREAK, CONTROL

_HEADER_ROWS = 2  # row 1 is the header, so the first data row is row 2, as Excel shows it
# What R, Stata, SQL and pandas write where nothing is known. "none" in small letters is a reaction.
MISSING = frozenset({"NA", "N/A", "n/a", "NULL", "NaN", "nan", "None", "<NA>", "NaT", "."})
EXCEL_ERRORS = frozenset(
    {"#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
Unusable = dict[str, list[tuple[int, str]]]


def sheet_row(index: int) -> int:
    """Return the row that Excel shows for data row `index` (from 0)."""
    return index + _HEADER_ROWS


def text_table(
    file: str, given: Sequence[str], columns: Sequence[list[str]], numeric: Sequence[str], *, look: bool = True
) -> pd.DataFrame:
    """Return the table of these columns of text: nameless empty ones left out, unknown cells empty, bad ones noted."""
    named = [(name.strip(), column) for name, column in zip(given, columns, strict=True) if name.strip() or any(column)]
    names = [name for name, _ in named]
    check_header(file, names)
    unusable: Unusable = {}
    content: dict[str, list[str]] = {}
    for name, texts in named:
        words = set(texts)
        column = texts if words.isdisjoint(MISSING) else ["" if cell in MISSING else cell for cell in texts]
        suspect = look and any(CONTROL.search(word) or BREAK.search(word) for word in words)
        if suspect or not words.isdisjoint(EXCEL_ERRORS):
            note_unusable(file, name, column, unusable)
        if max(map(len, words), default=0) > TEXT:
            raise too_long(file, name, next(row for row, cell in enumerate(column) if len(cell) > TEXT))
        content[name] = column
    table = pd.DataFrame(content, columns=pd.Index(names), dtype=str)
    table.attrs = {"file": file, "numeric_columns": tuple(name for name in names if name in numeric)}
    if unusable:
        table.attrs["unusable_cells"] = unusable
    return table


def note_unusable(file: str, name: str, column: Sequence[str], unusable: Unusable) -> None:
    """Note the cells with an error of Excel or a line break; refuse other control characters."""
    faults = []
    for row, cell in enumerate(column):
        if cell in EXCEL_ERRORS:
            unusable.setdefault(name, []).append((row, cell))
        elif CONTROL.search(cell):
            faults.append(
                Fault(
                    file=file,
                    row=sheet_row(row),
                    column=name,
                    given=say("a control character in {words}", words=ascii(cell[:40])),
                    expected=say("letters, digits and signs"),
                    action=say("Type the cell again."),
                )
            )
        elif BREAK.search(cell):
            unusable.setdefault(name, []).append((row, say("a line break or tab in {words}", words=ascii(cell[:40]))))
    if faults:
        raise InputError(say("{file} has cells that cannot be used:", file=file), faults)


def too_long(file: str, name: str, row: int) -> InputError:
    """Return the error for a cell with more text than a cell may hold."""
    return InputError(
        say("{file} has a cell that cannot be used:", file=file),
        [
            Fault(
                file=file,
                row=sheet_row(row),
                column=name,
                given=say("a very long text"),
                expected=say("at most {text:,} characters", text=TEXT),
                action=say("Shorten it, or see whether a double quote is missing."),
            )
        ],
    )


def check_header(file: str, names: Sequence[str]) -> None:
    """Raise InputError where a name is repeated, empty, or not on one line."""
    repeated = sorted({name for name in names if names.count(name) > 1})
    broken = [name for name in names if CONTROL.search(name) or BREAK.search(name)]
    nameless = [place for place, name in enumerate(names, start=1) if not name]
    if repeated:
        what = say("repeats {words}", words=", ".join(f"'{name}'" for name in repeated))
    elif nameless:
        what = say("has an empty name above the filled column {words}", words=", ".join(map(str, nameless)))
    elif broken:
        what = say("has a line break or control character in {words}", words=", ".join(ascii(name) for name in broken))
    else:
        return
    raise InputError(
        say(
            "The header of {file} {what}. Give each column one name of its own, in the first row.", file=file, what=what
        )
    )
