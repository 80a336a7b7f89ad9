"""Write the report: every format from the same document, every file or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from corrtest.disclosure import ReleaseSet, releases_to_json
from corrtest.errors import ReportError, nearest
from corrtest.report.building import build_document
from corrtest.report.content import Document
from corrtest.report.docx import docx_file
from corrtest.report.html import html_page
from corrtest.report.pdf import pdf_file
from corrtest.report.xlsx import xlsx_file

# Format → what makes its bytes from a document.
DOCUMENT_FORMATS: Mapping[str, Callable[[Document], bytes]] = {
    "html": lambda document: html_page(document).encode("utf-8"),
    "pdf": pdf_file,
    "xlsx": xlsx_file,
    "docx": docx_file,
}
# JSON is for programs: one file, in no language.
FORMATS = (*DOCUMENT_FORMATS, "json")


def write_report(
    releases: ReleaseSet,
    out: str | Path,
    languages: Sequence[str] = ("nl", "en"),
    formats: Sequence[str] = ("html",),
) -> list[Path]:
    """Write the uniform report and return the files.

    Parameters
    ----------
    releases : ReleaseSet
        What passed the disclosure gate; nothing else is accepted.
    out : path
        Folder for the files, made when absent.
    languages, formats : sequences of str
        "nl", "en"; "html", "pdf", "xlsx", "docx" (summary, to edit), "json" (for programs).
    """
    documents = [build_document(releases, language) for language in dict.fromkeys(languages)]
    machine = {"report.json": releases_to_json(releases).encode("utf-8")} if "json" in formats else {}
    return write_documents(documents, "report", out, formats, machine)


def write_documents(
    documents: Sequence[Document],
    stem: str,
    out: str | Path,
    formats: Sequence[str],
    others: Mapping[str, bytes] | None = None,
) -> list[Path]:
    """Write each document in each format as `stem`_language.format, and `others` by their names; all files or none."""
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise ReportError(f"There is no report format '{unknown[0]}'. {nearest(unknown[0], list(FORMATS))}")
    made: dict[str, bytes] = {}
    for document in documents:
        for name in dict.fromkeys(formats):
            if name in DOCUMENT_FORMATS:
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
        raise ReportError(f"Nothing can be written to {folder}: {error.strerror}. Choose another folder.") from error
    return [folder / name for name in files]
