"""A partner's week, typed as docs/een-week-veldwerk.md has it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import openpyxl
import pytest

from corrtest.register import Register
from corrtest.register.sheets.words import heading_of
from corrtest.spec import StudyFolder, read_study
from tests.register.conftest import APPROVAL, STUDY, a_documents_folder, a_plan

PAGE = Path(__file__).parents[2] / "docs" / "een-week-veldwerk.md"


def commands() -> list[list[str]]:
    """Return every command of the page, in its order."""
    return [shlex.split(line)[1:] for line in re.findall(r"^\$ (corrtest .+)$", PAGE.read_text("utf-8"), re.MULTILINE)]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> StudyFolder:
    text = STUDY.format(name="small", approval=APPROVAL, pairs=4, total=2, window=1, weeks=8)
    (tmp_path / "study.toml").write_text(text + '\n[[partner]]\nname = "Noord"\n', encoding="utf-8")
    found, study = StudyFolder(tmp_path), read_study(tmp_path / "study.toml")
    plan = a_plan(study)
    plan.pairs["partner"] = "Noord"
    with Register.create(found.register, study) as register:
        register.intake.import_plan(plan)
        register.supervision.record_audit_of(a_documents_folder(tmp_path / "documents"))
        register.people.add("nora", "partner", partner="Noord")
    monkeypatch.setenv("CORRTEST_ACTOR", "nora")
    monkeypatch.setenv("CORRTEST_LANGUAGE", "nl")
    return found


def fill(path: str, rows: dict[str, dict[str, str]]) -> None:
    """Fill in a sheet: candidate (any: "") → column → what is typed."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    header = {heading_of(str(cell.value)): cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        for name, typed in rows.get(str(page.cell(row, header["candidate"]).value), rows.get("", {})).items():
            page.cell(row, header[name]).value = typed
    book.save(path)


FILLED = {
    "maandag.xlsx": {"": {"result": "verstuurd", "at": "11/1/2027 9u30"}},
    "dinsdag.xlsx": {"": {"result": "verstuurd", "at": "12/1/2027 9u40"}},
    "antwoorden.xlsx": {"Fatima Ben Ali": {"reaction": "uitnodiging", "at": "14/1/2027 9u10"}},
}


def test_the_week_of_the_page_can_be_typed_as_it_stands(folder, corrtest):
    listed = ""
    for words in commands():
        if "--file" in words:
            fill(words[-1], FILLED[words[-1]])
        if "--event" in words:
            place = words.index("--event") + 1
            words[place] = re.findall(r"^ +(\d+) +\w", listed, flags=re.MULTILINE)[-1]
        ran = corrtest(*words)
        assert ran.code == 0, (words, ran.err)
        listed = ran.out
    with Register.open(folder.register) as register:
        found = register.oversight.progress().whole
        reactions = register.oversight.status().reactions.set_index("reaction")["applications"]
    assert (found.letters_sent, found.pairs_out, found.withdrawn_late) == (8, 4, 0)
    assert (reactions["invitation"], reactions["request"]) == (1, 1)
    assert (Path("vrijdag") / "progress_nl.html").is_file()


def test_the_page_is_about_the_verbs_of_a_week():
    typed = {words[1] for words in commands()}
    assert {"worklist", "sent", "find", "reaction", "withdraw", "reaction-sheet", "correct", "end", "progress"} <= typed
