"""How mail that came in is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from corrtest.cli.output import show, show_json, show_table
from corrtest.errors import CheckFailed
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.mail import TakenIn


def show_taken_in(found: Sequence[TakenIn], *, as_json: bool) -> None:
    """Show what came of each mailbox or file; fail where one could not be read."""
    if as_json:
        show_json([asdict(each) for each in found])
    else:
        titles = (
            say("from"),
            say("matched"),
            say("to be linked by hand"),
            say("kept before"),
            say("copies of ours"),
            say("trouble"),
        )
        rows = [(each.place, each.matched, each.unmatched, each.known, each.own, each.trouble) for each in found]
        show_table(say("Mail that came in"), titles, rows)
        show(say("Look at it and say what it is: corrtest mail answers"))
    troubled = [each.place for each in found if each.trouble]
    if troubled:
        raise CheckFailed(say("Not all could be read: {names}. What was read is kept.", names=", ".join(troubled)))
