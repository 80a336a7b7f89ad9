"""The verb import: the plan and its next versions, the audit, vacancies, a partner's log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import Places
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Documents, KeyFile, Person, Place, Simulated, StudyName
from corrtest.cli.register.showing import say_remarks, say_rows
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n

if TYPE_CHECKING:
    from corrtest.register import Register


def import_(
    place: Place = None,
    plan: Annotated[
        Path | None, typer.Argument(metavar="[PLAN]", help="The folder of the plan; else the study folder's newest.")
    ] = None,
    documents: Documents = None,
    vacancies: Annotated[
        Path | None, typer.Option("--vacancies", help="More vacancies: reserves, and a check on double employers.")
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            "--events",
            help="A partner's own log (pair_id, arm, event, at): claimed, sent, reaction, withdrawn, failed, skipped.",
        ),
    ] = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Take in a frozen plan or its next version, the audit of its documents, more vacancies, or a partner's log."""
    from corrtest.spec import read_table, read_vacancies

    if plan is None and place is not None and Path(place).is_dir():
        plan, place = Path(place), None
    if plan is None and documents is None and vacancies is None and events is None:
        plan, documents = _of_the_study_folder(place)
    with opened(place, study, key_file) as register:
        if plan is not None:
            _import_plan(register, plan, actor)
        if documents is not None:
            register.supervision.record_audit_of(documents, actor=actor)
            show(say("The audit of {documents} is on record.", documents=documents))
        elif plan is not None:
            show(
                say(
                    "Next: corrtest register import {file} --documents DIR, once the documents are rendered.",
                    file=register.name,
                )
            )
        if vacancies is not None:
            count = register.intake.import_vacancies(read_vacancies(vacancies, register.study), actor=actor)
            show(say_n("Took in {count} vacancy as a reserve.", "Took in {count} vacancies as reserves.", count))
        if events is not None:
            say_rows(register.intake.import_events(read_table(events), simulated=simulated, actor=actor), events)
            say_remarks(register)
        if register.keys is not None and register.people.role_of(actor) == "coordinator":
            waiting = len(register.employers.alias_matches(actor=actor))
            if waiting:
                show(
                    say(
                        "{waiting} pairs of employers may be one and the same: corrtest register aliases {file}",
                        waiting=waiting,
                        file=register.name,
                    )
                )


def _of_the_study_folder(place: str | None) -> tuple[Path, Path | None]:
    """Return the newest plan of the study folder, and its documents where they were audited."""
    folder = Places.here().folder
    if place is not None or folder is None or not folder.plan_versions():
        raise CorrtestError(say("Name what to import: the plan's folder, --documents, --vacancies or --events."))
    return folder.plan, folder.documents if (folder.documents / "audit.csv").is_file() else None


def _import_plan(register: Register, plan: Path, actor: str) -> None:
    if register.intake.plan_version is None:
        show(
            say_n(
                "Imported {count} pair of '{study}'.",
                "Imported {count} pairs of '{study}'.",
                register.intake.import_plan(plan, actor=actor),
                study=register.study.name,
            )
        )
        return
    amended = register.intake.amend_plan(plan, actor=actor)
    show(
        say(
            "Took in version {version}: {added} pairs added, {taken_out} taken out.",
            version=amended.version,
            added=amended.added,
            taken_out=amended.taken_out,
        )
    )
