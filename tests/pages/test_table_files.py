"""Tables out: each file is read back by its own library, not by the reader of this project alone."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from corrtest.analysis import analyse, applications_of_pairs, pairs_table, read_long, read_pairs
from corrtest.errors import AnalysisError, InputError
from corrtest.pages import TABLE_FORMS, table_form, write_table
from corrtest.spec import REACTIONS, value_labels

PAIRS = pd.DataFrame(
    {
        "pair_id": ["a1", "b2", "c3", "d4"],
        "sector": "kappers",
        "joint_committee": ["314", "314", "322.10", "322.10"],
        "criterion": "origin",
        "level": "maghrebi_name",
        "employer": ["e1", "e2", "e3", "=1+1"],
        "control_reaction": ["invitation", "none", "other_positive", "invitation"],
        "treated_reaction": ["none", "negative", "invitation", "automatic"],
        "first_arm": ["control", "treated", "control", "treated"],
        "weight": [1.5, 1.0, 2.25, 1.0],
        "simulated": [True, False, False, True],
        "sent_on": pd.to_datetime(["2027-01-11", "2027-01-12", "2027-01-13", "2027-01-14"]),
    }
)
FORMS = list(TABLE_FORMS)


@pytest.fixture(params=["nl", "en"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, dict[str, Path]]:
    made = write_table(PAIRS, tmp_path / "pairs", FORMS, of="pairs", language=request.param)
    return request.param, dict(zip(FORMS, made, strict=True))


def test_every_form_beside_each_other_and_for_its_owner_alone(files):
    _, made = files
    assert [path.name for path in made.values()] == [
        "pairs.csv",
        "pairs.be.csv",
        "pairs.xlsx",
        "pairs.parquet",
        "pairs.dta",
        "pairs.sav",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in made.values())


def test_csv(files):
    _, made = files
    rows = list(csv.DictReader(made["csv"].read_text(encoding="utf-8").splitlines()))
    assert rows[0]["weight"] == "1.5"
    assert rows[2]["joint_committee"] == "322.10"


def test_belgian_csv(files):
    _, made = files
    assert made["csv-be"].read_bytes().startswith(b"\xef\xbb\xbfpair_id;sector;")
    rows = list(csv.DictReader(made["csv-be"].read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows[2]["weight"] == "2,25"


def test_xlsx_keeps_texts_as_texts(files):
    language, made = files
    book = openpyxl.load_workbook(made["xlsx"])
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == list(PAIRS.columns)
    assert rows[3][2] == "322.10"
    assert sheet.cell(row=5, column=6).data_type == "s"
    assert sheet.cell(row=5, column=6).value == "=1+1"
    explained = {row[0].value: row[2].value for row in book.worksheets[1].iter_rows()}
    assert ("controlekandidaat" if language == "nl" else "control candidate") in explained["first_arm"]


def test_parquet(files):
    _, made = files
    assert pq.read_table(made["parquet"]).to_pandas()["weight"].tolist() == PAIRS["weight"].tolist()


@pytest.mark.parametrize("form", ["dta", "sav"])
def test_stata_and_spss_have_labels(files, form):
    language, made = files
    read = pyreadstat.read_dta if form == "dta" else pyreadstat.read_sav
    frame, about = read(made[form])
    assert frame["control_reaction"].tolist() == [REACTIONS.index(word) + 1 for word in PAIRS["control_reaction"]]
    said = about.variable_value_labels["control_reaction"]
    assert said[1] == ("uitnodiging" if language == "nl" else "invitation")
    assert list(said.values()) == list(value_labels("control_reaction", language).values())
    assert about.column_names_to_labels["joint_committee"] == (
        "Paritair comité" if language == "nl" else "Joint committee"
    )
    assert frame["joint_committee"].tolist() == PAIRS["joint_committee"].tolist()
    assert pd.to_datetime(frame["sent_on"]).tolist() == PAIRS["sent_on"].tolist()


@pytest.mark.parametrize("form", FORMS)
def test_what_goes_out_comes_in_again(files, form):
    _, made = files
    again = read_pairs(made[form])
    given = pairs_table(PAIRS)
    assert [group.counts for group in analyse(again).groups] == [group.counts for group in analyse(given).groups]
    assert again.frame["first_arm"].tolist() == PAIRS["first_arm"].tolist()


def test_an_unknown_form_names_the_nearest(tmp_path: Path):
    with pytest.raises(InputError, match="Did you mean 'xlsx'"):
        write_table(PAIRS, tmp_path / "t", ["xlxs"])
    assert table_form(Path("a.SAV")) == "sav"
    assert table_form(Path("a.doc")) is None


OUTCOMES = {"strict": ("invitation",), "broad": ("invitation", "other_positive")}


def test_the_long_table_has_the_columns_of_callback(tmp_path: Path):
    """callback(data, cluster, candid, callback): a test number, what defines the candidate, and 1 or 0."""
    long = applications_of_pairs(pairs_table(PAIRS), OUTCOMES, "broad")
    assert list(long.columns[:3]) == ["offer", "candidate", "callback"]
    assert set(long["callback"]) <= {0, 1}
    assert long.groupby("offer")["candidate"].agg(list).tolist() == [["control", "maghrebi_name"]] * 4
    (path,) = write_table(long, tmp_path / "applications", ["csv"])
    again = read_long(path, vacancy="offer", candidates=["candidate"], positive="callback", reference="control")
    (counted,) = (group.counts for group in analyse(again).groups)
    expected = next(group.counts for group in analyse(pairs_table(PAIRS)).groups if group.outcome == "broad")
    assert counted == expected


def test_a_long_table_needs_pairs():
    single = PAIRS.drop(columns=["control_reaction", "treated_reaction"]).assign(
        arm=PAIRS["first_arm"], reaction=PAIRS["control_reaction"]
    )
    with pytest.raises(AnalysisError, match="needs pairs"):
        applications_of_pairs(pairs_table(single), OUTCOMES, "broad")
