"""The chapters that set sectors side by side: raw and shrunken ratios in a fixed order, no league table."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from corrtest.disclosure import Release, releases_to_json
from corrtest.report.content import Block, Bullets, Cell, Chapter, Column, Facts, Figure, Paragraph, Table
from corrtest.report.forest import ForestRow, ForestWords, forest_svg
from corrtest.report.sentences import hidden
from corrtest.report.shrinkage import rank_intervals, shrunken_by_release
from corrtest.report.tables import direction_note, number_cell, ratio_text
from corrtest.report.view import View


def sector_chapters(views: Sequence[View], outcome: str, *, ranks: bool) -> tuple[Chapter, ...]:
    """Return the chapters; `views` are in the order in which every table has them."""
    words = views[0].words
    criteria = list(dict.fromkeys(criterion for view in views for criterion in view.criteria))
    chapters = [
        Chapter(
            name="summary",
            title=words.text("How to read this"),
            blocks=(
                Paragraph(
                    text=words.text(
                        "{count} measurements stand side by side, in alphabetical order. There is no ranking: "
                        "most sectors lie too close together for the data to tell which is higher.",
                        count=words.number(len(views), 0),
                    ),
                    role="lead",
                ),
                Bullets(
                    items=(
                        words.text(
                            "Compare shrunken ratios. They draw each sector towards the common mean, the more so "
                            "the fewer reactions it rests on."
                        ),
                        words.text(
                            "Sectors differ in occupations, vacancies and tightness of their labour market; a "
                            "difference in ratio is not by itself a difference in behaviour."
                        ),
                        words.text(
                            "Only sectors that took part are here, so nothing follows for sectors that did not."
                        ),
                    )
                ),
                Paragraph(text=direction_note(views[0])),
            ),
        )
    ]
    chapters += [_criterion(views, criterion, outcome, ranks=ranks) for criterion in criteria]
    chapters += [_not_shown(views, outcome), _sources(views)]
    return tuple(chapters)


def _criterion(views: Sequence[View], criterion: str | None, outcome: str, *, ranks: bool) -> Chapter:
    words = views[0].words
    rows: list[tuple[str, Release]] = []
    for view in views:
        rows += [
            (view.sector_name(release.sector), release)
            for release in view.select(outcome=outcome, criterion=criterion, level=False)
        ]
    releases = [release for _, release in rows]
    shrunken = shrunken_by_release(releases)
    intervals = rank_intervals(releases) if ranks else {}
    title = words.title("criterion", criterion)
    columns = [
        Column(header=words.text("Sector")),
        Column(header=words.text("Pairs"), numeric=True),
        Column(header=words.text("Raw ratio (interval)"), numeric=True),
        Column(header=words.text("Shrunken ratio (interval)"), numeric=True),
    ]
    if ranks:
        columns.append(Column(header=words.text("Ranks left open"), numeric=True))
    body = []
    drawn = []
    for place, (label, release) in enumerate(rows):
        own = shrunken.get(place)
        text = f"{words.number(own.value)} ({words.interval(own.lower, own.upper)})" if own else "–"
        ratio = release.estimate("discrimination_ratio")
        cells = [
            Cell(text=label),
            number_cell(views[0], release.pairs) if release.shown else Cell(text=words.text("not shown"), muted=True),
            Cell(text=ratio_text(views[0], release), value=ratio.value if ratio else None),
            Cell(text=text, value=own.value if own else None),
        ]
        if ranks:
            rank = intervals.get(place)
            cells.append(Cell(text=words.text("{lower} to {upper}", lower=rank[0], upper=rank[1]) if rank else "–"))
        body.append(tuple(cells))
        drawn.append(
            ForestRow(
                label=label,
                text=text,
                value=own.value if own else None,
                lower=own.lower if own else None,
                upper=own.upper if own else None,
            )
        )
    blocks: list[Block] = []
    name = f"sectors-{criterion}"
    caption = words.text("{criterion}: shrunken ratio per sector", criterion=title)
    if shrunken:
        spoken = " ".join(f"{row.label}: {row.text}." for row in drawn)
        badge = f"{words.text('SIMULATED')}. " if any(view.releases.simulated for view in views) else ""
        drawing = ForestWords(
            title=badge + caption,
            description=badge + spoken,
            below=words.text("disadvantage"),
            above=words.text("advantage"),
            decimal_comma=words.language == "nl",
        )
        svg = forest_svg(drawn, drawing, name)
        blocks.append(Figure(name=name, svg=svg, caption=caption, alternative=badge + spoken))
    note = direction_note(views[0])
    if ranks:
        note += " " + words.text(
            "Ranks left open: 1 = lowest ratio; the interval holds for all sectors together at 95%. A wide "
            "interval means that the data do not order this sector."
        )
    blocks.append(
        Table(
            name=name,
            caption=words.text("{criterion}: raw and shrunken ratio per sector", criterion=title),
            columns=tuple(columns),
            rows=tuple(body),
            note=note,
        )
    )
    return Chapter(name=f"criterion-{criterion}", title=title, blocks=tuple(blocks))


def _not_shown(views: Sequence[View], outcome: str) -> Chapter:
    words = views[0].words
    items = []
    for view in views:
        for release in view.select(outcome=outcome, level=False):
            if not release.shown:
                sector, criterion = view.sector_name(release.sector), words.name("criterion", release.criterion)
                items.append(f"{sector}, {criterion}: {hidden(release, words)}")
    blocks: tuple[Block, ...] = (
        (Bullets(items=tuple(items)),) if items else (Paragraph(text=words.text("No result is hidden.")),)
    )
    return Chapter(name="limits", title=words.text("What may not be shown"), blocks=blocks)


def _sources(views: Sequence[View]) -> Chapter:
    words = views[0].words
    rows = tuple(
        (
            str(view.releases.study.get("name") or view.sector_name()),
            hashlib.sha256(releases_to_json(view.releases).encode("utf-8")).hexdigest(),
        )
        for view in views
    )
    note = Paragraph(text=words.text("Fingerprints (SHA-256) of the releases that this comparison was made from."))
    return Chapter(name="reproducibility", title=words.text("Making it again"), blocks=(note, Facts(rows=rows)))
