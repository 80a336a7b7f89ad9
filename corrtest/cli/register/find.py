"""The verb find: an application by what people know of it."""

from __future__ import annotations

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName, Who
from corrtest.errors import CorrtestError
from corrtest.language import say

_SHOWN = 30


def find(
    place: Place = None,
    who: Who = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Find applications by the candidate's name as you heard it, a mailbox, a telephone, an employer or a vacancy."""
    place, who = split(place, who)
    if who is None:
        raise CorrtestError(say("Say which application (WHO)."))
    with opened(place, study, key_file) as register:
        found = register.finding.find(who, actor=actor)
        if as_json:
            show_json([{"application": each.number, "pair_id": each.pair_id, "state": each.state} for each in found])
            return
        if not found:
            show(say("Nothing is known by '{words}'.", words=who))
        for each in found[:_SHOWN]:
            show(each.line())
        if len(found) > _SHOWN:
            show(say("… and {more} more", more=len(found) - _SHOWN))
