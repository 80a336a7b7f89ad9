"""Workbooks that are archives (XLSX, ODS), held against the limits before they are unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.spec.limits import WORKBOOK

_CHUNK = 1 << 20
# A workbook of Excel has some tens of parts.
_MOST_PARTS = 5_000


def check_archive(path: Path, cell_tags: Sequence[bytes]) -> None:
    """Hold what an archive says of its parts, and the number of cells in its sheets, against the limits."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        WORKBOOK.check(path.name, unpacked=sum(part.file_size for part in parts))
        if len(parts) > _MOST_PARTS:
            raise InputError(
                say(
                    "{file} is not a readable workbook ({count} parts). Save it again.",
                    file=path.name,
                    count=len(parts),
                )
            )
        cells = 0
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                cells += _cells(archive, part, path.name, cell_tags)
                WORKBOOK.check(path.name, cells=cells)


def _cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str, tags: Sequence[bytes]) -> int:
    """Count the cells of a part; refuse declarations of entities, which can unfold without end."""
    cells, rest = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if b"<!DOCTYPE" in rest + chunk or b"<!ENTITY" in rest + chunk:
                raise InputError(
                    say("{file} is not a readable workbook (it declares entities). Save it again.", file=file)
                )
            text = rest + chunk
            cells += sum(text.count(tag) for tag in tags) - sum(rest.count(tag) for tag in tags)
            rest = text[-max(map(len, tags)) :]
            if cells > WORKBOOK.cells:
                break
    return cells
