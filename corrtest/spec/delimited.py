"""CSV as Excel and other programs write it: any usual separator and encoding."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from corrtest.errors import Fault, InputError
from corrtest.language import say, say_n
from corrtest.spec.cells import text_table
from corrtest.spec.encodings import decoded
from corrtest.spec.limits import CSV
from corrtest.spec.signs import has_control

# Excel in Belgium writes ";"; the rest is what other programs write.
_SEPARATORS = (";", ",", "\t", "|")
# Enough lines to see what separates the cells, titles and all.
_LOOKED_AT = 40
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


def read_csv(path: Path) -> pd.DataFrame:
    """Return the table of a CSV file, each cell as text."""
    rows, separator, look = _rows(path)
    place = _below_remarks(rows)
    names = [name.strip() for name in rows[place]]
    body = _fitted(path.name, len(names), rows[place + 1 :], place + 1, separator)
    columns = [[cell.strip() for cell in column] for column in zip(*body, strict=True)] or [[] for _ in names]
    return text_table(path.name, names, columns, (), header_row=place + 1, look=look)


def csv_rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file as they stand, titles above the header among them, each cell stripped."""
    return [[cell.strip() for cell in row] for row in _rows(path)[0]]


def _rows(path: Path) -> tuple[list[list[str]], str, bool]:
    """Return the rows, what separates their cells, and whether a cell can hold a line break or a control character."""
    CSV.check(path.name, unpacked=path.stat().st_size)
    text = decoded(path.name, path.read_bytes())
    said = _SEPARATOR_LINE.match(text)  # Excel obeys this line and does not show it
    text = text[said.end() :] if said else text
    top = [line for line in text[: 1 << 16].splitlines() if line.strip()][:_LOOKED_AT]
    if not top:
        raise InputError(
            say("The file {file} is empty. Save it again with a header row and at least one row.", file=path.name)
        )
    separator = said[1] if said else _separator(top)
    width, lines = max(line.count(separator) for line in top) + 1, max(text.count("\n"), text.count("\r"))
    CSV.check(path.name, rows=lines, columns=width, cells=width * lines)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        return rows, separator, '"' in text or has_control(text)
    except csv.Error as error:
        raise InputError(
            say(
                "The file {file} cannot be read as CSV: {error}. Open it in Excel and save it again.",
                file=path.name,
                error=error,
            )
        ) from None


def _separator(lines: Sequence[str]) -> str:
    """Return what separates the cells: that which stands as often in most lines, since a table has rows of one width.

    The first line alone may be a title, or hold a comma inside a text.
    """

    def regular(separator: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := _unquoted(line).count(separator)))
        most, times = counts.most_common(1)[0] if counts else (0, 0)
        return times, most

    return max(_SEPARATORS, key=regular)


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _below_remarks(rows: Sequence[Sequence[str]]) -> int:
    """Return the place of the first row that holds anything and is no remark: a line of one cell that begins with #."""
    return next(
        (
            place
            for place, row in enumerate(rows)
            if any(row) and not (row[0].startswith("#") and not any(row[1:]) and _wider_below(rows, place))
        ),
        0,
    )


def _wider_below(rows: Sequence[Sequence[str]], place: int) -> bool:
    return any(sum(map(bool, row)) > 1 for row in rows[place + 1 :])


def _fitted(file: str, width: int, rows: Sequence[list[str]], header_row: int, separator: str) -> list[list[str]]:
    """Return the rows, all as wide as the header.

    Raises
    ------
    InputError
        With a fault for each row that does not fit the header.
    """
    faults = []
    body: list[list[str]] = []
    for index, given in enumerate(rows):
        row = given or [""] * width
        # Separators at the end of a line say nothing.
        while len(row) > width and not row[-1].strip():
            row.pop()
        body.append(row)
        if len(row) != width:
            faults.append(
                Fault(
                    file=file,
                    row=header_row + 1 + index,
                    given=say_n("{count} cell", "{count} cells", len(row)),
                    expected=say("{count} cells, as the header has", count=width),
                    action=say("A text that holds '{separator}' must stand in double quotes.", separator=separator),
                )
            )
    # Blank rows at the end are what Excel leaves behind; they may be of any length.
    while body and not any(cell.strip() for cell in body[-1]):
        body.pop()
    faults = [fault for fault in faults if (fault.row or 0) <= header_row + len(body)]
    if faults:
        raise InputError(say("The file {file} has rows that do not fit its header:", file=file), faults)
    return body
