"""Chapter 8: the sector beside what has been published, for Belgium where there is something."""

from __future__ import annotations

from corrtest.pages import Block, Cell, Chapter, Column, Paragraph, Table
from corrtest.report.tables import direction_note, number_cell, ratio_text
from corrtest.report.view import View
from corrtest.spec import SHIPPED, belgian_experiments, written_label


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


def _table(view: View, criterion: str | None) -> Table | None:
    words = view.words
    known = SHIPPED.criteria.get(criterion or "")
    if known is None:
        return None
    rows = []
    for pooled in known.pooled:
        interval = words.interval(pooled.lower, pooled.upper)
        population = written_label(pooled.population, "", words.language)
        rows.append(
            (
                Cell(text=words.text("Pooled: {population}", population=population)),
                Cell(text="–"),
                Cell(text="–"),
                Cell(text=f"{words.number(pooled.ratio)} ({interval})", value=pooled.ratio),
                Cell(text=written_label(pooled.source, "", words.language)),
            )
        )
    if known.ground is not None:
        table = belgian_experiments()
        table = table[table["criterion"] == known.ground]
        if known.treated is not None:
            table = table[table["treated"] == known.treated]
        for row in table.to_dict("records"):
            kind = "strict" if row["outcome"] == "stricto" else "broad"
            group = words.name("tested_group", row["treated"])
            doi = f" doi:{row['doi']}" if row["doi"] else ""
            rows.append(
                (
                    Cell(text=f"{row['study']}: {group} ({words.name('outcome_short', kind)})"),
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
        note=direction_note(view) + " " + words.text("Belgian experiments, as listed in the register."),
    )
