"""The chapters that hold a baseline against its follow-up: ratio of the two ratios, change of the net rate."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from corrtest.analysis import Comparison, written_pvalue
from corrtest.disclosure import Release, releases_to_json
from corrtest.language import mark
from corrtest.pages import Block, Bullets, Catalogue, Cell, Chapter, Column, Facts, Heading, Paragraph, Table
from corrtest.report.actions import action_tables
from corrtest.report.contrasts import contrast_key, contrasts
from corrtest.report.tables import direction_note, forest_figure, ratio_text
from corrtest.report.view import View
from corrtest.spec import Action

# What became of a ratio, by the verdict on the comparison.
_CHANGES = {
    "better": mark(
        "The ratio rose: follow-up ÷ baseline is {change} (interval {interval}; {tested}). The disadvantage became "
        "smaller, more than chance explains."
    ),
    "worse": mark(
        "The ratio fell: follow-up ÷ baseline is {change} (interval {interval}; {tested}). The disadvantage became "
        "larger, more than chance explains."
    ),
    "adjustment": mark(
        "Follow-up ÷ baseline is {change} (interval {interval}; {tested}). By itself the change would stand out, but "
        "not among all changes that are tested together: not settled."
    ),
    "unsettled": mark(
        "Follow-up ÷ baseline is {change} (interval {interval}; {tested}). The interval includes 1: whether anything "
        "changed is not settled."
    ),
}


def wave_chapters(baseline: View, follow_up: View, outcome: str, actions: Sequence[Action] = ()) -> tuple[Chapter, ...]:
    """Return the chapters, with the actions of the sector beside what changed."""
    words = baseline.words
    blocks: list[Block] = []
    rows = []
    later = {contrast_key(release): release for release in follow_up.releases}
    changes = contrasts(baseline.releases, follow_up.releases)
    for criterion in baseline.criteria:
        title = words.title("criterion", criterion)
        blocks.append(Heading(text=title))
        members = []
        for before in baseline.headline(criterion, outcome):
            after = later.get(contrast_key(before))
            if after is None:
                continue
            label = baseline.label(before)
            members += [(f"{label} · {words.name('wave', 'baseline')}", before)]
            members += [(f"{label} · {words.name('wave', 'follow_up')}", after)]
            found = changes.get(contrast_key(before))
            blocks.append(Paragraph(text=_sentence(baseline, found), role="finding"))
            rows.append(_row(baseline, label, before, after, found))
        if members:
            caption = words.text("{criterion}: baseline and follow-up", criterion=title)
            blocks.append(forest_figure(baseline, f"waves-{criterion}", caption, [("", members)]))
        own = [each for each in actions if each.criterion in (None, criterion)]
        blocks += _in_between(words, f"actions-{criterion}", title, own, follow_up)
    return (
        Chapter(name="summary", title=words.text("What changed"), blocks=(*blocks, _table(baseline, rows))),
        Chapter(name="limits", title=words.text("How far this goes"), blocks=(_cautions(baseline),)),
        Chapter(
            name="reproducibility", title=words.text("Making it again"), blocks=(_fingerprints(baseline, follow_up),)
        ),
    )


def _in_between(words: Catalogue, name: str, title: str, own: Sequence[Action], follow_up: View) -> list[Block]:
    """Return the actions for a criterion, and how many of them were done before the follow-up began."""
    if not own:
        return []
    period = follow_up.releases.study.get("period")
    start = date.fromisoformat(period[0]) if period else None
    done = [each for each in own if each.done_on is not None and (start is None or each.done_on < start)]
    return [
        Paragraph(
            text=words.text(
                "Of {count} actions for this, {done} were done before the follow-up began. That a change came after "
                "them does not show that it came from them.",
                count=len(own),
                done=len(done),
            )
        ),
        *action_tables(words, name, words.text("{criterion}: what the sector did", criterion=title), own),
    ]


def _table(view: View, rows: list[tuple[Cell, ...]]) -> Table:
    words = view.words
    return Table(
        name="waves",
        caption=words.text("Ratio at the baseline and at the follow-up"),
        columns=(
            Column(header=words.text("Result")),
            Column(header=words.text("Baseline ratio (interval)"), numeric=True),
            Column(header=words.text("Follow-up ratio (interval)"), numeric=True),
            Column(header=words.text("Follow-up ÷ baseline (interval)"), numeric=True),
            Column(header=words.text("Change of the net discrimination rate (interval)"), numeric=True),
        ),
        rows=tuple(rows),
        note=direction_note(view)
        + " "
        + words.text(
            "Follow-up ÷ baseline above 1, or a change of the net discrimination rate below 0 = the disadvantage has "
            "become smaller. The two waves are taken as independent: employers who were in both are not known here."
        ),
    )


def _cautions(view: View) -> Bullets:
    words = view.words
    return Bullets(
        items=(
            words.text("Vacancies, occupations and the labour market were not the same in both waves."),
            words.text(
                "A sector that came out low at the baseline tends to come out higher the next time, by chance alone."
            ),
            words.text(
                "Without sectors that took no action beside it, a change cannot be credited to the action plan."
            ),
        )
    )


def _fingerprints(*views: View) -> Facts:
    return Facts(
        rows=tuple(
            (
                str(view.releases.study.get("name") or view.releases.study.get("wave")),
                hashlib.sha256(releases_to_json(view.releases).encode("utf-8")).hexdigest(),
            )
            for view in views
        )
    )


def _row(view: View, label: str, before: Release, after: Release, found: Comparison | None) -> tuple[Cell, ...]:
    words = view.words
    value = found.ratio_of_ratios if found else None
    text = "–"
    if found is not None and value is not None:
        text = f"{words.number(value)} ({words.interval(found.lower, found.upper)})"
    return (
        Cell(text=label),
        Cell(text=ratio_text(view, before)),
        Cell(text=ratio_text(view, after)),
        Cell(text=text, value=value),
        Cell(text=_net_change(view, found)),
    )


def _net_change(view: View, found: Comparison | None) -> str:
    if found is None or found.net_rate_change is None:
        return "–"
    words = view.words
    return f"{words.number(found.net_rate_change)} ({words.interval(found.net_rate_lower, found.net_rate_upper)})"


def _sentence(view: View, found: Comparison | None) -> str:
    words = view.words
    if found is None or found.ratio_of_ratios is None or found.lower is None or found.upper is None:
        return words.text("The two waves cannot be compared here: one of the two ratios is hidden or not defined.")
    facts = {
        "change": words.number(found.ratio_of_ratios),
        "interval": words.interval(found.lower, found.upper),
        "tested": written_pvalue(found.pvalue, found.pvalue_adjusted, 1 - found.confidence_level, words),
    }
    return words.text(_CHANGES[found.kind], **facts)
