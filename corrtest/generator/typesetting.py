"""PDF through Typst: one compiler a template set in each process, reused for every document.

The persona's text goes in as a JSON file held in memory, never as source, so nothing in it can act as markup. (Given
as an input, it would make Typst build its standard library anew for each document.) Fonts come from the package
`rendercv-fonts` (free licences) and are embedded; system fonts are ignored, so that every machine makes the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import rendercv_fonts
import typst

from corrtest.errors import Fault, GeneratorError
from corrtest.generator.template_sets import TemplateSet
from corrtest.language import say

__all__ = ["Typesetter", "font_folders", "page_count", "page_data", "stand_in_fonts"]


DATA_FILE = "data.json"
# A font in a PDF: six letters that mark it as cut down to the letters used, then its name and cut (Lato-Bold).
_FONT = re.compile(rb"/FontName/[A-Z]{6}\+([A-Za-z0-9]+)")


@cache
def _installed(families: tuple[str, ...]) -> bool:
    return bool(families) and len(font_folders(families)) == len(set(families))


def font_folders(families: Iterable[str]) -> list[str]:
    """Return the folders of the font families that are installed with `rendercv-fonts`.

    A family that is not there falls back to the fonts inside Typst itself (Libertinus Serif, New Computer Modern).
    """
    base = Path(rendercv_fonts.__file__).parent
    return [str(base / family) for family in sorted(set(families)) if (base / family).is_dir()]


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF that Typst wrote (its page objects are not compressed)."""
    return pdf.count(b"/Type/Page") - pdf.count(b"/Type/Pages")


def stand_in_fonts(pdf: bytes, families: Sequence[str]) -> list[str]:
    """Return the fonts in a PDF of Typst that are none of `families`: they stand in for letters that those lack.

    None where a family is not installed, as others then stand in for all of it.
    """
    if not _installed(tuple(families)):
        return []
    own = {family.replace(" ", "").encode() for family in families}
    return sorted({name.decode() for name in _FONT.findall(pdf) if name not in own})


def page_data(values: Mapping[str, Any]) -> bytes:
    """Return what a layout is filled with as the JSON that its templates read: once for all documents of a person."""
    return json.dumps(values, ensure_ascii=False).encode()


class Typesetter:
    """Sets the Typst templates of some template sets."""

    def __init__(self, sets: Iterable[TemplateSet]) -> None:
        chosen = list(sets)
        # Its own fonts for each set: which others a run uses must not change what a document looks like.
        self._compilers = {
            each.name: typst.Compiler(
                root=str(each.folder),
                font_paths=typst.Fonts(font_paths=font_folders(each.fonts), include_system_fonts=False),
            )
            for each in chosen
        }
        self._templates = {(each.name, key): place for each in chosen for key, place in each.places.items()}
        # The template itself is read from its folder: what was read there is not parsed again for each document.
        self._main = {
            place: f"#include {json.dumps(template, ensure_ascii=False)}".encode()
            for place, template in self._templates.items()
        }

    def pdf(self, set_name: str, key: str, data: bytes, created: datetime) -> bytes:
        """Return one document as PDF.

        Parameters
        ----------
        set_name, key : str
            The template set, and which of its files: `cv_pdf` or `letter_pdf`.
        data : bytes
            What it is filled with, of `page_data`.
        created : datetime
            Its date of creation and of change.
        """
        try:
            # Files held in memory go in as a dict, which the stubs of this version of typst do not know of.
            files: Any = {"main.typ": self._main[set_name, key], DATA_FILE: data}
            made = self._compilers[set_name].compile(
                input=files,
                format="pdf",
                timestamp=int(created.timestamp()),
                pdf_tags=False,
            )
        except typst.TypstError as error:
            raise GeneratorError(
                say("A template cannot be set as PDF."),
                [
                    Fault(
                        file=f"{set_name}/{self._templates[set_name, key]}",
                        given=_first_lines(error),
                        expected=say("a Typst template that uses what a persona has"),
                        action=say("Mend the template."),
                    )
                ],
            ) from error
        return bytes(made) if isinstance(made, bytes) else b"".join(made or ())


def _first_lines(error: typst.TypstError) -> str:
    """Return message and place of a Typst error: its diagnostic starts with the message and the line of the
    template."""
    lines = [line.strip() for line in str(error.diagnostic or error.message).splitlines() if line.strip()]
    return "; ".join(lines[:2])
