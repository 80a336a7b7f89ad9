"""The verb progress: what it prints, and the files that it leaves in a study folder."""

from __future__ import annotations

import openpyxl
import pytest

from corrtest.register import Register
from corrtest.spec import StudyFolder
from tests.register.conftest import a_plan, a_study, ready, sent_rows


@pytest.fixture
def folder(tmp_path) -> StudyFolder:
    study = a_study(simulated=True, more='\n[[partner]]\nname = "North"\n')
    plan = a_plan(study)
    plan.pairs["partner"] = "North"
    (tmp_path / "study.toml").write_text("[study]\n")
    with Register.create(tmp_path / "register.sqlite", study, key_file=tmp_path / "register.key") as register:
        ready(register, plan).sending.import_sent(sent_rows(2), simulated=True)
    return StudyFolder(tmp_path)


def test_a_page_and_a_workbook_lie_among_the_results(folder, corrtest, monkeypatch):
    monkeypatch.setenv("CORRTEST_LANGUAGE", "nl")
    ran = corrtest("register", "progress", "--format", "html,xlsx")
    assert ran.code == 0, ran.err
    assert "North" in ran.out
    assert "te laat" in ran.out
    results = folder.path("results")
    assert {path.name for path in results.iterdir()} == {
        "SIMULATED_progress_nl.html",
        "SIMULATED_progress_nl.xlsx",
    }
    book = openpyxl.load_workbook(results / "SIMULATED_progress_nl.xlsx")
    assert any("Week van" in [cell.value for cell in row] for sheet in book for row in sheet)


def test_wrong_use_writes_nothing(folder, corrtest):
    ran = corrtest("register", "progress", "--format", "odt")
    assert (ran.code, folder.path("results").exists()) == (2, False)
    assert "odt" in ran.err
