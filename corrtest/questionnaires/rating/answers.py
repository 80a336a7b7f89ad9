"""The answers of raters: from the table that a survey tool exports to one row an answer."""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import Path

import pandas as pd

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.questionnaires.rating.texts import ASKED, NUMBERS, texts
from corrtest.spec import read_table, sheet_row

__all__ = ["read_ratings"]

_QUESTIONS = tuple(dict.fromkeys(name for asked in ASKED.values() for name in asked))
# KoboToolbox writes block_3/i0012_origin, ODK Central block_3-i0012_origin, others the name alone.
_COLUMN = re.compile(rf"(?:^|.*[/\-.:])(i\d{{4,}})_({'|'.join(_QUESTIONS)})$")
_YOUNGEST, _OLDEST = 10, 100
# So many faults of one kind tell enough.
_SHOWN = 5


def read_ratings(path: str | Path, items: pd.DataFrame) -> pd.DataFrame:
    """Return the answers: one row an answer, columns rater, item, question, answer.

    The table has a row a rater and a column a question, as survey tools export the form; what a rater was not shown is
    empty. Choices may be exported by name or by label. Columns that are no question of the form are left alone.

    Parameters
    ----------
    items : DataFrame
        What was asked, as `read_items` gives it.

    Raises
    ------
    InputError
        No column is a question, one asks of an item that is not among the items, or an answer is none of the choices.
    """
    table = read_table(path)
    file = str(table.attrs.get("file", path))
    known = set(items["item"])
    columns = {name: found.groups() for name in table.columns if (found := _COLUMN.match(str(name)))}
    if not columns:
        raise InputError(
            say("{file} holds no answers to the rating questionnaire.", file=file),
            [
                Fault(
                    file=file,
                    row=1,
                    expected=say("columns such as i0001_origin, one a question"),
                    action=say("Export the answers with the names of the questions as headers."),
                )
            ],
        )
    faults = [
        Fault(
            file=file,
            row=1,
            column=str(name),
            given=item,
            expected=say("an item of this questionnaire"),
            action=say("Take the items.csv that was made together with the form."),
        )
        for name, (item, _) in columns.items()
        if item not in known
    ]
    by_label = {question: _by_label(question) for question in _QUESTIONS}
    levels = set(items.loc[items["kind"] == "sentence", "stands_for"])
    allowed = {
        question: {*texts()["choices"].get(question, ()), *(levels if question == "meaning" else ())}
        for question in _QUESTIONS
    }
    answers = []
    for name, (item, question) in columns.items():
        given = table[name].astype(str).str.strip()
        for row, text in given[given != ""].items():
            answer = by_label[question].get(text.casefold(), text)
            if not _possible(question, answer, allowed[question]):
                faults.append(_wrong(file, int(str(row)), str(name), text, question))
            answers.append((str(row), item, question, answer))
    if faults:
        more = len(faults) - _SHOWN
        rest = say(" And {count} more.", count=more) if more > 0 else ""
        raise InputError(say("{file} holds answers that cannot be used.", file=file) + rest, faults[:_SHOWN])
    return pd.DataFrame(answers, columns=["rater", "item", "question", "answer"])


def _by_label(question: str) -> dict[str, str]:
    choices = texts()["choices"].get(question, {})
    return {label.casefold(): name for name, labels in choices.items() for label in labels.values()}


def _possible(question: str, answer: str, allowed: Set[str]) -> bool:
    if question == "age":
        return bool(re.fullmatch(r"\d{1,3}(?:\.0)?", answer)) and _YOUNGEST <= float(answer) <= _OLDEST
    return (answer.removesuffix(".0") if question in NUMBERS else answer) in allowed


def _wrong(file: str, row: int, column: str, given: str, question: str) -> Fault:
    expected = (
        say("a whole number from {low} to {high}", low=_YOUNGEST, high=_OLDEST)
        if question == "age"
        else say("one of: {words}", words=", ".join(texts()["choices"][question]))
    )
    return Fault(
        file=file,
        row=sheet_row(row),
        column=column,
        given=repr(given),
        expected=expected,
        action=say("Correct the cell, or empty it."),
    )
