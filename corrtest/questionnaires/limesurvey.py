"""A form as LimeSurvey's tab-separated survey structure (.txt), which its "Import a survey" reads.

The columns and classes of rows (S setting, SL text of a language, G group, Q question, A answer) are those of
LimeSurvey 6 (application/helpers/admin/import_helper.php, `TSVImportSurvey`). Codes of questions hold no underscore
there and codes of answers at most five signs, so that answers are numbered A1, A2, …; `read_form_answers` reads both.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from corrtest.questionnaires.forms import Block, Form, Lot, Question

__all__ = ["answer_code", "limesurvey", "question_code"]

_COLUMNS = (
    *("id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation"),
    *("mandatory", "encrypted", "other", "default", "same_default", "same_script"),
)
_TYPES = {"choice": "L", "number": "N", "text": "S", "note": "X"}


def question_code(name: str) -> str:
    """Return the code of a question: letters and digits only."""
    return "".join(sign for sign in name if sign.isalnum())


def answer_code(place: int) -> str:
    """Return the code of the answer in this place, from 1 on."""
    return f"A{place}"


def limesurvey(form: Form) -> bytes:
    """Return the structure, every language after the other, the leading one first."""
    first, *others = form.languages
    settings = {
        "language": first,
        "additional_languages": " ".join(others),
        "format": "G",
        "anonymized": "Y",
        "ipaddr": "N",
        "refurl": "N",
        "datestamp": "N",
    }
    rows = [_row("S", name=name, text=text) for name, text in settings.items() if text]
    for code in form.languages:
        rows.append(_row("SL", name="surveyls_title", text=form.title[code], language=code))
        rows.append(_row("SL", name="surveyls_welcometext", text=form.introduction[code], language=code))
    for code in form.languages:
        rows += _content(form, code)
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(rows)
    return ("\ufeff" + buffer.getvalue()).encode()


def _content(form: Form, language: str) -> Iterator[list[str]]:
    group = 0
    if form.lots:
        group += 1
        yield _row("G", kind=str(group), name=form.title[language], language=language)
        for lot in form.lots:
            code = question_code(lot.name)
            drawn = f"{{if(is_empty({code}.NAOK), rand(1, {len(lot.blocks)}), {code}.NAOK)}}"
            yield _row("Q", kind="*", name=code, relevance="1", text=drawn, language=language, mandatory="N", other="N")
    for part in form.parts:
        shown = (
            [(block, f"{question_code(part.name)}.NAOK == {number}") for number, block in enumerate(part.blocks, 1)]
            if isinstance(part, Lot)
            else [(part, "1")]
        )
        for block, relevance in shown:
            group += 1
            yield from _block(block, form, language, group, relevance)


def _block(block: Block, form: Form, language: str, group: int, relevance: str) -> Iterator[list[str]]:
    title = block.title.get(language) or form.title[language]
    yield _row("G", kind=str(group), name=title, relevance=relevance, language=language)
    for question in block.questions:
        yield from _question(question, form, language)


def _question(question: Question, form: Form, language: str) -> Iterator[list[str]]:
    yield _row(
        "Q",
        kind=_TYPES[question.kind],
        name=question_code(question.name),
        relevance="1",
        text=question.label[language],
        language=language,
        mandatory="N",
        other="N",
    )
    choices = form.choices[question.choices] if question.kind == "choice" else ()
    for place, choice in enumerate(choices, start=1):
        yield _row("A", kind="0", name=answer_code(place), text=choice.label[language], language=language)


def _row(of: str, *, kind: str = "", **cells: str) -> list[str]:
    given = {"class": of, "type/scale": kind, **{name: " ".join(text.split()) for name, text in cells.items()}}
    return [given.get(column, "") for column in _COLUMNS]
