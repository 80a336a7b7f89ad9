"""Write documents: every format from the same content, every file or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from corrtest.errors import ReportError, nearest
from corrtest.language import say
from corrtest.pages.content import Document
from corrtest.pages.docx import docx_file
from corrtest.pages.html import html_page
from corrtest.pages.pdf import pdf_file
from corrtest.pages.xlsx import xlsx_file

# Format → what makes its bytes from a document.
DOCUMENT_FORMATS: Mapping[str, Callable[[Document], bytes]] = {
    "html": lambda document: html_page(document).encode("utf-8"),
    "pdf": pdf_file,
    "xlsx": xlsx_file,
    "docx": docx_file,
}


def check_formats(formats: Sequence[str]) -> None:
    """Refuse a format that no document is made in."""
    unknown = [name for name in formats if name not in DOCUMENT_FORMATS]
    if unknown:
        raise ReportError(
            say(
                "There is no document format '{unknown}'. {nearest}",
                unknown=unknown[0],
                nearest=nearest(unknown[0], list(DOCUMENT_FORMATS)),
            )
        )


def write_documents(
    documents: Sequence[Document],
    stem: str,
    out: str | Path,
    formats: Sequence[str],
    others: Mapping[str, bytes] | None = None,
) -> list[Path]:
    """Write each document in each format as `stem`_language.format, and `others` by their names; all files or none."""
    check_formats(formats)
    made: dict[str, bytes] = {}
    for document in documents:
        for name in dict.fromkeys(formats):
            made[f"{stem}_{document.language}.{name}"] = DOCUMENT_FORMATS[name](document)
    made |= others or {}
    prefix = "SIMULATED_" if any(document.simulated for document in documents) else ""
    return write_files({prefix + name: content for name, content in made.items()}, Path(out))


def write_files(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write files into a folder, each at once, and return them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            part = folder / f"{name}.part"
            part.write_bytes(content)
            part.replace(folder / name)
    except OSError as error:
        raise ReportError(
            say(
                "Nothing can be written to {folder}: {strerror}. Choose another folder.",
                folder=folder,
                strerror=error.strerror,
            )
        ) from error
    return [folder / name for name in files]
