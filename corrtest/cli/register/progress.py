"""The verb progress: week by week and partner by partner against the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json, show_table, words
from corrtest.cli.places import Places, shown
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Person, Place, StudyName
from corrtest.language import current, say


def progress(
    place: Place = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder for page and workbook; else the study's results.")
    ] = None,
    formats: Annotated[str, typer.Option("--format", help="Of the page: html, pdf, xlsx, docx.")] = "html,xlsx",
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="As it stood at the end of this day; default now.")
    ] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Show how far each partner is against the plan, and when all is sent at this speed; as page and workbook too."""
    from corrtest.pages import check_formats, write_documents
    from corrtest.register import pace_sentence, progress_page, progress_words

    forms = words(formats)
    check_formats(forms)
    folder = Places.here().folder
    with opened(place, study) as register:
        found = register.oversight.progress(as_of=as_of, actor=actor)
    if out is None and folder is not None and place is None:
        out = folder.path("results")
    files: list[Path] = []
    if out is not None:
        files = write_documents([progress_page(found)], "progress", out, forms)
    if as_json:
        show_json(found.to_dict())
        return
    label = say(" (SIMULATED)") if found.simulated else ""
    show_table(
        say("{study}{label}: progress on {day}", study=found.study.name, label=label, day=found.as_of.isoformat()),
        (
            say("partner"),
            say("planned until today"),
            say("sent"),
            say("pairs complete"),
            say("overdue"),
            say("due next week"),
            say("withdrawn late"),
        ),
        [
            (
                say("Together") if each is found.whole else each.name or say("no firm"),
                each.letters_planned_so_far,
                each.letters_sent,
                each.pairs_complete,
                each.overdue,
                each.due_next_week,
                each.withdrawn_late,
            )
            for each in (*found.partners, found.whole)
        ],
    )
    show(pace_sentence(found.whole.pace, progress_words(current())))
    if files:
        show(say("Written: {files}.", files=", ".join(str(shown(file)) for file in files)))
