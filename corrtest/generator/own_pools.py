"""A study's own pools: read from `secret/pools/`, and checked as those that corrtest brings along are.

A pool that others cannot have makes documents that nobody recognises by it, so it stays in the study's secret folder.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path

from corrtest.design import faults_of
from corrtest.errors import Fault, GeneratorError, nearest
from corrtest.generator.cv_sheets import cv_words
from corrtest.generator.letter_grammar import letter_grammar
from corrtest.generator.names import origins, refuses
from corrtest.generator.pool_files import INSTEAD, SHIPPED_POOLS, Pools, shipped_pools
from corrtest.generator.pools import sentence_pool
from corrtest.language import say

__all__ = ["read_own_pools"]

CONTACTS_FILE = "contacts.csv"
# More text than this is no pool.
LARGEST = 5_000_000
# What a table of the study's own may leave out; so may any column that the shipped one leaves empty somewhere.
_OPTIONAL = {"source", "gender"}
# Columns that hold names which may be those of real people or firms.
_NAMES = {"name", "street", "institution"}


def read_own_pools(folder: str | Path, language: str) -> Pools:
    """Return the pools of a study whose own files lie in a folder; those of corrtest alone where it has none.

    Parameters
    ----------
    folder : path
        Tables and TOML files named as those of corrtest; in its folder `instead/`, those that take their place.
    language : str
        Language of the documents: texts are read as they will be used.

    Raises
    ------
    GeneratorError
        With every fault of every file.
    """
    base = Path(folder)
    found, faults = [], []
    for path in sorted([*base.glob("*"), *(base / INSTEAD).glob("*")]):
        name = path.relative_to(base).as_posix()
        if path.is_dir() or name == CONTACTS_FILE or name.startswith("."):
            continue
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            text = ""
            faults.append(Fault(file=name, expected=say("plain text, UTF-8"), action=say("Save it as such.")))
        found.append((name, text))
        faults += _file_faults(name, text)
    pools = Pools(own=tuple(found))
    if found and not faults:
        faults += [
            fault for read in (sentence_pool, letter_grammar, cv_words) for fault in _read(read, language, pools)
        ]
    if faults:
        raise GeneratorError(say("The study's own pools cannot be used."), faults)
    return pools


def _read(read: object, language: str, pools: Pools) -> tuple[Fault, ...]:
    return faults_of(lambda: read(language, pools))  # type: ignore[operator]


def _file_faults(name: str, text: str) -> Iterator[Fault]:
    pool = name.removeprefix(INSTEAD)
    stem, *_, suffix = pool.split(".")
    known = sorted(shipped_pools())
    if pool not in known and f"{stem}.{suffix}" not in known:
        yield Fault(file=name, expected=say("the name of a pool"), action=nearest(pool, known))
        return
    if len(text) > LARGEST:
        yield Fault(file=name, expected=say("at most {most} characters", most=LARGEST), action=say("Shorten it."))
        return
    if suffix == "toml":
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            yield Fault(file=name, given=str(error), expected=say("TOML"), action=say("Mend the file."))
        return
    yield from _table_faults(name, text, SHIPPED_POOLS.rows(pool if pool in known else f"{stem}.{suffix}"))


def _table_faults(name: str, text: str, shipped: tuple[dict[str, str], ...]) -> Iterator[Fault]:
    """Yield what is wrong with a table that has the columns of a shipped one."""
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in numbered if line.strip() and not line.startswith("#")]
    reader = csv.DictReader(line for _, line in lines)
    wanted = [column for column in shipped[0] if column not in _OPTIONAL and all(row[column] for row in shipped)]
    absent = [column for column in wanted if column not in (reader.fieldnames or ())]
    if absent:
        yield Fault(
            file=name,
            given=", ".join(reader.fieldnames or ()) or None,
            expected=say("the columns {columns}", columns=", ".join(wanted)),
            action=say("Name them in the first line, separated by commas."),
        )
        return
    for (number, _), row in zip(lines[1:], reader, strict=False):
        yield from (
            Fault(file=name, row=number, column=column, given=row[column] or None, expected=expected, action=action)
            for column, expected, action in _cell_faults(name, row, wanted)
        )


def _cell_faults(name: str, row: dict[str, str], wanted: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield (column, what is expected, what to do) of each wrong cell of a row."""
    for column in wanted:
        value = row[column] or ""
        if not value.strip() or not value.isprintable():
            yield column, say("a text on one line"), say("Fill it in, or delete the row.")
        elif column in _NAMES and refuses(value.replace("{town}", "")):
            yield column, say("no name of a public figure or of a firm that is known"), say("Delete the row.")
        elif "{" in value.replace("{town}", "") and column in _NAMES:
            yield column, say("no blank but {town}", town="{town}"), say("Mend the row.")
    if name.endswith("names.csv") and "origin" in row and row.get("part") == "first":
        years = [row.get(column) or "" for column in ("born_from", "born_to")]
        if row.get("gender") not in ("man", "woman") or not all(len(year) == 4 and year.isdigit() for year in years):
            yield (
                "part",
                say("a gender (man, woman) and the years of birth in which a first name was common"),
                say("Fill in gender, born_from and born_to."),
            )
    if "origin" in row and row["origin"] not in origins():
        yield "origin", say("one of {words}", words=", ".join(origins())), nearest(row["origin"], list(origins()))
