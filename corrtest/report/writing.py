"""Write the uniform report: every format from the same document, and the releases themselves for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corrtest.disclosure import ReleaseSet, releases_to_json
from corrtest.errors import ReportError, nearest
from corrtest.language import say
from corrtest.pages import DOCUMENT_FORMATS, write_documents
from corrtest.report.building import build_document
from corrtest.spec import Action

# JSON is for programs: one file, in no language.
FORMATS = (*DOCUMENT_FORMATS, "json")


def write_report(
    releases: ReleaseSet,
    out: str | Path,
    languages: Sequence[str] = ("nl", "en"),
    formats: Sequence[str] = ("html",),
    *,
    actions: Sequence[Action] = (),
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
    actions : sequence of Action
        What the sector does, for the chapter on it; in the sector's own words, not checked by the gate.
    """
    check_report_formats(formats)
    documents = [build_document(releases, language, actions) for language in dict.fromkeys(languages)]
    machine = {"report.json": releases_to_json(releases).encode("utf-8")} if "json" in formats else {}
    return write_documents(documents, "report", out, [name for name in formats if name != "json"], machine)


def check_report_formats(formats: Sequence[str]) -> None:
    """Refuse a format that no report is made in."""
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise ReportError(
            say(
                "There is no report format '{unknown}'. {nearest}",
                unknown=unknown[0],
                nearest=nearest(unknown[0], list(FORMATS)),
            )
        )
