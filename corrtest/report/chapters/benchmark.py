"""Chapter 8: the sector beside what has been published, for Belgium where there is something."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from corrtest.pages import Block, Cell, Chapter, Column, Paragraph, Table
from corrtest.report.tables import direction_note, number_cell, ratio_text
from corrtest.report.view import View
from corrtest.spec import belgian_experiments


def benchmark(view: View) -> Chapter:
    """Return the published ratios beside the sector's own."""
    words = view.words
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "Published measurements differ in year, region, occupations, signal and what counts as positive. "
                "They show what is usual, not a norm: a ratio near the published one is no reason to sit back."
            )
        )
    ]
    tables = [table for criterion in view.criteria if (table := _table(view, criterion)) is not None]
    if not tables:
        blocks.append(Paragraph(text=words.text("No published comparison was found for these criteria.")))
    return Chapter(name="benchmark", title=words.text("Beside the literature"), blocks=(*blocks, *tables))


@cache
def _published() -> dict[str, Any]:
    text = resources.files("corrtest.report").joinpath("benchmark.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _table(view: View, criterion: str | None) -> Table | None:
    words, published = view.words, _published()
    rows = []
    for pooled in published["pooled"]:
        if pooled["criterion"] == criterion:
            interval = words.interval(pooled["lower"], pooled["upper"])
            rows.append(
                (
                    Cell(text=words.text("Pooled: {population}", population=pooled[f"population_{words.language}"])),
                    Cell(text="–"),
                    Cell(text="–"),
                    Cell(text=f"{words.number(pooled['ratio'])} ({interval})", value=pooled["ratio"]),
                    Cell(text=pooled[f"source_{words.language}"]),
                )
            )
    wanted = published["register"].get(criterion)
    if wanted:
        table = belgian_experiments()
        table = table[table["criterion"] == wanted["ground"]]
        if "treated" in wanted:
            table = table[table["treated"] == wanted["treated"]]
        for row in table.to_dict("records"):
            kind = "strict" if row["outcome"] == "stricto" else "broad"
            doi = f" doi:{row['doi']}" if row["doi"] else ""
            rows.append(
                (
                    Cell(text=f"{row['study']}: {row['treated']} ({words.name('outcome_short', kind)})"),
                    number_cell(view, int(row["tested_treated"])),
                    number_cell(view, int(row["positive_treated"])),
                    Cell(text=words.number(row["ratio"]), value=float(row["ratio"])),
                    Cell(text=words.text("Register of Lippens, Vermeiren and Baert (2023).") + doi),
                )
            )
    if not rows:
        return None
    own = [
        (
            Cell(text=words.text("This study: {result}", result=view.label(release))),
            number_cell(view, release.arms[1].applications if release.arms else None),
            number_cell(view, release.arms[1].positives if release.arms else None),
            Cell(text=ratio_text(view, release)),
            Cell(text=words.name("outcome", release.outcome)),
        )
        for release in view.headline(criterion, view.main_outcome)
    ]
    return Table(
        name=f"benchmark-{criterion}",
        caption=words.text("{criterion}: published ratios", criterion=words.title("criterion", criterion)),
        columns=(
            Column(header=words.text("Measurement")),
            Column(header=words.text("Treated candidates"), numeric=True),
            Column(header=words.text("… with a positive reaction"), numeric=True),
            Column(header=words.text("Ratio (interval)"), numeric=True),
            Column(header=words.text("Source")),
        ),
        rows=(*own, *rows),
        note=direction_note(view)
        + " "
        + words.text(
            "Belgian experiments, as listed in the register; the treated group keeps the register's own name."
        ),
    )
