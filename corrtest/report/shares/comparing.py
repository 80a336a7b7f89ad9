"""Two or more measurements of a share side by side; of two waves of one sector also the change."""

from __future__ import annotations

import math
from collections.abc import Sequence

from corrtest.analysis import Estimate
from corrtest.disclosure import Release
from corrtest.pages import Block, Bullets, Cell, Chapter, Column, Paragraph, Table
from corrtest.report.shares.wording import share_name, share_text, wording_of
from corrtest.report.view import View


def share_chapters(views: Sequence[View], outcome: str, *, waves: bool) -> tuple[Chapter, ...]:
    """Return the chapters of a comparison of shares; with `waves` two views, the baseline first."""
    words = views[0].words
    rows: list[tuple[Cell, ...]] = []
    sentences: list[Block] = []
    statistic = wording_of(views[0]).statistic
    for keys in dict.fromkeys(_key(release) for view in views for release in _rows(view, outcome)):
        found = [next((each for each in _rows(view, outcome) if _key(each) == keys), None) for view in views]
        first = next(each for each in found if each is not None)
        label = views[0].label(first, with_criterion=not first.joint_committee)
        cells = [Cell(text=label)]
        cells += [Cell(text="–" if each is None else share_text(words, each, statistic)) for each in found]
        if waves:
            change = _change(*found, statistic=statistic)
            text = "–" if change is None else _points(views[0], change)
            cells.append(Cell(text=text, value=None if change is None else change[0]))
            if change is not None and not first.joint_committee:
                sentences.append(Paragraph(text=f"{label}: {_said(views[0], change)}", role="finding"))
        rows.append(tuple(cells))
    heads = [words.text("Group"), *(_name(view, waves=waves) for view in views)]
    heads += [words.text("Change, in points")] if waves else []
    table = Table(
        name="shares",
        caption=share_name(views[0], outcome),
        columns=tuple(Column(header=head, numeric=place > 0) for place, head in enumerate(heads)),
        rows=tuple(rows),
    )
    notes = [words.text("A wide interval means that the measurement could not tell, not that there is nothing to see.")]
    if waves:
        notes.insert(
            0,
            words.text(
                "The interval of the change takes both waves as two samples. Where the same firms were called in both, "
                "it is on the safe side: wider than it need be."
            ),
        )
    return (
        Chapter(
            name="summary",
            title=words.text("What changed") if waves else words.text("Results"),
            blocks=(*sentences, table, Bullets(items=tuple(notes))),
        ),
    )


def change_of(before: Estimate, after: Estimate) -> tuple[float, float, float] | None:
    """Return the change of a share with limits from those of both (MOVER, Newcombe 1998, method 10)."""
    parts = (before.value, before.lower, before.upper, after.value, after.lower, after.upper)
    if any(part is None for part in parts):
        return None
    p0, l0, u0, p1, l1, u1 = (float(part) for part in parts if part is not None)
    change = p1 - p0
    return change, change - math.hypot(p1 - l1, u0 - p0), change + math.hypot(u1 - p1, p0 - l0)


def _change(before: Release | None, after: Release | None, *, statistic: str) -> tuple[float, float, float] | None:
    if before is None or after is None:
        return None
    estimates = before.estimate(statistic), after.estimate(statistic)
    return None if estimates[0] is None or estimates[1] is None else change_of(estimates[0], estimates[1])


def _said(view: View, change: tuple[float, float, float]) -> str:
    words = view.words
    text = _points(view, change)
    if change[1] > 0:
        return words.text("The share rose by {points} points; chance alone does not explain it.", points=text)
    if change[2] < 0:
        return words.text("The share fell: {points} points; chance alone does not explain it.", points=text)
    return words.text("Whether the share changed cannot be told: {points} points.", points=text)


def _points(view: View, change: tuple[float, float, float]) -> str:
    value, lower, upper = (view.words.number(100 * part, 0) for part in change)
    return f"{value} ({view.words.text('{lower} to {upper}', lower=lower, upper=upper)})"


def _rows(view: View, outcome: str) -> list[Release]:
    overall = [release for criterion in view.criteria for release in view.headline(criterion, outcome)]
    return [*overall, *view.select(outcome=outcome, committee=True, level=False)]


def _key(release: Release) -> tuple[str | None, ...]:
    return (release.criterion, release.level, release.joint_committee)


def _name(view: View, *, waves: bool) -> str:
    study = view.releases.study
    if waves:
        name = view.words.name("wave", str(study["wave"]))
        return name[:1].upper() + name[1:]
    return str(study.get("name") or view.sector_name())
