"""What a file says of itself: the properties of a PDF and of a Word file, as a curious reader sees them."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pikepdf

__all__ = ["FileFacts", "file_facts", "file_oddities"]

# A program whose name stands in a file says how it was made; these are the ones that make many files at once.
_MAKERS = re.compile(r"typst|corrtest|python|pikepdf|qpdf|weasyprint|reportlab|wkhtmltopdf|jinja|proof", re.IGNORECASE)
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)|(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)")
# An element of XML that holds text: its name without prefix, and the text.
_ELEMENT = re.compile(r"<(?:\w+:)?(\w+)(?:\s[^>]*)?>([^<>]*\S[^<>]*)</")
_PROGRAM_KEYS = ("Creator", "Producer", "Application")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """The kind of a file and its properties by name, as text."""

    kind: str
    properties: Mapping[str, str]


def file_facts(name: str, content: bytes) -> FileFacts | None:
    """Return what a PDF or Word file says of itself; None for other files, which say nothing."""
    if name.endswith(".pdf"):
        return FileFacts(kind="pdf", properties=_of_pdf(content))
    if name.endswith(".docx"):
        return FileFacts(kind="docx", properties=_of_word(content))
    return None


def _of_pdf(content: bytes) -> dict[str, str]:
    with pikepdf.open(io.BytesIO(content)) as document:
        found = {str(key).lstrip("/"): str(value) for key, value in document.docinfo.items()}
        found["Version"] = document.pdf_version
        if "/Metadata" in document.Root:
            packet = document.Root.Metadata.read_bytes().decode()
            found["XMP"] = " ".join(f"{name}: {text}" for name, text in _ELEMENT.findall(packet))
    return found


def _of_word(content: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for part in ("docProps/core.xml", "docProps/app.xml"):
            if part in package.namelist():
                found.update(_ELEMENT.findall(package.read(part).decode()))
    return found


def file_oddities(each: FileFacts) -> list[str]:
    """Return what is odd in a file's properties: a maker of many files, a date in the night, dates that contradict."""
    found = []
    if any(_MAKERS.search(value) for key, value in each.properties.items() if key not in ("Title", "Author")):
        found.append("maker_named")
    moments = [m for value in each.properties.values() if (m := _DATE.match(value))]
    clock = [tuple(int(part) for part in each.groups() if part is not None) for each in moments]
    if any(hour[3] < 6 for hour in clock):
        found.append("made_at_night")
    if each.properties.get("XMP") and not any(key in each.properties for key in _PROGRAM_KEYS):
        found.append("program_in_one_place_only")
    return found


def telling_values(files: Iterable[FileFacts]) -> dict[tuple[str, str, str], int]:
    """Return (kind, property, value) → files that say it, of the properties that name a program or its version."""
    return Counter(
        (each.kind, key, value)
        for each in files
        for key, value in each.properties.items()
        if key in (*_PROGRAM_KEYS, "Version", "AppVersion", "Template")
    )
