"""Chapter 3: how many tests were planned and used, how often anyone reacted, and where it fell short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corrtest.design import shortfall_cause
from corrtest.pages import Block, Cell, Chapter, Column, Heading, Paragraph, Table
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
        return words.text("How many tests were planned is not known, so shortfalls cannot be shown.")
    return words.text("Every test that the study asked for was planned: there is no shortfall against the quota.")


def _response_table(view: View) -> Table:
    words = view.words
    wanted = _wanted(view)
    rows = []
    for criterion in view.criteria:
        for release in view.headline(criterion, view.main_outcome):
            quota = wanted.get(criterion or "") if release.level is None and len(view.sectors) == 1 else None
            reacted = release.reacted
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
    headers = (
        (
            words.text("Applications wanted"),
            words.text("Applications used"),
            words.text("Employers"),
            words.text("Applications with a positive reaction"),
            words.text("Share of applications"),
        )
        if view.unpaired
        else (
            words.text("Pairs wanted"),
            words.text("Pairs used"),
            words.text("Employers"),
            words.text("Pairs with a positive reaction"),
            words.text("Share of pairs"),
        )
    )
    return Table(
        name="response",
        caption=words.text("Tests and positive reactions: {outcome}", outcome=words.name("outcome", view.main_outcome)),
        columns=(
            Column(header=words.text("Result")),
            *(Column(header=header, numeric=True) for header in headers),
        ),
        rows=tuple(rows),
        note=words.text("A dash means that the number is not known or does not apply."),
    )


def _wanted(view: View) -> dict[str, int]:
    """Return what the study asks for a criterion, in pairs or, where each vacancy gets one, in applications."""
    study = view.releases.study
    # A quota of tests that are pairs is that many applications of each arm.
    each = 2 if view.unpaired and study.get("tests_are") == "pairs" else 1
    wanted: dict[str, int] = {}
    for committee in study.get("committees", ()):
        for criterion, tests in committee["pairs"].items():
            wanted[criterion] = wanted.get(criterion, 0) + each * tests
    return wanted


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
        caption=words.text("Where fewer tests could be planned than the study asked for"),
        columns=(
            Column(header=words.text("Joint committee")),
            Column(header=words.text("Criterion")),
            Column(header=words.text("Tests wanted"), numeric=True),
            Column(header=words.text("Tests planned"), numeric=True),
            Column(header=words.text("Missing"), numeric=True),
            Column(header=words.text("Cause")),
        ),
        rows=tuple(rows),
        note=words.text("A shortfall makes the intervals wider; it does not by itself tilt a ratio to one side."),
    )


def _cause(view: View, shortfall: Mapping[str, Any]) -> str:
    """Say in the reader's language what binds; a plan that names no binding keeps its own words."""
    if not shortfall.get("binding"):
        return str(shortfall.get("cause") or "–")
    study = view.releases.study or {}
    return shortfall_cause(
        str(shortfall["binding"]),
        shortfall.get("figures") or {},
        pairing=study.get("pairing", view.releases.design),
        stratify_by=study.get("stratify_by", ()),
        words=view.words,
    )
