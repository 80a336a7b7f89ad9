"""Chapter 4: the result per criterion and level: ratio with interval, counts, drawing, sentence."""

from __future__ import annotations

from corrtest.analysis import Estimate, channel_sentence, channel_tests
from corrtest.disclosure import Release
from corrtest.pages import Block, Cell, Chapter, Column, Heading, Paragraph, Table
from corrtest.report.contrasts import released_results
from corrtest.report.crossed import crossed_signals
from corrtest.report.sentences import finding, reach
from corrtest.report.tables import counts_table, direction_note, forest_figure
from corrtest.report.view import View


def criteria(view: View) -> Chapter:
    """Return the results per criterion for the main outcome; chapter 6 sets the outcomes side by side."""
    words, outcome = view.words, view.main_outcome
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "This chapter counts as positive: {outcome}, the primary outcome. Chapter 6 sets the outcomes side by "
                "side.",
                outcome=words.name("outcome", outcome),
            )
        )
    ]
    for number, criterion in enumerate(view.criteria, start=1):
        releases = view.rows(criterion, outcome)
        if not releases:
            continue
        title = words.title("criterion", criterion)
        blocks.append(Heading(text=title))
        headline = view.headline(criterion, outcome)
        for release in headline:
            label = f"{view.label(release)}: " if len(headline) > 1 else ""
            blocks.append(Paragraph(text=label + finding(view, release), role="finding"))
        shown = [release for release in headline if release.shown]
        blocks += [Paragraph(text=reach(release, words)) for release in shown if len(headline) == 1]
        rows = [(view.label(release), release) for release in releases]
        caption = words.text("{criterion}: ratio and interval", criterion=title)
        blocks.append(forest_figure(view, f"criterion-{number}", caption, [("", rows)]))
        caption = words.text("{criterion}: the counts behind the figure", criterion=title)
        blocks.append(counts_table(view, f"criterion-{number}", caption, rows))
        blocks += _other_groupings(view, number, title, criterion)
        blocks.append(_measures(view, f"measures-{number}", title, criterion))
    blocks += crossed_signals(view)
    return Chapter(name="criteria", title=words.text("Results per criterion"), blocks=tuple(blocks))


def _other_groupings(view: View, number: int, title: str, criterion: str | None) -> list[Block]:
    """Return a table of counts for each further field by which the analysis grouped (occupation, province, …)."""
    words = view.words
    grouped: dict[tuple[str, ...], list[tuple[str, Release]]] = {}
    for release in view.extra_groupings():
        if release.criterion == criterion and release.outcome == view.main_outcome:
            fields = tuple(name for name, value in release.extra.items() if value)
            if fields == ("province",):  # chapter 5
                continue
            grouped.setdefault(fields, []).append((view.label(release), release))
    tables: list[Block] = []
    for fields, rows in grouped.items():
        names = words.several([words.name("field", field) for field in fields])
        caption = words.text("{criterion}: counts by {fields}", criterion=title, fields=names)
        tables.append(counts_table(view, f"other-{number}-{'-'.join(fields)}", caption, rows))
        if fields == ("channel",):
            tables += _whether_channels_differ(view, criterion)
    return tables


def _whether_channels_differ(view: View, criterion: str | None) -> list[Block]:
    """Return the sentence on what was released by channel, one a sector."""
    found = [
        test
        for test in channel_tests(released_results(view.releases).groups, view.main_outcome)
        if test.criterion == criterion
    ]
    if not found:
        return [Paragraph(text=view.words.text("Whether the ratio differs by channel may not be shown."))]
    several = len(view.sectors) > 1
    return [
        Paragraph(text=(f"{view.sector_name(test.sector)}: " if several else "") + channel_sentence(test, view.words))
        for test in found
    ]


def _measures(view: View, name: str, title: str, criterion: str | None) -> Table:
    """Return the other measures: difference, net discrimination rate, odds ratio, and the method of each interval."""
    words = view.words
    rows = []
    for release in view.rows(criterion, view.main_outcome):
        for estimate in release.estimates:
            statistic = view.releases.of.statistics.get(estimate.name)
            if statistic is not None and statistic.arm:
                continue
            rows.append(
                (
                    Cell(text=view.label(release)),
                    Cell(text=words.name("estimate", estimate.name)),
                    Cell(text=words.number(estimate.value, 3), value=estimate.value),
                    Cell(text=_interval(view, estimate)),
                    Cell(text=words.method(estimate.method)),
                )
            )
    return Table(
        name=name,
        caption=words.text("{criterion}: other measures, with the method of each interval", criterion=title),
        columns=(
            Column(header=words.text("Result")),
            Column(header=words.text("Measure")),
            Column(header=words.text("Value"), numeric=True),
            Column(header=words.text("Interval"), numeric=True),
            Column(header=words.text("Method")),
        ),
        rows=tuple(rows),
        note=f"{direction_note(view)} {_signs(view)}",
    )


def _interval(view: View, estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    return view.words.interval(estimate.lower, estimate.upper, 3).replace(" ", "\N{NO-BREAK SPACE}")


def _signs(view: View) -> str:
    words = view.words
    if view.unpaired:
        return words.text("Difference: below 0 = treated candidates at a disadvantage.")
    return words.text(
        "Difference: below 0 = treated candidates at a disadvantage. Net discrimination rate: above 0 = treated "
        "candidates at a disadvantage. Odds ratio: below 1 = treated candidates at a disadvantage."
    )
