"""The verb audit: who did what and when."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Person, Place, StudyName
from corrtest.cli.register.showing import say_frame


def audit(
    place: Place = None,
    pair: Annotated[str | None, typer.Option("--pair", help="Only the events of this pair.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the last so many.")] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Show the audit trail: who did what and when."""
    with opened(place, study) as register:
        trail = register.oversight.audit_trail(pair_id=pair, limit=limit, actor=actor)
        names = ["seq", "recorded_at", "actor", "role", "kind", "pair_id", "arm", "payload"]
        say_frame("Events", trail if as_json else trail[names], as_json)
