"""Answers to a form, from what a survey tool exports: one row a respondent, a column a question."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from corrtest.errors import Fault, InputError
from corrtest.language import say, say_n
from corrtest.questionnaires.forms import Form, Lot, Question
from corrtest.questionnaires.limesurvey import answer_code, question_code
from corrtest.spec import read_table, sheet_row, simulated_rows

__all__ = ["read_form_answers"]

_SHOWN = 10
# KoboToolbox writes group/question, ODK Central group-question, LimeSurvey "code. Text" where both are asked for.
_GROUP = re.compile(r"^.*[/\-:]")
_HEAD = re.compile(r"^([A-Za-z]\w*)[.\s].*$", flags=re.DOTALL)
_WHOLE = re.compile(r"^(\d+)\.0+$")
_MOST_TEXT = 200


def read_form_answers(path: str | Path, form: Form) -> pd.DataFrame:
    """Return the answers: a column a question and a lot, empty where nothing was answered, and `simulated`.

    Choices may be exported by name, by label in any language of the form, or by LimeSurvey's code. Columns that are no
    question are left alone; a row without any answer is dropped.

    Raises
    ------
    InputError
        No column is a question, or answers are none of the choices: one fault for each such answer, with its rows
        counted.
    """
    table = read_table(path)
    file = str(table.attrs.get("file", path))
    _refuse_shared(table, form, file)
    columns = _columns(table, form)
    questions = {question.name: question for question in form.questions()}
    if not set(columns) & set(questions):
        raise InputError(
            say("{file} holds no answers to the form '{form}'.", file=file, form=form.name),
            [
                Fault(
                    file=file,
                    row=1,
                    expected=say("columns such as {name}, one a question", name=next(iter(questions))),
                    action=say("Export the answers with the names of the questions as headers."),
                )
            ],
        )
    faults: list[Fault] = []
    read = {name: pd.Series("", index=table.index) for name in (*questions, *(lot.name for lot in form.lots))}
    for name, heading in columns.items():
        given = table[heading].astype(str).str.strip().str.replace(_WHOLE, r"\1", regex=True)
        known = _answers_of(questions[name], form) if name in questions else _draws_of(form, name)
        read[name] = given if known is None else given.map(lambda text, known=known: known.get(text.casefold(), ""))
        if known is not None:
            faults += _unknown(given[(given != "") & (read[name] == "")], file, str(heading), known)
        else:
            read[name] = given.str[:_MOST_TEXT]
    if faults:
        more = len(faults) - _SHOWN
        rest = say(" And {count} more.", count=more) if more > 0 else ""
        raise InputError(say("{file} holds answers that cannot be used.", file=file) + rest, faults[:_SHOWN])
    found = pd.DataFrame(read)
    found["simulated"] = simulated_rows(table)
    answered = (found[[*questions]] != "").any(axis=1)
    return found[answered].reset_index(drop=True)


def _refuse_shared(table: pd.DataFrame, form: Form, file: str) -> None:
    """Refuse headings that are the text of several questions: which one a column holds is not known then."""
    times = Counter(label.casefold() for q in form.questions() for label in set(q.label.values()))
    shared = [str(heading) for heading in table.columns if times[str(heading).strip().casefold()] > 1]
    if shared:
        raise InputError(
            say("{file} has headings that several questions share.", file=file),
            [
                Fault(
                    file=file,
                    row=1,
                    given=shared[0],
                    expected=say("the codes of the questions as headings"),
                    action=say("Export again with question codes, or with codes and texts."),
                )
            ],
        )


def _columns(table: pd.DataFrame, form: Form) -> dict[str, object]:
    """Return name → heading for the questions and lots that the table holds."""
    names = {question_code(q.name).casefold(): q.name for q in form.questions()}
    names |= {question_code(lot.name).casefold(): lot.name for lot in form.lots}
    names |= {label.casefold(): q.name for q in form.questions() for label in q.label.values()}
    found: dict[str, object] = {}
    for heading in table.columns:
        text = str(heading).strip()
        bare = _GROUP.sub("", text)
        for candidate in (text, bare, _HEAD.sub(r"\1", text)):
            key = candidate.casefold()
            name = names.get(key) or names.get(question_code(key))
            if name is not None:
                # Blocks of one lot may ask the same question: the last heading does not hide the first.
                found.setdefault(name, heading)
                break
    return found


def _answers_of(question: Question, form: Form) -> dict[str, str] | None:
    """Return what may stand in a cell → the choice's name; None where any text may."""
    if question.kind != "choice":
        return None
    known = {}
    for place, choice in enumerate(form.choices[question.choices], start=1):
        for text in (choice.name, answer_code(place), *choice.label.values()):
            known[text.casefold()] = choice.name
    return known


def _draws_of(form: Form, name: str) -> dict[str, str]:
    lot: Lot = next(lot for lot in form.lots if lot.name == name)
    return {str(number): str(number) for number in range(1, len(lot.blocks) + 1)}


def _unknown(wrong: pd.Series, file: str, heading: str, known: dict[str, str]) -> list[Fault]:
    """Return one fault for each answer that is no choice, with the first of its rows and how many there are."""
    faults = []
    for text, count in Counter(wrong).items():
        first = int(str(wrong.index[wrong == text][0]))
        many = say_n("{count} row", "{count} rows", count)
        faults.append(
            Fault(
                file=file,
                row=sheet_row(first),
                column=heading,
                given=f"{text[:60]!r} ({many})",
                expected=say("one of: {words}", words=", ".join(dict.fromkeys(known.values()))),
                action=say("Correct the cell, or empty it."),
            )
        )
    return faults
