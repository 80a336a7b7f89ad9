"""The verb end: how applications end."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import At, KeyFile, Person, Place, StudyName, Who
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n

_HOW = {"skip": "skipped", "fail": "failed", "replace": "replaced"}


def end(
    place: Place = None,
    how: Annotated[
        str | None, typer.Argument(metavar="HOW", help="skip, fail, replace, or close (all whose window passed).")
    ] = None,
    who: Who = None,
    reason: Annotated[str, typer.Option(help="Why; name no employer.")] = "",
    vacancy_withdrawn: Annotated[
        bool, typer.Option("--vacancy-withdrawn", help="With fail: not bounced, the employer withdrew the vacancy.")
    ] = False,
    at: At = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """End applications: skipped, failed, replaced by a reserve, or closed after their reaction window."""
    if place in (*_HOW, "close"):
        place, how, who = None, place, how
    with opened(place, study, key_file) as register:
        when = at or register.now().isoformat()
        if how == "close":
            closed = register.replies.close_applications(when, actor=actor)
            show(say_n("Closed {count} application.", "Closed {count} applications.", closed))
            return
        if how not in _HOW or who is None:
            raise CorrtestError(say("Use: end close, or end skip|fail|replace WHO --reason TEXT."))
        found = register.finding.one(who, _HOW[how], actor=actor)
        if how == "replace":
            fresh = register.sending.replace(found.pair_id, reason, when, actor=actor)
            show(say("{pair} is replaced by {sending}.", pair=found.pair_id, sending=fresh))
        elif how == "skip":
            register.sending.skip(found.pair_id, found.arm, reason, when, actor=actor)
            show(say("{who}: skipped.", who=found.name))
        else:
            cause = "vacancy_withdrawn" if vacancy_withdrawn else "bounced"
            register.sending.fail(found.pair_id, found.arm, reason, when, cause=cause, actor=actor)
            show(say("{who}: failed.", who=found.name))
