"""The verb call: an attempt to reach an employer by telephone."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import At, KeyFile, Person, Place, Simulated, StudyName, Who
from corrtest.errors import CorrtestError
from corrtest.language import current, say


def call(
    place: Place = None,
    who: Who = None,
    outcome: Annotated[str | None, typer.Option(help="no_answer, engaged, voicemail, call_back or spoken.")] = None,
    at: At = None,
    caller: Annotated[str, typer.Option(help="Who called, by the pseudonym in the study file.")] = "",
    answer: Annotated[
        str,
        typer.Option(
            help="What was answered: come_by, trial_day, other_job, kept_in_mind, send_cv, asked_something, filled, "
            "refused or hung_up. The reaction that it counts as is put on record with it."
        ),
    ] = "",
    back_at: Annotated[str | None, typer.Option(help="When to call back, after call_back.")] = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put an attempt to call on record; once somebody was spoken, the application has been made."""
    from corrtest.spec import reaching_labels

    place, who = split(place, who)
    with opened(place, study, key_file) as register:
        if who is None or at is None or outcome is None:
            raise CorrtestError(say("Say which application (WHO), --outcome and --at."))
        found = register.finding.one(who, "called", actor=actor)
        register.reaching.call(
            found.pair_id,
            found.arm,
            outcome,
            at,
            caller=caller,
            answer=answer,
            back_at=back_at,
            simulated=simulated,
            actor=actor,
        )
        label = reaching_labels(current())
        words = label[outcome] + (f", {label[answer]}" if answer else "")
        show(say("{who}: {word} {at}.", who=found.name, word=words, at=at))
