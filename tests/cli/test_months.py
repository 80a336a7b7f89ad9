"""The weeks of a measurement, typed as docs/months-of-a-measurement.md has them."""

from __future__ import annotations

import re
import shlex
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import typer

from corrtest.cli.app import app
from corrtest.spec import StudyFolder, read_study, read_vacancies
from tests.spec.intake_files import rows, write_csv

PAGE = Path(__file__).parents[2] / "docs" / "months-of-a-measurement.md"
# What other tests type: these write documents, send and report, and take minutes.
ELSEWHERE = ("prereg", "render", "register", "analyse", "report")


def commands() -> list[list[str]]:
    """Return every command of the page, in its order."""
    return [shlex.split(line)[1:] for line in re.findall(r"^\$ (corrtest .+)$", PAGE.read_text("utf-8"), re.MULTILINE)]


def test_every_command_of_the_page_exists():
    known = typer.main.get_command(app)
    for words in commands():
        group = known
        for word in words:
            if word.startswith("-") or not hasattr(group, "commands"):
                break
            assert word in group.commands, words
            group = group.commands[word]
    assert len(commands()) > 15


@pytest.fixture
def study(corrtest, tmp_path, monkeypatch) -> StudyFolder:
    assert corrtest("new", "social_profit").code == 0
    folder = StudyFolder(tmp_path / "social_profit")
    text = folder.study.read_text(encoding="utf-8")
    # A smaller one: what 120 vacancies fill in part.
    folder.study.write_text(re.sub(r"= 200\b", "= 8", text).replace("sector_adds = 218500", ""), encoding="utf-8")
    monkeypatch.chdir(folder.root)
    return folder


@pytest.mark.slow
def test_the_weeks_of_the_page_can_be_typed_as_they_stand(study, corrtest):
    facts = rows(120)
    early = [fact | {"opens": date(2026, 12, 7) + timedelta(days=place % 9)} for place, fact in enumerate(facts[:60])]
    write_csv(study.root / "december.csv", early)
    write_csv(study.root / "week-03.csv", facts[40:])
    for words in commands():
        if words[0] in ELSEWHERE:
            continue
        ran = corrtest(*words)
        assert ran.code == 0, (words, ran.err)
    versions = study.plan_versions()
    assert [version.name for version in versions] == ["version-1", "version-2"]
    first, second = (pd.read_parquet(version / "plan.parquet") for version in versions)
    pd.testing.assert_frame_equal(second.iloc[: len(first)].reset_index(drop=True), first)
    assert len(second) > len(first) > 0
    assert (second["send_first_on"].iloc[len(first) :] >= pd.Timestamp("2027-01-19")).all()
    vacancies = read_vacancies(study.vacancies, read_study(study.study))
    assert set(vacancies["came_in"]) == {"2026-12-14", "2027-01-18"}
    assert len(vacancies) == 120
    told = corrtest("status").out
    assert "Came in so far: 120 vacancies in 2 files, the last on 2027-01-18." in told
    assert "within the period" in told
