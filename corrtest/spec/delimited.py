"""CSV as Excel and other programs write it: any usual separator, UTF-8 or Windows-1252."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd

from corrtest.errors import Fault, InputError
from corrtest.language import say, say_n
from corrtest.spec.cells import sheet_row, text_table
from corrtest.spec.limits import CSV
from corrtest.spec.signs import has_control

# Excel in Belgium writes ";"; the rest is what other programs write.
_SEPARATORS = (";", ",", "\t")
# Titles of an export stand in this many lines at most.
_TITLES = 20
_SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=(.)"?\s*', re.IGNORECASE)


def read_csv(path: Path) -> pd.DataFrame:
    """Return the table of a CSV file, each cell as text."""
    text, separator = _text_and_separator(path)
    rows = _rows(path.name, text, separator)
    names = next(row for row in rows if row)
    body = [row or [""] * len(names) for row in rows[rows.index(names) + 1 :]]
    faults = []
    for index, row in enumerate(body):
        # Separators at the end of a line say nothing.
        while len(row) > len(names) and not row[-1].strip():
            row.pop()
        if len(row) != len(names):
            faults.append(
                Fault(
                    file=path.name,
                    row=sheet_row(index),
                    given=say_n("{count} cell", "{count} cells", len(row)),
                    expected=say("{count} cells, as the header has", count=len(names)),
                    action=say("A text that holds '{separator}' must stand in double quotes.", separator=separator),
                )
            )
    # Blank rows at the end are what Excel leaves behind; they may be of any length.
    while body and not any(cell.strip() for cell in body[-1]):
        body.pop()
    faults = [fault for fault in faults if (fault.row or 0) < sheet_row(len(body))]
    if faults:
        raise InputError(say("The file {file} has rows that do not fit its header:", file=path.name), faults)
    quoted = '"' in text or has_control(text)
    columns = [[cell.strip() for cell in column] for column in zip(*body, strict=True)] or [[] for _ in names]
    return text_table(path.name, names, columns, (), look=quoted)


def csv_rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file as they stand, titles above the header among them, each cell stripped."""
    text, separator = _text_and_separator(path, titled=True)
    return [[cell.strip() for cell in row] for row in _rows(path.name, text, separator)]


def _text_and_separator(path: Path, *, titled: bool = False) -> tuple[str, str]:
    """Return the text and what separates its cells; `titled` looks below lines that hold no separator."""
    CSV.check(path.name, unpacked=path.stat().st_size)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise InputError(say("The file {file} is not a text file. Save it as CSV (UTF-8).", file=path.name))
    said = _SEPARATOR_LINE.match(text)  # Excel obeys this line and does not show it
    text = text[said.end() :] if said else text
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError(
            say("The file {file} is empty. Save it again with a header row and at least one row.", file=path.name)
        )
    top = lines[:_TITLES] if titled else lines[:1]
    header = next((line for line in top if max(map(line.count, _SEPARATORS)) > 1), lines[0])
    separator = said[1] if said else max(_SEPARATORS, key=header.count)
    width, count = header.count(separator) + 1, text.count("\n")
    CSV.check(path.name, rows=count, columns=width, cells=width * count)
    return text, separator


def _rows(file: str, text: str, separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise InputError(
            say(
                "The file {file} cannot be read as CSV: {error}. Open it in Excel and save it again.",
                file=file,
                error=error,
            )
        ) from None
