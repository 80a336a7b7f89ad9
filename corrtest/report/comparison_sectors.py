"""The chapters that set sectors side by side: raw and shrunken ratios in a fixed order, no league table."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from corrtest.analysis import written_pvalue
from corrtest.disclosure import Release, releases_to_json
from corrtest.pages import (
    Block,
    Bullets,
    Catalogue,
    Cell,
    Chapter,
    Column,
    Facts,
    Figure,
    ForestRow,
    ForestWords,
    Paragraph,
    Table,
    forest_svg,
)
from corrtest.report.contrasts import contrast_key, contrasts
from corrtest.report.sentences import hidden, mean_sentence
from corrtest.report.shrinkage import Shrinkage, Shrunken, rank_intervals, shrunken_by_release
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
    rows = [
        (view.sector_name(release.sector), release)
        for view in views
        for release in view.select(outcome=outcome, criterion=criterion, level=False)
    ]
    shrunken = shrunken_by_release([release for _, release in rows])
    title = words.title("criterion", criterion)
    blocks: list[Block] = []
    if shrunken:
        blocks += [_figure(views, title, f"sectors-{criterion}", rows, shrunken)]
        blocks += [Paragraph(text=mean_sentence(shrunken, words))]
    blocks.append(_table(views, title, f"sectors-{criterion}", rows, shrunken, ranks=ranks))
    if len(views) == 2:
        blocks += [Paragraph(text=text, role="finding") for text in _contrasts(views, criterion, outcome)]
    return Chapter(name=f"criterion-{criterion}", title=title, blocks=tuple(blocks))


def _figure(
    views: Sequence[View], title: str, name: str, rows: Sequence[tuple[str, Release]], shrunken: Shrinkage
) -> Figure:
    words = views[0].words
    drawn = [
        ForestRow(
            label=label,
            text=_shrunken_text(words, shrunken.ratios.get(place)),
            value=own.value if (own := shrunken.ratios.get(place)) else None,
            lower=own.lower if own else None,
            upper=own.upper if own else None,
        )
        for place, (label, _) in enumerate(rows)
    ]
    caption = words.text("{criterion}: shrunken ratio per sector", criterion=title)
    spoken = " ".join(f"{row.label}: {row.text}." for row in drawn)
    badge = f"{words.text('SIMULATED')}. " if any(view.releases.simulated for view in views) else ""
    drawing = ForestWords(
        title=badge + caption,
        description=badge + spoken,
        below=words.text("disadvantage"),
        above=words.text("advantage"),
        number=words.short,
    )
    return Figure(name=name, svg=forest_svg(drawn, drawing, name), caption=caption, alternative=badge + spoken)


def _shrunken_text(words: Catalogue, own: Shrunken | None) -> str:
    return f"{words.number(own.value)} ({words.interval(own.lower, own.upper)})" if own else "–"


def _table(
    views: Sequence[View],
    title: str,
    name: str,
    rows: Sequence[tuple[str, Release]],
    shrunken: Shrinkage | None,
    *,
    ranks: bool,
) -> Table:
    words = views[0].words
    size = words.text("Applications") if all(view.unpaired for view in views) else words.text("Pairs")
    headers = [size, words.text("Raw ratio (interval)"), words.text("Shrunken ratio (interval)")]
    note = direction_note(views[0])
    left_open = rank_intervals([release for _, release in rows]) if ranks else {}
    if ranks:
        headers.append(words.text("Ranks left open"))
        note += " " + words.text(
            "Ranks left open: 1 = lowest ratio; the interval holds for all sectors together at 95%. A wide "
            "interval means that the data do not order this sector."
        )
    body = []
    for place, (label, release) in enumerate(rows):
        own = shrunken.ratios.get(place) if shrunken else None
        ratio = release.estimate("discrimination_ratio")
        cells = [
            Cell(text=label),
            number_cell(views[0], release.pairs) if release.shown else Cell(text=words.text("not shown"), muted=True),
            Cell(text=ratio_text(views[0], release), value=ratio.value if ratio else None),
            Cell(text=_shrunken_text(words, own), value=own.value if own else None),
        ]
        if ranks:
            rank = left_open.get(place)
            cells.append(Cell(text=words.text("{lower} to {upper}", lower=rank[0], upper=rank[1]) if rank else "–"))
        body.append(tuple(cells))
    return Table(
        name=name,
        caption=words.text("{criterion}: raw and shrunken ratio per sector", criterion=title),
        columns=(
            Column(header=words.text("Sector")),
            *(Column(header=header, numeric=True) for header in headers),
        ),
        rows=tuple(body),
        note=note,
    )


def _contrasts(views: Sequence[View], criterion: str | None, outcome: str) -> list[str]:
    """Return what two sectors say of each other: the quotient of their ratios, with its interval."""
    first, second = views
    words = first.words
    found = contrasts(first.releases, second.releases, across_sectors=True)
    sentences = []
    for release in first.select(outcome=outcome, criterion=criterion, level=False):
        contrast = found.get(contrast_key(release, across_sectors=True))
        if contrast is not None and contrast.ratio_of_ratios is not None:
            sentences.append(
                words.text(
                    "The ratio in {second} (the second) is {change} times that in {first} (interval {interval}; "
                    "{tested}): {verdict}.",
                    first=first.sector_name(),
                    second=second.sector_name(),
                    change=words.number(contrast.ratio_of_ratios),
                    interval=words.interval(contrast.lower, contrast.upper),
                    tested=written_pvalue(
                        contrast.pvalue, contrast.pvalue_adjusted, 1 - contrast.confidence_level, words
                    ),
                    verdict=contrast.verdict(words),
                )
            )
    return sentences


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
