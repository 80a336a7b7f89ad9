"""The surveys and risk analyses in the overview: of each sector what was said most, never summed over sectors."""

from __future__ import annotations

from collections.abc import Sequence

from corrtest.disclosure import QuestionnaireRelease, SideBySide
from corrtest.pages import Block, Catalogue, Cell, Chapter, Column, Paragraph, Table
from corrtest.report.questionnaires import leading

_COUNT = 3


def asked_chapters(side: SideBySide, words: Catalogue) -> tuple[Chapter, ...]:
    """Return one chapter on what was asked, none where nothing was."""
    if not side.asked:
        return ()
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "A survey says what people tell, a risk analysis how those who know the sector judge it. Neither "
                "measures what an employer does with an application, and sectors are not compared by them."
            )
        )
    ]
    for instrument, score in (("survey", words.text("Share of yes")), ("risk_analysis", words.text("Score (1-100)"))):
        own = [each for each in side.asked if each.instrument == instrument]
        own.sort(key=lambda each: words.name("sector", str(each.study.get("sector"))))
        if own:
            blocks.append(_table(instrument, score, own, words))
    return (Chapter(name="asked", title=words.text("What surveys and risk analyses say"), blocks=tuple(blocks)),)


def _table(instrument: str, score: str, asked: Sequence[QuestionnaireRelease], words: Catalogue) -> Table:
    share = instrument == "survey"
    rows = []
    for each in asked:
        for label, figure in leading(each, words.language, _COUNT):
            value = words.percent(figure.value, 1) if share else words.number(figure.value, 0)
            if share and figure.lower is not None and figure.upper is not None:
                lower, upper = words.percent(figure.lower, 1), words.percent(figure.upper, 1)
                value = f"{value} ({words.text('{lower} to {upper}', lower=lower, upper=upper)})"
            rows.append(
                (
                    Cell(text=words.name("sector", str(each.study.get("sector")))),
                    Cell(text=label),
                    Cell(text=words.number(figure.answers, 0), value=figure.answers),
                    Cell(text=value, value=figure.value),
                )
            )
    caption = words.text("Surveys: what was said yes to most") if share else words.text("Risk analyses: highest risks")
    return Table(
        name=f"asked-{instrument}",
        caption=caption,
        columns=(
            Column(header=words.text("Sector")),
            Column(header=words.text("Statement") if share else words.text("Risk")),
            Column(header=words.text("Answers"), numeric=True),
            Column(header=score, numeric=True),
        ),
        rows=tuple(rows),
    )
