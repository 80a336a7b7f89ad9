"""Chapter 1: on one page what was measured, what was found, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from corrtest.disclosure import Release
from corrtest.language import mark
from corrtest.pages import Block, Bullets, Card, Cards, Chapter, Figure, HundredBar, Paragraph, hundred_svg
from corrtest.report.overrides import override_notes
from corrtest.report.sentences import finding
from corrtest.report.tables import direction_note
from corrtest.report.view import View

# Results with a card of their own; more would not leave the summary on one page.
_CARDS = 4
# Results that the picture has room for.
_BARS = 6


def summary(view: View) -> Chapter:
    """Return the summary: one page that can be handed over by itself."""
    words = view.words
    outcome = view.main_outcome
    headlines = [release for criterion in view.criteria for release in view.headline(criterion, outcome)]
    blocks: list[Block] = [
        Paragraph(text=_measured(view), role="lead"),
        *override_notes(words, [view.releases]),
        Cards(cards=tuple(_card(view, release) for release in headlines[:_CARDS])),
        _picture(view, headlines[:_BARS]),
        Bullets(
            items=(
                direction_note(view),
                words.text(
                    "The results hold for the sector as a whole. They say nothing about any one employer, and "
                    "nothing may be derived from them about one."
                ),
                words.text(
                    "Chapter 4 has the figures, chapter 5 those of each joint committee, chapter 9 what the sector "
                    "can do next, chapter 12 the words."
                ),
            )
        ),
    ]
    return Chapter(name="summary", title=words.text("Summary"), blocks=tuple(blocks))


def _picture(view: View, headlines: Sequence[Release]) -> Figure:
    """Return how many positive reactions treated candidates got for every hundred of the control candidates."""
    words = view.words
    bars, spoken = [], []
    for release in headlines:
        ratio = release.estimate("discrimination_ratio")
        label = view.label(release, with_criterion=True)
        if ratio is None or ratio.value is None:
            text = words.text("not shown") if not release.shown else words.text("not defined")
            bars.append(HundredBar(label=label, text=text))
        else:
            low = words.number(100 * (ratio.lower or 0.0), 0)
            high = words.text("no upper limit") if ratio.upper is None else words.number(100 * ratio.upper, 0)
            text = words.text("interval {interval}", interval=words.text("{lower} to {upper}", lower=low, upper=high))
            bars.append(
                HundredBar(
                    label=label,
                    text=text,
                    value=100 * ratio.value,
                    lower=100 * (ratio.lower or 0.0),
                    upper=None if ratio.upper is None else 100 * ratio.upper,
                )
            )
            text = f"{words.number(100 * ratio.value, 0)} ({text})"
        spoken.append(f"{label}: {text}.")
    simulated = words.text("SIMULATED") + ". " if view.releases.simulated else ""
    caption = words.text(
        "For every 100 positive reactions to control candidates, treated candidates got so many: {outcome}",
        outcome=words.name("outcome", view.main_outcome),
    )
    alternative = simulated + " ".join(spoken)
    svg = hundred_svg(
        bars,
        (words.text("Control candidates"), words.text("Treated candidates")),
        lambda value: words.number(value, 0),
        (simulated + caption, alternative, "summary-picture"),
    )
    return Figure(name="summary-picture", svg=svg, caption=caption, alternative=alternative)


# What was measured where the number of tests behind a result is not shown, by whether the study is unpaired.
_UNCOUNTED = {
    False: mark(
        "Does a candidate's {criteria} change the chance of a positive reaction to a job application in the "
        "sector {sector}? To find out, pairs of equivalent fictitious applications went to real vacancies."
    ),
    True: mark(
        "Does a candidate's {criteria} change the chance of a positive reaction to a job application in the "
        "sector {sector}? To find out, equivalent fictitious applications went to as many real vacancies; by lot, "
        "about half of them carried the signal."
    ),
}


def _measured(view: View) -> str:
    words = view.words
    criteria = [words.name("criterion", name) for name in view.criteria if name]
    headlines = [release for criterion in view.criteria for release in view.headline(criterion, view.main_outcome)]
    pairs = sum(release.pairs or 0 for release in headlines)
    facts = {"sector": view.sector_name(), "criteria": words.one_of(criteria), "pairs": words.number(pairs, 0)}
    if view.releases.unit == "vacancy" and view.unpaired:
        return words.text(
            "This report shows how often comparable applications got a positive reaction ({sector}; compared by "
            "{criteria}). It rests on {pairs} applications.",
            **facts,
        )
    if view.releases.unit == "vacancy":
        return words.text(
            "This report shows how often comparable applications got a positive reaction ({sector}; compared by "
            "{criteria}). It rests on {pairs} comparisons of two applications to the same vacancy.",
            **facts,
        )
    if not all(release.shown for release in headlines):  # then the sum is not what was sent
        return words.text(_UNCOUNTED[view.unpaired], sector=facts["sector"], criteria=facts["criteria"])
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
        text=finding(view, release),
    )
