"""The verb stage: how far an application came in a portal."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import At, KeyFile, Person, Place, Simulated, StudyName, Who
from corrtest.errors import CorrtestError
from corrtest.language import current, say


def stage(
    place: Place = None,
    who: Who = None,
    reached: Annotated[str | None, typer.Option("--stage", help="account, form, test or sent.")] = None,
    at: At = None,
    blocked: Annotated[
        bool, typer.Option("--blocked", help="The portal let the candidate go no further: a refusal by the employer.")
    ] = False,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put a stage in a portal on record; the last one, or being blocked at any, makes the application sent."""
    from corrtest.spec import reaching_labels

    place, who = split(place, who)
    with opened(place, study, key_file) as register:
        if who is None or at is None or reached is None:
            raise CorrtestError(say("Say which application (WHO), --stage and --at."))
        found = register.finding.one(who, "stage", actor=actor)
        register.reaching.stage(
            found.pair_id, found.arm, reached, at, blocked=blocked, simulated=simulated, actor=actor
        )
        show(say("{who}: {word} {at}.", who=found.name, word=reaching_labels(current())[reached], at=at))
