"""The names that a study may use: the criteria and occupations that corrtest brings along, and the study's own files.

A study's own files stand in `criteria/` and `occupations/` beside its study file. One with a name of its own adds to
what corrtest knows; one with the name of a file of corrtest's is laid over it, key by key. `ratings/rated.csv` says how
names and sentences were rated, and so which names may be used.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from corrtest.errors import Fault, StudyError
from corrtest.language import say
from corrtest.spec.criteria import KnownCriterion, read_criterion
from corrtest.spec.occupations import KnownOccupation, read_occupation
from corrtest.spec.ratings import (
    RATED_FILE,
    USUAL_OPTIONS,
    ChosenNames,
    RatedSignal,
    SignalOptions,
    choose_names,
    rated_signals,
    rated_text,
)
from corrtest.spec.section import Section, key_lines
from corrtest.spec.toml_text import parse_toml

__all__ = ["CRITERIA", "OCCUPATIONS", "SHIPPED", "Names", "carried", "carrying", "own_files"]

CRITERIA, OCCUPATIONS = "criteria", "occupations"

# File within its folder ("criteria/religion.toml") and its text; a tuple, so that what is read of it is kept.
OwnFiles = tuple[tuple[str, str], ...]
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The criteria, occupations and rated signals of one study.

    `own` are the study's own files with their text, `asked` is what it asks of rated signals.
    """

    own: OwnFiles = ()
    asked: SignalOptions = USUAL_OPTIONS

    @property
    def criteria(self) -> Mapping[str, KnownCriterion]:
        """Criterion → what is known of it, in alphabetical order."""
        return _criteria(_of(self.own, CRITERIA))[0]

    @property
    def occupations(self) -> Mapping[str, KnownOccupation]:
        """Occupation code → what is known of it, in alphabetical order."""
        return _occupations(_of(self.own, OCCUPATIONS))[0]

    @property
    def rated(self) -> tuple[RatedSignal, ...]:
        """The rated signals; none where nobody rated any."""
        return _rated(self.own)[0]

    @property
    def chosen(self) -> ChosenNames:
        """The names that may be used, where names were rated."""
        return _chosen(self.own, self.asked)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong in the files; nothing can be used while there is any."""
        return (
            *_criteria(_of(self.own, CRITERIA))[1],
            *_occupations(_of(self.own, OCCUPATIONS))[1],
            *(_rated(self.own)[1] or self.chosen.faults),
        )

    def occupation_code(self, text: str) -> str | None:
        """Return the occupation that a code or a title stands for, in any language and any case; None where none."""
        return _codes(_of(self.own, OCCUPATIONS)).get(_folded(text))

    def own_labels(self) -> dict[str, dict[str, dict[str, str]]]:
        """Return the labels of the study's own criteria, as a report needs them beside those that it knows.

        Returns
        -------
        dict
            "criterion" and "level" → name → language → label.
        """
        criteria = [self.criteria[Path(name).stem] for name, _ in _of(self.own, CRITERIA)]
        levels = {name: dict(label) for each in criteria for name, label in each.level_labels().items()}
        return {"criterion": {each.name: dict(each.label) for each in criteria}, "level": levels}


# The names that corrtest brings along, without any of a study's own.
SHIPPED = Names()


def own_files(folder: Path) -> OwnFiles:
    """Return the files of `criteria/` and `occupations/` in a folder, in alphabetical order, then its rated signals.

    Raises
    ------
    StudyError
        Where one of them is no text.
    """
    found = []
    for kind in (CRITERIA, OCCUPATIONS):
        for path in sorted((folder / kind).glob("*.toml")):
            try:
                found.append((f"{kind}/{path.name}", path.read_text(encoding="utf-8-sig")))
            except (OSError, UnicodeDecodeError) as error:
                raise StudyError(
                    say("{path} cannot be read ({error}). Save it as plain text, UTF-8.", path=path, error=error)
                ) from None
    rated = folder / RATED_FILE
    if rated.is_file():
        found.append((RATED_FILE, rated_text(rated)))
    return tuple(found)


def carrying(text: str, own: OwnFiles) -> str:
    """Return a study file's text that carries the study's own names in a table `[names]`.

    So whatever keeps the text of a study, a plan or the register, keeps its names as well.
    """
    if not own or not text.strip():
        return text
    lines = [f"{json.dumps(file)} = {_quoted(content)}" for file, content in own]
    return "\n".join([text.rstrip(), "", "# The study's own names, from the folders beside it.", "[names]", *lines, ""])


def carried(root: Section) -> OwnFiles:
    """Return the own names that a study's text carries."""
    table = root.table("names", required=False)
    found = []
    for file in table.values:
        content = table.passage(file)
        kind, _, name = file.partition("/")
        own = kind in (CRITERIA, OCCUPATIONS) and "/" not in name and name.endswith(".toml")
        if own or file == RATED_FILE:
            found.append((file, content))
        else:
            table.fault(
                file,
                given=file,
                expected=say("criteria/NAME.toml, occupations/CODE.toml or ratings/rated.csv"),
                action=say("Rename the key."),
            )
    return tuple(found)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if "'''" in text or text.endswith("'") else f"'''\n{text}'''"


def _of(own: OwnFiles, kind: str) -> OwnFiles:
    return tuple(each for each in own if each[0].startswith(f"{kind}/"))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


@cache
def _rated(own: OwnFiles) -> tuple[tuple[RatedSignal, ...], tuple[Fault, ...]]:
    return next((rated_signals(text) for file, text in own if file == RATED_FILE), ((), ()))


@cache
def _chosen(own: OwnFiles, asked: SignalOptions) -> ChosenNames:
    return choose_names(_rated(own)[0], asked)


@cache
def _criteria(own: OwnFiles) -> tuple[Mapping[str, KnownCriterion], tuple[Fault, ...]]:
    return _entries(CRITERIA, own, read_criterion)


@cache
def _occupations(own: OwnFiles) -> tuple[Mapping[str, KnownOccupation], tuple[Fault, ...]]:
    found, faults = _entries(OCCUPATIONS, own, read_occupation)
    owner: dict[str, str] = {}
    for each in found.values():
        for title in {_folded(text) for titles in each.titles.values() for text in (each.code, *titles.every())}:
            if owner.setdefault(title, each.code) != each.code:
                faults = (
                    *faults,
                    Fault(
                        file=each.file,
                        key="titles",
                        given=repr(title),
                        expected=say("a title that occupation '{owner}' does not have", owner=owner[title]),
                        action=say("Write another title in one of the two."),
                    ),
                )
    return found, faults


@cache
def _codes(own: OwnFiles) -> Mapping[str, str]:
    return {
        _folded(text): each.code
        for each in _occupations(own)[0].values()
        for titles in each.titles.values()
        for text in (each.code, *titles.every())
    }


def _entries(
    kind: str, own: OwnFiles, read: Callable[[Section, str], Entry]
) -> tuple[Mapping[str, Entry], tuple[Fault, ...]]:
    """Read every file of one kind: those of corrtest, with the study's own laid over them."""
    tables = {f"{kind}/{name}": (tomllib.loads(text), text) for name, text in _files(kind)}
    faults: list[Fault] = []
    for file, text in own:
        values, wrong = parse_toml(file, text)
        faults += wrong
        if values is None:
            continue
        tables[file] = (_laid_over(tables[file][0], values) if file in tables else values, text)
    found = {}
    for file in sorted(tables):
        values, text = tables[file]
        section = Section(values, path="", file=file, lines=key_lines(text), faults=faults)
        name = Path(file).stem
        if not section.is_word(name):
            section.fault(
                "", given=say("{name}.toml", name=name), expected=say(section.WORD_FORM), action=say("Rename the file.")
            )
            continue
        found[name] = read(section, name)
    return found, tuple(faults)


@cache
def _files(kind: str) -> tuple[tuple[str, str], ...]:
    folder = files("corrtest.spec").joinpath(kind)
    there = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple((name, folder.joinpath(name).read_text(encoding="utf-8")) for name in there)


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two tables as one: what `above` says wins, and tables of both are joined in the same way."""
    joined = dict(below)
    for key, value in above.items():
        under = joined.get(key)
        joined[key] = _laid_over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return joined
