"""What a Word file says of itself: whose it is, its title and when it was made, and of no program.

The blank document of python-docx comes from a Word of 2011: with its name, a picture of an empty page, editing sessions
and some two hundred styles in every file. None of it stays but the styles that the documents use.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn

__all__ = ["blank_document", "word_file"]

# Parts of the blank document that tell of the program it came from, by the end of their relation's type.
_FOREIGN = ("/thumbnail", "/extended-properties", "/stylesWithEffects", "/customXml", "/webSettings", "/fontTable")
_UNUSED = ("/numbering",)
# Settings that are those of one computer, or of one editing session.
_SESSION = ("w:rsids", "w:savePreviewPicture", "w:shapeDefaults", "w:proofState", "w:doNotAutoCompressPictures")
_STYLES = ("Normal", "DefaultParagraphFont", "TableNormal", "NoList")
_WORD_2010 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
# Word, Google and others write no time into the ZIP; this is how no time looks there.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def blank_document() -> DocumentType:
    """Return an empty document, of which nothing says where it came from."""
    document = Document()
    for relations in (document.part.package.rels, document.part.rels):
        for name in [name for name, each in relations.items() if each.reltype.endswith(_FOREIGN + _UNUSED)]:
            del relations[name]
    settings = document.settings.element
    for child in list(settings):
        if child.tag in map(qn, _SESSION) or child.tag.startswith(_WORD_2010):
            settings.remove(child)
    styles = document.styles.element
    for style in [each for each in styles if each.tag == qn("w:style") and each.get(qn("w:styleId")) not in _STYLES]:
        styles.remove(style)
    return document


def word_file(document: DocumentType, author: str, title: str, language: str, written: datetime) -> bytes:
    """Return a document as DOCX, by an author, at one moment; the same document gives the same bytes."""
    properties = document.core_properties
    for element in list(properties._element):
        properties._element.remove(element)
    properties.author = properties.last_modified_by = author
    properties.title, properties.revision = title, 1
    properties.created = properties.modified = written.astimezone(UTC)
    _say_language(document, language)
    loose, fixed = io.BytesIO(), io.BytesIO()
    document.save(loose)
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename, _NO_TIME), source.read(entry), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def _say_language(document: DocumentType, language: str) -> None:
    """Say of all text in which language it is, for whoever checks its spelling or reads it aloud."""
    spoken = "en-GB" if language == "en" else f"{language}-BE"
    for part, tag in ((document.styles.element, "w:lang"), (document.settings.element, "w:themeFontLang")):
        for said in part.iter(qn(tag)):
            said.attrib.clear()
            said.set(qn("w:val"), spoken)
