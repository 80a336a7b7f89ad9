"""Results: the analysis and the report run from the page; what is internal says so; what the gate decided, and why."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response

from corrtest.analysis import Results, channel_summary, handling_sentence, results_summary
from corrtest.disclosure import read_releases
from corrtest.language import current
from corrtest.questionnaires import is_questionnaire_results
from corrtest.report import gate_decisions
from corrtest.spec import StudyFolder
from corrtest.web.study import public_files
from corrtest.web.visit import Visit

# Simulated studies have their label in the name.
_RELEASES = "*report.json"


def results(visit: Visit) -> Response:
    """Return the internal results, what the gate let through, and the report's files."""
    folder = visit.folder("analyse")
    found = _results(folder)
    path = next(iter(folder.report.glob(_RELEASES)), None)
    return visit.show(
        "results",
        pairs=folder.pairs.is_file(),
        estimated=folder.results.is_file(),
        handling="" if found is None else handling_sentence(simulated=found.simulated),
        sentences=[] if found is None else _sentences(found),
        decisions=() if path is None else gate_decisions(read_releases(path), current()),
        stale=path is not None and _older(path, folder.results),
        files=public_files(folder),
        may_publish=visit.session.role == "coordinator",
    )


def exported(visit: Visit) -> str:
    """Begin to write the pairs table, as of now."""
    visit.folder("analyse")
    return visit.begin("register", "export", *visit.workplace.of_register(), f"--as-of={visit.workplace.today()}")


def analysed(visit: Visit) -> str:
    """Begin the analysis."""
    visit.folder("analyse")
    return visit.begin("analyse")


def reported(visit: Visit) -> str:
    """Begin the report: what passes the gate leaves, in every form."""
    visit.folder("prepare")
    return visit.begin("report", "--language=nl,fr,en", "--format=html,pdf,docx,xlsx,json")


def _results(folder: StudyFolder) -> Results | None:
    """Return what was estimated of pairs; a survey's results are read in its report alone."""
    if not folder.results.is_file() or is_questionnaire_results(folder.results):
        return None
    return Results.read(folder.results)


def _sentences(found: Results) -> list[str]:
    lines = "\n".join((results_summary(found, current()), channel_summary(found, current()))).splitlines()
    return [line for line in lines if line.strip() and line != handling_sentence(simulated=found.simulated)]


def _older(report: Path, results: Path) -> bool:
    """Say whether the results are newer than what left of them."""
    return results.is_file() and results.stat().st_mtime > report.stat().st_mtime
