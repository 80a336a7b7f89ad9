"""Chapter 6: the strict and the broad outcome side by side."""

from __future__ import annotations

from corrtest.pages import Block, Chapter, Paragraph
from corrtest.report.tables import counts_table, forest_figure
from corrtest.report.view import View


def outcomes(view: View) -> Chapter:
    """Return every outcome of each criterion side by side."""
    words = view.words
    title = words.text("Strict and broad")
    if len(view.outcomes) < 2:
        only = words.text(
            "These data have one outcome only: {outcome}.", outcome=words.name("outcome", view.outcomes[0])
        )
        return Chapter(name="outcomes", title=title, blocks=(Paragraph(text=only),))
    groups = []
    rows = []
    for criterion in view.criteria:
        members = []
        for outcome in view.outcomes:
            short = words.name("outcome_short", outcome)
            if outcome != view.main_outcome:
                short = words.text("{outcome}, secondary", outcome=short)
            for release in view.headline(criterion, outcome):
                members.append((f"{view.label(release)} · {short}", release))
                rows.append((f"{view.label(release, with_criterion=True)} · {short}", release))
        groups.append(("", members))
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "Strict counts an invitation to an interview alone; broad counts every positive reaction. The study "
                "tests one of them, the primary outcome: {primary}. The other is secondary and is not tested. The two "
                "need not agree: they rest on different numbers of reactions.",
                primary=words.name("outcome", view.main_outcome),
            )
        ),
        forest_figure(view, "outcomes", words.text("Ratio by outcome"), groups),
        counts_table(view, "outcomes", words.text("Counts by outcome"), rows),
    ]
    return Chapter(name="outcomes", title=title, blocks=tuple(blocks))
