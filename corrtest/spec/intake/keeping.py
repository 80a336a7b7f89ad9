"""What came in, week by week: each file as it was, the vacancies that it gave, and a log of what became of its rows."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from corrtest.errors import CorrtestError, InputError
from corrtest.language import say
from corrtest.spec.columns import needed_columns
from corrtest.spec.folder import StudyFolder
from corrtest.spec.intake.finding import columns_of, find_table
from corrtest.spec.intake.mapping import Mapping, confirmed, read_mapping, with_answers, with_columns, with_questions
from corrtest.spec.intake.taking import Intake, take_in
from corrtest.spec.private import write_private
from corrtest.spec.study import Study
from corrtest.spec.tables import read_table, table_file

RECEIVED, LOG, CAME_IN = "received", "received.json", "came_in"
_SIGNS = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file that came in: `came_in` is its day, `table` what it gave, `dropped` why → how many rows.

    `sheet` is the sheet that was named behind it, "" where none was.

    `waiting` rows go in once a person has answered what mapping.toml asks.
    """

    file: str
    came_in: str
    sha256: str
    sheet: str
    table: str
    rows: int
    taken: int
    waiting: int
    dropped: AnyMapping[str, int]


def arrivals(folder: StudyFolder) -> tuple[Arrival, ...]:
    """Return the files that came in, oldest first."""
    path = folder.vacancies / LOG
    if not path.is_file():
        return ()
    try:
        found = tuple(Arrival(**record) for record in json.loads(path.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, TypeError) as error:
        raise InputError(
            say(
                "{file} is not what corrtest wrote ({error}). Put the copy of it back that you keep.",
                file=path,
                error=error,
            )
        ) from None
    return tuple(sorted(found, key=lambda arrival: (arrival.came_in, arrival.file)))


def receive(folder: StudyFolder, path: Path, study: Study, *, on: date) -> Intake:
    """Take in a file through the study's mapping, keep it, and note in mapping.toml what a person must say.

    The file goes to `vacancies/received/`, its vacancies to a table in `vacancies/` under the day and its name.

    Raises
    ------
    InputError
        It came in before, or `take_in` refuses it; mapping.toml then has a line for each column that it lacks.
    """
    raw, sheet = table_file(path)
    digest = _digest(raw)
    for before in arrivals(folder):
        if (before.sha256, before.sheet) == (digest, sheet or ""):
            raise InputError(
                say("{file} came in already, on {day}. Nothing was changed.", file=path.name, day=before.came_in)
            )
    stem = raw.stem if sheet is None else f"{raw.stem}_{sheet}"
    name = _SIGNS.sub("-", f"{on:%Y-%m-%d}_{stem}{raw.suffix}")
    if (folder.vacancies / RECEIVED / name).exists():
        raise InputError(
            say("Another file of the name {file} came in on that day. Give this one another name.", file=path.name)
        )
    mapping = read_mapping(folder.mapping)
    try:
        found = take_in(path, study, mapping, on=on, known=_known(folder, but=""))
    except InputError:
        _propose_columns(folder, path, mapping)
        raise
    write_private(folder.vacancies / RECEIVED / name, raw.read_bytes())
    arrival = Arrival(
        file=name,
        came_in=on.isoformat(),
        sha256=digest,
        sheet=sheet or "",
        table="",
        rows=0,
        taken=0,
        waiting=0,
        dropped={},
    )
    _keep(folder, mapping, arrival, found)
    return found


def receive_again(folder: StudyFolder, study: Study, *, confirm: bool = False) -> list[Intake]:
    """Read the files again of which rows wait; `confirm` takes every proposal in mapping.toml for right first."""
    if confirm and folder.mapping.is_file():
        write_private(folder.mapping, confirmed(read_mapping(folder.mapping)).encode())
    found = []
    for arrival in arrivals(folder):
        if arrival.waiting:
            mapping = read_mapping(folder.mapping)
            raw = folder.vacancies / RECEIVED / (arrival.file + (f"#{arrival.sheet}" if arrival.sheet else ""))
            day = date.fromisoformat(arrival.came_in)
            again = take_in(raw, study, mapping, on=day, known=_known(folder, but=arrival.table))
            _keep(folder, mapping, arrival, again)
            found.append(again)
    return found


def explain(folder: StudyFolder, study: Study, answers: AnyMapping[tuple[str, str], str]) -> list[Intake]:
    """Put in mapping.toml what a person says of each part and word, and read the files again of which rows wait."""
    write_private(folder.mapping, with_answers(read_mapping(folder.mapping), answers).encode())
    return receive_again(folder, study)


def _keep(folder: StudyFolder, mapping: Mapping, arrival: Arrival, found: Intake) -> None:
    """Write what a file gave, the questions that it asks, and the log; the log last, since it says what is there."""
    text = with_columns(mapping, found.columns)
    text = with_questions(replace(mapping, text=text), found.questions)
    if text != mapping.text:
        write_private(folder.mapping, text.encode())
    table = f"{Path(arrival.file).with_suffix('')}.csv" if len(found.vacancies) else ""
    if table:
        content = found.vacancies.assign(**{CAME_IN: arrival.came_in}).to_csv(index=False, lineterminator="\n")
        write_private(folder.vacancies / table, content.encode())
    kept = replace(
        arrival,
        table=table,
        rows=found.rows,
        taken=len(found.vacancies),
        waiting=found.waiting,
        dropped={kind.why: kind.rows for kind in found.dropped},
    )
    others = [each for each in arrivals(folder) if each.file != arrival.file]
    records = [asdict(each) for each in sorted([*others, kept], key=lambda each: (each.came_in, each.file))]
    write_private(folder.vacancies / LOG, json.dumps(records, ensure_ascii=False, indent=1).encode())


def _propose_columns(folder: StudyFolder, path: Path, mapping: Mapping) -> None:
    """Leave a mapping with the headers that were known, and a question mark for each column that is missing."""
    try:
        columns = columns_of(found := find_table(path, mapping.columns), mapping.columns)
    except CorrtestError:
        return
    if len(found.cells.columns):
        lines: dict[str, Sequence[str]] = {name: columns.get(name, ("?",)) for name in needed_columns("vacancies")}
        known = {name: headers for name, headers in lines.items() if name not in mapping.columns}
        write_private(folder.mapping, with_columns(mapping, known).encode())


def _known(folder: StudyFolder, *, but: str) -> dict[str, str]:
    """Return vacancy → its closing day, of every table that came in except `but`; the latest counts."""
    known: dict[str, str] = {}
    for arrival in arrivals(folder):
        if arrival.table and arrival.table != but and (folder.vacancies / arrival.table).is_file():
            table = read_table(folder.vacancies / arrival.table)
            known.update(zip(table["vacancy_id"], table["closes"], strict=True))
    return known


def _digest(path: Path) -> str:
    if not path.is_file():
        raise InputError(say("There is no file {path}. Check the name and the folder.", path=path))
    return hashlib.sha256(path.read_bytes()).hexdigest()
