"""What a PDF says of itself: whose it is, its title and when it was made, and of no program.

A program writes its name all over a file: in the structure tags, the order of objects, the fonts, the identifiers.
A name that only the information dictionary bears is worse than none: none is claimed, and the typesetter's own packet
(XMP) goes. Layout: ISO 32000-1, sections 14.3.2 and 14.3.3.
"""

from __future__ import annotations

import io
from datetime import datetime

import pikepdf

from corrtest.spec import BELGIAN_TIME

__all__ = ["without_program"]

# What the information dictionary keeps, besides the two dates.
_KEPT = ("/Title", "/Author")


def _pdf_date(moment: datetime) -> str:
    """Return a moment as PDF writes it: local time and its distance from universal time (ISO 32000-1, 7.9.4)."""
    local = moment.astimezone(BELGIAN_TIME)
    offset = f"{local:%z}"
    return f"D:{local:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}'"


def without_program(pdf: bytes, written: datetime) -> bytes:
    """Return a PDF that names no program, dated in Belgian time; the same file and moment give the same bytes.

    Parameters
    ----------
    pdf : bytes
        The file as the typesetter wrote it.
    written : datetime
        Its moment of creation and of change, with a time zone.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        said = document.docinfo
        kept = {key: said[key] for key in _KEPT if key in said}
        dates = dict.fromkeys(("/CreationDate", "/ModDate"), _pdf_date(written))
        document.trailer.Info = document.make_indirect(pikepdf.Dictionary({**kept, **dates}))
        if "/Metadata" in document.Root:
            del document.Root.Metadata
        made = io.BytesIO()
        document.save(made, deterministic_id=True, fix_metadata_version=False)
    return made.getvalue()
