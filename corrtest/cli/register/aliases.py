"""The verb aliases: one firm under two numbers."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.cli.register.showing import say_frame
from corrtest.errors import CorrtestError
from corrtest.language import say


def aliases(
    place: Place = None,
    first: Annotated[int | None, typer.Option(help="First of two employers, as listed.")] = None,
    second: Annotated[int | None, typer.Option(help="Second of the two.")] = None,
    same: Annotated[bool | None, typer.Option("--same/--different", help="One firm, or two.")] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """List employers that may be one and the same, or decide on two of them."""
    with opened(place, study, key_file) as register:
        if first is None and second is None and same is None:
            say_frame(say("May be one and the same"), register.employers.alias_matches(actor=actor), as_json)
        elif first is None or second is None or same is None:
            raise CorrtestError(say("Give --first, --second and --same or --different."))
        else:
            register.employers.decide_alias(first, second, same=same, actor=actor)
            show(
                say(
                    "Employers {first} and {second} are {value}.",
                    first=first,
                    second=second,
                    value=say("one") if same else say("two"),
                )
            )
