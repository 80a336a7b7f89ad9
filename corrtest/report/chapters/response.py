"""Chapter 3: how many pairs were planned and used, how often anyone reacted, and where it fell short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corrtest.report.content import Block, Cell, Chapter, Column, Heading, Paragraph, Table
from corrtest.report.tables import number_cell
from corrtest.report.view import View


def response(view: View) -> Chapter:
    """Return response and shortfalls."""
    words = view.words
    blocks: list[Block] = [_response_table(view), Heading(text=words.text("Shortfalls"))]
    blocks.append(_shortfall_table(view) if view.releases.shortfalls else Paragraph(text=_no_shortfall(view)))
    return Chapter(name="response", title=words.text("Response and shortfalls"), blocks=tuple(blocks))


def _no_shortfall(view: View) -> str:
    words = view.words
    if not view.releases.study:
        return words.text("How many pairs were planned is not known, so shortfalls cannot be shown.")
    return words.text("Every test that the study asked for was planned: there is no shortfall against the quota.")


def _response_table(view: View) -> Table:
    words = view.words
    wanted: dict[str, int] = {}
    for committee in view.releases.study.get("committees", ()):
        for criterion, pairs in committee["pairs"].items():
            wanted[criterion] = wanted.get(criterion, 0) + pairs
    rows = []
    for criterion in view.criteria:
        for release in view.headline(criterion, view.main_outcome):
            quota = wanted.get(criterion or "") if release.level is None and len(view.sectors) == 1 else None
            counts = release.counts
            reacted = counts.both + counts.control_only + counts.treated_only if counts else None
            rows.append(
                (
                    Cell(text=view.label(release, with_criterion=True)),
                    number_cell(view, quota),
                    number_cell(view, release.pairs)
                    if release.shown
                    else Cell(text=words.text("not shown"), muted=True),
                    number_cell(view, release.employers),
                    number_cell(view, reacted),
                    Cell(text=words.percent(reacted / release.pairs, 1), value=reacted / release.pairs)
                    if reacted is not None and release.pairs
                    else Cell(text="–"),
                )
            )
    return Table(
        name="response",
        caption=words.text("Pairs and positive reactions: {outcome}", outcome=words.name("outcome", view.main_outcome)),
        columns=(
            Column(header=words.text("Result")),
            Column(header=words.text("Pairs wanted"), numeric=True),
            Column(header=words.text("Pairs used"), numeric=True),
            Column(header=words.text("Employers"), numeric=True),
            Column(header=words.text("Pairs with a positive reaction"), numeric=True),
            Column(header=words.text("Share of pairs"), numeric=True),
        ),
        rows=tuple(rows),
        note=words.text("A dash means that the number is not known or does not apply."),
    )


def _shortfall_table(view: View) -> Table:
    words = view.words
    rows = []
    for shortfall in view.releases.shortfalls:
        wanted, planned = int(shortfall["wanted"]), int(shortfall["planned"])
        rows.append(
            (
                Cell(text=view.committee_name(str(shortfall["joint_committee"]))),
                Cell(text=words.name("criterion", shortfall["criterion"])),
                number_cell(view, wanted),
                number_cell(view, planned),
                number_cell(view, wanted - planned),
                Cell(text=_cause(view, shortfall)),
            )
        )
    return Table(
        name="shortfalls",
        caption=words.text("Where fewer pairs could be planned than the study asked for"),
        columns=(
            Column(header=words.text("Joint committee")),
            Column(header=words.text("Criterion")),
            Column(header=words.text("Pairs wanted"), numeric=True),
            Column(header=words.text("Pairs planned"), numeric=True),
            Column(header=words.text("Missing"), numeric=True),
            Column(header=words.text("Cause")),
        ),
        rows=tuple(rows),
        note=words.text("A shortfall makes the intervals wider; it does not by itself tilt a ratio to one side."),
    )


def _cause(view: View, shortfall: Mapping[str, Any]) -> str:
    """Say in the reader's language what binds; a plan that names no binding keeps its own words."""
    words = view.words
    figures = shortfall.get("figures") or {}
    match shortfall.get("binding"):
        case "vacancies":
            return words.text(
                "too few vacancies: {vacancies} of the {listed} listed can take both applications, "
                "{committee_wanted} are wanted",
                **figures,
            )
        case "employers":
            return words.text(
                "too few employers under the cap: {employers} employers with {vacancies} vacancies may get {room} "
                "pairs at {cap} each; {more_employers} more employers would fill it",
                **figures,
            )
        case "windows":
            return words.text(
                "windows: with at most {window_pairs} pair(s) an employer in any {window_weeks} weeks, {placed} of "
                "{committee_wanted} pairs fit; up to {more_employers} more employers would fill it",
                **figures,
            )
        case _:
            return str(shortfall.get("cause") or "–")
