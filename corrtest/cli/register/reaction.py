"""The verb reaction: what employers did."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import At, KeyFile, Person, Place, Simulated, StudyName, Table, Who
from corrtest.cli.register.showing import say_rows
from corrtest.errors import CorrtestError
from corrtest.language import say


def reaction(
    place: Place = None,
    who: Who = None,
    word: Annotated[
        str | None,
        typer.Option(
            "--reaction",
            help="invitation, other_positive, request, negative or automatic; of a firm that was called refuses, "
            "refers, hints, agrees or not_reached.",
        ),
    ] = None,
    at: At = None,
    channel: Annotated[str, typer.Option(help="email, telephone, voicemail, letter, form or other.")] = "",
    text: Annotated[str, typer.Option(help="The employer's words; kept apart, encrypted, never exported.")] = "",
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="The date is right, though it lies after the window for reactions.")
    ] = False,
    file: Table = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record what an employer did, or a table of reactions (application or pair_id and arm, reaction, at)."""
    from corrtest.register import word as said
    from corrtest.spec import read_table

    if file is None:
        place, who = split(place, who)
    with opened(place, study, key_file) as register:
        if file is not None:
            say_rows(register.replies.import_reactions(read_table(file), simulated=simulated, actor=actor), file)
            return
        if who is None or at is None or word is None:
            raise CorrtestError(say("Say which application (WHO), --reaction and --at, or give a table with --file."))
        found = register.finding.one(who, "reaction", actor=actor)
        register.replies.record(
            found.pair_id,
            found.arm,
            word,
            at,
            channel=channel,
            text=text,
            simulated=simulated,
            confirmed=confirmed,
            actor=actor,
        )
        show(say("{who}: {word} {at}.", who=found.name, word=said(word), at=at))
