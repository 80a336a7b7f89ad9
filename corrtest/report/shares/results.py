"""Chapter 3: the shares by criterion, wish, joint committee and further columns, strictly and broadly."""

from __future__ import annotations

from collections.abc import Sequence

from corrtest.disclosure import Release
from corrtest.pages import Block, Cell, Chapter, Column, Paragraph, Table
from corrtest.report.shares.wording import share_name, share_text, wording_of
from corrtest.report.view import View


def results(view: View) -> Chapter:
    """Return the tables of shares."""
    words = view.words
    main = view.main_outcome
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "Each share stands with its interval; where a cell is hidden, the chapter on limits says why."
            )
        )
    ]
    overall = [release for criterion in view.criteria for release in view.rows(criterion, main)]
    blocks.append(_table(view, "shares", words.text("All calls, and by wish"), overall))
    committees = [*view.select(outcome=main, committee=True, level=False), *_merged(view, main)]
    if len({release.joint_committee for release in committees}) > 1:
        blocks.append(_table(view, "committees", words.text("By joint committee"), committees))
    further = [r for r in view.extra_groupings() if r.outcome == main]
    for name in dict.fromkeys(name for release in further for name, value in release.extra.items() if value):
        own = [release for release in further if release.extra.get(name)]
        blocks.append(_table(view, f"by-{name}", words.text("By {field}", field=words.name("field", name)), own))
    return Chapter(name="results", title=words.text("Results"), blocks=tuple(blocks))


def _merged(view: View, outcome: str) -> Sequence[Release]:
    return [release for release in view.releases.merged if release.outcome == outcome]


def _table(view: View, name: str, caption: str, rows: Sequence[Release]) -> Table:
    words, wording = view.words, wording_of(view)
    outcomes = view.outcomes
    made = []
    for row in rows:
        cells = [Cell(text=view.label(row, with_criterion=not row.joint_committee and not any(row.extra.values())))]
        size = row.counts.rows if row.counts is not None else None
        cells.append(Cell(text=words.number(size, 0) if size is not None else "–", value=size, muted=size is None))
        for outcome in outcomes:
            found = _twin(view, row, outcome)
            estimate = None if found is None else found.estimate(wording.statistic)
            text = "–" if found is None else share_text(words, found, wording.statistic)
            cells.append(Cell(text=text, value=None if estimate is None else estimate.value, muted=estimate is None))
        made.append(tuple(cells))
    return Table(
        name=name,
        caption=caption,
        columns=(
            Column(header=words.text("Group")),
            Column(header=words.text(wording.unit), numeric=True),
            *(Column(header=_title(share_name(view, outcome)), numeric=True) for outcome in outcomes),
        ),
        rows=tuple(made),
    )


def _twin(view: View, row: Release, outcome: str) -> Release | None:
    """Return the release of the same group for another outcome."""
    if row.outcome == outcome:
        return row
    wanted = {**row.keys, "outcome": outcome}
    return next((each for each in (*view.releases.releases, *view.releases.merged) if each.keys == wanted), None)


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]
