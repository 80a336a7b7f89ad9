"""The verb withdraw: what was withdrawn."""

from __future__ import annotations

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Arm, At, Pair, Person, Place, StudyName, Table
from corrtest.cli.register.showing import say_rows
from corrtest.errors import CorrtestError
from corrtest.language import say


def withdraw(
    place: Place = None,
    pair: Pair = None,
    arm: Arm = None,
    at: At = None,
    file: Table = None,
    study: StudyName = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record that employers were told that the candidate is no longer available (pair_id, arm, at)."""
    from corrtest.spec import read_table

    with opened(place, study) as register:
        if file is not None:
            say_rows(register.replies.import_withdrawals(read_table(file), actor=actor), file)
            return
        if pair is None or arm is None:
            raise CorrtestError(say("Give --pair and --arm, or a table with --file."))
        register.replies.withdraw(pair, arm, at or register.now(), actor=actor)
        show(say("{pair}, {arm}: withdrawn.", pair=pair, arm=arm))
