"""The verb sensitivity: the ratio under other choices."""

from __future__ import annotations

from corrtest.cli.options import AsJson, Criterion, PairsFile
from corrtest.cli.output import records, show_figures, show_internal, show_internal_json
from corrtest.cli.places import Places
from corrtest.language import say


def sensitivity(pairs: PairsFile = None, criterion: Criterion = None, as_json: AsJson = False) -> None:
    """Show how the ratio changes with what is done about automatic, late or bounced reactions."""
    from corrtest import analysis

    reactions = analysis.read_pairs(Places.here().pairs(pairs))
    table = analysis.sensitivity(reactions, criterion=criterion)
    if as_json:
        show_internal_json({"choices": records(table)}, simulated=reactions.simulated)
        return
    show_internal(simulated=reactions.simulated)
    show_figures(say("The ratio under each choice (below 1 = treated at a disadvantage)"), table)
