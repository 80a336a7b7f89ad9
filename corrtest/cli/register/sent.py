"""The verb sent: what went out."""

from __future__ import annotations

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import At, KeyFile, Person, Place, Simulated, StudyName, Table, Who
from corrtest.cli.register.showing import say_remarks, say_rows
from corrtest.errors import CorrtestError
from corrtest.language import say


def sent(
    place: Place = None,
    who: Who = None,
    at: At = None,
    file: Table = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record that an application went out, or a table of them (application or pair_id and arm, at)."""
    from corrtest.spec import read_table

    if file is None:
        place, who = split(place, who)
    with opened(place, study, key_file) as register:
        if file is not None:
            say_rows(register.sending.import_sent(read_table(file), simulated=simulated, actor=actor), file)
            say_remarks(register)
            return
        if who is None or at is None:
            raise CorrtestError(say("Say which application (WHO) and when (--at), or give a table with --file."))
        found = register.finding.one(who, "sent", actor=actor)
        register.sending.mark_sent(found.pair_id, found.arm, at, simulated=simulated, actor=actor)
        show(say("{who}: sent {at}.", who=found.name, at=at))
        say_remarks(register)
