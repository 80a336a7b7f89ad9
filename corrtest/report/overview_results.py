"""The results of the overview: a chapter for what can be compared, a table and a picture for each criterion in it."""

from __future__ import annotations

from collections.abc import Sequence

from corrtest.analysis import primary_outcome
from corrtest.disclosure import Comparable, Release, SideBySide, Together
from corrtest.pages import (
    Block,
    Catalogue,
    Cell,
    Chapter,
    Column,
    Figure,
    ForestRow,
    ForestWords,
    Heading,
    Paragraph,
    Table,
    forest_svg,
)
from corrtest.report.tables import direction_note
from corrtest.report.view import View

_ONE_ARM = "one_arm"


def result_chapters(views: Sequence[View], side: SideBySide, words: Catalogue) -> tuple[Chapter, ...]:
    """Return a chapter for each kind of measurements; `views` are in the order in which every table has them."""
    kinds = list(
        dict.fromkeys([*(Comparable.of(view.releases) for view in views), *(each.of for each in side.together)])
    )
    kinds.sort(key=lambda of: (of.instrument, str(of.profile), str(of.wave), of.design, of.outcomes))
    return tuple(_chapter(of, number, views, side, words) for number, of in enumerate(kinds, start=1))


def _chapter(of: Comparable, number: int, views: Sequence[View], side: SideBySide, words: Catalogue) -> Chapter:
    own = [view for view in views if Comparable.of(view.releases) == of]
    totals = [each for each in side.together if each.of == of]
    studies = [view.releases.study for view in own]
    outcome = primary_outcome([name for name, _ in of.outcomes], studies[0] if studies else None)
    criteria = dict.fromkeys(
        [*(criterion for view in own for criterion in view.criteria), *(each.releases[0].criterion for each in totals)]
    )
    parts = [words.name("instrument", of.instrument)]
    parts += [words.name("profile", of.profile)] if of.profile else []
    parts += [words.name("wave", of.wave)] if of.wave else []
    title = ", ".join(parts)
    counted = next((reactions for name, reactions in of.outcomes if name == outcome), ())
    lead = words.text("Counts as positive: {outcome}", outcome=words.name("outcome", outcome))
    if counted:
        lead += f" ({', '.join(words.name('reaction', reaction) for reaction in counted)})"
    badge = f"{words.text('SIMULATED')}. " if side.simulated else ""
    blocks: list[Block] = [Paragraph(text=f"{lead}.")]
    for criterion in criteria:
        blocks += _criterion(of, f"{number}-{criterion or 'all'}", criterion, outcome, own, totals, words, badge)
    return Chapter(name=f"results-{number}", title=title[:1].upper() + title[1:], blocks=tuple(blocks))


def _criterion(
    of: Comparable,
    name: str,
    criterion: str | None,
    outcome: str,
    views: Sequence[View],
    totals: Sequence[Together],
    words: Catalogue,
    badge: str,
) -> list[Block]:
    rows = [
        (view.sector_name(release.sector), release)
        for view in views
        for release in view.select(outcome=outcome, criterion=criterion, level=False)
        if release.criterion == criterion
    ]
    total = next((each for each in totals if each.releases[0].criterion == criterion), None)
    together = None
    if total is not None:
        together = next(cell for cell in total.releases if cell.outcome == outcome)
        label = (
            words.text_n("{count} sector together", "All {count} sectors together", total.sectors)
            if total.every
            else words.text_n("{count} sector shown here", "The {count} sectors shown here", total.sectors)
        )
        rows.append((label, together))
    title = words.title("criterion", criterion) if criterion else words.text("All answers")
    share = of.design == _ONE_ARM
    made: list[Block] = [Heading(text=title)]
    if not share and any(release.shown for _, release in rows):
        made.append(_figure(name, title, rows, together, words, badge))
    made.append(_table(name, title, rows, share, views, words))
    return made


def _value(release: Release, share: bool) -> tuple[float | None, float | None, float | None]:
    estimate = release.estimate("share" if share else "discrimination_ratio")
    return (None, None, None) if estimate is None else (estimate.value, estimate.lower, estimate.upper)


def _text(release: Release, share: bool, words: Catalogue) -> str:
    if not release.shown:
        return words.text("not shown")
    value, lower, upper = _value(release, share)
    if value is None:
        return words.text("not defined")
    if share:
        limits = words.text("{lower} to {upper}", lower=words.percent(lower), upper=words.percent(upper))
        return f"{words.percent(value)} ({limits})"
    return f"{words.number(value)} ({words.interval(lower, upper)})"


def _figure(
    name: str,
    title: str,
    rows: Sequence[tuple[str, Release]],
    together: Release | None,
    words: Catalogue,
    badge: str,
) -> Figure:
    drawn = []
    for label, release in rows:
        value, lower, upper = _value(release, share=False)
        text = _text(release, share=False, words=words)
        drawn.append(
            ForestRow(label=label, text=text, value=value, lower=lower, upper=upper, emphasis=release is together)
        )
    caption = words.text("{criterion}: sectors in alphabetical order", criterion=title)
    spoken = " ".join(f"{row.label}: {row.text}." for row in drawn)
    drawing = ForestWords(
        title=badge + caption,
        description=badge + spoken,
        below=words.text("disadvantage"),
        above=words.text("advantage"),
        number=words.short,
    )
    return Figure(
        name=f"results-{name}", svg=forest_svg(drawn, drawing, name), caption=caption, alternative=badge + spoken
    )


def _table(
    name: str,
    title: str,
    rows: Sequence[tuple[str, Release]],
    share: bool,
    views: Sequence[View],
    words: Catalogue,
) -> Table:
    unpaired = any(view.unpaired for view in views)
    size = words.text("Answers") if share else words.text("Applications") if unpaired else words.text("Pairs")
    measure = words.text("Share (interval)") if share else words.text("Ratio (interval)")
    body = []
    for label, release in rows:
        value, *_ = _value(release, share)
        pairs = release.pairs
        body.append(
            (
                Cell(text=label),
                Cell(text=words.text("not shown"), muted=True)
                if pairs is None
                else Cell(text=words.number(pairs, 0), value=pairs),
                Cell(text=_text(release, share, words), value=value, muted=not release.shown),
            )
        )
    return Table(
        name=f"results-{name}",
        caption=words.text("{criterion}: sectors side by side", criterion=title),
        columns=(
            Column(header=words.text("Sector")),
            Column(header=size, numeric=True),
            Column(header=measure, numeric=True),
        ),
        rows=tuple(body),
        note="" if share or not views else direction_note(views[0]),
    )
