"""The ethics and data-protection file of a study: application, impact assessment, record, retention, debriefing.

Drafts, made from the study file and from texts that are data (`ethics.toml`, `ethics_law.csv`), so that what is asked
and recorded is what is done. Whoever answers for the study has them checked.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from corrtest.errors import ReportError, nearest
from corrtest.language import say
from corrtest.pages import (
    Block,
    Bullets,
    Catalogue,
    Cell,
    Chapter,
    Column,
    Document,
    Facts,
    Fields,
    Heading,
    Paragraph,
    Table,
    catalogue,
    write_documents,
)
from corrtest.spec import PLACES, Study, close_to_others

ETHICS_LANGUAGES = ("nl", "fr", "en")
_DAYS_A_MONTH = 365.25 / 12
# Rows of the incident log that stay open for who notes by hand.
_LOG_ROWS = 12


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(files("corrtest.report").joinpath("ethics.toml").read_text(encoding="utf-8"))


@cache
def _laws() -> tuple[Mapping[str, str], ...]:
    text = files("corrtest.report").joinpath("ethics_law.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def ethics_parts() -> tuple[str, ...]:
    """Return the names of the documents of the file, in their order."""
    return tuple(str(document["name"]) for document in _texts()["document"])


def write_ethics_file(
    study: Study,
    out: str | Path,
    languages: Sequence[str] = ("nl",),
    formats: Sequence[str] = ("docx", "pdf"),
    *,
    simulated: bool = False,
) -> list[Path]:
    """Write every document of the file in each language and format; return the files."""
    return [
        path
        for part in ethics_parts()
        for path in write_ethics_part(study, part, out, languages, formats, simulated=simulated)
    ]


def write_ethics_part(
    study: Study,
    part: str,
    out: str | Path,
    languages: Sequence[str] = ("nl",),
    formats: Sequence[str] = ("docx",),
    *,
    simulated: bool = False,
) -> list[Path]:
    """Write one document (see `ethics_parts`) in each language and format; return the files."""
    documents = [ethics_document(study, part, language, simulated=simulated) for language in languages]
    return [close_to_others(path) for path in write_documents(documents, f"ethics_{part}", out, formats)]


def ethics_document(study: Study, part: str, language: str, *, simulated: bool = False) -> Document:
    """Return one document (see `ethics_parts`) in Dutch, French or English.

    Raises
    ------
    ReportError
        It is not written in that language.
    """
    if language not in ETHICS_LANGUAGES:
        raise ReportError(
            say(
                "There is no ethics file in language '{language}'. {nearest}",
                language=language,
                nearest=nearest(language, ETHICS_LANGUAGES),
            )
        )
    words, made_up = catalogue(language, "letter").with_labels(study.names.own_labels()), simulated or study.simulated
    told = _Told(study, words)
    content = next(document for document in _texts()["document"] if document["name"] == part)
    label = words.text("SIMULATED: this study does not exist. No application will be sent.") if made_up else ""
    return Document(
        language=language,
        title=told.filled(content["title"]),
        subtitle=f"{study.name} · {told.facts['sector']}",
        simulated=label,
        contents_title=words.text("Contents"),
        chapters=(told.chapter(part, content["part"]),),
        numbered=False,
    )


class _Told:
    """What a study says in one language, as blocks of a document."""

    def __init__(self, study: Study, words: Catalogue) -> None:
        self.study, self.words, self.facts = study, words, _facts(study, words)

    def chapter(self, name: str, parts: Sequence[Mapping[str, Any]]) -> Chapter:
        """Return the parts under each other, below the notice that they are a draft."""
        blocks: list[Block] = [Paragraph(text=self.filled(_texts()["notice"]), role="lead")]
        for number, part in enumerate(parts):
            blocks += [Heading(text=self.filled(part["title"]))] if number else []
            blocks += self.blocks(part)
        return Chapter(name=name, title=self.filled(parts[0]["title"]), blocks=tuple(blocks))

    def filled(self, said: Mapping[str, str]) -> str:
        return said[self.words.language].format(**self.facts)

    def word(self, name: str) -> str:
        return self.filled(_texts()["words"][name])

    def blocks(self, part: Mapping[str, Any]) -> tuple[Block, ...]:
        blocks: list[Block] = [Paragraph(text=self.filled(each)) for each in part.get("text", ())]
        if "points" in part:
            blocks.append(Bullets(items=tuple(self.filled(each) for each in part["points"])))
        if "show" in part:
            shows = {
                "facts": self._about,
                "burden": self._burden,
                "kept": self._kept,
                "retention": self._retention,
                "law": self._law,
                "risks": self._risks,
                "log": self._log,
                "fields": self._fields,
            }
            blocks.append(shows[part["show"]]())
        return tuple(blocks)

    def _about(self) -> Block:
        approval, open_ = self.study.approval, self.word("open")
        names = ("sector", "committees", "criteria", "pairs")
        rows = [(self.word(name), self.facts[name]) for name in names]
        rows.insert(3, (self.word("period"), self.word("from_to")))
        rows += [(self.word("cap"), self.word("cap_is")), (self.word("withdrawal"), self.word("within"))]
        rows += [
            (self.word("reference"), approval.ethics_reference or open_),
            (self.word("authorised"), approval.authorised_by or open_),
        ]
        return Facts(rows=tuple(rows))

    def _table(self, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> Table:
        return Table(
            name=name,
            caption=self.word(name),
            columns=tuple(Column(header=self.word(head)) for head in heads),
            rows=tuple(tuple(Cell(text=cell) for cell in row) for row in rows),
            note=note,
        )

    def _burden(self) -> Block:
        rows = [
            (self.word("one_pair"), self.facts["pair_minutes"]),
            (self.word("in_window"), self.facts["window_minutes"]),
            (self.word("in_all"), self.facts["most_minutes"]),
            (self.word("all_employers"), self.facts["all_hours"]),
        ]
        return self._table("burden", ("load", "minutes"), rows, self.word("burden_note"))

    def _kept(self) -> Block:
        rows = [
            (*self._row(each), self.filled(each["who"]), self.word(_names_employers(each))) for each in _texts()["kept"]
        ]
        return self._table("kept", ("kept", "where", "who", "names_employers"), rows)

    def _retention(self) -> Block:
        until = {
            "identities": self.facts["erased_on"],
            "results": self.facts["kept_until"],
            "report": self.word("always"),
        }
        rows = [(*self._row(each), until[each["until"]]) for each in _texts()["kept"]]
        return self._table("kept", ("kept", "where", "until"), rows)

    def _row(self, kept: Mapping[str, Any]) -> tuple[str, str]:
        paths = {place.name: place.path for place in PLACES}
        return self.filled(kept["what"]), ", ".join(paths[name] for name in kept["places"])

    def _law(self) -> Block:
        rows = [(each["law"], each[self.words.language], each["source"]) for each in _laws()]
        return self._table("law", ("law", "about", "source"), rows)

    def _risks(self) -> Block:
        rows = [
            (self.filled(each["what"]), self.filled(each["likely"]), self.filled(each["measure"]), "")
            for each in _texts()["risk"]
        ]
        return self._table("risk", ("risk", "likely", "measure", "rest"), rows)

    def _log(self) -> Block:
        heads = ("log_day", "log_kind", "log_pair", "log_what", "log_done", "log_told")
        return self._table("log", heads, [("",) * len(heads)] * _LOG_ROWS)

    def _fields(self) -> Block:
        return Fields(rows=((self.word("advice"), ""), (self.word("signature"), "")))


def _names_employers(kept: Mapping[str, Any]) -> str:
    named = {place.name for place in PLACES if place.names_employers}
    return "yes" if named & set(kept["places"]) else "no"


def _facts(study: Study, words: Catalogue) -> dict[str, str]:
    minutes, months = _texts()["minutes"], _texts()["months"]
    a_pair = 2 * (minutes["reading"] + minutes["answering"])
    caps = study.caps
    last = study.period.end + timedelta(days=study.fieldwork.reaction_window_days)
    criteria = [criterion.name for criterion in study.criteria]

    def later(name: str) -> str:
        return words.date((last + timedelta(days=round(months[name] * _DAYS_A_MONTH))).isoformat())

    return {
        "sector": words.name("sector", study.sector),
        "committees": words.several([committee.number for committee in study.committees]),
        "criteria": words.several([words.name("criterion", name) for name in criteria]),
        "start": words.date(study.period.start.isoformat()),
        "end": words.date(study.period.end.isoformat()),
        "pairs": words.number(study.pairs_wanted, 0),
        "total": words.number(caps.total, 0),
        "window": words.number(caps.window.pairs, 0),
        "weeks": words.number(caps.window.weeks, 0),
        "hours": words.number(study.fieldwork.withdraw_within_hours, 0),
        "reaction_days": words.number(study.fieldwork.reaction_window_days, 0),
        "partners": ", ".join(partner.name for partner in study.partners)
        or str(_texts()["words"]["no_partners"][words.language]),
        "last_reaction": words.date(last.isoformat()),
        "erased_on": later("identities"),
        "kept_until": later("results"),
        "reading": words.number(minutes["reading"], 0),
        "answering": words.number(minutes["answering"], 0),
        "pair_minutes": words.number(a_pair, 0),
        "window_minutes": words.number(a_pair * caps.window.pairs, 0),
        "most_minutes": words.number(a_pair * caps.total, 0),
        "all_hours": words.number(a_pair * study.pairs_wanted / 60, 0),
    }
