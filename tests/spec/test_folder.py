from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from corrtest.spec import PLACES, StudyFolder, make_private, secret_folder_of


@pytest.fixture
def folder(tmp_path) -> StudyFolder:
    (tmp_path / "construction").mkdir()
    (tmp_path / "construction" / "study.toml").write_text("", encoding="utf-8")
    return StudyFolder(tmp_path / "construction")


def test_each_place_is_named_once():
    assert len({place.name for place in PLACES}) == len({place.path for place in PLACES}) == len(PLACES)
    assert [place.name for place in PLACES if place.handling == "secret"] == ["pools", "secret"]


def test_the_page_on_security_has_the_table_of_places():
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    table = text.split("## Where everything lies")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \| (.+?) \|$", table, flags=re.MULTILINE)
    closed = {True: "0700, files 0600", False: "0600"}
    assert rows == [
        (
            place.path,
            place.handling,
            "yes" if place.names_employers else "no",
            "as you set it" if place.handling == "public" else closed[place.is_folder],
        )
        for place in PLACES
    ]
    assert not [place.name for place in PLACES if place.names_employers and place.handling == "public"]


def test_the_page_on_security_names_tests_that_exist():
    root = Path(__file__).parents[2]
    text = (root / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[^`]+)`", text)
    assert len(named) >= 6
    assert [path for path in named if not (root / path).exists()] == []


def test_a_study_folder_is_found_from_within(folder, monkeypatch):
    deep = folder.root / "documents" / "P00001"
    deep.mkdir(parents=True)
    assert StudyFolder.find(deep) == folder
    monkeypatch.chdir(deep)
    assert StudyFolder.find() == folder
    assert StudyFolder.find(folder.root.parent) is None


def test_the_plans_own_copy_of_the_study_makes_no_study_folder(folder):
    version = folder.next_plan
    version.mkdir(parents=True)
    (version / "study.toml").write_text("", encoding="utf-8")
    (version / "plan.parquet").touch()
    assert StudyFolder.find(version) == folder


def test_the_newest_plan_counts(folder):
    assert folder.plan == folder.next_plan == folder.root / "plan" / "version-1"
    folder.plan.mkdir(parents=True)
    folder.next_plan.mkdir()
    assert folder.plan == folder.root / "plan" / "version-2"
    assert folder.next_plan.name == "version-3"
    assert len(folder.plan_versions()) == 2


def test_places_that_exist(folder):
    assert [place.name for place in folder.existing()] == ["study"]
    folder.vacancies.mkdir()
    assert [place.name for place in folder.existing()] == ["study", "vacancies"]


def test_secrets_are_closed_to_others(folder):
    folder.secret.mkdir(mode=0o755)
    assert stat.S_IMODE(folder.make_secret().stat().st_mode) == 0o700
    assert secret_folder_of(folder.register) == folder.secret
    outside = folder.root.parent / "register.sqlite"
    assert secret_folder_of(outside) == Path(outside.parent) / "secret"
    assert not secret_folder_of(outside).exists()
    assert stat.S_IMODE(make_private(secret_folder_of(outside)).stat().st_mode) == 0o700
