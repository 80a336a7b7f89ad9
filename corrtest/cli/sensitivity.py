"""The verb sensitivity: the ratio under other choices."""

from __future__ import annotations

from corrtest.cli.options import AsJson, Criterion, PairsFile
from corrtest.cli.output import records, say_figures, say_json
from corrtest.cli.places import Places


def sensitivity(pairs: PairsFile = None, criterion: Criterion = None, as_json: AsJson = False) -> None:
    """Show how the ratio changes with what is done about automatic, late or bounced reactions."""
    from corrtest import analysis

    table = analysis.sensitivity(analysis.read_pairs(Places.here().pairs(pairs)), criterion=criterion)
    if as_json:
        say_json(records(table))
        return
    say_figures("The ratio under each choice (below 1 = treated at a disadvantage)", table)
