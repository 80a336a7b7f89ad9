"""Independent readers of PDF and Word files; each returns the text in the order in which it comes upon it."""

from __future__ import annotations

import importlib
import io
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from docx import Document

from corrtest.errors import MissingExtraError
from corrtest.language import say

__all__ = ["Reader", "readers_of"]

Reader = Callable[[bytes], str]
# Seconds that a reader may take for one document.
PATIENCE = 30


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtraError("audit", say("Reading documents back as machines do")) from error


def _by_pypdf(content: bytes) -> str:
    pages = _module("pypdf").PdfReader(io.BytesIO(content)).pages
    return "\n".join(page.extract_text() for page in pages)


def _by_pdfminer(content: bytes) -> str:
    return str(_module("pdfminer.high_level").extract_text(io.BytesIO(content)))


def _by_poppler(content: bytes) -> str:
    order = [shutil.which("pdftotext") or "pdftotext", "-enc", "UTF-8", "-", "-"]
    done = subprocess.run(order, input=content, capture_output=True, check=True, timeout=PATIENCE)
    return done.stdout.decode("utf-8")


def _by_python_docx(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def readers_of(suffix: str, *, slow: bool = True) -> Mapping[str, Reader]:
    """Return name → reader of a kind of file: "pdf" (poppler's where it is installed) or "docx"; none of others.

    Without `slow` those are left out that take some tenth of a second a page.
    """
    if suffix == "docx":
        return {"python-docx": _by_python_docx}
    if suffix != "pdf":
        return {}
    found = {"pypdf": _by_pypdf} | ({"pdfminer": _by_pdfminer} if slow else {})
    return {**found, "poppler": _by_poppler} if shutil.which("pdftotext") else found
