"""The verb block: never this employer, or again."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName, Who
from corrtest.language import say


def block(
    place: Place = None,
    who: Who = None,
    employer: Annotated[
        str | None, typer.Option("--employer", help="Its enterprise number, with or without dots and BE.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; needed to lift a block.")] = "",
    not_planned: Annotated[
        bool, typer.Option("--not-planned", help="Block an employer that no plan has named yet.")
    ] = False,
    lift: Annotated[bool, typer.Option("--lift", help="Take the block back: a coordinator, with a reason.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Never approach an employer again, in any study; or lift such a block."""
    if employer is None:
        place, who = split(place, who)
    with opened(place, study, key_file) as register:
        pair = None if who is None else register.finding.of_employer(who, actor=actor)
        if lift:
            freed = register.employers.unblock(reason, pair_id=pair, employer_id=employer, actor=actor)
            show(say("The block on employer {employer} is lifted.", employer=_named(freed.employer)))
            show(say("Pairs that may go out again: {waiting}.", waiting=freed.waiting + freed.half_sent))
            return
        stopped = register.employers.block(
            pair_id=pair, employer_id=employer, reason=reason, not_planned=not_planned, actor=actor
        )
        show(say("Employer {employer} is blocked for good, in every study.", employer=_named(stopped.employer)))
        show(
            say(
                "Pairs that stop: {waiting} of which nothing was sent, {half_sent} of which the second letter was "
                "still to go. Already out: {out}.",
                waiting=stopped.waiting,
                half_sent=stopped.half_sent,
                out=stopped.out,
            )
        )


def _named(number: str) -> str:
    """Return an employer's number, or what to call one whose number cannot be read here."""
    return number or say("(number sealed)")
