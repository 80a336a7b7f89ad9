"""Chapter 7: does the result depend on one choice? Everything here is computed from released counts alone."""

from __future__ import annotations

import math

from corrtest.disclosure import Release
from corrtest.report.content import Block, Cell, Chapter, Column, Paragraph, Table
from corrtest.report.tables import direction_note
from corrtest.report.view import View


def robustness(view: View) -> Chapter:
    """Return the robustness checks that released figures allow."""
    words = view.words
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "A result that stands when one choice is changed deserves more trust. The checks below use "
                "released figures only, so they cannot reveal more than the other chapters do."
            )
        ),
        _checks(view),
    ]
    return Chapter(name="robustness", title=words.text("Robustness"), blocks=tuple(blocks))


def _checks(view: View) -> Table:
    words = view.words
    rows = []
    for criterion in view.criteria:
        for release in view.headline(criterion, view.main_outcome):
            label = view.label(release, with_criterion=True)
            rows.append(_row(view, label, words.text("Main result"), _ratio(release)))
            for outcome in view.outcomes:
                if outcome != view.main_outcome:
                    other = _twin(view, release, outcome)
                    check = words.text("Outcome: {outcome}", outcome=words.name("outcome_short", outcome))
                    rows.append(_row(view, label, check, _ratio(other) if other else None))
            span = _leave_one_out(view, release)
            if span:
                check = words.text("Leaving out one joint committee at a time")
                rows.append(_row(view, label, check, None, words.interval(*span)))
            conservative = _without_ties(release)
            if conservative is not None:
                check = words.text("Pairs with different answers alone (odds ratio)")
                rows.append(_row(view, label, check, conservative))
    return Table(
        name="robustness",
        caption=words.text("The ratio under other choices"),
        columns=(
            Column(header=words.text("Result")),
            Column(header=words.text("Choice")),
            Column(header=words.text("Ratio"), numeric=True),
        ),
        rows=tuple(rows),
        note=direction_note(view),
    )


def _row(view: View, label: str, check: str, value: float | None, text: str | None = None) -> tuple[Cell, ...]:
    return (Cell(text=label), Cell(text=check), Cell(text=text or view.words.number(value), value=value))


def _ratio(release: Release) -> float | None:
    ratio = release.estimate("discrimination_ratio")
    return ratio.value if ratio else None


def _twin(view: View, release: Release, outcome: str) -> Release | None:
    keys = {**release.keys, "outcome": outcome}
    return next((other for other in view.releases if other.keys == keys), None)


def _leave_one_out(view: View, release: Release) -> tuple[float, float] | None:
    """Return the least and greatest ratio when one shown committee is left out of its sector's total."""
    if release.counts is None or release.level is not None:
        return None
    members = [
        member
        for member in view.select(outcome=release.outcome, criterion=release.criterion, committee=True, level=False)
        if member.counts is not None and member.sector == release.sector
    ]
    if len(members) < 2:
        return None
    control = release.counts.both + release.counts.control_only
    treated = release.counts.both + release.counts.treated_only
    ratios = []
    for member in members:
        assert member.counts is not None
        rest_control = control - member.counts.both - member.counts.control_only
        rest_treated = treated - member.counts.both - member.counts.treated_only
        if rest_control > 0 and rest_treated > 0:
            ratios.append(rest_treated / rest_control)
    return (min(ratios), max(ratios)) if ratios else None


def _without_ties(release: Release) -> float | None:
    counts = release.counts
    if counts is None or not counts.control_only or not counts.treated_only:
        return None
    value = counts.treated_only / counts.control_only
    return value if math.isfinite(value) else None
