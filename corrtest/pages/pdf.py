"""A document as tagged PDF (PDF/UA-1), typeset by Typst from the same document as the HTML page.

Fonts come from the package `rendercv-fonts`; system fonts are ignored and the date is fixed, so that every machine
makes the same bytes.
"""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import rendercv_fonts
import typst

from corrtest.errors import ReportError
from corrtest.pages.catalogue import words_of
from corrtest.pages.content import Block, Document

FONT = "Source Sans 3"
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"


def pdf_file(document: Document) -> bytes:
    """Return the PDF."""
    words = words_of(document.language)
    content = {
        "language": document.language,
        "title": document.title,
        "subtitle": document.subtitle,
        "simulated": document.simulated,
        "badge": words.text("SIMULATED") if document.simulated else "",
        "contents": document.contents_title,
        "numbered": document.numbered,
        "footer": document.footer,
        "chapters": [
            {"title": chapter.title, "blocks": [_block(block) for block in chapter.blocks]}
            for chapter in document.chapters
        ],
    }
    text = json.dumps(content, ensure_ascii=False).replace(_SOFT_HYPHEN, "")
    try:
        made = _compiler().compile(
            input=resources.files("corrtest.pages").joinpath("templates", "page.typ").read_bytes(),
            sys_inputs={"document": text},
            format="pdf",
            pdf_standards="ua-1",
            timestamp=0,
        )
    except typst.TypstError as error:
        raise ReportError(f"The PDF cannot be typeset: {error.message}") from error
    assert isinstance(made, bytes)
    return made


def _block(block: Block) -> dict[str, Any]:
    content = {"kind": type(block).__name__, **dataclasses.asdict(block)}
    if "svg" in content:
        content["svg"] = _with_own_font(str(content["svg"]))
    return content


def _with_own_font(svg: str) -> str:
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
