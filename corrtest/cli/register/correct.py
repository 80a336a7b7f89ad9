"""The verb correct: what was put on record by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import show, show_table
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import At, KeyFile, Person, Place, StudyName, Who
from corrtest.errors import CorrtestError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.register import Register


def correct(
    place: Place = None,
    who: Who = None,
    event: Annotated[int | None, typer.Option(help="Which of the listed events was a mistake.")] = None,
    reason: Annotated[str, typer.Option(help="Why it was a mistake; stays in the trail. Name no employer.")] = "",
    word: Annotated[str | None, typer.Option("--reaction", help="The reaction that it really was.")] = None,
    heard_at: Annotated[str | None, typer.Option(help="When it really came, on the Belgian clock.")] = None,
    onto: Annotated[str | None, typer.Option(help="Whose application it really answers: as WHO.")] = None,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="The date is right, though it lies after the window for reactions.")
    ] = False,
    at: At = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """List what is on record about an application; with --event, take a mistake back or put it right.

    The mistaken event stays in the trail. A reaction may be put right with --reaction, --heard-at or --onto; without
    these it is taken back, like a sending, a withdrawal or an end that did not happen.
    """
    if event is None:
        place, who = split(place, who)
    with opened(place, study, key_file) as register:
        if event is None:
            if who is None:
                raise CorrtestError(say("Say which application (WHO), or which event (--event)."))
            _list(register, who, actor)
            return
        when = at or register.now()
        if word or heard_at or onto:
            target = register.finding.one(onto, "reaction", actor=actor) if onto else None
            done = register.corrections.correct_reaction(
                event,
                reason,
                when,
                reaction=word,
                heard_at=heard_at,
                confirmed=confirmed,
                onto=None if target is None else (target.pair_id, target.arm),
                actor=actor,
            )
            show(say("Event {event} is put right; the first stays in the trail.", event=event))
        else:
            done = register.corrections.take_back(event, reason, when, actor=actor)
            show(say("Event {event} is taken back; it stays in the trail.", event=event))
            if done.ended:
                show(say("The other letter of this pair is out, so that this one is not sent any more."))
        show(say("The application is now: {state}.", state=done.state_word))


def _list(register: Register, who: str, actor: str) -> None:
    found = register.finding.find(who, actor=actor)
    if not found:
        raise CorrtestError(say("Nothing is known by '{words}'.", words=who))
    for each in found:
        show(each.line())
        events = register.corrections.events_for_people(each.pair_id, each.arm, actor=actor)
        columns = (say("event"), say("what"), say("when"), say("who"), say("taken back"), say("why"))
        show_table(say("On record"), columns, events)
