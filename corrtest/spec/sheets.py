"""Which sheet of a workbook is read: the one that is named, else the only table; never silently the first."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from corrtest.errors import Fault, InputError, InputWarning, nearest
from corrtest.language import say, say_n

# A list of codes, or an explanation of columns, is no wider.
_LIST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: its name, whether Excel hides it, its rows (the first `max_row` of them), and how many are hidden."""

    title: str
    hidden: bool
    rows: Callable[..., Iterable[tuple[Any, ...]]]
    hidden_rows: Callable[[], int]


def chosen_sheet(file: str, sheets: Sequence[Sheet], asked: str | None) -> Sheet:
    """Return the sheet that was asked for, else the first one that holds a table, or the first where none does.

    Raises
    ------
    InputError
        There is no sheet of that name; or none was named and several have the same columns.
    """
    if asked is not None:
        return _named(file, sheets, asked)
    tables = [(sheet, header) for sheet in sheets if (header := _header(sheet))]
    # What a person has hidden is another thing than what is shown, unless there is nothing else.
    tables.sort(key=lambda table: table[0].hidden)
    if not tables:
        return sheets[0]
    (chosen, columns), *others = tables
    same = [sheet.title for sheet, header in others if header == columns]
    if same:
        raise InputError(
            say("{file} has the same columns on more than one sheet: '{chosen}' and ", file=file, chosen=chosen.title)
            + ", ".join(f"'{title}'" for title in same)
            + say(
                ". Name the one that is meant, as in {file}#{chosen}, or put all rows under each other on one sheet.",
                file=file,
                chosen=chosen.title,
            )
        )
    unread = [f"'{sheet.title}'" for sheet, header in others if header & columns or len(header) > _LIST]
    if unread or chosen is not sheets[0]:
        told = say("; {unread} also hold rows and were not read", unread=", ".join(unread)) if unread else ""
        _tell(say("{file}: the sheet '{chosen}' was read{told}.", file=file, chosen=chosen.title, told=told))
    return chosen


def tell_hidden(file: str, sheet: Sheet) -> None:
    """Warn of rows that Excel does not show, by a filter or by hand: they are read as the others are."""
    if count := sheet.hidden_rows():
        told = say_n(
            "{count} row that Excel does not show (a filter?) was read as well",
            "{count} rows that Excel does not show (a filter?) were read as well",
            count,
        )
        _tell(say("{file}, sheet '{title}': {told}.", file=file, title=sheet.title, told=told))


def _named(file: str, sheets: Sequence[Sheet], asked: str) -> Sheet:
    found = [sheet for sheet in sheets if sheet.title.strip().casefold() == asked.strip().casefold()]
    if found:
        return found[0]
    titles = [sheet.title for sheet in sheets]
    raise InputError(
        say("{file} has no sheet '{asked}'.", file=file, asked=asked),
        [
            Fault(
                file=file,
                given=repr(asked),
                expected=say("one of {words}", words=", ".join(titles)),
                action=nearest(asked, titles),
            )
        ],
    )


def _tell(text: str) -> None:
    warnings.warn(text, InputWarning, stacklevel=3)


def _header(sheet: Sheet) -> frozenset[str]:
    """Return the names in a sheet's first row; none where it does not look like a table of columns and rows."""
    top = [[value for value in row if value not in (None, "")] for row in sheet.rows(max_row=2)]
    if len(top) < 2 or len(top[0]) < 2 or not top[1]:
        return frozenset()
    return frozenset(str(name).strip() for name in top[0])
