"""The verb claim: take applications to send."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Arm, At, KeyFile, Pair, Person, Place, StudyName
from corrtest.cli.register.showing import say_frame
from corrtest.errors import CorrtestError
from corrtest.language import say


def claim(
    place: Place = None,
    count: Annotated[int, typer.Option(min=1, help="How many applications.")] = 10,
    hours: Annotated[float, typer.Option(help="For how long they are yours.")] = 8.0,
    pair: Pair = None,
    arm: Arm = None,
    at: At = None,
    release: Annotated[bool, typer.Option("--release", help="Give the named application back.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Claim the most urgent applications, or one: nobody else can take them meanwhile."""
    with opened(place, study, key_file) as register:
        when = at or register.now().isoformat()
        if pair is None or arm is None:
            if release or pair is not None or arm is not None:
                raise CorrtestError(say("Give both --pair and --arm."))
            table = register.sending.claim_next(when, count=count, hours=hours, actor=actor)
            say_frame(say("Claimed by {actor} for {hours:g} hours", actor=actor, hours=hours), table, as_json)
        elif release:
            register.sending.release(pair, arm, when, actor=actor)
            show(say("{pair}, {arm}: given back.", pair=pair, arm=arm))
        else:
            register.sending.claim(pair, arm, when, hours=hours, actor=actor)
            show(
                say(
                    "{pair}, {arm}: claimed by {actor} for {hours:g} hours.",
                    pair=pair,
                    arm=arm,
                    actor=actor,
                    hours=hours,
                )
            )
