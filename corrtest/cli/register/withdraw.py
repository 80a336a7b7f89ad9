"""The verb withdraw: what was withdrawn."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import At, KeyFile, Person, Place, StudyName, Table, Who
from corrtest.cli.register.showing import say_remarks, say_rows
from corrtest.errors import CorrtestError
from corrtest.language import say


def withdraw(
    place: Place = None,
    who: Who = None,
    at: At = None,
    unprompted: Annotated[
        bool, typer.Option("--unprompted", help="The employer was told, though no positive reaction is on record.")
    ] = False,
    file: Table = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record that employers were told that the candidate is no longer available; or a table of these."""
    from corrtest.spec import read_table

    if file is None:
        place, who = split(place, who)
    with opened(place, study, key_file) as register:
        if file is not None:
            say_rows(register.replies.import_withdrawals(read_table(file), actor=actor), file)
            say_remarks(register)
            return
        if who is None:
            raise CorrtestError(say("Say which application (WHO), or give a table with --file."))
        found = register.finding.one(who, "withdrawn", actor=actor)
        register.replies.withdraw(found.pair_id, found.arm, at or register.now(), unprompted=unprompted, actor=actor)
        show(say("{who}: withdrawn.", who=found.name))
        say_remarks(register)
