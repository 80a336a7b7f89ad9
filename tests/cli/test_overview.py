import json
from pathlib import Path
from unittest.mock import patch

import pytest
from openpyxl import load_workbook

from corrtest.disclosure import releases_to_json
from corrtest.register import Register
from tests.disclosure.attacks.withheld_sectors import report_of, sectors, template_report

NAMES = ("banking", "bricks", "chemicals", "cleaning", "food")


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    like = template_report()
    for name, kinds in zip(NAMES, sectors(1).values(), strict=False):
        (folder / f"{name}.json").write_text(releases_to_json(report_of(like, name, kinds)), encoding="utf-8")
    return [folder / f"{name}.json" for name in NAMES]


def figures(folder, tier):
    return json.loads((folder / f"SIMULATED_overview_{tier}.json").read_text(encoding="utf-8"))


def test_one_that_withholds_is_in_no_file_of_either_reader(corrtest, reports, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "withhold.csv").write_text("sector\nbricks\n", encoding="utf-8")
    corrtest("overview", *reports, "--out", "out", "--withhold", "withhold.csv", "--language", "nl")
    for tier in ("government", "public"):
        told = figures(tmp_path / "out", tier)
        assert told["withheld"] == 1
        assert "bricks" in told["without_figures"]
        assert len(told["without_figures"]) == 3
        assert [each["every"] for each in told["together"]] == [False]
        page = (tmp_path / "out" / f"SIMULATED_overview_{tier}_nl.html").read_text(encoding="utf-8")
        assert "1 sector houdt zijn resultaten voor zichzelf." in page
        sheet = load_workbook(tmp_path / "out" / f"SIMULATED_overview_{tier}_nl.xlsx")
        cells = [cell for name in sheet.sheetnames for row in sheet[name].iter_rows(values_only=True) for cell in row]
        assert not any("bakstenen" in str(cell).lower() for cell in cells)
    # Who withholds is remembered, and told from then on without the file.
    corrtest("overview", *reports, "--out", "again", "--language", "nl", "--format", "html", "--tier", "public")
    assert figures(tmp_path / "again", "public")["without_figures"] == told["without_figures"]
    assert not list((tmp_path / "again").glob("*government*"))


def test_a_study_folder_tells_where_it_stands(corrtest, reports, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corrtest("new", "glass", "--out", "glass")
    monkeypatch.chdir(tmp_path / "glass")
    corrtest("status", "--save", "standing.json")
    monkeypatch.chdir(tmp_path)
    corrtest("overview", "glass/standing.json", *reports, "--out", "out", "--language", "en", "--format", "html")
    page = (tmp_path / "out" / "SIMULATED_overview_government_en.html").read_text(encoding="utf-8")
    assert "Where each study stands" in page
    assert "1 of 15" in page
    assert "5 of 6 sectors stand here with their results" in page


def test_what_status_saves_and_shows_is_read_from_the_register_once(corrtest, monkeypatch):
    corrtest("new", "glass", "--out", "glass")
    monkeypatch.chdir("glass")
    assert corrtest("register", "init").code == 0
    with patch.object(Register, "open", wraps=Register.open) as opened:
        ran = corrtest("status", "--save", "standing.json")
    assert (ran.code, opened.call_count) == (0, 1)
    saved = json.loads(Path("standing.json").read_text(encoding="utf-8"))
    assert f"{saved['done']} of {saved['steps']} steps" in ran.out
