"""The summary and the action plan as an editable Word file, for the sector's own text around them."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from corrtest.report.catalogue import catalogue
from corrtest.report.content import Block, Bullets, Callout, Cards, Document, Fields, Heading, Paragraph
from corrtest.report.packing import repacked

CHAPTERS = ("summary", "action")


def docx_file(document: Document) -> bytes:
    """Return the Word file."""
    words = catalogue(document.language)
    word = docx.Document()
    word.core_properties.title = document.title
    word.core_properties.author = "corrtest"
    word.core_properties.language = document.language
    word.core_properties.comments = document.simulated
    _language(word, document.language)
    word.add_heading(document.title, level=0)
    word.add_paragraph(document.subtitle)
    if document.simulated:
        word.add_paragraph().add_run(document.simulated).bold = True
        word.sections[0].header.paragraphs[0].text = document.simulated
    for chapter in document.chapters:
        if chapter.name in CHAPTERS or not document.numbered:
            badge = f" [{words.text('SIMULATED')}]" if document.simulated else ""
            word.add_heading(chapter.title + badge, level=1)
            for block in chapter.blocks:
                _add(word, block)
    if document.numbered:
        word.add_paragraph(words.text("Made by corrtest from figures that passed disclosure control."))
    buffer = io.BytesIO()
    word.save(buffer)
    return repacked(buffer.getvalue())


def _add(word: WordDocument, block: Block) -> None:
    if isinstance(block, Paragraph | Callout):
        word.add_paragraph(block.text)
    elif isinstance(block, Heading):
        word.add_heading(block.text, level=2)
    elif isinstance(block, Bullets):
        for item in block.items:
            word.add_paragraph(item, style="List Bullet")
    elif isinstance(block, Cards):
        table = word.add_table(rows=0, cols=3, style="Table Grid")
        for card in block.cards:
            cells = table.add_row().cells
            cells[0].paragraphs[0].add_run(card.title).bold = True
            cells[1].text = f"{card.figure}\n{card.caption}"
            cells[2].text = card.text
    elif isinstance(block, Fields):
        table = word.add_table(rows=0, cols=2, style="Table Grid")
        for name, hint in block.rows:
            cells = table.add_row().cells
            cells[0].paragraphs[0].add_run(name).bold = True
            cells[1].text = f"[{hint}]"


def _language(word: WordDocument, language: str) -> None:
    """Set the language that Word checks the spelling in."""
    tag: Any = {"nl": "nl-BE", "en": "en-GB"}[language]
    properties = word.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if properties is not None:
        mark = properties.find(qn("w:lang"))
        if mark is not None:
            mark.set(qn("w:val"), tag)
