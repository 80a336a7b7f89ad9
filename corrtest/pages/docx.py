"""A document, or the chapters of it that readers edit, as a Word file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph as WordParagraph

from corrtest.pages.catalogue import words_of
from corrtest.pages.content import (
    Block,
    Bullets,
    Callout,
    Cards,
    Document,
    Facts,
    Fields,
    Figure,
    Heading,
    Paragraph,
    SideBySide,
    Table,
)
from corrtest.pages.packing import repacked
from corrtest.pages.typesetting import png_of


def docx_file(document: Document) -> bytes:
    """Return the Word file."""
    words = words_of(document.language)
    word = docx.Document()
    word.core_properties.title = document.title
    word.core_properties.author = "corrtest"
    word.core_properties.language = document.language
    word.core_properties.comments = document.simulated
    _language(word, str(words.locale).replace("_", "-"))
    word.add_heading(document.title, level=0)
    word.add_paragraph(document.subtitle)
    if document.simulated:
        word.add_paragraph().add_run(document.simulated).bold = True
        word.sections[0].header.paragraphs[0].text = document.simulated
    for chapter in document.chapters:
        if document.word_chapters is None or chapter.name in document.word_chapters:
            badge = f" [{words.text('SIMULATED')}]" if document.simulated else ""
            word.add_heading(chapter.title + badge, level=1)
            for block in chapter.blocks:
                _WRITERS[type(block)](word, block)
    if document.footer:
        word.add_paragraph(document.footer)
    buffer = io.BytesIO()
    word.save(buffer)
    return repacked(buffer.getvalue())


def _text(word: WordDocument, block: Paragraph | Callout) -> None:
    word.add_paragraph(block.text)


def _heading(word: WordDocument, block: Heading) -> None:
    word.add_heading(block.text, level=2)


def _bullets(word: WordDocument, block: Bullets) -> None:
    for item in block.items:
        word.add_paragraph(item, style="List Bullet")


def _cards(word: WordDocument, block: Cards) -> None:
    rows = [(card.title, f"{card.figure}\n{card.caption}", card.text) for card in block.cards]
    _grid(word, rows, columns=3)


def _facts(word: WordDocument, block: Facts) -> None:
    _grid(word, block.rows, columns=2)


def _fields(word: WordDocument, block: Fields) -> None:
    _grid(word, [(name, f"[{hint}]") for name, hint in block.rows], columns=2)


def _table(word: WordDocument, block: Table) -> None:
    _bold(word.add_paragraph(), block.caption)
    table = word.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _bold(cell.paragraphs[0], column.header)
    for row in block.rows:
        for cell, shown in zip(table.add_row().cells, row, strict=True):
            cell.text = shown.text
    if block.note:
        word.add_paragraph(block.note)


def _figure(word: WordDocument, block: Figure) -> None:
    """Write the drawing as a picture, with what it shows in words for who cannot see it."""
    _bold(word.add_paragraph(), block.caption)
    drawn = word.add_picture(io.BytesIO(png_of(block.svg)), width=Cm(15))
    drawn._inline.docPr.set("descr", block.alternative)


def _grid(word: WordDocument, rows: Sequence[Sequence[str]], *, columns: int) -> None:
    """Write rows whose first cell is their name."""
    table = word.add_table(rows=0, cols=columns, style="Table Grid")
    for name, *others in rows:
        first, *rest = table.add_row().cells
        _bold(first.paragraphs[0], name)
        for cell, text in zip(rest, others, strict=True):
            cell.text = text


def _side_by_side(word: WordDocument, block: SideBySide) -> None:
    table = word.add_table(rows=2, cols=2, style="Table Grid")
    for cell, title in zip(table.rows[0].cells, block.titles, strict=True):
        _bold(cell.paragraphs[0], title)
    for cell, spans in zip(table.rows[1].cells, (block.left, block.right), strict=True):
        for span in spans:
            run = cell.paragraphs[0].add_run(span.text)
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW if span.marked else None


def _bold(paragraph: WordParagraph, text: str) -> None:
    paragraph.add_run(text).bold = True


_WRITERS: Mapping[type[Block], Callable[[WordDocument, Any], None]] = {
    Paragraph: _text,
    Callout: _text,
    Heading: _heading,
    Bullets: _bullets,
    Cards: _cards,
    Facts: _facts,
    Fields: _fields,
    Table: _table,
    Figure: _figure,
    SideBySide: _side_by_side,
}


def _language(word: WordDocument, tag: str) -> None:
    """Set the language that Word checks the spelling in."""
    properties = word.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if properties is not None:
        mark = properties.find(qn("w:lang"))
        if mark is not None:
            mark.set(qn("w:val"), tag)
