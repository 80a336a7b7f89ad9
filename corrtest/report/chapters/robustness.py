"""Chapter 7: does the result depend on one choice? Everything here passed the gate or follows from what did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corrtest.analysis import COMMITTEES, SECTOR, probability
from corrtest.disclosure import OddCheck, Release
from corrtest.language import mark
from corrtest.pages import Block, Cell, Chapter, Column, Heading, Paragraph, Table
from corrtest.report.multiplicity import adjusted_family
from corrtest.report.sentences import reason
from corrtest.report.tables import direction_note, number_cell
from corrtest.report.view import View


def robustness(view: View) -> Chapter:
    """Return the robustness checks that released figures allow."""
    words = view.words
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "A result that stands when one choice is changed deserves more trust. The checks below passed the same "
                "protection as the results of the other chapters."
            )
        ),
        _checks(view),
        Paragraph(
            text=words.text(
                "Further checks of the analysis (models, employers weighing the same) rest on figures that may not "
                "leave; the research team keeps them in the results file."
            )
        ),
    ]
    return Chapter(
        name="robustness", title=words.text("Robustness"), blocks=(*blocks, *_several(view), *_concentration(view))
    )


def _checks(view: View) -> Table:
    words = view.words
    rows = [
        row
        for criterion in view.criteria
        for release in view.headline(criterion, view.main_outcome)
        for row in _rows(view, release)
    ]
    return Table(
        name="robustness",
        caption=words.text("The ratio under other choices"),
        columns=(
            Column(header=words.text("Result")),
            Column(header=words.text("Choice")),
            Column(header=words.text("Ratio"), numeric=True),
            Column(header=words.text("Interval or range"), numeric=True),
        ),
        rows=tuple(rows),
        note=direction_note(view),
    )


def _rows(view: View, release: Release) -> list[tuple[Cell, ...]]:
    words = view.words
    label = view.label(release, with_criterion=True)
    rows = [_row(view, label, words.text("Main result"), *_ratio(release))]
    for outcome in view.outcomes:
        if outcome != view.main_outcome:
            other = _twin(view, release, outcome)
            check = words.text("Outcome: {outcome}", outcome=words.name("outcome_short", outcome))
            rows.append(_row(view, label, check, *(_ratio(other) if other else (None, None))))
    for odd in view.releases.odd_checks:
        same = (odd.sector, odd.criterion, odd.outcome) == (release.sector, release.criterion, release.outcome)
        if same and release.level is None:
            rows += _odd_rows(view, label, odd)
    span = _leave_one_out(view, release)
    if span:
        rows.append(_row(view, label, words.text("Leaving out one joint committee at a time"), None, span))
    conservative = _without_ties(release)
    if conservative is not None:
        check = words.text("Pairs with different answers alone (odds ratio)")
        rows.append(_row(view, label, check, conservative, None))
    return rows


def _odd_rows(view: View, label: str, odd: OddCheck) -> list[tuple[Cell, ...]]:
    """Return the result without odd pairs, and the range that it could have had whatever those had answered."""
    words = view.words
    check = words.text("Pairs with an automatic answer, a bounce or a late answer left out")
    if odd.counts is None or odd.odd is None:
        assert odd.suppression is not None
        hidden = Cell(text=words.text("not shown"), muted=True)
        why = reason(odd.suppression, words)
        return [(Cell(text=label), Cell(text=f"{check}. {why}"), hidden, hidden)]
    check = words.text(
        "Pairs with an automatic answer, a bounce or a late answer left out (about {odd} of {pairs})",
        odd=words.number(odd.odd, 0),
        pairs=words.number(odd.odd + odd.counts.pairs, 0),
    )
    ratio = odd.ratio
    value = ratio.value if ratio else None
    rows = [_row(view, label, check, value, (ratio.lower, ratio.upper) if ratio and value is not None else None)]
    control = odd.counts.both + odd.counts.control_only
    treated = odd.counts.both + odd.counts.treated_only
    if control:
        limits = (treated / (control + odd.odd), (treated + odd.odd) / control)
        rows.append(_row(view, label, words.text("Whatever those pairs would have answered"), None, limits))
    return rows


def _row(
    view: View, label: str, check: str, value: float | None, limits: tuple[float | None, float | None] | None
) -> tuple[Cell, ...]:
    words = view.words
    text = "–" if limits is None else words.interval(*limits)
    return (Cell(text=label), Cell(text=check), number_cell(view, value, 2), Cell(text=text))


def _ratio(release: Release) -> tuple[float | None, tuple[float | None, float | None] | None]:
    ratio = release.estimate("discrimination_ratio")
    if ratio is None or ratio.value is None:
        return None, None
    return ratio.value, (ratio.lower, ratio.upper)


def _twin(view: View, release: Release, outcome: str) -> Release | None:
    keys = {**release.keys, "outcome": outcome}
    return next((other for other in view.releases if other.keys == keys), None)


def _leave_one_out(view: View, release: Release) -> tuple[float, float] | None:
    """Return the least and greatest ratio when one shown committee is left out of its sector's total."""
    if release.arms is None or release.level is not None:
        return None
    members = [
        member.arms
        for member in view.select(outcome=release.outcome, criterion=release.criterion, committee=True, level=False)
        if member.arms is not None and member.sector == release.sector
    ]
    if len(members) < 2:
        return None
    control, treated = release.arms
    ratios = []
    for out_control, out_treated in members:
        sent = control.applications - out_control.applications, treated.applications - out_treated.applications
        positive = control.positives - out_control.positives, treated.positives - out_treated.positives
        if min(*sent, *positive) > 0:
            ratios.append(positive[1] / sent[1] / (positive[0] / sent[0]))
    return (min(ratios), max(ratios)) if ratios else None


def _without_ties(release: Release) -> float | None:
    """Return the ratio among the pairs in which one arm alone was positive, which is the odds ratio of pairs."""
    odds = release.estimate("odds_ratio")
    return (odds.value or None) if odds else None


def _several(view: View) -> list[Block]:
    """Return the p-values of the families of results that are tested at once, plain and adjusted."""
    words = view.words
    if view.adjustment == "none":
        return []
    outcome = words.name("outcome", view.main_outcome)
    tables = [
        _family(view, name, words.text(caption, outcome=outcome), family)
        for name, caption, family in (
            ("multiplicity", mark("Several criteria at once: {outcome}"), SECTOR),
            ("multiplicity-committees", mark("Several joint committees at once: {outcome}"), COMMITTEES),
        )
        if adjusted_family(view, family)
    ]
    if not tables:
        return []
    return [
        Heading(text=words.text("Several results at once")),
        Paragraph(
            text=words.text(
                "Where several results are tested, one may stand out by chance. An adjusted p-value allows for that: "
                "below {level}, chance is an unlikely explanation even among this many results.",
                level=words.number(0.05),
            )
        ),
        *tables,
    ]


def _family(view: View, name: str, caption: str, family: str) -> Table:
    words = view.words
    results = adjusted_family(view, family)
    return Table(
        name=name,
        caption=caption,
        columns=(
            Column(header=words.text("Result")),
            Column(header=words.text("p-value"), numeric=True),
            Column(header=words.text("Adjusted p-value"), numeric=True),
        ),
        rows=tuple(
            (
                Cell(text=view.label(each.release, with_criterion=True)),
                _pvalue_cell(view, each.pvalue),
                _pvalue_cell(view, each.adjusted),
            )
            for each in results
            # A committee without a figure has its line in chapter 5.
            if family == SECTOR or each.pvalue is not None
        ),
        note=words.text(
            "Adjusted by {method} over the {count} results of the preregistered family; one that is hidden or was not "
            "measured counts with p = 1.",
            method=words.name("adjustment", view.adjustment),
            count=next(len(each["tests"]) for each in view.families["families"] if each["family"] == family),
        ),
    )


def _concentration(view: View) -> list[Block]:
    """Return how unequal treatment is spread over employers, for the criteria of which that may leave."""
    words = view.words
    rows = [
        _concentration_row(view, row, release)
        for row in view.releases.concentration
        if row["outcome"] == view.main_outcome
        for release in view.headline(row["criterion"], view.main_outcome)
        if release.level is None and release.sector == row["sector"]
    ]
    if not rows:
        return []
    table = Table(
        name="concentration",
        caption=words.text("Unequal treatment over employers"),
        columns=(
            Column(header=words.text("Result")),
            Column(header=words.text("Employers with two pairs or more"), numeric=True),
            Column(header=words.text("Spread between employers (percentage points)"), numeric=True),
            Column(header=words.text("Share of the fifth with the largest disadvantage"), numeric=True),
        ),
        rows=tuple(rows),
        note=words.text(
            "Spread: the standard deviation between employers of the chance that the control candidate alone gets a "
            "positive reaction, less that of the treated candidate alone; the play of chance within an employer is no "
            "part of it (Kline, Rose and Walters, 2022). Rounded to whole percentage points, shares to 5 %. A share "
            "above 100 % means that other employers favour the treated candidates. – = cannot be estimated."
        ),
    )
    return [
        Heading(text=words.text("A few employers, or all of them?")),
        Paragraph(
            text=words.text(
                "Employers that got two pairs or more show whether unequal treatment is the work of a few or of all. "
                "These figures are over many employers together and say nothing of any one of them."
            )
        ),
        table,
    ]


def _concentration_row(view: View, row: Mapping[str, Any], release: Release) -> tuple[Cell, ...]:
    words = view.words
    spread = words.number(100 * row["standard_deviation"], 0)
    if not row["differ"]:
        spread = words.text("{spread} (not beyond chance)", spread=spread)
    share = "–"
    if row["share"] is not None:
        limits = [words.percent(row[name]) for name in ("share", "share_lower", "share_upper")]
        share = words.text("{share} ({least} to {most})", share=limits[0], least=limits[1], most=limits[2])
    elif row["share_least"] is not None:
        share = words.text(
            "between {least} and {most}",
            least=words.percent(row["share_least"]),
            most=words.percent(row["share_most"]),
        )
    return (
        Cell(text=view.label(release, with_criterion=True)),
        Cell(text=words.number(row["employers"], 0), value=row["employers"]),
        Cell(text=spread),
        Cell(text=share),
    )


def _pvalue_cell(view: View, pvalue: float | None) -> Cell:
    written = probability(pvalue, 0.05, view.words).removeprefix("p").removeprefix(" =").strip()
    return Cell(text=written, value=pvalue)
