"""Chapter 1: on one page what was measured, what was found, and how sure that is."""

from __future__ import annotations

from corrtest.disclosure import Release
from corrtest.pages import Block, Card, Cards, Chapter, Paragraph
from corrtest.report.overrides import override_notes
from corrtest.report.sentences import finding
from corrtest.report.tables import direction_note, forest_figure
from corrtest.report.view import View


def summary(view: View) -> Chapter:
    """Return the summary."""
    words = view.words
    outcome = view.main_outcome
    headlines = [release for criterion in view.criteria for release in view.headline(criterion, outcome)]
    blocks: list[Block] = [
        Paragraph(text=_measured(view), role="lead"),
        *override_notes(words, [view.releases]),
        Paragraph(text=direction_note(view)),
        Cards(cards=tuple(_card(view, release) for release in headlines[:8])),
        forest_figure(
            view,
            "summary-forest",
            words.text("Discrimination ratio per criterion: {outcome}", outcome=words.name("outcome", outcome)),
            [("", [(view.label(release, with_criterion=True), release) for release in headlines])],
        ),
        Paragraph(
            text=words.text(
                "The results hold for the sector as a whole. They say nothing about any one employer, and "
                "nothing may be derived from them about one."
            )
        ),
    ]
    return Chapter(name="summary", title=words.text("Summary"), blocks=tuple(blocks))


def _measured(view: View) -> str:
    words = view.words
    criteria = [words.name("criterion", name) for name in view.criteria if name]
    pairs = sum(
        release.pairs or 0 for criterion in view.criteria for release in view.headline(criterion, view.main_outcome)
    )
    facts = {"sector": view.sector_name(), "criteria": words.one_of(criteria), "pairs": words.number(pairs, 0)}
    if view.releases.unit == "vacancy":
        return words.text(
            "This report shows how often comparable applications got a positive reaction ({sector}; compared by "
            "{criteria}). It rests on {pairs} comparisons of two applications to the same vacancy.",
            **facts,
        )
    if view.unpaired:
        return words.text(
            "Does a candidate's {criteria} change the chance of a positive reaction to a job application in the "
            "sector {sector}? To find out, {pairs} equivalent fictitious applications went to as many real vacancies; "
            "by lot, about half of them carried the signal.",
            **facts,
        )
    return words.text(
        "Does a candidate's {criteria} change the chance of a positive reaction to a job application in the "
        "sector {sector}? To find out, {pairs} pairs of equivalent fictitious applications went to real "
        "vacancies.",
        **facts,
    )


def _card(view: View, release: Release) -> Card:
    words = view.words
    ratio = release.estimate("discrimination_ratio")
    shown = ratio is not None and ratio.value is not None
    return Card(
        title=view.label(release, with_criterion=True),
        figure=words.number(ratio.value) if ratio is not None and shown else "–",
        caption=words.text("ratio, interval {interval}", interval=words.interval(ratio.lower, ratio.upper))
        if ratio is not None and shown
        else words.text("not shown"),
        text=finding(release, words),
    )
