"""The verb sent: what went out."""

from __future__ import annotations

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Arm, At, KeyFile, Pair, Person, Place, Simulated, StudyName, Table
from corrtest.cli.register.showing import say_rows
from corrtest.errors import CorrtestError
from corrtest.language import say


def sent(
    place: Place = None,
    pair: Pair = None,
    arm: Arm = None,
    at: At = None,
    file: Table = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record that an application went out, or a table of them (pair_id, arm, at)."""
    from corrtest.spec import read_table

    with opened(place, study, key_file) as register:
        if file is not None:
            say_rows(register.sending.import_sent(read_table(file), simulated=simulated, actor=actor), file)
            return
        if pair is None or arm is None or at is None:
            raise CorrtestError(say("Give --pair, --arm and --at, or a table with --file."))
        register.sending.mark_sent(pair, arm, at, simulated=simulated, actor=actor)
        show(say("{pair}, {arm}: sent {at}.", pair=pair, arm=arm, at=at))
