"""Chapter 5: per joint committee, raw and shrunken towards the mean of the sector, and per province."""

from __future__ import annotations

from corrtest.disclosure import Release
from corrtest.pages import Block, Cell, Chapter, Column, Heading, Paragraph, Table
from corrtest.report.sentences import mean_sentence
from corrtest.report.shrinkage import Shrinkage, shrunken_by_release
from corrtest.report.tables import counts_table, direction_note, forest_figure, ratio_text
from corrtest.report.view import View

# Letters of a committee's name that a figure has room for beside its ratio.
_FITS = 48


def committees(view: View) -> Chapter:
    """Return the results per joint committee."""
    words = view.words
    blocks: list[Block] = []
    if not view.committees:
        blocks.append(Paragraph(text=words.text("The data do not say to which joint committee a vacancy belongs.")))
    elif len(view.committees) == 1:
        blocks.append(
            Paragraph(
                text=words.text(
                    "All vacancies belong to one joint committee: {committee}. Its results are those of chapter 4.",
                    committee=view.committee_name(view.committees[0]),
                )
            )
        )
    else:
        blocks.append(
            Paragraph(
                text=words.text(
                    "A joint committee with few tests can look extreme by chance. The shrunken ratio draws each "
                    "committee towards the mean of the sector, the more so the fewer reactions it rests on. "
                    "Compare committees by the shrunken ratios. Their order in the tables is fixed and is not a "
                    "ranking."
                )
            )
        )
    for number, criterion in enumerate(view.criteria if len(view.committees) > 1 else (), start=1):
        blocks += _criterion(view, number, criterion)
    provinces = _provinces(view)
    title = words.text("Per joint committee and per province") if provinces else words.text("Per joint committee")
    return Chapter(name="committees", title=title, blocks=(*blocks, *provinces))


def _provinces(view: View) -> list[Block]:
    """Return the results per province, where the analysis grouped by it."""
    words = view.words
    blocks: list[Block] = []
    for number, criterion in enumerate(view.criteria, start=1):
        releases = [
            release
            for release in view.extra_groupings()
            if release.extra.get("province") and release.criterion == criterion and release.outcome == view.main_outcome
        ]
        if not releases:
            continue
        rows = [(words.name("province", release.extra["province"]), release) for release in releases]
        title = words.title("criterion", criterion)
        caption = words.text("{criterion}: ratio per province", criterion=title)
        blocks.append(forest_figure(view, f"provinces-{number}", caption, [("", rows)]))
        caption = words.text("{criterion}: counts per province", criterion=title)
        blocks.append(counts_table(view, f"provinces-{number}", caption, rows))
    if not blocks:
        return []
    return [
        Heading(text=words.text("Per province")),
        Paragraph(
            text=words.text(
                "The province is that of the workplace. Nothing was planned per province, so most have few tests: read "
                "the intervals before the ratios, and no ranking into them."
            )
        ),
        *blocks,
    ]


def _criterion(view: View, number: int, criterion: str | None) -> list[Block]:
    """Return the results of one criterion; committees that are hidden one by one follow as one row together."""
    words = view.words
    releases = view.select(outcome=view.main_outcome, criterion=criterion, committee=True, level=False)
    if not releases:
        return []
    merged = [
        release
        for release in view.releases.merged
        if release.criterion == criterion and release.outcome == view.main_outcome
    ]
    title = words.title("criterion", criterion)
    rows = [(view.committee_name(str(release.joint_committee), _FITS), release) for release in releases]
    rows += [(view.committee_name(str(release.joint_committee)), release) for release in merged]
    blocks: list[Block] = [Heading(text=title)]
    caption = words.text("{criterion}: ratio per joint committee, raw", criterion=title)
    blocks.append(forest_figure(view, f"committees-{number}", caption, [("", rows)]))
    shrunken = shrunken_by_release(releases)
    blocks.append(_shrunken_table(view, f"shrunken-{number}", title, releases, shrunken))
    if shrunken:
        blocks.append(Paragraph(text=mean_sentence(shrunken, words)))
    caption = words.text("{criterion}: counts per joint committee", criterion=title)
    blocks.append(counts_table(view, f"committees-{number}", caption, rows))
    if any(not release.shown for release in releases):
        blocks.append(Paragraph(text=_together(view, merged=bool(merged))))
    return blocks


def _together(view: View, *, merged: bool) -> str:
    words = view.words
    if merged:
        return words.text(
            "Committees that may not be shown one by one stand together in the last row. That row tells no more than "
            "the sector's total and the other rows do; chapter 10 gives the reasons."
        )
    return words.text(
        "Some committees may not be shown; chapter 10 gives the reasons. Plan more tests there at the "
        "follow-up measurement, or plan to report small committees as one group from the start."
    )


def _shrunken_table(
    view: View, name: str, title: str, releases: tuple[Release, ...], shrunken: Shrinkage | None
) -> Table:
    words = view.words
    rows = []
    for position, release in enumerate(releases):
        own = shrunken.ratios.get(position) if shrunken else None
        ratio = release.estimate("discrimination_ratio")
        rows.append(
            (
                Cell(text=view.label(release)),
                Cell(text=ratio_text(view, release), value=ratio.value if ratio else None),
                Cell(
                    text=f"{words.number(own.value)} ({words.interval(own.lower, own.upper)})" if own else "–",
                    value=own.value if own else None,
                ),
                Cell(text=words.percent(own.weight) if own else "–", value=own.weight if own else None),
            )
        )
    return Table(
        name=name,
        caption=words.text("{criterion}: raw and shrunken ratio per joint committee", criterion=title),
        columns=(
            Column(header=words.text("Joint committee")),
            Column(header=words.text("Raw ratio (interval)"), numeric=True),
            Column(header=words.text("Shrunken ratio (interval)"), numeric=True),
            Column(header=words.text("Weight of its own data"), numeric=True),
        ),
        rows=tuple(rows),
        note=direction_note(view)
        + " "
        + words.text("A dash means that fewer than three committees, or too few reactions, allow no shrunken ratio."),
    )
