"""The overview over sectors, for the guidance group: who stands where, and results side by side, for two readers.

The government reads each study's progress; the public reads how many sectors measure, and how many keep their results
to themselves. Both read the same figures (`corrtest.disclosure.side_by_side`), so that one page cannot be held against
the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from corrtest.analysis import LABELS
from corrtest.disclosure import Comparable, ReleaseSet, SideBySide
from corrtest.pages import (
    Block,
    Bullets,
    Catalogue,
    Cell,
    Chapter,
    Column,
    Document,
    Figure,
    Paragraph,
    Table,
    catalogue,
    write_documents,
)
from corrtest.report.overview_asked import asked_chapters
from corrtest.report.overview_results import result_chapters
from corrtest.report.view import View
from corrtest.spec import Standing

Tier = Literal["government", "public"]
TIERS: tuple[Tier, ...] = ("government", "public")


def build_overview(side: SideBySide, standings: Sequence[Standing], language: str, tier: Tier) -> Document:
    """Return the overview for one reader.

    Parameters
    ----------
    side : SideBySide
        What may be said of the sectors' results; the same for both readers.
    standings : sequence of Standing
        Where each study stands, in any order.
    tier : {"government", "public"}
        Who reads it.
    """
    words = catalogue(language).with_labels(LABELS)
    for each in side.shown:
        words = words.with_labels(each.study.get("labels", {}))
    views = sorted(
        (View(releases=each, words=words) for each in side.shown),
        key=lambda view: (view.sector_name(), str(view.releases.study.get("name"))),
    )
    title = words.text("All sectors: overview for the government") if tier == "government" else ""
    title = title or words.text("All sectors: overview for the public")
    progress = _progress(words, standings) if tier == "government" else _progress_in_all(words, standings)
    return Document(
        language=language,
        title=words.text("SIMULATED: {title}", title=title) if side.simulated else title,
        subtitle=words.text("The measurements of the sectors, side by side; no ranking"),
        simulated=words.text("SIMULATED: these reactions were made by a computer. No employer was approached.")
        if side.simulated
        else "",
        contents_title=words.text("Contents"),
        chapters=(
            _summary(words, side, standings),
            *((progress,) if progress is not None else ()),
            *result_chapters(views, side, words),
            *asked_chapters(side, words),
            _apart(words, views),
        ),
        footer=words.text("Made by corrtest from figures that passed disclosure control."),
    )


def write_overview(
    side: SideBySide,
    standings: Sequence[Standing],
    out: str | Path,
    languages: Sequence[str] = ("nl", "en"),
    formats: Sequence[str] = ("html",),
    tiers: Sequence[Tier] = TIERS,
) -> list[Path]:
    """Write the overview for each reader, with its pictures and its figures as JSON; return the files."""
    written = []
    for tier in tiers:
        documents = [build_overview(side, standings, language, tier) for language in dict.fromkeys(languages)]
        pictures = {
            f"overview_{tier}_{block.name}_{document.language}.svg": block.svg.encode("utf-8")
            for document in documents
            for chapter in document.chapters
            for block in chapter.blocks
            if isinstance(block, Figure)
        }
        told = json.dumps(figures_of(side), ensure_ascii=False, indent=1) + "\n"
        machine = {f"overview_{tier}.json": told.encode("utf-8"), **pictures}
        written += write_documents(documents, f"overview_{tier}", out, formats, machine)
    return written


def figures_of(side: SideBySide) -> dict[str, Any]:
    """Return every figure of an overview as plain objects: sectors with their figures, and all of them together."""
    return {
        "schema": "corrtest/overview/1",
        "direction": "treated/control",
        "simulated": side.simulated,
        "withheld": side.withheld,
        "without_figures": list(side.without),
        "sectors": [
            {**_comparable(Comparable.of(each)), "sector": each.study.get("sector"), "cells": _cells(each)}
            for each in side.shown
        ],
        "together": [
            {
                **_comparable(total.of),
                "criterion": total.releases[0].criterion,
                "sectors": total.sectors,
                "every": total.every,
                "cells": [
                    {
                        "outcome": cell.outcome,
                        "pairs": cell.pairs,
                        "counts": None if cell.counts is None else cell.counts.as_dict(),
                    }
                    for cell in total.releases
                ],
            }
            for total in side.together
        ],
        "asked": [
            {
                "sector": each.study.get("sector"),
                "instrument": each.instrument,
                "wave": each.study.get("wave"),
                "answers": each.counts["answers"],
                "figures": [figure.public() for figure in each.figures],
            }
            for each in side.asked
        ],
    }


def _comparable(of: Comparable) -> dict[str, Any]:
    return {"instrument": of.instrument, "profile": of.profile, "wave": of.wave, "design": of.design}


def _cells(releases: ReleaseSet) -> list[dict[str, Any]]:
    return [
        {
            "criterion": cell.criterion,
            "outcome": cell.outcome,
            "pairs": cell.pairs,
            "counts": None if cell.counts is None else cell.counts.as_dict(),
        }
        for cell in releases
        if cell.joint_committee is None and cell.level is None and not any(cell.extra.values())
    ]


def _summary(words: Catalogue, side: SideBySide, standings: Sequence[Standing]) -> Chapter:
    studies = [*(each.study for each in side.shown), *(each.study for each in side.asked)]
    sectors = {str(study.get("sector")) for study in studies}
    lead = words.text(
        "{shown} of {count} sectors stand here with their results, in alphabetical order. There is no ranking.",
        shown=words.number(len(sectors), 0),
        count=words.number(len(sectors | set(side.without) | {each.sector for each in standings}), 0),
    )
    items = [
        words.text(
            "Only what can be compared stands in one table: the same instrument, profile and measurement, with the "
            "same reactions counted as positive."
        ),
        words.text(
            "Sectors differ in occupations, vacancies and tightness of their labour market; a "
            "difference in ratio is not by itself a difference in behaviour."
        ),
    ]
    if side.without:
        items.append(
            words.text(
                "A sector without figures has not finished, has a result too small to show, keeps its results to "
                "itself, or stands without figures to protect those that do. Which of these is not said."
            )
        )
    if side.withheld:
        items.append(
            words.text_n(
                "{count} sector keeps its results to itself.",
                "{count} sectors keep their results to themselves.",
                side.withheld,
            )
        )
    return Chapter(
        name="summary",
        title=words.text("How to read this"),
        blocks=(Paragraph(text=lead, role="lead"), Bullets(items=tuple(items))),
    )


def _number(words: Catalogue, value: int | None) -> Cell:
    return Cell(text="–", muted=True) if value is None else Cell(text=words.number(value, 0), value=value)


def _progress(words: Catalogue, standings: Sequence[Standing]) -> Chapter | None:
    """Return where each study stands: public facts of its plan and its fieldwork, which no result is read for."""
    if not standings:
        return None
    rows = []
    for each in sorted(standings, key=lambda each: (words.name("sector", each.sector), each.wave, each.study)):
        steps = words.text("{done} of {count}", done=each.done, count=each.steps)
        rows.append(
            (
                Cell(text=words.name("sector", each.sector)),
                Cell(text=words.name("instrument", each.instrument)),
                Cell(text=words.name("wave", each.wave)),
                Cell(text=words.name("profile", each.profile) if each.profile else "–"),
                Cell(text=steps, value=each.done) if each.steps else _number(words, None),
                *(_number(words, each.total(name)) for name in ("wanted", "planned", "sent", "complete")),
                _number(words, each.short),
            )
        )
    headers = (words.text("Sector"), words.text("Instrument"), words.text("Measurement"), words.text("Profile"))
    numbers = (
        words.text("Steps done"),
        words.text("Tests asked for"),
        words.text("Planned"),
        words.text("Sent"),
        words.text("Complete"),
        words.text("Short"),
    )
    table = Table(
        name="progress",
        caption=words.text("Where each study stands"),
        columns=(
            *(Column(header=header) for header in headers),
            *(Column(header=header, numeric=True) for header in numbers),
        ),
        rows=tuple(rows),
        note=words.text(
            "Complete: all is closed. Short: tests that the plan lacks against what the study asks for. A dash: not "
            "known yet. As of {day}.",
            day=words.date(max(each.on for each in standings)),
        ),
    )
    return Chapter(
        name="progress",
        title=words.text("Who stands where"),
        blocks=(table, *_shortfalls(words, standings)),
    )


def _shortfalls(words: Catalogue, standings: Sequence[Standing]) -> tuple[Block, ...]:
    """Return the joint committees and criteria whose plan lacks tests."""
    rows = [
        (
            Cell(text=words.name("sector", each.sector)),
            Cell(text=words.committee(stratum.joint_committee)),
            Cell(text=words.name("criterion", stratum.criterion)),
            _number(words, stratum.wanted),
            _number(words, stratum.planned),
        )
        for each in sorted(standings, key=lambda each: (words.name("sector", each.sector), each.study))
        for stratum in each.strata
        if stratum.planned is not None and stratum.planned < stratum.wanted
    ]
    if not rows:
        return ()
    texts = (words.text("Sector"), words.text("Joint committee"), words.text("Criterion"))
    numbers = (words.text("Tests asked for"), words.text("Planned"))
    return (
        Table(
            name="shortfalls",
            caption=words.text("Where a plan lacks tests"),
            columns=(
                *(Column(header=header) for header in texts),
                *(Column(header=header, numeric=True) for header in numbers),
            ),
            rows=tuple(rows),
        ),
    )


def _progress_in_all(words: Catalogue, standings: Sequence[Standing]) -> Chapter | None:
    """Return how many studies there are by instrument, and their tests together."""
    if not standings:
        return None
    by: dict[str, list[Standing]] = {}
    for each in standings:
        by.setdefault(each.instrument, []).append(each)
    rows = []
    for instrument, found in sorted(by.items()):
        totals: Mapping[str, int] = {
            name: sum(each.total(name) or 0 for each in found) for name in ("wanted", "sent", "complete")
        }
        rows.append(
            (
                Cell(text=words.name("instrument", instrument)),
                _number(words, len({each.sector for each in found})),
                *(_number(words, total) for total in totals.values()),
            )
        )
    numbers = (words.text("Sectors"), words.text("Tests asked for"), words.text("Sent"), words.text("Complete"))
    table = Table(
        name="progress",
        caption=words.text("How far the sectors are, all together"),
        columns=(
            Column(header=words.text("Instrument")),
            *(Column(header=header, numeric=True) for header in numbers),
        ),
        rows=tuple(rows),
    )
    return Chapter(name="progress", title=words.text("Who stands where"), blocks=(table,))


def _apart(words: Catalogue, views: Sequence[View]) -> Chapter:
    """Return why some measurements do not stand in one table."""
    found = list(dict.fromkeys(Comparable.of(view.releases) for view in views))
    items = []
    for name, text in (
        ("instrument", words.text("Instruments measure different things: their figures are not set in one table.")),
        ("profile", words.text("Measurements of different profiles differ in grounds, channels or method.")),
        ("wave", words.text("A baseline and a follow-up are compared with corrtest compare, sector by sector.")),
        ("design", words.text("Pairs, single applications and answers are counted in different ways.")),
        ("outcomes", words.text("Studies count different reactions as positive.")),
    ):
        if len({getattr(each, name) for each in found}) > 1:
            items.append(text)
    block: Block = (
        Bullets(items=tuple(items))
        if items
        else Paragraph(text=words.text("All results here can be compared with each other."))
    )
    return Chapter(name="comparable", title=words.text("What is not comparable"), blocks=(block,))
