"""The verb claim: take applications to send."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import At, KeyFile, Person, Place, StudyName, Who
from corrtest.cli.register.showing import say_frame
from corrtest.errors import CorrtestError
from corrtest.language import say


def claim(
    place: Place = None,
    who: Who = None,
    count: Annotated[int, typer.Option(min=1, help="How many applications, where none is named.")] = 10,
    hours: Annotated[float, typer.Option(help="For how long they are yours.")] = 8.0,
    at: At = None,
    release: Annotated[bool, typer.Option("--release", help="Give the named application back.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Claim the most urgent applications, or one: nobody else can take them meanwhile."""
    place, who = split(place, who)
    with opened(place, study, key_file) as register:
        when = at or register.now().isoformat()
        if who is None:
            if release:
                raise CorrtestError(say("Say which application (WHO)."))
            table = register.sending.claim_next(when, count=count, hours=hours, actor=actor)
            say_frame(say("Claimed by {actor} for {hours:g} hours", actor=actor, hours=hours), table, as_json)
            return
        found = register.finding.one(who, "released" if release else "claimed", actor=actor)
        if release:
            register.sending.release(found.pair_id, found.arm, when, actor=actor)
            show(say("{who}: given back.", who=found.name))
        else:
            register.sending.claim(found.pair_id, found.arm, when, hours=hours, actor=actor)
            show(say("{who}: claimed by {actor} for {hours:g} hours.", who=found.name, actor=actor, hours=hours))
