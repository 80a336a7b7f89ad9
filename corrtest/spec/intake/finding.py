"""Where the table begins in a file, and which of its columns is which."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.spec.cells import MISSING
from corrtest.spec.intake.channels import channel_of
from corrtest.spec.intake.feeds import read_feed
from corrtest.spec.intake.words import folded, header_words
from corrtest.spec.tables import read_rows

FEEDS = frozenset({".json", ".jsonl", ".jsonld"})
_TOP = 30
_FEWEST = 3
_COMMITTEE = re.compile(r"\D*\d{3}(\d{2}|\d{4})?(\D.*)?")
_POSTAL = re.compile(r"(B-?)?\d{4}(\D.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The table of a file: `cells` as text under the names of its header, and the row of the sheet of each.

    `unread` are sheets that hold another table.
    """

    file: str
    cells: pd.DataFrame
    rows: tuple[int, ...]
    unread: tuple[str, ...] = ()
    is_feed: bool = False


def find_table(path: Path, own: Mapping[str, Sequence[str]]) -> Found:
    """Return the table below the header: the row among the first ones that names most columns.

    `own` are the headers that the study has named, by column. Sheets with that very header are read one after another.

    Raises
    ------
    InputError
        No row looks like a header.
    """
    is_feed = path.suffix.lower() in FEEDS
    sheets = {"": read_feed(path)} if is_feed else read_rows(path)
    places = {sheet: _header(rows, own) for sheet, rows in sheets.items() if rows}
    best = max(places, key=lambda sheet: places[sheet][1], default=None)
    if best is None or places[best][1] < _FEWEST:
        raise InputError(
            say(
                "{file} has no row that names its columns: none of the first {top} holds three known headers. "
                "Name your headers under [columns] in mapping.toml, or see: corrtest vacancies columns",
                file=path.name,
                top=_TOP,
            )
        )
    names = _names(sheets[best][places[best][0]])
    like = [sheet for sheet in places if _names(sheets[sheet][places[sheet][0]]) == names]
    parts = [_below(sheets[sheet], places[sheet][0], names) for sheet in like]
    cells = pd.concat([table for table, _ in parts], ignore_index=True)
    unread = tuple(sheet for sheet in sheets if sheet not in like and places.get(sheet, (0, 0))[1] >= _FEWEST)
    rows = tuple(row for _, numbers in parts for row in numbers)
    return Found(file=path.name, cells=cells, rows=rows, unread=unread, is_feed=is_feed)


def columns_of(found: Found, own: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return column → the headers of the file that fill it, the first filled one for each row.

    What the study has named goes first. Of the others a known header goes to its column, by what stands below it where
    its word may mean two. Where a table has several headers for a column, the first of them in the list of headers
    counts; a feed has them all, since it leaves out what a posting does not have.
    """
    names = list(found.cells.columns)
    columns = {column: tuple(name for name in headers if name in names) for column, headers in own.items()}
    taken = {name for headers in columns.values() for name in headers}
    settled = {column for column, headers in columns.items() if headers}
    order = list(header_words())
    for name in sorted(names, key=lambda name: order.index(word) if (word := folded(name)) in order else len(order)):
        meant = _meant(name, found.cells[name])
        if meant == "occupation" and columns.get(meant) and not found.is_feed:
            meant = "title"  # a second column for it is the title under which it was advertised
        if name in taken or not meant or meant in settled:
            continue
        if found.is_feed or not columns.get(meant):
            columns[meant] = (*columns.get(meant, ()), name)
    return {column: headers for column, headers in columns.items() if headers}


def _meant(name: str, cells: pd.Series) -> str:
    """Return the column that a header stands for, "" where that is none or in doubt."""
    columns = header_words().get(folded(name), ())
    if len(columns) > 1 or columns == ("address",):
        columns = tuple(column for column in columns if _fits(column, cells))
    return columns[0] if len(columns) == 1 else ""


def _header(rows: Sequence[Sequence[str]], own: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """Return the place of the row that names most columns, and how many it names."""
    named = {name: column for column, headers in own.items() for name in headers}
    counts = [
        len({named.get(cell, *header_words().get(folded(cell), ("",))[:1]) for cell in row if cell} - {""})
        for row in rows[:_TOP]
    ]
    most = max(counts, default=0)
    return (counts.index(most), most) if counts else (0, 0)


def _names(header: Sequence[str]) -> list[str]:
    """Return a header whose repeated names have a number."""
    seen: dict[str, int] = {}
    names = []
    for cell in header:
        name = " ".join(cell.split())
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _below(rows: Sequence[Sequence[str]], header: int, names: Sequence[str]) -> tuple[pd.DataFrame, list[int]]:
    """Return the filled rows below the header, each as wide as the header, and their rows of the sheet."""
    width = len(names)
    body = [
        (number + 1, [("" if cell in MISSING else " ".join(cell.split())) for cell in (*row, *[""] * width)[:width]])
        for number, row in enumerate(rows)
        if number > header and any(row)
    ]
    keep = [place for place, name in enumerate(names) if name and not name.startswith(" (")]
    table = pd.DataFrame({names[place]: [row[place] for _, row in body] for place in keep}, dtype=str)
    return table, [number for number, _ in body]


def _fits(column: str, cells: pd.Series) -> bool:
    """Say whether most of the filled cells look like this column, where its header may mean another."""
    filled = [cell for cell in cells.drop_duplicates() if cell]
    if column == "joint_committee":
        good = sum(_COMMITTEE.fullmatch(cell) is not None for cell in filled)
    elif column == "postal_code":
        good = sum(_POSTAL.fullmatch(cell) is not None for cell in filled)
    elif column == "address":
        good = sum(channel_of(cell) != "" for cell in filled)
    else:
        return True
    return 2 * good >= len(filled)
