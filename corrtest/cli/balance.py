"""The verb balance: how alike the groups are that were drawn."""

from __future__ import annotations

from corrtest.cli.options import AsJson, PlanFolder
from corrtest.cli.output import records, show, show_figures, show_json
from corrtest.cli.places import Places
from corrtest.language import say


def balance(plan: PlanFolder = None, as_json: AsJson = False) -> None:
    """Show how alike the groups are that were drawn: standardised differences of everything randomised."""
    from corrtest.design import balance_table, read_plan

    found = balance_table(read_plan(Places.here().plan(plan)))
    frame = found.to_frame()
    if as_json:
        show_json(records(frame))
        return
    show_figures(say("Balance of what was drawn"), frame, decimals=3)
    show(found.sentence())
