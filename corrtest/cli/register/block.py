"""The verb block: never this employer."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.language import say


def block(
    place: Place = None,
    pair: Annotated[str | None, typer.Option("--pair", help="A pair of that employer.")] = None,
    employer: Annotated[str | None, typer.Option("--employer", help="Its enterprise number.")] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Never approach an employer again, in any study."""
    with opened(place, study, key_file) as register:
        register.employers.block(pair_id=pair, employer_id=employer, actor=actor)
        show(say("Blocked for good."))
