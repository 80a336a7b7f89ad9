"""The verb stop: nothing goes out."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Person, Place, StudyName
from corrtest.language import say


def stop(
    place: Place = None,
    reason: Annotated[str, typer.Option(help="Why: everybody who tries to send reads it.")] = "",
    sector: Annotated[str | None, typer.Option(help="Stop every study of this sector.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Take the stop back.")] = False,
    restored: Annotated[
        bool,
        typer.Option("--restored", help="With --resume: all that happened since the backup is on record again."),
    ] = False,
    study: StudyName = None,
    actor: Person = "coordinator",
) -> None:
    """Stop the study or a sector: from the next claim on nothing goes out."""
    with opened(place, study) as register:
        what = say("the sector {sector}", sector=sector) if sector else f"'{register.study.name}'"
        if resume:
            register.supervision.resume(sector=sector, restored=restored, actor=actor)
            show(say("Resumed {what}.", what=what))
        else:
            register.supervision.stop(reason, sector=sector, actor=actor)
            show(say("Stopped {what}.", what=what))
