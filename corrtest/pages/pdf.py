"""A document as tagged PDF (PDF/UA-1), typeset by Typst from the same content as the HTML page."""

from __future__ import annotations

import dataclasses
import json
from importlib import resources
from typing import Any

from corrtest.pages.catalogue import words_of
from corrtest.pages.content import Block, Document
from corrtest.pages.typesetting import pdf_of, with_own_font

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
    source = resources.files("corrtest.pages").joinpath("templates", "page.typ").read_bytes()
    return pdf_of(source, {"document": text})


def _block(block: Block) -> dict[str, Any]:
    # Last, since a callout has a kind of its own.
    content = {**dataclasses.asdict(block), "kind": type(block).__name__}
    if "svg" in content:
        content["svg"] = with_own_font(str(content["svg"]))
    return content
