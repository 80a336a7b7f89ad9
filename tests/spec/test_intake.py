from __future__ import annotations

import time
import tomllib
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.errors import InputError
from corrtest.resources import designs_folder
from corrtest.spec import (
    arrivals,
    make_study_folder,
    read_study,
    read_vacancies,
    receive,
    receive_again,
    simulated_rows,
    table_columns,
)
from corrtest.spec.intake import Mapping, listed, read_mapping, take_in
from corrtest.spec.intake.committees import read_committee
from corrtest.spec.intake.titles import near_titles, read_title
from corrtest.spec.intake.words import folded
from tests.spec.intake_files import HEADER, rows, write_csv, write_feed, write_xlsx

STUDY = read_study(designs_folder() / "social_profit.toml")
TESTED = frozenset(occupation.code for occupation in STUDY.occupations)
ON = date(2026, 12, 1)
COMPARED = ["vacancy_id", "employer_id", "joint_committee", "occupation", "postal_code", "opens", "closes", "channel"]


def taken(path: Path, mapping: Mapping | None = None, **known):
    return take_in(path, STUDY, mapping or Mapping(), on=ON, **known)


def csv(tmp_path: Path, text: str, name: str = "weekly.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def table_of(tmp_path: Path, *changes: dict[str, str], name: str = "weekly.csv") -> Path:
    """Write one good row, and for each change another with some cells changed."""
    good = dict(
        zip(
            HEADER,
            ("1", "0010000007", "vzw", "40", "330", "Kok", "9000", "11/01/2027", "12/02/2027", "e-mail", "a@b.example"),
            strict=True,
        )
    )
    lines = [good, *(good | {"Vacaturenummer": str(place)} | change for place, change in enumerate(changes, start=2))]
    return csv(tmp_path, "\n".join([";".join(HEADER), *(";".join(line.values()) for line in lines)]), name)


def test_three_forms_of_one_export_give_the_same_vacancies(tmp_path):
    facts = rows(60)
    found = [
        taken(write_xlsx(tmp_path / "export.xlsx", facts)),
        taken(write_csv(tmp_path / "export.csv", facts)),
        taken(write_feed(tmp_path / "feed.json", facts)),
    ]
    for each in found:
        assert (each.rows, len(each.vacancies), each.waiting, each.dropped) == (60, 60, 0, ())
        pd.testing.assert_frame_equal(each.vacancies[COMPARED], found[0].vacancies[COMPARED])
    first = found[0].vacancies.iloc[1]
    assert (first["occupation"], first["channel"]) == ("cleaner", "portal")
    assert set(found[0].vacancies["channel"]) == {"email", "portal", "telephone"}
    assert found[2].vacancies["closes"].equals(pd.Series([f"{fact['closes']}" for fact in facts], dtype=str))


def test_each_row_that_stays_out_has_its_reason(tmp_path):
    found = taken(
        table_of(
            tmp_path,
            {"Vacaturenummer": "1"},
            {"Einddatum": "31/12/2026", "Publicatiedatum": "01/12/2026"},
            {"PC": "124"},
            {"PC": "999"},
            {"Functie": "kok", "PC": "318"},
            {"Functie": "dakwerker"},
            {"Ondernemingsnr.": "0010000008"},
            {"Postcode": "4000"},
            {"Postcode": "Gent"},
            {"Einddatum": "soon"},
            {"Einddatum": "01/01/2027"},
            {"Sollicitatieadres": ""},
            {"Vacaturenummer": "1", "Functie": "schoonmaker"},
        )
    )
    assert len(found.vacancies) == 1
    assert {kind.why: (kind.rows, kind.is_fault) for kind in found.dropped} == {
        "twice in the file": (1, False),
        "closed before 2027-01-11": (1, False),
        "in a committee that the study does not test": (1, False),
        "no Belgian joint committee": (1, True),
        "for an occupation that the study does not test in that committee": (1, False),
        "for an occupation that the study does not test": (1, False),
        "'employer_id' is no enterprise number (10 digits, check digits correct)": (1, True),
        "outside Flanders and Brussels": (1, False),
        "'postal_code' holds no postal code": (1, True),
        "'closes' is no day": (1, True),
        "closes before it opens": (1, True),
        "'address' is empty": (1, True),
        "another vacancy has its number": (1, True),
    }
    example = next(kind.example for kind in found.dropped if kind.why == "'closes' is no day")
    assert example == "row 12: soon"


def test_the_mark_of_a_simulation_comes_along(tmp_path):
    path = table_of(tmp_path, {})
    first, *others = path.read_text(encoding="utf-8").splitlines()
    marked = [f"{first};simulated", *(f"{line};True" for line in others)]
    path.write_text("\n".join(marked), encoding="utf-8")
    assert simulated_rows(taken(path).vacancies).tolist() == [True, True]
    assert "simulated" not in taken(table_of(tmp_path, {}, name="real.csv")).vacancies


def test_a_number_that_lost_its_zeros_is_asked_and_never_guessed():
    temporary = read_study(designs_folder() / "temporary_agency_work.toml")
    vouchers = read_study(designs_folder() / "service_vouchers.toml")
    assert {committee.number for committee in vouchers.committees} == {"322.01"}
    for number in ("322.1", "322,1"):
        asked = read_committee(number, vouchers, {})
        assert (asked.code, asked.proposal) == ("", "322.01")
    assert read_committee("322.1", vouchers, {"322.1": "322.01"}).code == "322.01"
    assert read_committee("322.1", vouchers, {"322.1": "? 322.01"}).waits
    assert read_committee("3220100", vouchers, {}).proposal == "322.01"
    assert {committee.number for committee in temporary.committees} == {"322"}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("330", "330"),
        ("330.00", "330"),
        ("PC 330", "330"),
        ("P.C. 330 - gezondheidsinrichtingen", "330"),
        ("330.01.20", "330"),
        ("318.1", "318"),
        ("Paritair comité voor de gezondheidsinrichtingen en -diensten", "330"),
        ("124", "none"),
        ("", ""),
        ("999", ""),
        ("318/319", ""),
    ],
)
def test_committees_as_people_write_them(given, meant):
    assert read_committee(given, STUDY, {}).code == meant


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("VERPLEEGKUNDIGE", "nurse"),
        ("Verpleegkundigen (m/v/x)", "nurse"),
        ("verpleegkundige h/f/x 80%", "nurse"),
        ("Koks", "cook"),
        ("kokken", "cook"),
        ("infirmières", "nurse"),
        ("Poetsvrouw", "cleaner"),
        ("poetsmedewerker deeltijds", "cleaner"),
        ("Begeleider gehandicaptenzorg", "educator"),
        ("dakwerker", "none"),
    ],
)
def test_titles_are_known_in_any_case_number_and_gender(title, meant):
    assert read_title(title, STUDY.names, TESTED, {}).code == meant


def test_a_title_that_holds_another_is_proposed_and_one_that_looks_like_it_is_shown():
    inside = read_title("Verpleegkundige spoedgevallen nacht", STUDY.names, TESTED, {})
    assert (inside.code, inside.proposal) == ("", "nurse")
    two = read_title("Kok of schoonmaker gevraagd", STUDY.names, TESTED, {})
    assert (two.code, two.proposal, set(two.candidates)) == ("", "", {"cook", "cleaner"})
    assert read_title("Astronaut", STUDY.names, TESTED, {}).waits
    assert read_title("Astronaut", STUDY.names, TESTED, {"*": "none"}).code == "none"
    assert near_titles("verpleegkunidge", STUDY.names, TESTED)[0] == "nurse"


def test_no_published_title_means_two_occupations():
    known = set(STUDY.names.occupations)
    for row in listed("titles"):
        assert row["occupation"] in known
        assert row["source"]
        read = read_title(row["title"], STUDY.names, frozenset(known), {})
        assert read.code == row["occupation"] or set(read.candidates) > {row["occupation"]}, row


@given(st.sampled_from([row["title"] for row in listed("titles") if row["language"] == "nl"]), st.randoms())
@settings(max_examples=50)
def test_case_and_marks_say_nothing(title, random):
    known = frozenset(STUDY.names.occupations)
    plain = read_title(title, STUDY.names, known, {})
    mark = random.choice([" (m/v/x)", " m/v", " (80%)", " voltijds", ""])
    assert read_title(f"  {title.upper()}{mark} ", STUDY.names, known, {}) == plain


def test_a_header_word_with_two_meanings_is_read_by_what_stands_below_it(tmp_path):
    text = "CP;N° BCE;Fonction;Offre;Référence;Publié le;Date limite;Comment postuler;Courriel\n"
    text += "{cp};0010000007;cuisinier;x;R1;11/01/2027;12/02/2027;par e-mail;a@b.example\n"
    committee = csv(tmp_path, text.replace("CP;", "CP;Code postal;").replace("{cp}", "330;9000"), "a.csv")
    assert taken(committee).vacancies.loc[0, ["joint_committee", "postal_code"]].tolist() == ["330", "9000"]
    place = csv(tmp_path, text.replace("CP;", "CP;Commission paritaire;").replace("{cp}", "9000;330"), "b.csv")
    assert taken(place).vacancies.loc[0, ["joint_committee", "postal_code"]].tolist() == ["330", "9000"]


def test_what_a_file_does_not_say_the_mapping_says(tmp_path):
    text = "Referentie;KBO;Functie;Postcode;Online sinds;Mail\nR1;0010000007;Kok;9000;11/01/2027;a@b.example\n"
    path = csv(tmp_path, text)
    with pytest.raises(InputError, match="open_for_days") as caught:
        taken(path)
    assert {fault.column for fault in caught.value.faults} == {"joint_committee", "closes"}
    found = taken(path, Mapping(fixed={"joint_committee": "330"}, open_for_days=30))
    row = found.vacancies.loc[0]
    assert (row["joint_committee"], row["closes"], row["channel"]) == ("330", "2027-02-10", "email")


def test_a_column_with_its_month_first_stops_the_file(tmp_path):
    with pytest.raises(InputError, match="month before its day"):
        taken(table_of(tmp_path, {"Publicatiedatum": "1/31/2027"}))


def test_a_file_without_a_header_and_one_of_which_nothing_can_be_used(tmp_path):
    with pytest.raises(InputError, match="no row that names its columns"):
        taken(csv(tmp_path, "a;b;c\n1;2;3\n"))
    bad = table_of(tmp_path).read_text(encoding="utf-8").replace("0010000007", "1")
    with pytest.raises(InputError, match=r"No row of bad\.csv can be used"):
        taken(csv(tmp_path, bad, "bad.csv"))


def test_sheets_of_one_form_are_read_together_and_another_is_named(tmp_path):
    facts = rows(6)
    write_xlsx(tmp_path / "a.xlsx", facts[:3])
    frame = pd.read_excel(tmp_path / "a.xlsx", header=2, dtype=str)
    other = pd.DataFrame({"Werkgever": ["x"], "Functie": ["y"], "Postcode": ["9000"], "nog iets": ["z"]})
    with pd.ExcelWriter(tmp_path / "b.xlsx") as book:
        frame.to_excel(book, sheet_name="januari", index=False)
        frame.assign(Vacaturenummer=["8", "9", "10"]).to_excel(book, sheet_name="februari", index=False)
        other.to_excel(book, sheet_name="andere", index=False)
    found = taken(tmp_path / "b.xlsx")
    assert (found.rows, found.unread) == (6, ("andere",))


def test_thirty_six_thousand_vacancies_go_in_within_seconds(tmp_path):
    path = write_csv(tmp_path / "national.csv", rows(36_000))
    began = time.process_time()
    found = taken(path)
    assert len(found.vacancies) == 36_000
    assert time.process_time() - began < 10


@pytest.fixture
def folder(tmp_path):
    return make_study_folder("social_profit", tmp_path / "study")


def test_what_is_not_clear_waits_once_and_goes_in_when_it_is_answered(folder, tmp_path):
    study = read_study(folder.study)
    path = table_of(
        tmp_path,
        {"Functie": "Verpleegkundige spoed"},
        {"Functie": "Verpleegkundige spoed"},
        {"Functie": "Astronaut"},
        {"Sollicitatiewijze": "duif"},
    )
    found = receive(folder, path, study, on=ON)
    assert (len(found.vacancies), found.waiting) == (1, 4)
    text = folder.mapping.read_text(encoding="utf-8")
    assert '"Verpleegkundige spoed" = "? nurse" # 2 rows' in text
    assert 'Astronaut = "?"' in text
    assert 'duif = "? email"' in text
    folder.mapping.write_text(text + "\n# our own remark\n", encoding="utf-8")
    again = receive_again(folder, study, confirm=True)
    assert [(len(each.vacancies), each.waiting) for each in again] == [(4, 1)]
    text = folder.mapping.read_text(encoding="utf-8")
    assert "# our own remark" in text
    folder.mapping.write_text(text.replace('Astronaut = "?"', 'Astronaut = "none"'), encoding="utf-8")
    assert [(len(each.vacancies), each.waiting) for each in receive_again(folder, study)] == [(4, 0)]
    assert receive_again(folder, study) == []
    assert len(read_vacancies(folder.vacancies, study)) == 4


def test_next_months_file_goes_in_by_itself_and_only_what_is_new(folder, tmp_path):
    study = read_study(folder.study)
    receive(folder, table_of(tmp_path, {}, name="december.csv"), study, on=ON)
    longer = table_of(tmp_path, {"Einddatum": "12/03/2027"}, {"Functie": "zorgkundige"}, name="january.csv")
    found = receive(folder, longer, study, on=date(2027, 1, 18))
    assert found.vacancies["vacancy_id"].tolist() == ["2", "3"]
    assert {kind.why: kind.rows for kind in found.dropped} == {"came in before": 1}
    every = read_vacancies(folder.vacancies, study).set_index("vacancy_id")
    assert every["closes"].dt.strftime("%m-%d").to_dict() == {"1": "02-12", "2": "03-12", "3": "02-12"}
    assert every["came_in"].to_dict() == {"1": "2026-12-01", "2": "2027-01-18", "3": "2027-01-18"}
    assert [(each.rows, each.taken) for each in arrivals(folder)] == [(2, 2), (3, 2)]
    with pytest.raises(InputError, match="came in already, on 2027-01-18"):
        receive(folder, longer, study, on=date(2027, 1, 25))


def test_a_file_that_lacks_a_column_leaves_a_mapping_to_fill_in(folder, tmp_path):
    study = read_study(folder.study)
    text = "Ref. intern;KBO;Functie;Postcode;PC;Online sinds;Einddatum;Mail\n"
    path = csv(tmp_path, text + "R1;0010000007;Kok;9000;330;11/01/2027;12/02/2027;a@b.example\n")
    with pytest.raises(InputError, match="lacks a column"):
        receive(folder, path, study, on=ON)
    assert not list(folder.vacancies.glob("received/*"))
    mapping = folder.mapping.read_text(encoding="utf-8")
    assert 'vacancy_id = "?"' in mapping
    folder.mapping.write_text(mapping.replace('vacancy_id = "?"', 'vacancy_id = "Ref. intern"'), encoding="utf-8")
    assert len(receive(folder, path, study, on=ON).vacancies) == 1


def test_faults_of_the_mapping_are_all_named(folder):
    folder.mapping.write_text('[columns]\nvacancyid = "a"\n[fixed]\nopen_for_days = 0\n[other]\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_mapping(folder.mapping)
    assert {fault.key for fault in caught.value.faults} >= {"columns.vacancyid", "fixed.open_for_days", "other"}


def test_lists_have_a_source_and_no_word_twice_for_one_column():
    for name, word in (("headers", "header"), ("channels", "word"), ("titles", "title")):
        found = listed(name)
        assert all(row["source"] for row in found)
        keys = [(row.get("column") or row.get("channel") or row["occupation"], folded(row[word])) for row in found]
        assert len(keys) == len(set(keys)), name


def test_the_page_has_the_table_of_columns(repository=Path(__file__).parents[2]):
    text = (repository / "docs" / "vacancies.md").read_text(encoding="utf-8")
    for column in table_columns("vacancies"):
        needed = "yes" if column.needed_in("vacancies") else "no"
        assert f"| `{column.name}` | {column.description['en']} | {needed} |" in text
    headers: dict[str, list[str]] = {}
    for row in listed("headers"):
        headers.setdefault(row["column"], []).append(row["header"])
    for name, known in headers.items():
        assert f"| `{name}` | {', '.join(known)} |" in text
    found = tomllib.loads(text.split("```toml\n")[1].split("```")[0])
    assert set(found) == {"columns", "fixed", "committees", "occupations", "channels"}


def test_the_mapping_of_the_page_is_one_that_can_be_read(tmp_path, repository=Path(__file__).parents[2]):
    text = (repository / "docs" / "vacancies.md").read_text(encoding="utf-8")
    path = csv(tmp_path, text.split("```toml\n")[1].split("```")[0], "mapping.toml")
    found = read_mapping(path)
    assert found.columns["address"] == ("E-mail", "Website")
    assert (found.fixed, found.open_for_days) == ({"joint_committee": "124"}, 30)


def test_the_template_has_drop_downs_of_any_length_and_days_that_are_days(folder):
    sheet, explanation = openpyxl.load_workbook(folder.template).worksheets
    names = [cell.value for cell in sheet[1]]
    assert names == [column.name for column in table_columns("vacancies") if column.name != "simulated"]
    choices = {str(each.sqref): each for each in sheet.data_validations.dataValidation}

    def listed(name: str) -> list[str]:
        letter = openpyxl.utils.get_column_letter(names.index(name) + 1)
        place = choices[f"{letter}2:{letter}5000"].formula1.split("!")[1].replace("$", "")
        return [row[0].value for row in explanation[place]]

    study = read_study(folder.study)
    assert listed("occupation") == [each.code for each in study.occupations]
    assert len(",".join(listed("occupation"))) > 150
    assert listed("channel") == ["email", "letter", "portal", "telephone"]
    assert sum(each.type == "date" for each in choices.values()) == 2


def test_a_list_with_tabs_in_utf_16_without_closing_days_and_with_places_in_words(tmp_path):
    text = """Lijst van openstaande vacatures

Referentie|KBO|Titel|Plaats tewerkstelling|PC|Online sinds|Hoe solliciteren|Contact
R1|BE0010000007|Verpleegkundigen nacht (m/v/x)|9000 Gent|PC 330|11-01-2027|mail|a@b.example
R2|10000007|Poetsvrouw 50%|B-2000 Antwerpen|330|20270112||www.b.example/jobs
R3|10000007|Zorgkundige|4000 Luik|330|12/01/2027|bel|0400 00 00 00
"""
    (tmp_path / "lijst.txt").write_bytes(text.replace("|", "\t").encode("utf-16"))
    found = taken(tmp_path / "lijst.txt", Mapping(open_for_days=21))
    assert found.vacancies[["vacancy_id", "occupation", "postal_code", "closes", "channel"]].to_numpy().tolist() == [
        ["R2", "cleaner", "2000", "2027-02-02", "portal"]
    ]
    assert [(question.word, question.proposal) for question in found.questions] == [
        ("Verpleegkundigen nacht (m/v/x)", "nurse")
    ]
    assert [kind.why for kind in found.dropped] == ["outside Flanders and Brussels"]


def test_a_workbook_in_french_with_a_sheet_a_month(tmp_path):
    header = (
        "N° offre|N° BCE|Employeur|Commission paritaire|Fonction|CP|Publié le|Date limite|Mode de candidature|Courriel"
    )
    book = openpyxl.Workbook()
    for place, month in enumerate(("janvier", "février")):
        sheet = book.active if place == 0 else book.create_sheet()
        sheet.title = month
        sheet.append([f"Offres d'emploi – {month} 2027"])
        sheet.append(header.split("|"))
        numbers = [331.0, "Puéricultrices (h/f/x)", 1000, 46_400, 46_450]
        texts = ["CP 331", "assistante sociale", "1000", "18/01/2027", "28/02/2027"]
        sheet.append([place, 10_000_007, "asbl", *numbers, "par courriel", "a@b.example"])
        sheet.append([place + 10, 10_000_007, "asbl", *texts, "en ligne", "www.b.example"])
    book.save(tmp_path / "offres.xlsx")
    found = taken(tmp_path / "offres.xlsx")
    assert found.vacancies[["vacancy_id", "joint_committee", "occupation", "channel"]].to_numpy().tolist() == [
        ["0", "331", "childcare_worker", "email"],
        ["10", "331", "social_worker", "portal"],
        ["1", "331", "childcare_worker", "email"],
        ["11", "331", "social_worker", "portal"],
    ]
    assert found.dropped == ()
