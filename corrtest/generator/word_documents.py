"""DOCX through python-docx: the same values as the other formats, in the look that a set's ``[docx]`` table describes.

The table names a font that employers have, sizes, a colour, whether personal data come first or last and where dates
stand, so a new layout needs no code. What the file says of itself: `word_metadata`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from corrtest.generator.word_metadata import blank_document, word_file

__all__ = ["DOCX_KEYS", "word_cv", "word_letter"]

DOCX_KEYS = {"font", "size", "name_size", "colour", "centred", "capitals", "personal", "dates", "bullet"}
# A CV on two pages begins the second one with this part.
PAGE_BREAK = "education"
DATES_WIDTH = Cm(3.6)


class _Page:
    """A document under way, with the look of one set."""

    def __init__(self, look: Mapping[str, Any]) -> None:
        self._look = look
        self.document = blank_document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(1.9)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = look["font"], Pt(look["size"])
        style.paragraph_format.space_after = Pt(3)
        self._colour = RGBColor.from_string(look["colour"])

    def line(self, text: str, *, bold: bool = False, italic: bool = False, size: float | None = None) -> Paragraph:
        """Add a line of text."""
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(text)
        run.bold, run.italic = bold, italic
        if size is not None:
            run.font.size = Pt(size)
            run.font.color.rgb = self._colour
        return paragraph

    def header(self, values: Mapping[str, Any], title: str = "") -> None:
        """Add name, title and contact data, and the specimen mark where there is one."""
        if values["specimen"]:
            self.line(values["specimen"], bold=True)
        lines = [self.line(values["name"], bold=True, size=self._look["name_size"])]
        if title:
            lines.append(self.line(title, italic=True))
        home = f"{values['address']}, {values['postal_code']} {values['town']}"
        lines.append(self.line(f"{home}\n{values['phone']} | {values['email_address']}"))
        if self._look["centred"]:
            for each in lines:
                each.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def heading(self, text: str) -> None:
        """Add a section's heading."""
        shown = text.upper() if self._look["capitals"] else text
        paragraph = self.line(shown, bold=True, size=self._look["size"] + 2)
        paragraph.paragraph_format.space_before = Pt(10)

    def period(self, start: str, end: str, text: str) -> None:
        """Add what someone did and when, dates before or after as the set has it."""
        paragraph = self.document.add_paragraph()
        dates = f"{start} – {end}"
        before = self._look["dates"] == "before"
        paragraph.add_run(f"{dates}\t" if before else text).bold = not before
        paragraph.add_run(text if before else f" ({dates})").bold = before
        if before:  # what a date belongs to stands in a column of its own, over as many lines as it takes
            paragraph.paragraph_format.left_indent = DATES_WIDTH
            paragraph.paragraph_format.first_line_indent = -DATES_WIDTH

    def bullets(self, lines: list[str]) -> None:
        """Add a list."""
        for line in lines:
            paragraph = self.line(f"{self._look['bullet']} {line}")
            paragraph.paragraph_format.left_indent = Cm(0.6)


def _finished(page: _Page, values: Mapping[str, Any], title: str, written: datetime) -> bytes:
    return word_file(page.document, values["name"], title, values["language"], written)


def word_cv(values: Mapping[str, Any], look: Mapping[str, Any], written: datetime) -> bytes:
    """Return a CV as DOCX."""
    page, words = _Page(look), values["w"]
    page.header(values, values["title"])
    if look["personal"] == "first":
        _personal(page, values, words)
    for section in values["order"]:
        if section == PAGE_BREAK and values["two_pages"]:
            page.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        _SECTIONS[section](page, values, words)
    if look["personal"] == "last":
        _personal(page, values, words)
    if values["references"]:
        page.line(values["references"])
    return _finished(page, values, f"CV {values['name']}", written)


def word_letter(values: Mapping[str, Any], look: Mapping[str, Any], written: datetime) -> bytes:
    """Return a letter as DOCX."""
    page, letter = _Page(look), values["letter"]
    page.header(values)
    page.line(f"{values['town']}, {letter['date']}").paragraph_format.space_before = Pt(24)
    page.line(letter["subject"], bold=True)
    for text in (letter["greeting"], *letter["paragraphs"], letter["signoff"], values["name"]):
        page.line(text).paragraph_format.space_before = Pt(9)
    return _finished(page, values, letter["subject"], written)


def _profile(page: _Page, values: Mapping[str, Any], words: Mapping[str, str]) -> None:
    text = f"{values['summary']} {values['disclosure']}".strip()
    if text:
        page.heading(words["profile"])
        page.line(text)


def _personal(page: _Page, values: Mapping[str, Any], words: Mapping[str, str]) -> None:
    page.heading(words["personal"])
    page.line(f"{words['born']}: {values['born_long']}")
    more = [f"{words[key]}: {values[key]}" for key in ("nationality", "licence") if values[key]]
    if more:
        page.line("; ".join(more))


def _work(page: _Page, values: Mapping[str, Any], words: Mapping[str, str]) -> None:
    page.heading(words["work"])
    for job in values["work"]:
        place = f", {job['employer']}, {job['place']}" if job["employer"] else ""
        page.period(job["start"]["numeric"], job["end"]["numeric"], f"{job['position']}{place}")
        page.bullets(job["tasks"])


def _education(page: _Page, values: Mapping[str, Any], words: Mapping[str, str]) -> None:
    page.heading(words["education"])
    for study in values["education"]:
        page.period(study["start"], study["end"], f"{study['diploma']}, {study['area']}, {study['school']}")
    if values["certificates"]:
        page.line(f"{words['certificates']}: {'; '.join(values['certificates'])}")


def _skills(page: _Page, values: Mapping[str, Any], words: Mapping[str, str]) -> None:
    page.heading(words["skills"])
    page.bullets(values["skills"])
    if values["languages"]:
        spoken = (f"{each['name']} ({each['level']})" for each in values["languages"])
        page.line(f"{words['languages']}: {', '.join(spoken)}")
    if values["interests"]:
        page.line(f"{words['interests']}: {', '.join(values['interests'])}")


_SECTIONS = {"profile": _profile, "work": _work, "education": _education, "skills": _skills}
