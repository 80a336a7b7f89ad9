"""The report on a survey or a risk analysis, from what passed the gate alone; its texts are data."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from corrtest.analysis import LABELS
from corrtest.disclosure import QuestionnaireRelease, questionnaire_to_json
from corrtest.errors import ReportError, nearest
from corrtest.language import say
from corrtest.pages import (
    Block,
    Bullets,
    Callout,
    Catalogue,
    Cell,
    Chapter,
    Column,
    Document,
    Heading,
    HeatCell,
    Paragraph,
    Table,
    catalogue,
    heat_svg,
    write_documents,
)
from corrtest.pages import Figure as Drawing
from corrtest.questionnaires import (
    MEASURED_FROM,
    SCALES,
    Figure,
    committee_number,
    measured_by,
    questionnaire_texts,
    ranked,
    recruitment_scores,
)
from corrtest.report.overrides import override_notes
from corrtest.report.writing import check_report_formats

__all__ = ["questionnaire_document", "write_questionnaire_report"]

_LANGUAGES = ("nl", "fr", "en")
# Where the bands of the heat map begin; from the third on a risk is one to measure.
_BANDS = (1, 10, math.ceil(MEASURED_FROM), 40, 60)


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(files("corrtest.report").joinpath("questionnaires.toml").read_text(encoding="utf-8"))


def write_questionnaire_report(
    released: QuestionnaireRelease,
    out: str | Path,
    languages: Sequence[str] = ("nl",),
    formats: Sequence[str] = ("html",),
) -> list[Path]:
    """Write the report in each language and format; return the files."""
    check_report_formats(formats)
    documents = [questionnaire_document(released, each) for each in dict.fromkeys(languages)]
    machine = {"report.json": questionnaire_to_json(released).encode("utf-8")} if "json" in formats else {}
    return write_documents(documents, "report", out, [name for name in formats if name != "json"], machine)


def questionnaire_document(released: QuestionnaireRelease, language: str) -> Document:
    """Return the report in Dutch, French or English.

    Raises
    ------
    ReportError
        It is not written in that language.
    """
    told = _told(released, language)
    chapters: dict[str, Sequence[Block]] = {
        "summary": [
            *override_notes(told.words, [released]),
            *(Paragraph(text=text, role="finding") for text in told.summary()),
        ],
        "method": [Paragraph(text=text) for text in told.method()],
        "results": told.results(),
        "limits": [Bullets(items=told.list_of("limits"))],
        "action": [*told.measure(), Bullets(items=told.list_of("action"))],
    }
    sector = told.words.name("sector", str(released.study.get("sector", "")))
    return Document(
        language=language,
        title=told.said(_texts()["title"][released.instrument], sector=sector),
        subtitle=str(released.study.get("name", "")),
        simulated=told.word("simulated") if released.simulated else "",
        contents_title=told.word("contents"),
        chapters=tuple(
            Chapter(name=name, title=told.word(name), blocks=tuple(blocks)) for name, blocks in chapters.items()
        ),
        footer=told.words.text("Made by corrtest from figures that passed disclosure control."),
    )


def leading(released: QuestionnaireRelease, language: str, count: int) -> list[tuple[str, Figure]]:
    """Return the statements of a survey with the highest shares, or the risks with the highest scores, in words."""
    told = _told(released, language)
    if isinstance(told, _Survey):
        shares = sorted(told.worries(), key=lambda figure: (-figure.value, figure.item))
        return [(told.short(figure.item), figure) for figure in shares[:count]]
    return [(told.risk(figure.item), figure) for figure in ranked(released.figures)[:count]]


def _told(released: QuestionnaireRelease, language: str) -> _Survey | _Risks:
    """Return a release in one language, which must be one in which questionnaires are written."""
    if language not in _LANGUAGES:
        raise ReportError(
            say(
                "There is no report on a questionnaire in language '{language}'. {nearest}",
                language=language,
                nearest=nearest(language, _LANGUAGES),
            )
        )
    return _Survey(released, language) if released.instrument == "survey" else _Risks(released, language)


class _Told:
    """What both kinds of report share."""

    def __init__(self, released: QuestionnaireRelease, language: str) -> None:
        self.released, self.language = released, language
        self.words: Catalogue = catalogue(language).with_labels(LABELS).with_labels(released.study.get("labels", {}))
        self.texts = _texts()[released.instrument]
        self.level = self.words.percent(released.confidence_level, 0)

    def said(self, text: Mapping[str, str], **facts: object) -> str:
        return text[self.language].format(**facts)

    def word(self, name: str, **facts: object) -> str:
        return self.said(_texts()["words"][name], **facts)

    def list_of(self, name: str) -> tuple[str, ...]:
        return tuple(self.said(text) for text in _texts()[f"{self.released.instrument}_{name}"])

    def figures(self, kind: str, margin: str = "all") -> list[Figure]:
        return [each for each in self.released.figures if (each.kind, each.margin) == (kind, margin)]

    def parts(self, kind: str, margin: str) -> list[Figure]:
        """Return the figures of a margin; none where it has one group, which is the whole sector."""
        found = self.figures(kind, margin)
        return found if len({figure.group for figure in found}) > 1 else []

    def table(self, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
        return Table(
            name=name,
            caption=self.word(name),
            columns=tuple(Column(header=head, numeric=place > 0) for place, head in enumerate(heads)),
            rows=tuple(tuple(Cell(text=cell) for cell in row) for row in rows),
        )

    def hidden(self) -> list[Block]:
        count = len(self.released.hidden)
        return [Callout(kind="hidden", text=self.word("hidden", count=count))] if count else []

    def measure(self) -> list[Block]:
        """Return what the measurement should take, where the instrument says so."""
        return []


class _Survey(_Told):
    """A survey in one language."""

    def short(self, item: str) -> str:
        """Return the words that head an item's row."""
        asked = questionnaire_texts("survey")["item"][self.released.counts["of"]]
        for each in asked:
            if each["name"] == item:
                return str(each["short"][self.language])
            if each.get("by_ground") and item.startswith(f"{each['name']}_"):
                ground = self.words.name("criterion", item.removeprefix(f"{each['name']}_"))
                return str(each["short"][self.language]).format(ground=ground)
        return item

    def percent(self, value: float | None) -> str:
        return "–" if value is None else self.words.percent(value, 1)

    def points(self, difference: float | None) -> str:
        """Return a difference of shares in percentage points."""
        return "–" if difference is None else self.words.number(100 * difference, 1)

    def bounds(self, figure: Figure) -> dict[str, str]:
        return {"lower": self.percent(figure.lower), "upper": self.percent(figure.upper)}

    def worries(self) -> list[Figure]:
        """Return the shares of the statements to which a yes points to unequal chances."""
        asked = questionnaire_texts("survey")["item"][self.released.counts["of"]]
        good = {each["name"] for each in asked if each.get("good")}
        return [figure for figure in self.figures("share") if figure.item not in good]

    def summary(self) -> list[str]:
        told = []
        shares = self.worries()
        if shares:
            top = max(shares, key=lambda figure: figure.value)
            told.append(
                self.said(
                    self.texts["summary"],
                    answers=self.released.counts["answers"],
                    top=self.short(top.item),
                    share=self.percent(top.value),
                    **self.bounds(top),
                )
            )
        return told + self.experiments()

    def experiments(self) -> list[str]:
        told, known = [], questionnaire_texts("survey")
        differences = {figure.item: figure for figure in self.figures("difference")}
        arms = {figure.group: figure for figure in self.figures("share", "arm")}
        if found := differences.get("list"):
            short = known["list"][self.released.counts["of"]]["short"][self.language]
            told.append(
                self.said(self.texts["list"], share=self.percent(found.value), short=short, **self.bounds(found))
            )
        if (found := differences.get("vignette")) and len(arms) == len(("control", "treated")):
            told.append(
                self.said(
                    self.texts["vignette"],
                    short=known["vignette"]["short"][self.language],
                    difference=self.points(found.value),
                    **{arm: self.percent(figure.value) for arm, figure in arms.items()},
                    lower=self.points(found.lower),
                    upper=self.points(found.upper),
                )
            )
        return told

    def method(self) -> list[str]:
        counts = self.released.counts
        told = [self.said(self.texts["weighted" if counts["weighted"] else "unweighted"], **counts)]
        return [*told, self.said(self.texts["poststratified"])] if counts["poststratified"] else told

    def results(self) -> list[Block]:
        heads = [self.word("answers"), self.word("share"), self.word("interval", level=self.level)]
        whole = [[self.short(each.item), *self.cells(each)] for each in self.figures("share")]
        parts = [
            [self.short(each.item), self.group(each), *self.cells(each)]
            for margin in ("committee", "size")
            for each in self.parts("share", margin)
        ]
        blocks: list[Block] = [self.table("in_all", [self.word("question"), *heads], whole)]
        if parts:
            blocks.append(self.table("by_group", [self.word("question"), self.word("group"), *heads], parts))
        if told := self.experiments():
            blocks += [Heading(text=self.word("experiments")), *(Paragraph(text=text) for text in told)]
        return [*blocks, *self.hidden()]

    def cells(self, figure: Figure) -> list[str]:
        between = f"{self.percent(figure.lower)} – {self.percent(figure.upper)}"
        return [str(figure.answers), self.percent(figure.value), between]

    def group(self, figure: Figure) -> str:
        if figure.margin == "committee":
            return committee_number(figure.group)
        size = questionnaire_texts("survey")["choices"]["size"].get(figure.group, {self.language: figure.group})
        return self.word("workers", size=size[self.language])


class _Risks(_Told):
    """A risk analysis in one language."""

    def risk(self, item: str) -> str:
        """Return a risk as its area and ground."""
        area, ground = item.split(".")
        return f"{self.area(area)}: {self.words.name('criterion', ground)}"

    def area(self, area: str) -> str:
        return str(questionnaire_texts("risk")["area"][area][self.language])

    def summary(self) -> list[str]:
        scores = ranked(self.released.figures)
        return [
            self.said(
                self.texts["summary"],
                answers=self.released.counts["answers"],
                risks=len(scores),
                top=self.risk(scores[0].item),
                score=self.words.number(scores[0].value, 0),
            )
        ]

    def method(self) -> list[str]:
        alpha, told = self.released.counts["alpha"], [self.said(self.texts["method"])]
        if alpha is not None:
            told.append(self.said(self.texts["alpha"], alpha=self.words.number(alpha, 2)))
        return told

    def results(self) -> list[Block]:
        scores = ranked(self.released.figures)
        more = {(each.item, each.kind): each for each in self.released.figures if each.margin == "all"}
        kinds = (*SCALES, "agreement")
        heads = [self.word(name) for name in ("risk", "answers", "score")]
        heads += [self.word("interval", level=self.level), *(self.word(kind) for kind in kinds)]
        rows = [
            [
                self.risk(each.item),
                str(each.answers),
                self.words.number(each.value, 0),
                self.between(each),
                *(self.value(more.get((each.item, kind)), 1) for kind in kinds),
            ]
            for each in scores
        ]
        grounds = [criterion["name"] for criterion in self.released.study["criteria"]]
        areas = list(dict.fromkeys(each.item.split(".")[0] for each in self.released.figures))
        found = [(self.area(area), [more.get((f"{area}.{ground}", "score")) for ground in grounds]) for area in areas]
        heat = [[area, *(self.value(figure, 0) for figure in own)] for area, own in found]
        named = [self.words.name("criterion", ground) for ground in grounds]
        own = self.parts("score", "committee")
        by_committee = [
            [self.risk(each.item), committee_number(each.group), str(each.answers), self.words.number(each.value, 0)]
            for each in own
        ]
        blocks: list[Block] = [
            self.table("ranking", heads, rows),
            self.picture(named, found),
            self.table("heat", [self.word("area"), *named], heat),
        ]
        if by_committee:
            heads = [self.word(name) for name in ("risk", "group", "answers", "score")]
            blocks.append(self.table("by_committee", heads, by_committee))
        return [*blocks, *self.hidden()]

    def picture(self, grounds: Sequence[str], found: Sequence[tuple[str, Sequence[Figure | None]]]) -> Drawing:
        """Return the heat map: a row for each area, a column for each ground, the score in each cell."""
        badge = f"{self.word('badge')} " if self.released.simulated else ""
        caption = self.word("heat_picture")
        spoken = " ".join(
            f"{area}: "
            + "; ".join(f"{ground} {self.value(figure, 0)}" for ground, figure in zip(grounds, figures, strict=True))
            + "."
            for area, figures in found
        )
        cells = [
            (
                area,
                [
                    HeatCell(text=self.value(figure, 0), value=None if figure is None else figure.value)
                    for figure in figures
                ],
            )
            for area, figures in found
        ]
        ends = [*(f"{low}–{high - 1}" for low, high in pairwise(_BANDS)), f"{_BANDS[-1]}–100"]
        drawn = heat_svg(
            grounds, cells, list(zip(_BANDS, ends, strict=True)), (badge + caption, badge + spoken, "heat-picture")
        )
        return Drawing(name="heat-picture", svg=drawn, caption=caption, alternative=badge + spoken)

    def measure(self) -> list[Block]:
        if not recruitment_scores(self.released.figures):
            return []
        taken = measured_by(self.released.figures, self.released.study)
        named = {
            committee: ", ".join(self.words.name("criterion", ground) for ground in grounds)
            for committee, grounds in taken.items()
            if grounds
        }
        parts = (
            [self.said(self.texts["measure_everywhere"], grounds=next(iter(named.values())))]
            if len(named) == len(taken) and len(set(named.values())) == 1
            else [
                self.said(self.texts["measure_in"], committee=committee, grounds=grounds)
                for committee, grounds in named.items()
            ]
        )
        facts = {"least": math.ceil(MEASURED_FROM), "sector": self.released.study.get("sector", "")}
        return [
            Paragraph(text=self.said(self.texts["measure"], **facts), role="lead"),
            Bullets(items=tuple(parts)),
            Paragraph(text=self.said(self.texts["start"], **facts)),
        ]

    def between(self, figure: Figure) -> str:
        if figure.lower is None or figure.upper is None:
            return "–"
        return f"{self.words.number(figure.lower, 0)} – {self.words.number(figure.upper, 0)}"

    def value(self, figure: Figure | None, decimals: int) -> str:
        return self.word("none") if figure is None else self.words.number(figure.value, decimals)
