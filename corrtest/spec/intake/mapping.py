"""mapping.toml: what a study says once about the files that come in, written as a proposal that a person changes."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tomlkit
from tomlkit.items import Table

from corrtest.errors import InputError, nearest
from corrtest.language import say, say_n
from corrtest.spec.columns import column_names, needed_columns
from corrtest.spec.intake.answers import WAITS, Question
from corrtest.spec.section import Section, key_lines
from corrtest.spec.toml_text import parse_toml

MAPPING = "mapping.toml"
_ANSWERS = ("committees", "occupations", "channels")
# What may be the same for every vacancy of a file; a number of days where a file says no closing day.
_OPEN_FOR = "open_for_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How the files of a study are read.

    Attributes
    ----------
    columns : mapping of str to tuple of str
        Column → the headers that fill it; the first that a row fills counts.
    fixed : mapping of str to str
        Column → what it is for every vacancy where the file does not say it.
    answers : mapping of str to mapping of str to str
        Part (committees, occupations, channels) → word → what it means.
    open_for_days : int
        How long a vacancy without a closing day is open; 0 where that is not said.
    text : str
        The file as it stands, with its comments.
    """

    columns: AnyMapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: AnyMapping[str, str] = field(default_factory=dict)
    answers: AnyMapping[str, AnyMapping[str, str]] = field(default_factory=dict)
    open_for_days: int = 0
    text: str = ""

    def answers_for(self, part: str) -> AnyMapping[str, str]:
        """Return word → meaning of one part."""
        return self.answers.get(part, {})


def read_mapping(path: Path) -> Mapping:
    """Return the mapping of a study; an empty one where it has none yet.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    if not path.is_file():
        return Mapping()
    text = path.read_text(encoding="utf-8-sig")
    values, faults = parse_toml(path.name, text)
    if values is None:
        raise InputError(say("{file} cannot be read.", file=path.name), faults)
    root = Section(values, path="", file=path.name, lines=key_lines(text), faults=faults)
    columns = _columns(root.table("columns", required=False))
    fixed = root.table("fixed", required=False)
    days = fixed.integer(_OPEN_FOR, low=1, default=0) if _OPEN_FOR in fixed.values else 0
    same = {key: fixed.text(key) for key in fixed.values if key in needed_columns("vacancies")}
    fixed.close()
    answers = {part: _answers(root.table(part, required=False)) for part in _ANSWERS}
    root.close()
    if faults:
        raise InputError(say("{file} cannot be used:", file=path.name), faults)
    return Mapping(columns=columns, fixed=same, answers=answers, open_for_days=days, text=text)


def _columns(table: Section) -> dict[str, tuple[str, ...]]:
    known = column_names("vacancies")
    found = {}
    for key, value in table.values.items():
        if key not in known:
            table.fault(key, given=key, expected=say("a column of the vacancies"), action=nearest(key, known))
        headers = table.words(key, None) if isinstance(value, list) else (table.text(key),)
        found[key] = tuple(header for header in headers if not header.startswith(WAITS))
    table.close()
    return found


def _answers(table: Section) -> dict[str, str]:
    return {word: table.text(word) for word in table.values}


def with_columns(mapping: Mapping, columns: AnyMapping[str, Sequence[str]]) -> str:
    """Return the text of a mapping that names these headers as well."""
    document = _document(mapping)
    table = _table(document, "columns")
    for column, headers in columns.items():
        before = mapping.columns.get(column, ())
        every = [*before, *(header for header in headers if header not in before)]
        if every != list(before):
            table[column] = every[0] if len(every) == 1 else every
    return tomlkit.dumps(document)


def with_questions(mapping: Mapping, questions: Sequence[Question]) -> str:
    """Return the text of a mapping with a line for each question that is not in it yet."""
    document = _document(mapping)
    for question in questions:
        table = _table(document, question.part)
        if question.word in table:
            continue
        line = tomlkit.string(f"{WAITS} {question.proposal}".strip())
        others = ", ".join(name for name in question.candidates if name != question.proposal)
        may_be = say("; may be {words}", words=others) if others else ""
        line.comment(say_n("{count} row", "{count} rows", question.rows) + may_be)
        table.add(question.word, line)
    return tomlkit.dumps(document)


def confirmed(mapping: Mapping) -> str:
    """Return the text of a mapping in which every proposal is taken for right; what has none goes on waiting."""
    document = _document(mapping)
    for part in _ANSWERS:
        table = _table(document, part)
        for word in list(table):
            answer = str(table[word])
            if answer.startswith(WAITS) and (meant := answer.removeprefix(WAITS).strip()):
                line = tomlkit.string(meant)
                line.comment(table[word].trivia.comment.removeprefix("#").strip())
                table[word] = line
    return tomlkit.dumps(document)


def waiting_questions(mapping: Mapping) -> tuple[Question, ...]:
    """Return what a person still has to say, part by part; how many rows hang on it stands in the file alone."""
    return tuple(
        Question(part=part, word=word, rows=0, proposal=answer.removeprefix(WAITS).strip())
        for part in _ANSWERS
        for word, answer in mapping.answers_for(part).items()
        if answer.startswith(WAITS)
    )


def with_answers(mapping: Mapping, answers: AnyMapping[tuple[str, str], str]) -> str:
    """Return the text of a mapping in which each word that waits, by part, has the meaning that a person gave it."""
    document = _document(mapping)
    for question in waiting_questions(mapping):
        meant = answers.get((question.part, question.word), "").strip()
        if meant:
            table = _table(document, question.part)
            line = tomlkit.string(meant)
            line.comment(table[question.word].trivia.comment.removeprefix("#").strip())
            table[question.word] = line
    return tomlkit.dumps(document)


def _document(mapping: Mapping) -> tomlkit.TOMLDocument:
    return tomlkit.parse(mapping.text or _beginning())


def _table(document: tomlkit.TOMLDocument, name: str) -> Table:
    if name not in document:
        document.add(tomlkit.nl())
        document.add(name, tomlkit.table())
    found = document[name]
    assert isinstance(found, Table)
    return found


def _beginning() -> str:
    lines = (
        say("How the files with vacancies are read. corrtest vacancies add writes it; change what is wrong."),
        say("[columns] names your header for each column; of several, the first that a row fills counts."),
        say("[fixed] is what every vacancy has in common where your file does not say it, as in:"),
    )
    after = (
        say("Below, each word of your files that was not clear. Vacancies wait for every line with a question mark:"),
        say('write what it means, or "none" where it is nothing of this study.'),
        say('In [occupations] the line "*" = "none" says so for all titles that look like no occupation of the study.'),
    )
    example = ["# [fixed]", '# joint_committee = "124"', f"# {_OPEN_FOR} = 30"]
    return "\n".join([*(f"# {line}" for line in lines), *example, *(f"# {line}" for line in after), ""])
