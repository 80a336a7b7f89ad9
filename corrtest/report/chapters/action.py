"""Chapter 9: what the sector can do next: what is known to work after what was found, and who does what by when."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from corrtest.disclosure import Release
from corrtest.language import mark
from corrtest.pages import Block, Bullets, Cell, Chapter, Column, Fields, Heading, Paragraph, Table
from corrtest.report.actions import action_tables
from corrtest.report.measures import Measure, measures_for, measures_for_all
from corrtest.report.sentences import POWER_FACTOR
from corrtest.report.shrinkage import log_and_variance
from corrtest.report.view import View
from corrtest.spec import written_label

_EVIDENCE = {
    "good": mark("Experiments that point one way"),
    "mixed": mark("Experiments that contradict one another"),
    "little": mark("Few studies, or of another setting"),
    "law": mark("A duty or a frame in law"),
}
_BY = {
    "soon": mark("Within half a year"),
    "year": mark("Within a year"),
    "before": mark("Before the follow-up measurement"),
}


def action_plan(view: View) -> Chapter:
    """Return the action-plan chapter."""
    words = view.words
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "A measurement is a starting point. Below stand, for each criterion, what the result suggests, what is "
                "known to work, and a first division of who does what by when. Change it to what fits the sector."
            )
        )
    ]
    every: set[str] = set()
    used: list[Measure] = []
    for number, criterion in enumerate(view.criteria, start=1):
        releases = view.headline(criterion, view.main_outcome)
        kinds = [_found(view, release) for release in releases]
        every |= set(kinds)
        title = words.title("criterion", criterion)
        blocks.append(Heading(text=title))
        blocks += [Paragraph(text=text) for text in dict.fromkeys(words.text(_SUGGESTIONS[kind]) for kind in kinds)]
        chosen = list(dict.fromkeys(each for kind in kinds for each in measures_for(criterion or "", kind)))
        blocks += _tables(view, str(number), title, chosen)
        used += chosen
        blocks += [Paragraph(text=text) for release in releases if (text := _change(view, release))]
        blocks += action_tables(
            words,
            f"actions-{number}",
            words.text("{criterion}: what the sector does", criterion=title),
            [each for each in view.actions if each.criterion == criterion and criterion is not None],
        )
        blocks.append(
            Fields(rows=((words.text("Goal"), words.text("What should be different at the follow-up measurement?")),))
        )
    general = [each for each in measures_for_all(frozenset(every)) if each not in used]
    if general:
        title = words.text("For every criterion")
        blocks += [Heading(text=title), *_tables(view, "all", title, general)]
        blocks.append(
            Fields(
                rows=(
                    (
                        words.text("Own step"),
                        words.text("What else will the sector do?"),
                    ),
                    (words.text("Who"), words.text("Who is responsible, who helps?")),
                    (words.text("By when"), words.text("A date.")),
                    (words.text("How do we see that it worked?"), words.text("A figure and the chapter it stands in.")),
                )
            )
        )
    blocks += action_tables(
        words,
        "actions-all",
        words.text("For every criterion: what the sector does"),
        [each for each in view.actions if each.criterion is None or each.criterion not in view.criteria],
    )
    cited = (source for each in (*used, *general) for source in each.sources)
    sources = dict.fromkeys(written_label(source, "", words.language) for source in cited)
    if sources:
        blocks += [Heading(text=words.text("Sources of this chapter")), Bullets(items=tuple(sources))]
    return Chapter(name="action", title=words.text("What the sector can do next"), blocks=tuple(blocks))


def _tables(view: View, name: str, title: str, chosen: Sequence[Measure]) -> list[Block]:
    """Return what is known of the measures, and who does each by when."""
    if not chosen:
        return []
    words = view.words

    def said(text: Mapping[str, str]) -> str:
        return written_label(text, "", words.language)

    known = _table(
        f"steps-{name}",
        words.text("{criterion}: what is known to work", criterion=title),
        (words.text("Step"), words.text("What to do"), words.text("What is known"), words.text("How sure")),
        [
            (said(each.title), said(each.step), said(each.known), words.text(_EVIDENCE[each.evidence]))
            for each in chosen
        ],
    )
    plan = _table(
        f"plan-{name}",
        words.text("{criterion}: who does what, by when", criterion=title),
        (words.text("Step"), words.text("Who"), words.text("By when"), words.text("How it shows")),
        [(said(each.title), said(each.who), words.text(_BY[each.by]), said(each.seen)) for each in chosen],
    )
    return [known, plan]


def _table(name: str, caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    return Table(
        name=name,
        caption=caption,
        columns=tuple(Column(header=heading) for heading in headings),
        rows=tuple(tuple(Cell(text=text) for text in row) for row in rows),
    )


_SUGGESTIONS = {
    "disadvantage": mark(
        "Treated candidates are at a disadvantage here. Look first at the first selection: who reads the "
        "applications, on what they decide, and what they see that has nothing to do with the job."
    ),
    "advantage": mark(
        "Treated candidates were at an advantage here. Find out in which occupations, and whether the control "
        "candidates miss out for a reason that has nothing to do with the job."
    ),
    "not_settled": mark(
        "The measurement could not tell. That is no reason to wait: what follows is good practice whatever the ratio "
        "is. Plan enough tests at the follow-up measurement."
    ),
    "hidden": mark(
        "No figure can be shown. What follows is good practice whatever the ratio is. Plan more tests at the follow-up "
        "measurement before drawing conclusions."
    ),
}


def _found(view: View, release: Release) -> str:
    kind = view.verdict(release).kind
    return "hidden" if kind == "undefined" else kind


def _change(view: View, release: Release) -> str:
    """Return which change of the ratio a follow-up of the same size shows, and what it takes to show equal treatment.

    A change of the log ratio by d shows in four cases of five where d ≥ (z₀.₉₇₅ + z₀.₈)·√(v₀ + v₁), with v the variance
    of the log ratio in each wave; v₁ = v₀ for as many tests, and falls with their number.
    """
    words, found = view.words, log_and_variance(release)
    ratio = release.estimate("discrimination_ratio")
    if found is None or ratio is None or ratio.value is None or ratio.value >= 1:
        return ""
    log, variance = found
    reached = math.exp(log + POWER_FACTOR * math.sqrt(2 * variance))
    facts = {"ratio": words.number(ratio.value), "reached": words.number(reached)}
    if reached <= 1:
        return words.text(
            "In the follow-up: with as many tests as now, a rise of the ratio from {ratio} to {reached} or more shows "
            "in four cases of five. A smaller change is likely to stay hidden.",
            **facts,
        )
    left = (log / POWER_FACTOR) ** 2 - variance
    if left <= 0:
        return words.text(
            "In the follow-up: this measurement is too uncertain for a second one, however large, to show that the "
            "ratio rose from {ratio} to 1. Judge the actions by their own figures, and plan more tests in both from "
            "now on.",
            **facts,
        )
    return words.text(
        "In the follow-up: with as many tests as now, not even a rise of the ratio from {ratio} to 1 shows in four "
        "cases of five; that takes about {times} times as many tests. Judge the actions by their own figures as well.",
        **facts,
        times=words.number(variance / left, 1),
    )
