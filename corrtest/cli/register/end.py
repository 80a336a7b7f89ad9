"""The verb end: how applications end."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import last_given, opened
from corrtest.cli.register.options import Arm, At, KeyFile, Pair, Person, Place, StudyName
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n


def end(
    place: Place = None,
    how: Annotated[
        str | None, typer.Argument(metavar="HOW", help="skip, fail, replace, or close (all whose window passed).")
    ] = None,
    pair: Pair = None,
    arm: Arm = None,
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
    place, how = last_given(place, how)
    with opened(place, study, key_file) as register:
        when = at or register.now().isoformat()
        if how == "close":
            closed = register.replies.close_applications(when, actor=actor)
            show(say_n("Closed {count} application.", "Closed {count} applications.", closed))
        elif how == "replace" and pair is not None:
            show(
                say(
                    "{pair} is replaced by {sending}.",
                    pair=pair,
                    sending=register.sending.replace(pair, reason, when, actor=actor),
                )
            )
        elif how == "skip" and pair is not None and arm is not None:
            register.sending.skip(pair, arm, reason, when, actor=actor)
            show(say("{pair}, {arm}: skipped.", pair=pair, arm=arm))
        elif how == "fail" and pair is not None and arm is not None:
            cause = "vacancy_withdrawn" if vacancy_withdrawn else "bounced"
            register.sending.fail(pair, arm, reason, when, cause=cause, actor=actor)
            show(say("{pair}, {arm}: failed.", pair=pair, arm=arm))
        else:
            raise CorrtestError(
                say("Use: end close, end replace --pair P, or end skip|fail --pair P --arm A --reason TEXT.")
            )
