"""The study folder: its steps, what is next, and what lies in it."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import FileResponse, Response

from corrtest.errors import CorrtestError
from corrtest.language import say
from corrtest.spec import FieldworkCount, progress_of
from corrtest.web.visit import Visit


def steps(visit: Visit) -> Response:
    """Return how far the study is, what is next, and its reports."""
    folder = visit.workplace.folder
    if folder is None:
        with visit.register() as register:
            name = register.study.name
        return visit.show("study", name=name, progress=None, trouble="", reports=[])
    fieldwork, trouble = _fieldwork(visit)
    found = progress_of(folder, fieldwork)
    return visit.show(
        "study",
        name=folder.root.name if found.study is None else found.study.name,
        progress=found,
        trouble=trouble,
        reports=[path.name for path in _reports(visit)],
    )


def report(visit: Visit) -> Response:
    """Return a page of the report."""
    wanted = visit.request.path_params["name"]
    found = next((path for path in _reports(visit) if path.name == wanted), None)
    if found is None:
        return visit.show("refused", 404, text=say("There is no such page."))
    return FileResponse(found, media_type="text/html")


def _reports(visit: Visit) -> list[Path]:
    folder = visit.workplace.folder
    return [] if folder is None or not folder.report.is_dir() else sorted(folder.report.glob("*.html"))


def _fieldwork(visit: Visit) -> tuple[FieldworkCount | None, str]:
    """Return what the register says, or why it says nothing."""
    if not visit.workplace.has_register:
        return None, ""
    try:
        with visit.register() as register:
            return register.oversight.status(actor=visit.actor).count, ""
    except CorrtestError as error:
        return None, error.text()
