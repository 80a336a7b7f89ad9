"""What a sector does after its measurement, as a table beside the findings."""

from __future__ import annotations

from collections.abc import Sequence

from corrtest.pages import Block, Catalogue, Cell, Column, Table
from corrtest.spec import Action


def action_tables(words: Catalogue, name: str, caption: str, actions: Sequence[Action]) -> list[Block]:
    """Return the table of some actions; nothing where there are none."""
    if not actions:
        return []
    headings = (
        words.text("Step"),
        words.text("For"),
        words.text("Who"),
        words.text("By when"),
        words.text("How it shows"),
        words.text("State"),
    )
    return [
        Table(
            name=name,
            caption=caption,
            columns=tuple(Column(header=heading) for heading in headings),
            rows=tuple(tuple(Cell(text=text) for text in _row(each, words)) for each in actions),
        )
    ]


def _row(each: Action, words: Catalogue) -> tuple[str, ...]:
    tied = [words.committee(each.joint_committee, 40)] if each.joint_committee else []
    tied += [words.name("outcome_short", each.outcome)] if each.outcome else []
    state = words.name("action_state", each.state)
    if each.done_on is not None:
        state = f"{state} · {words.date(each.done_on.isoformat())}"
    return (
        each.action,
        " · ".join(tied) or words.text("the sector"),
        each.owner,
        words.date(each.due.isoformat()),
        each.target,
        state,
    )
