"""The verb approve: what must be on record before anything is sent."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import day, opened
from corrtest.cli.register.options import Documents, KeyFile, Person, Place, StudyName
from corrtest.errors import CorrtestError
from corrtest.language import say


def approve(
    place: Place = None,
    ethics_reference: Annotated[str | None, typer.Option(help="Reference of the ethics committee.")] = None,
    authorised_by: Annotated[str | None, typer.Option(help="Who authorised the study.")] = None,
    employers_informed_on: Annotated[str | None, typer.Option(help="Day on which employers were informed.")] = None,
    documents: Documents = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record what must be there before anything is sent."""
    given = (ethics_reference, authorised_by, employers_informed_on)
    if not any(given) and documents is None:
        raise CorrtestError(
            say("Give --ethics-reference, --authorised-by and --employers-informed-on, or --documents.")
        )
    with opened(place, study, key_file) as register:
        if any(given):
            if not (ethics_reference and authorised_by and employers_informed_on):
                raise CorrtestError(
                    say(
                        "Approval has three parts. Give --ethics-reference, --authorised-by and "
                        "--employers-informed-on."
                    )
                )
            informed = day(employers_informed_on)
            register.supervision.approve(ethics_reference, authorised_by, informed, actor=actor)
            show(say("The approval of '{study}' is on record.", study=register.study.name))
        if documents is not None:
            register.supervision.record_audit_of(documents, actor=actor)
            show(say("The audit of {documents} is on record.", documents=documents))
