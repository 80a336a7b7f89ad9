"""The verbs export and ethics, as they are typed; and what tables with mistakes are told."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat

from corrtest.resources import designs_folder

PAIRS = "pair_id,sector,joint_committee,criterion,level,employer,control_reaction,treated_reaction\n" + "".join(
    f"P{n},kappers,314,origin,maghrebi_name,E{n},{'invitation' if n % 3 else 'none'},{'none' if n % 2 else 'request'}\n"
    for n in range(40)
)


def counts(file: str) -> list[dict[str, int]]:
    return [group["counts"] for group in json.loads(Path(file).read_text(encoding="utf-8"))["groups"]]


def test_what_is_exported_gives_the_same_results(corrtest):
    Path("p.csv").write_text(PAIRS, encoding="utf-8")
    ran = corrtest("export", "pairs", "--from", "p.csv", "--format", "csv-be,dta,sav", "--language", "nl")
    assert ran.code == 0, ran.err
    assert "Wrote 40 rows to pairs.sav." in ran.out
    _, about = pyreadstat.read_sav("pairs.sav", metadataonly=True)
    assert about.variable_value_labels["treated_reaction"][1] == "uitnodiging"
    for file in ("p.csv", "pairs.be.csv", "pairs.dta", "pairs.sav"):
        assert corrtest("analyse", file, "--out", f"{file}.json").code == 0
    assert counts("p.csv.json") == counts("pairs.be.csv.json") == counts("pairs.dta.json") == counts("pairs.sav.json")


def test_applications_and_results(corrtest):
    Path("p.csv").write_text(PAIRS, encoding="utf-8")
    assert corrtest("analyse", "p.csv").code == 0
    assert corrtest("export", "applications", "--from", "p.csv", "--format", "csv").code == 0
    assert set(pd.read_csv("applications.csv")["callback"]) <= {0, 1}
    assert corrtest("export", "results", "--from", "results.json", "--out", "uit").code == 0
    sheet = openpyxl.load_workbook("uit/results.xlsx").worksheets[0]
    assert "discrimination_ratio" in {row[sheet_column(sheet, "name")].value for row in sheet.iter_rows(min_row=2)}


def sheet_column(sheet, name: str) -> int:
    return [cell.value for cell in sheet[1]].index(name)


def test_what_cannot_be_exported(corrtest):
    assert "Did you mean 'pairs'" in corrtest("export", "pair").err
    Path("p.csv").write_text(PAIRS, encoding="utf-8")
    ran = corrtest("export", "pairs", "--from", "p.csv", "--format", "spss")
    assert ran.code == 2
    assert "A table cannot be written as 'spss'" in ran.err


def test_the_ethics_file(corrtest):
    study = designs_folder() / "social_profit.toml"
    ran = corrtest("ethics", str(study), "--language", "nl,fr", "--format", "html", "--out", "dossier")
    assert ran.code == 0, ran.err
    assert len(list(Path("dossier").iterdir())) == 14
    assert "have them checked by your data-protection officer" in ran.out


def test_an_error_of_excel_in_a_grouping_column(corrtest):
    Path("p.csv").write_text(PAIRS.replace("P7,kappers,314,origin", "P7,kappers,314,#N/B"), encoding="utf-8")
    ran = corrtest("analyse", "p.csv")
    assert ran.code == 2
    assert "row 9, column 'criterion': got #N/B" in ran.err


def test_a_sheet_is_named_behind_the_file(corrtest):
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, first in (("januari", 0), ("februari", 20)):
        sheet = book.create_sheet(title)
        lines = PAIRS.splitlines()
        for line in (lines[0], *lines[1 + first : 21 + first]):
            sheet.append(line.split(","))
    book.save("p.xlsx")
    assert "Name the one that is meant, as in p.xlsx#januari" in corrtest("analyse", "p.xlsx").err
    assert corrtest("analyse", "p.xlsx#februari", "--out", "f.json").code == 0
    assert json.loads(Path("f.json").read_text(encoding="utf-8"))["groups"][0]["pairs"] == 20
