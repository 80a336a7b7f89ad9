"""The verb audit: who did what and when."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName, Who
from corrtest.cli.register.showing import say_frame
from corrtest.language import say

_PAYLOAD_SHOWN = 100


def audit(
    place: Place = None,
    who: Who = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the last so many.")] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Show the audit trail, or that of one pair: who did what and when."""
    place, who = split(place, who)
    with opened(place, study, key_file) as register:
        pair = None if who is None else register.finding.of_employer(who, actor=actor)
        trail = register.oversight.audit_trail(pair_id=pair, limit=limit, actor=actor)
        names = ["seq", "recorded_at", "actor", "role", "kind", "pair_id", "arm", "payload"]
        shown = trail if as_json else trail[names].assign(payload=trail["payload"].map(_cut))
        say_frame(say("Events"), shown, as_json)


def _cut(payload: object) -> str:
    """Return as much of a payload as fits on a line; --json has it whole."""
    text = str(payload)
    return text if len(text) <= _PAYLOAD_SHOWN else f"{text[:_PAYLOAD_SHOWN]}…"
