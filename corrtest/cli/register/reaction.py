"""The verb reaction: what employers did."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Arm, At, KeyFile, Pair, Person, Place, Simulated, StudyName, Table
from corrtest.cli.register.showing import say_rows
from corrtest.errors import CorrtestError
from corrtest.language import say


def reaction(
    place: Place = None,
    pair: Pair = None,
    arm: Arm = None,
    word: Annotated[
        str | None,
        typer.Option("--reaction", help="invitation, other_positive, request, negative or automatic."),
    ] = None,
    at: At = None,
    channel: Annotated[str, typer.Option(help="email, telephone, voicemail, letter, form or other.")] = "",
    text: Annotated[str, typer.Option(help="The employer's words; kept apart, encrypted, never exported.")] = "",
    file: Table = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record what an employer did, or a table of reactions (pair_id, arm, reaction, at)."""
    from corrtest.spec import read_table

    with opened(place, study, key_file) as register:
        if file is not None:
            say_rows(register.replies.import_reactions(read_table(file), simulated=simulated, actor=actor), file)
            return
        if pair is None or arm is None or at is None or word is None:
            raise CorrtestError(say("Give --pair, --arm, --reaction and --at, or a table with --file."))
        register.replies.record(pair, arm, word, at, channel=channel, text=text, simulated=simulated, actor=actor)
        show(f"{pair}, {arm}: {word} {at}.")
