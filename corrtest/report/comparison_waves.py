"""The chapters that hold a baseline against its follow-up: the ratio of the two ratios, with its interval."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from scipy.stats import norm

from corrtest.disclosure import Release, releases_to_json
from corrtest.report.content import Block, Bullets, Cell, Chapter, Column, Facts, Heading, Paragraph, Table
from corrtest.report.shrinkage import log_and_variance
from corrtest.report.tables import direction_note, forest_figure, ratio_text
from corrtest.report.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Follow-up ratio ÷ baseline ratio, with its interval: above 1 = the disadvantage has become smaller."""

    value: float
    lower: float
    upper: float


def change(before: Release, after: Release) -> Change | None:
    """Return the ratio of ratios of two independent waves: variances of the logs add up. None where undefined."""
    first, second = log_and_variance(before), log_and_variance(after)
    ratio = before.estimate("discrimination_ratio")
    if first is None or second is None or ratio is None:
        return None
    middle = second[0] - first[0]
    half = float(norm.ppf(0.5 + ratio.confidence_level / 2)) * math.sqrt(first[1] + second[1])
    return Change(value=math.exp(middle), lower=math.exp(middle - half), upper=math.exp(middle + half))


def wave_chapters(baseline: View, follow_up: View, outcome: str) -> tuple[Chapter, ...]:
    """Return the chapters."""
    words = baseline.words
    blocks: list[Block] = []
    rows = []
    later = {tuple(sorted(release.keys.items(), key=str)): release for release in follow_up.releases}
    for criterion in baseline.criteria:
        title = words.title("criterion", criterion)
        blocks.append(Heading(text=title))
        members = []
        for before in baseline.headline(criterion, outcome):
            after = later.get(tuple(sorted(before.keys.items(), key=str)))
            if after is None:
                continue
            label = baseline.label(before)
            members += [(f"{label} · {words.name('wave', 'baseline')}", before)]
            members += [(f"{label} · {words.name('wave', 'follow_up')}", after)]
            found = change(before, after)
            blocks.append(Paragraph(text=_sentence(baseline, found), role="finding"))
            rows.append(_row(baseline, label, before, after, found))
        if members:
            caption = words.text("{criterion}: baseline and follow-up", criterion=title)
            blocks.append(forest_figure(baseline, f"waves-{criterion}", caption, [("", members)]))
    table = Table(
        name="waves",
        caption=words.text("Ratio at the baseline and at the follow-up"),
        columns=(
            Column(header=words.text("Result")),
            Column(header=words.text("Baseline ratio (interval)"), numeric=True),
            Column(header=words.text("Follow-up ratio (interval)"), numeric=True),
            Column(header=words.text("Follow-up ÷ baseline (interval)"), numeric=True),
        ),
        rows=tuple(rows),
        note=direction_note(baseline)
        + " "
        + words.text("Follow-up ÷ baseline above 1 = the disadvantage has become smaller."),
    )
    cautions = Bullets(
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
    fingerprints = Facts(
        rows=tuple(
            (
                str(view.releases.study.get("name") or view.releases.study.get("wave")),
                hashlib.sha256(releases_to_json(view.releases).encode("utf-8")).hexdigest(),
            )
            for view in (baseline, follow_up)
        )
    )
    return (
        Chapter(name="summary", title=words.text("What changed"), blocks=(*blocks, table)),
        Chapter(name="limits", title=words.text("How far this goes"), blocks=(cautions,)),
        Chapter(name="reproducibility", title=words.text("Making it again"), blocks=(fingerprints,)),
    )


def _row(view: View, label: str, before: Release, after: Release, found: Change | None) -> tuple[Cell, ...]:
    words = view.words
    text = f"{words.number(found.value)} ({words.interval(found.lower, found.upper)})" if found else "–"
    return (
        Cell(text=label),
        Cell(text=ratio_text(view, before)),
        Cell(text=ratio_text(view, after)),
        Cell(text=text, value=found.value if found else None),
    )


def _sentence(view: View, found: Change | None) -> str:
    words = view.words
    if found is None:
        return words.text("The two waves cannot be compared here: one of the two ratios is hidden or not defined.")
    interval = words.interval(found.lower, found.upper)
    if found.lower > 1:
        return words.text(
            "The ratio rose ({change} times; interval {interval}): the disadvantage became smaller, more than "
            "chance explains.",
            change=words.number(found.value),
            interval=interval,
        )
    if found.upper < 1:
        return words.text(
            "The ratio fell ({change} times; interval {interval}): the disadvantage became larger, more than "
            "chance explains.",
            change=words.number(found.value),
            interval=interval,
        )
    return words.text(
        "The ratio changed {change} times (interval {interval}). The interval includes 1: whether anything "
        "changed, this comparison cannot tell.",
        change=words.number(found.value),
        interval=interval,
    )
