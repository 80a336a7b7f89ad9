"""Crossed signals in the report: the four comparisons side by side, and whether the two signals add up."""

from __future__ import annotations

from corrtest.analysis import CombinedInteraction, combined_interactions, interaction_points, interaction_sentence
from corrtest.disclosure import Release
from corrtest.pages import Block, Cell, Column, Heading, Paragraph, Table
from corrtest.report.tables import direction_note, ratio_text
from corrtest.report.view import View

__all__ = ["crossed_signals"]


def crossed_signals(view: View) -> list[Block]:
    """Return a heading, a table and sentences for each combination of the study, for the primary outcome."""
    found = combined_interactions(view.releases, view.releases.study)
    of_outcome = [each for each in found if each.outcome == view.main_outcome]
    return [block for number, each in enumerate(of_outcome, start=1) for block in _combination(view, number, each)]


def _combination(view: View, number: int, found: CombinedInteraction) -> list[Block]:
    words = view.words
    first, second = found.combination.first, found.combination.second
    names = {
        "first": words.name("criterion", first.criterion),
        "second": words.name("criterion", second.criterion),
    }
    title = words.text("{first} and {second} together", **names)
    title = title[:1].upper() + title[1:]
    rows = [
        _row(view, criterion.criterion, level)
        for criterion in (first, second)
        for level in (criterion.alone, criterion.beside)
    ]
    table = Table(
        name=f"crossed-{number}",
        caption=words.text("{title}: each signal alone, and where both candidates carry the other one", title=title),
        columns=(
            Column(header=words.text("Comparison")),
            Column(header=words.text("Pairs"), numeric=True),
            Column(header=words.text("Difference (percentage points)"), numeric=True),
            Column(header=words.text("Ratio (interval)"), numeric=True),
        ),
        rows=tuple(rows),
        note=direction_note(view),
    )
    return [
        Heading(text=title),
        Paragraph(text=interaction_sentence(found.interaction, words), role="finding"),
        table,
        Paragraph(
            text=words.text(
                "Each vacancy got two of the four kinds of candidate, which differ in one signal. The interaction is "
                "the mean of what each signal does more beside the other one than alone; its interval puts the four "
                "printed intervals together (Zou and Donner, 2008), and is not adjusted for the number of tests."
            )
        ),
    ]


def _row(view: View, criterion: str, level: str) -> tuple[Cell, ...]:
    words = view.words
    release = _released(view, criterion, level)
    difference = None if release is None else release.estimate("rate_difference")
    text = "–"
    if difference is not None and difference.value is not None:
        text = interaction_points(difference.value, difference.lower, difference.upper, words)
    pairs = None if release is None else release.pairs
    return (
        Cell(text=words.title("level", level)),
        Cell(text=words.number(pairs, 0), value=pairs),
        Cell(text=text, value=None if difference is None else difference.value),
        Cell(text=words.text("not shown") if release is None else ratio_text(view, release)),
    )


def _released(view: View, criterion: str, level: str) -> Release | None:
    rows = view.select(outcome=view.main_outcome, criterion=criterion, level=True)
    return next((release for release in rows if release.level == level and release.shown), None)
