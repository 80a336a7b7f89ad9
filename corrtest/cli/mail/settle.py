"""The verb mail settle: letters of which it is not known whether they went, and those that a server refused."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.mail.opening import mail_plan
from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json, show_table
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName, Who
from corrtest.errors import CorrtestError
from corrtest.language import say


def settle(
    place: Place = None,
    who: Who = None,
    went: Annotated[bool, typer.Option("--went", help="You know that this letter went.")] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="You know that this letter did not go, or want it sent again after a refusal."),
    ] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Look for letters that may be out in their mailbox; say of one whether it went."""
    from corrtest.mail import settle_found
    from corrtest.register import local_time

    place, who = split(place, who)
    with opened(place, study, key_file) as register:
        if who is not None:
            if went == again:
                raise CorrtestError(say("Say either --went or --again."))
            found = register.finding.one(who, "sent", actor=actor)
            held = [
                each
                for each in register.post.letters(actor=actor)
                if (each.pair_id, each.arm, each.is_held) == (found.pair_id, found.arm, True)
            ]
            what = held[0].what if held else "application"
            if went:
                register.post.settle(found.pair_id, found.arm, went=True, how="person", what=what, actor=actor)
                show(say("{who}: it went.", who=found.name))
            else:
                register.post.free(found.pair_id, found.arm, what=what, actor=actor)
                show(say("{who}: it goes again with the next `corrtest mail send` or `mail withdraw`.", who=found.name))
            return
        settle_found(register, mail_plan(), actor=actor)
        left = [letter for letter in register.post.letters(actor=actor) if letter.is_held]
        numbers = register.post.numbers(actor=actor)
        rows = [
            (
                numbers[letter.pair_id, letter.arm],
                local_time(letter.at),
                say("refused, answer {code}", code=letter.code)
                if letter.state == "refused"
                else say("may be out: no copy of it was found"),
            )
            for letter in left
        ]
        if as_json:
            names = ("number", "at", "state")
            show_json([dict(zip(names, row, strict=True)) for row in rows])
        elif rows:
            show_table(
                say("Letters that wait for your word (--went or --again)"),
                (say("no."), say("handed over"), say("state")),
                rows,
            )
        else:
            show(say("Every letter is settled."))
