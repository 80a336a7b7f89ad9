from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.errors import InputError
from corrtest.resources import designs_folder
from corrtest.spec import check_vacancies, needed_columns, read_study, read_vacancies

STUDY = read_study(designs_folder() / "construction.toml")
GOOD = {
    "vacancy_id": "V1",
    "employer_id": "0000.001.186",
    "joint_committee": "124",
    "occupation": "mason",
    "postal_code": "9000",
    "opens": "2027-01-11",
    "closes": "11/02/2027",
    "channel": "email",
    "address": "jobs@firm.example",
}


def table(**changes: str) -> pd.DataFrame:
    frame = pd.DataFrame([GOOD | changes])
    frame.attrs["file"] = "vacancies.csv"
    return frame


def enterprise_number(base: int) -> str:
    return f"{base:08d}{97 - base % 97:02d}"


def test_a_good_row_is_normalised():
    row = check_vacancies(table(employer_id="BE " + enterprise_number(11)), STUDY).iloc[0]
    assert row["employer_id"] == enterprise_number(11)
    assert row["province"] == "Oost-Vlaanderen"
    assert row["closes"] == pd.Timestamp("2027-02-11")


@given(st.integers(min_value=2_000_000, max_value=19_999_999), st.integers(min_value=0, max_value=9))
def test_check_digits(base, position):
    number = enterprise_number(base)
    assert check_vacancies(table(employer_id=number), STUDY).loc[0, "employer_id"] == number
    digit = str((int(number[position]) + 1) % 10)
    wrong = number[:position] + digit + number[position + 1 :]
    with pytest.raises(InputError, match="check digits"):
        check_vacancies(table(employer_id=wrong), STUDY)


@pytest.mark.parametrize(
    ("column", "given_value", "message"),
    [
        ("vacancy_id", "", "an empty cell"),
        ("joint_committee", "999", "a Belgian joint committee"),
        ("occupation", "masson", "Did you mean 'mason'"),
        ("postal_code", "4000", "Flanders or Brussels"),
        ("opens", "soon", "expected a date"),
        ("closes", "2027-01-01", "on or after 'opens'"),
        ("channel", "fax", "one of email, letter, portal, telephone"),
        ("address", " ", "an empty cell"),
    ],
)
def test_a_bad_cell_is_named(column, given_value, message):
    with pytest.raises(InputError, match=message) as caught:
        check_vacancies(table(**{column: given_value}), STUDY)
    fault = caught.value.faults[0]
    assert (fault.file, fault.row, fault.column) == ("vacancies.csv", 2, column)


def test_a_vacancy_that_closes_before_the_study():
    with pytest.raises(InputError, match="start of the study"):
        check_vacancies(table(opens="2026-10-01", closes="2026-11-01"), STUDY)


def test_all_bad_cells_at_once_and_repeated_vacancies():
    frame = pd.concat([table(), table(channel="fax"), table(vacancy_id="V2", opens="x", employer_id="1")])
    frame.attrs["file"] = "vacancies.csv"
    with pytest.raises(InputError) as caught:
        check_vacancies(frame.reset_index(drop=True), STUDY)
    places = [(fault.row, fault.column) for fault in caught.value.faults]
    assert places == [(3, "vacancy_id"), (3, "channel"), (4, "employer_id"), (4, "opens")]


def test_cells_of_one_kind_are_one_fault_with_their_number_and_the_first_of_them():
    frame = pd.concat([table(vacancy_id=f"V{place}", channel="fax" if place > 1 else "email") for place in range(5)])
    frame.attrs["file"] = "vacancies.csv"
    with pytest.raises(
        InputError, match=r"row 4, column 'channel': got 'fax' \(and 2 rows more of this kind\)"
    ) as caught:
        check_vacancies(frame.reset_index(drop=True), STUDY)
    assert len(caught.value.faults) == 1


def test_an_export_in_the_folder_is_sent_to_the_verb_that_takes_it_in(tmp_path):
    (tmp_path / "export.csv").write_text("Vacaturenummer;PC;Functie\n1;330;Kok\n", encoding="utf-8")
    with pytest.raises(InputError, match="corrtest vacancies add FILE"):
        read_vacancies(tmp_path, STUDY)


def test_a_committee_written_as_a_number(tmp_path):
    frame = pd.DataFrame([GOOD | {"joint_committee": 124}])
    frame.to_excel(tmp_path / "v.xlsx", index=False)
    with pytest.raises(InputError, match="written as a number"):
        read_vacancies(tmp_path / "v.xlsx", STUDY)


def test_a_sub_committee_falls_under_its_parent():
    study = read_study(designs_folder() / "social_profit.toml")
    row = check_vacancies(table(joint_committee="330.01.10", occupation="nurse"), study).iloc[0]
    assert row["joint_committee"] == "330"


def test_the_schema_names_every_required_column():
    assert set(needed_columns("vacancies")) == set(GOOD)


@pytest.mark.parametrize("filler", ["0000000097", "0000000196"])
def test_a_filler_of_zeros_is_no_enterprise_number(filler):
    with pytest.raises(InputError, match="enterprise number"):
        check_vacancies(table(employer_id=filler), STUDY)
