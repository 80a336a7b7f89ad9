"""The sheets of an ODS workbook, as LibreOffice writes them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from corrtest.spec.archives import check_archive
from corrtest.spec.cells import EXCEL_ERRORS
from corrtest.spec.limits import WORKBOOK
from corrtest.spec.sheets import Sheet

_CELL_TAGS = (b"<table:table-cell", b"<table:covered-table-cell")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")


@contextmanager
def open_ods(path: Path) -> Iterator[list[Sheet]]:
    """Yield the sheets of a workbook."""
    check_archive(path, _CELL_TAGS)
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as stream:
        yield _sheets(path.name, stream)


def _sheets(file: str, stream: Any) -> list[Sheet]:
    """Return the sheets; a row or cell that is repeated is written once in the file, and counted each time here."""
    sheets: list[Sheet] = []
    unseen: set[str] = set()
    rows: list[tuple[Any, ...]] = []
    blank = hidden = cells = 0
    for _, element in ET.iterparse(stream):  # noqa: S314  (as above)
        if element.tag == f"{_STYLE}style":
            if any(each.get(f"{_TABLE}display") == "false" for each in element):
                unseen.add(element.get(f"{_STYLE}name", ""))
        elif element.tag == f"{_TABLE}table-row":
            row, times = _row(file, element), int(element.get(f"{_TABLE}number-rows-repeated", "1"))
            seen = element.get(f"{_TABLE}visibility", "visible") == "visible"
            element.clear()
            if not row:
                blank += times  # empty rows count where a filled one follows
                continue
            cells += times * len(row)
            WORKBOOK.check(file, cells=cells, rows=len(rows) + blank + times)
            rows += [()] * blank + [row] * times
            blank = 0
            hidden += 0 if seen else times
        elif element.tag == f"{_TABLE}table":
            name, style = element.get(f"{_TABLE}name", ""), element.get(f"{_TABLE}style-name", "")
            sheets.append(
                Sheet(title=name, hidden=style in unseen, rows=partial(_first, rows), hidden_rows=partial(int, hidden))
            )
            rows, blank, hidden = [], 0, 0
            element.clear()
    return sheets


def _first(rows: list[tuple[Any, ...]], max_row: int | None = None) -> Iterator[tuple[Any, ...]]:
    return islice(rows, max_row)


def _row(file: str, element: ET.Element) -> tuple[Any, ...]:
    values: list[Any] = []
    blank = 0
    for cell in element:
        if cell.tag not in _CELLS:
            continue
        value, times = _value(cell), int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        if value is None:
            blank += times
            continue
        WORKBOOK.check(file, columns=len(values) + blank + times)
        values += [None] * blank + [value] * times
        blank = 0
    return tuple(values)


def _value(cell: ET.Element) -> Any:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(f"{_OFFICE}value", "nan"))
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    if kind == "date":
        given = cell.get(f"{_OFFICE}date-value", "")
        return datetime.fromisoformat(given) if "T" in given else date.fromisoformat(given)
    text = "\n".join(_text(part) for part in cell.findall(f"{_TEXT}p"))
    if cell.get(f"{_CALC}value-type") == "error":
        return text if text in EXCEL_ERRORS else "#VALUE!"  # LibreOffice has numbers for some: Err:502
    return text or None


def _text(part: ET.Element) -> str:
    """Return the text of a paragraph, in which blanks in a row, tabs and line breaks are elements of their own."""
    inner = "".join(_text(each) for each in part)
    own = {f"{_TEXT}s": " " * int(part.get(f"{_TEXT}c", "1")), f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
    after = "" if part.tag == f"{_TEXT}p" else part.tail or ""
    return own.get(part.tag, part.text or "") + inner + after
