"""The verb audit: who did what and when."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Person, Place, StudyName
from corrtest.cli.register.showing import say_frame
from corrtest.language import say

_PAYLOAD_SHOWN = 100


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
        shown = trail if as_json else trail[names].assign(payload=trail["payload"].map(_cut))
        say_frame(say("Events"), shown, as_json)


def _cut(payload: object) -> str:
    """Return as much of a payload as fits on a line; --json has it whole."""
    text = str(payload)
    return text if len(text) <= _PAYLOAD_SHOWN else f"{text[:_PAYLOAD_SHOWN]}…"
