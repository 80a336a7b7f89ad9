"""What the cells of any table must be: text on one line, empty where nothing is known, under names of their own.

A cell that says that nothing is known (NA, N/A, NULL, …) is an empty one. An error of Excel, a line break or a tab
inside a cell is noted, and refused where its column is needed; every other control character, and any in a header, is
refused at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.spec.limits import TEXT
from corrtest.spec.signs import BREAK, CONTROL

# What R, Stata, SPSS, SQL, pandas and people write where nothing is known. "none" in small letters is a reaction.
MISSING = frozenset(
    {
        *("NA", "N/A", "n/a", "n.a.", "N.A.", "NULL", "Null", "null", "NaN", "nan", "None", "<NA>", "NaT", "."),
        *("-99", "-999", "-9999", "-99.0", "-999.0", "-", "--", "–", "?"),
        *("n.v.t.", "N.v.t.", "n.v.t", "nvt", "NVT", "s.o.", "k.A."),
    }
)
# As Excel shows them in English, Dutch, French and German; in a CSV they are nothing but text.
EXCEL_ERRORS = frozenset(
    {
        *("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"),
        *("#VERW!", "#N/B", "#DEEL/0!", "#WAARDE!", "#NAAM?", "#GETAL!", "#LEEG!", "#OVERLOOP!", "#BEREKENEN!"),
        *("#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#PROPAGATION!", "#CALCUL!"),
        *("#BEZUG!", "#NV", "#WERT!", "#ZAHL!", "#ÜBERLAUF!", "#KALK!"),
    }
)
Unusable = dict[str, list[tuple[int, str]]]


def sheet_row(index: int, table: pd.DataFrame | None = None) -> int:
    """Return the row that Excel shows for data row `index` (from 0) of a table; below a header in row 1 without one."""
    header_row: int = 1 if table is None else table.attrs.get("header_row", 1)
    return header_row + 1 + index


def cell_faults(
    table: pd.DataFrame, index: int, cells: Mapping[str, str], wrong: Iterable[tuple[str, str, str]]
) -> list[Fault]:
    """Return the faults of data row `index`: of each wrong cell its column, what was expected and what to do."""
    return [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(index, table),
            column=column,
            given=repr(cells.get(column, "")),
            expected=expected,
            action=action,
        )
        for column, expected, action in wrong
    ]


def text_table(
    file: str,
    given: Sequence[str],
    columns: Sequence[list[str]],
    numeric: Sequence[str],
    *,
    header_row: int = 1,
    look: bool = True,
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
            note_unusable(file, name, column, unusable, header_row)
        if max(map(len, words), default=0) > TEXT:
            place = next(row for row, cell in enumerate(column) if len(cell) > TEXT)
            raise too_long(file, name, place, header_row)
        content[name] = column
    table = pd.DataFrame(content, columns=pd.Index(names), dtype=str)
    table.attrs = {
        "file": file,
        "header_row": header_row,
        "numeric_columns": tuple(name for name in names if name in numeric),
    }
    if unusable:
        table.attrs["unusable_cells"] = unusable
    return table


def typed_table(file: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table that came with types of its own: numbers and days stay, texts are held against the rules."""
    names = [str(name).strip() for name in frame.columns]
    check_header(file, names)
    unusable: Unusable = {}
    content: dict[str, Any] = {}
    for place, name in enumerate(names):
        values = frame.iloc[:, place]
        known = values.dropna()
        if len(known) and all(isinstance(value, date) for value in known):
            content[name] = pd.to_datetime(values)
        elif pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
            content[name] = values
        else:
            texts = ["" if pd.isna(value) or str(value).strip() in MISSING else str(value).strip() for value in values]
            note_unusable(file, name, texts, unusable)
            if max(map(len, texts), default=0) > TEXT:
                raise too_long(file, name, next(row for row, cell in enumerate(texts) if len(cell) > TEXT))
            content[name] = pd.Series(texts, dtype=str)
    table = pd.DataFrame(content)
    numeric = tuple(name for name in names if pd.api.types.is_numeric_dtype(table[name]))
    table.attrs = {"file": file, "header_row": 1, "numeric_columns": numeric}
    if unusable:
        table.attrs["unusable_cells"] = unusable
    return table


def note_unusable(file: str, name: str, column: Sequence[str], unusable: Unusable, header_row: int = 1) -> None:
    """Note the cells with an error of Excel or a line break; refuse other control characters."""
    faults = []
    for row, cell in enumerate(column):
        if cell in EXCEL_ERRORS:
            unusable.setdefault(name, []).append((row, cell))
        elif CONTROL.search(cell):
            faults.append(
                Fault(
                    file=file,
                    row=header_row + 1 + row,
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


def too_long(file: str, name: str, row: int, header_row: int = 1) -> InputError:
    """Return the error for a cell with more text than a cell may hold."""
    return InputError(
        say("{file} has a cell that cannot be used:", file=file),
        [
            Fault(
                file=file,
                row=header_row + 1 + row,
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
