"""A form as an XLSForm workbook (xlsform.org), the form language of KoboToolbox, ODK and ArcGIS Survey123.

Where a lot decides which block a respondent sees, the draw stands in the answers under the name of the lot. A workbook
is written without pyxform, which the tests use to prove that survey tools can read it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from openpyxl import Workbook

from corrtest.pages import repacked
from corrtest.questionnaires.forms import Block, Form, Lot, Question

__all__ = ["xlsform"]

_TYPES = {"number": "integer", "text": "text", "note": "note"}
_SURVEY = ("type", "name", "required", "relevant", "calculation", "constraint")
# Of a number: nobody is younger or older.
_SENSIBLE = ". >= 10 and . <= 100"


def xlsform(form: Form) -> bytes:
    """Return the workbook: sheets survey, choices and settings. The same form gives the same bytes."""
    labels = [f"label::{name} ({code})" for code, name in form.languages.items()]
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append([*_SURVEY, *labels])
    for row in _survey(form):
        survey.append(row)
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", *labels])
    for name, several in form.choices.items():
        for choice in several:
            choices.append([name, choice.name, *(_plain(choice.label[code]) for code in form.languages)])
    settings = book.create_sheet("settings")
    first, spoken = next(iter(form.languages.items()))
    settings.append(["form_title", "form_id", "default_language"])
    settings.append([_plain(form.title[first]), form.name, f"{spoken} ({first})"])
    book.properties.creator = "corrtest"
    buffer = io.BytesIO()
    book.save(buffer)
    return repacked(buffer.getvalue())


def _survey(form: Form) -> Iterator[list[str]]:
    yield _row("note", "introduction", labels=[form.introduction[code] for code in form.languages])
    for part in form.parts:
        if isinstance(part, Block):
            yield from _block(part, form, "")
            continue
        drawn = f"once(int(random() * {len(part.blocks)}) + 1)"
        yield [*_cells("calculate", part.name, calculation=drawn), *[""] * len(form.languages)]
        for number, block in enumerate(part.blocks, start=1):
            yield from _block(block, form, _is_drawn(part, number))


def _is_drawn(lot: Lot, number: int) -> str:
    return f"${{{lot.name}}} = {number}"


def _block(block: Block, form: Form, relevant: str) -> Iterator[list[str]]:
    titles = [block.title.get(code, "") for code in form.languages]
    yield _row("begin_group", block.name, relevant=relevant, labels=titles)
    yield from (_question(question, form) for question in block.questions)
    yield [*_cells("end_group", block.name), *[""] * len(form.languages)]


def _question(question: Question, form: Form) -> list[str]:
    kind = f"select_one {question.choices}" if question.kind == "choice" else _TYPES[question.kind]
    return _row(
        kind,
        question.name,
        required="" if question.kind == "note" else "no",
        constraint=_SENSIBLE if question.kind == "number" else "",
        labels=[question.label[code] for code in form.languages],
    )


def _row(kind: str, name: str, *, labels: list[str], **more: str) -> list[str]:
    return [*_cells(kind, name, **more), *map(_plain, labels)]


def _cells(kind: str, name: str, **more: str) -> list[str]:
    return [kind, name, *(more.get(column, "") for column in _SURVEY[2:])]


def _plain(text: str) -> str:
    """Return a text in which a survey tool sees no reference to another question, and a workbook no formula."""
    return text.replace("${", "$ {").lstrip("=+@-")
