"""The command line as people type at it: in this process, on a clock that the season sets."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
from typer.main import get_command

from corrtest.cli.app import app
from corrtest.errors import CorrtestError
from corrtest.language import use
from corrtest.register.clock import another_clock
from corrtest.register.sheets.words import heading_of

BRUSSELS = ZoneInfo("Europe/Brussels")
# Built once: a season types thousands of commands.
_CORRTEST = get_command(app)
Filled = Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """What a person was told, and whether the command did what was asked."""

    text: str
    done: bool


@dataclass
class Keyboard:
    """Who types what, when; what was typed since the last backup is kept, so that it can be typed again."""

    register: str
    language: str = "en"
    now: datetime = field(default=datetime(2026, 10, 5, 8))
    typed: int = 0
    since_backup: list[tuple[str, str, str, tuple[str, ...]]] = field(default_factory=list)

    @contextlib.contextmanager
    def clock(self) -> Iterator[None]:
        """Let the register look at the season's clock."""
        with another_clock(lambda: self.now.replace(tzinfo=BRUSSELS)), use(self.language):
            yield

    def types(self, who: str, study: str, verb: str, *words: str) -> Said:
        """Type a verb of the register for one study."""
        return self.command(who, "register", verb, self.register, *words, *(("--study", study) if study else ()))

    def command(self, who: str, *words: str) -> Said:
        """Type a whole command."""
        self.typed += 1
        said = io.StringIO()
        os.environ["CORRTEST_ACTOR"] = who
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                code = _CORRTEST(list(words), standalone_mode=False)
            except CorrtestError as fault:
                return Said(fault.text(), done=False)
        return Said(said.getvalue(), done=not code)

    def acts(self, who: str, study: str, verb: str, *words: str) -> str:
        """Type what must go in; it is typed again where the register is lost after this."""
        said = self.types(who, study, verb, *words)
        if not said.done:
            raise AssertionError(f"{self.now} {who}: {verb} {' '.join(words)}\n{said.text}")
        self.since_backup.append((who, study, verb, words))
        return said.text

    def json(self, who: str, study: str, verb: str, *words: str) -> Any:
        """Return what a verb says to a program."""
        return json.loads(self.acts(who, study, verb, *words, "--json"))


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a sheet, by the names of its columns in the register."""
    page = openpyxl.load_workbook(path).worksheets[0]
    cells = list(page.iter_rows(values_only=True))
    head = next(n for n, row in enumerate(cells) if any(heading_of(str(cell)) == "application" for cell in row))
    names = [heading_of(str(cell)) or "" for cell in cells[head]]
    return [
        {name: "" if cell is None else str(cell) for name, cell in zip(names, row, strict=True)}
        for row in cells[head + 1 :]
        if str(row[names.index("application")]).isdigit()
    ]


def fill(path: Path, filled: Mapping[str, Filled]) -> None:
    """Fill in a sheet: number of the application → column → what is typed."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    head = next(n for n in range(1, 6) if any(heading_of(str(cell.value)) == "application" for cell in page[n]))
    columns = {heading_of(str(cell.value)): cell.column for cell in page[head]}
    for row in range(head + 1, page.max_row + 1):
        for name, typed in filled.get(str(page.cell(row, columns["application"]).value), {}).items():
            page.cell(row, columns[name]).value = typed
    book.save(path)


def last_event(listed: str, what: str = r"\w") -> str:
    """Return the number of the last event of a kind that `correct` lists."""
    return re.findall(rf"^ +(\d+) +{what}", listed, flags=re.MULTILINE)[-1]


def typed_time(at: datetime) -> str:
    """Return a time as a Fleming types it."""
    return f"{at.day}/{at.month}/{at.year} {at.hour}u{at.minute:02d}"
