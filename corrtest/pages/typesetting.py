"""Typst as every document uses it: one typeface from the package `rendercv-fonts`, no fonts of the machine, no date.

So that every machine makes the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import rendercv_fonts
import typst

from corrtest.errors import ReportError
from corrtest.language import say

FONT = "Source Sans 3"
_DRAWING = b"""#set page(width: auto, height: auto, margin: 0pt)
#set text(font: "Source Sans 3")
#image(bytes(sys.inputs.svg), format: "svg")
"""


def pdf_of(source: bytes, inputs: Mapping[str, str]) -> bytes:
    """Return the tagged PDF (PDF/UA-1) of a Typst source and what it reads from `sys.inputs`."""
    try:
        made = _compiler().compile(
            input=source, sys_inputs=dict(inputs), format="pdf", pdf_standards="ua-1", timestamp=0
        )
    except typst.TypstError as error:
        raise ReportError(say("The PDF cannot be typeset: {message}", message=error.message)) from error
    assert isinstance(made, bytes)
    return made


def png_of(svg: str) -> bytes:
    """Return a drawing as PNG, for files that hold no SVG."""
    try:
        made = _compiler().compile(input=_DRAWING, sys_inputs={"svg": with_own_font(svg)}, format="png", ppi=150)
    except typst.TypstError as error:
        raise ReportError(say("The drawing cannot be typeset: {message}", message=error.message)) from error
    assert isinstance(made, bytes)
    return made


def with_own_font(svg: str) -> str:
    """Return a drawing whose text is set in the typeface of the documents."""
    start = svg.index('font-family="') + len('font-family="')
    return svg[:start] + FONT + svg[svg.index('"', start) :]


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(Path(rendercv_fonts.__file__).parent / FONT)],
    )
    return typst.Compiler(font_paths=fonts)
