"""The verb vacancies add: a file as people have it, through the study's mapping."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.options import AsJson, Day
from corrtest.cli.output import show, show_json, show_table
from corrtest.cli.places import Places, shown
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n

if TYPE_CHECKING:
    from corrtest.spec import Intake, StudyFolder

_MOST = 12


def add(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="An export with vacancies (XLSX, CSV, Parquet) or a job feed (JSON); else what waited, again.",
        ),
    ] = None,
    on: Day = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Take every proposal in mapping.toml for right, then read what waited.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take in the vacancies that came this week, through mapping.toml: what went in, what did not, and why."""
    from corrtest.spec import read_study, receive, receive_again

    folder = Places.here().folder
    if folder is None:
        raise CorrtestError(say("Vacancies come into a study folder. Make one with: corrtest new SECTOR"))
    study = read_study(folder.study)
    found = [] if file is None else [receive(folder, file, study, on=date.today() if on is None else on.date())]
    if file is None or confirm:
        found = receive_again(folder, study, confirm=confirm) or found
    if as_json:
        show_json([_as_dict(each) for each in found])
        return
    if not found:
        show(say("No vacancies wait for an answer."))
    for each in found:
        _show(each)
    _show_next(folder, found)


def _as_dict(found: Intake) -> dict[str, Any]:
    return {
        "file": found.file,
        "rows": found.rows,
        "taken_in": len(found.vacancies),
        "waiting": found.waiting,
        "columns": {column: list(headers) for column, headers in found.columns.items()},
        "words": {part: dict(words) for part, words in found.words.items()},
        "dropped": [
            {"why": kind.why, "rows": kind.rows, "example": kind.example, "fault": kind.is_fault}
            for kind in found.dropped
        ],
        "questions": [
            {
                "part": question.part,
                "word": question.word,
                "rows": question.rows,
                "proposal": question.proposal,
                "candidates": list(question.candidates),
            }
            for question in found.questions
        ],
    }


def _show(found: Intake) -> None:
    taken = say_n("{count} vacancy went in", "{count} vacancies went in", len(found.vacancies))
    rows = say_n("{count} row", "{count} rows", found.rows)
    show(say("{file}: {rows}; {taken}.", file=found.file, rows=rows, taken=taken))
    for sheet in found.unread:
        show(say("! The sheet '{sheet}' holds another table and was not read.", sheet=sheet))
    show_table(
        say("How the columns were read"),
        (say("column"), say("your header")),
        [(column, ", ".join(headers)) for column, headers in found.columns.items()],
    )
    for part, words in found.words.items():
        shown_words = [f"{word} → {code}" for word, code in words.items() if word != code]
        if shown_words:
            more = len(shown_words) - _MOST
            rest = [say("and {more} more (--json has them all)", more=more)] if more > 0 else []
            show(f"{_part(part)}: " + "; ".join([*shown_words[:_MOST], *rest]))
    if found.dropped:
        show(say("Did not go in:"))
        for kind in found.dropped:
            show(f"  - {kind}")


def _part(part: str) -> str:
    return {"committees": say("Committees"), "occupations": say("Occupations"), "channels": say("Ways to apply")}[part]


def _show_questions(found: list[Intake]) -> None:
    waiting = sum(each.waiting for each in found)
    questions = [question for each in found for question in each.questions]
    show(
        say(
            "Waiting for what you say in mapping.toml, on each line with a question mark ({count}): {waiting}.",
            waiting=say_n("{count} vacancy", "{count} vacancies", waiting),
            count=len(questions),
        )
    )
    for question in questions[:_MOST]:
        meant = question.proposal or ", ".join(question.candidates) or say("nothing looks like it")
        rows = say_n("{count} row", "{count} rows", question.rows)
        show(f"  ? {_part(question.part)}: {question.word} ({rows}): {meant}")
    show(say("Then: corrtest vacancies add (or --confirm, which takes every proposal for right)."))


def _show_next(folder: StudyFolder, found: list[Intake]) -> None:
    """Say what a person has to do: answer questions, else plan or amend."""
    if any(each.waiting for each in found):
        _show_questions(found)
    if not any(len(each.vacancies) for each in found):
        return
    show(say("The headers and words are kept in {mapping}: change there what is wrong.", mapping=shown(folder.mapping)))
    if folder.plan_versions():
        show(say("Next: corrtest amend --since DAY --reason WHY plans pairs for what came in."))
    else:
        show(say("Next: corrtest plan --allow-shortfall plans what there is; later weeks amend it."))
