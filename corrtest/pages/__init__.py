"""Documents as content, the words of a language, and the files made of both.

=============  ======================================================================================
content        a document: chapters of blocks, one tree a language
catalogue      the words, names, numbers and dates of one language, from `locale/<language>.po`
forest, bars   forest plots and bars as SVG; heat: heat maps
html, pdf,     the formats, each from the same document
docx, xlsx
typesetting    Typst with fonts of its own, for PDF and for drawings in Word files
packing        Office files and archives with the same bytes each time
writing        every file or none
=============  ======================================================================================
"""

from corrtest.pages.bars import ChanceBar, HundredBar, WeekBar, chances_svg, hundred_svg, weeks_svg
from corrtest.pages.catalogue import Catalogue, catalogue, languages
from corrtest.pages.content import (
    Block,
    Bullets,
    Callout,
    Card,
    Cards,
    Cell,
    Chapter,
    Column,
    Document,
    Facts,
    Fields,
    Figure,
    Heading,
    Paragraph,
    SideBySide,
    Span,
    Table,
)
from corrtest.pages.docx import docx_file
from corrtest.pages.forest import ForestRow, ForestWords, forest_svg
from corrtest.pages.heat import HeatCell, heat_svg
from corrtest.pages.html import html_page
from corrtest.pages.packing import packed, repacked
from corrtest.pages.pdf import pdf_file
from corrtest.pages.table_files import TABLE_FORMS, table_form, write_table
from corrtest.pages.writing import DOCUMENT_FORMATS, check_formats, write_documents, write_files
from corrtest.pages.xlsx import xlsx_file

__all__ = [
    "DOCUMENT_FORMATS",
    "TABLE_FORMS",
    "Block",
    "Bullets",
    "Callout",
    "Card",
    "Cards",
    "Catalogue",
    "Cell",
    "ChanceBar",
    "Chapter",
    "Column",
    "Document",
    "Facts",
    "Fields",
    "Figure",
    "ForestRow",
    "ForestWords",
    "Heading",
    "HeatCell",
    "HundredBar",
    "Paragraph",
    "SideBySide",
    "Span",
    "Table",
    "WeekBar",
    "catalogue",
    "chances_svg",
    "check_formats",
    "docx_file",
    "forest_svg",
    "heat_svg",
    "html_page",
    "hundred_svg",
    "languages",
    "packed",
    "pdf_file",
    "repacked",
    "table_form",
    "weeks_svg",
    "write_documents",
    "write_files",
    "write_table",
    "xlsx_file",
]
