"""An application found by its candidate, its employer or its vacancy; several are listed, nobody types an arm."""

from __future__ import annotations

from pathlib import Path

import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, Make, Reopen, a_documents_folder, a_plan, a_study, ready, sent_rows

NAMES = ["Bouw & Zonen nv", "Dakwerken Dupont", "Metselaar Éénhoorn", "De Klinker bvba"]


@pytest.fixture
def known(make: Make, tmp_path: Path) -> Register:
    """Four pairs, whose candidates are known."""
    study = a_study()
    plan = a_plan(study, employer_name=NAMES, title=["Metselaar (m/v/x)"], partner=["noord", "noord", "zuid", "zuid"])
    register = ready(make(study), plan)
    register.supervision.record_audit_of(a_documents_folder(tmp_path / "documents"))
    return register


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("Yassine El Amrani", [("P00001", "treated")]),
        ("yasin elamrani", [("P00001", "treated")]),
        ("ayse yilmaz", [("P00002", "treated")]),
        ("YASSINE@post.example", [("P00001", "treated")]),
        ("+32 470 22 22 22", [("P00001", "treated")]),
        ("0032470222222", [("P00001", "treated")]),
        ("Jan Claes", [("P00001", "control")]),
        ("jan", [("P00001", "control"), ("P00003", "control")]),
        ("dakwerken", [("P00002", "treated"), ("P00002", "control")]),
        ("eenhoorn", [("P00003", "control"), ("P00003", "treated")]),
        ("0400.000.003", [("P00004", "treated"), ("P00004", "control")]),
        ("v000004", [("P00004", "treated"), ("P00004", "control")]),
        ("jobs@firm400000003.example", [("P00004", "treated"), ("P00004", "control")]),
        ("p00004", [("P00004", "treated"), ("P00004", "control")]),
        ("1", [("P00001", "control")]),
        ("nobody", []),
    ],
)
def test_what_people_know_of_an_application(known: Register, words: str, places: list[tuple[str, str]]) -> None:
    assert [(each.pair_id, each.arm) for each in known.finding.find(words)] == places


def test_several_are_listed_and_none_names_an_arm(known: Register) -> None:
    with pytest.raises(InputError) as asked:
        known.finding.one("jan", "sent")
    text = str(asked.value)
    assert "'jan' fits 2 applications. Say which, by its number:" in text
    assert "1: Jan Claes; Metselaar (m/v/x), Bouw & Zonen nv; V000001; P00001; planned; due 2027-01-11" in text
    assert "control" not in text
    assert "treated" not in text


def test_who_only_sounds_alike_is_asked(known: Register) -> None:
    with pytest.raises(InputError, match=r"Nobody is known as 'jasin amrani'.*say which, by its number:\n  2: Yassine"):
        known.finding.one("jasin amrani", "sent")


def test_what_an_act_allows_decides_between_several(known: Register) -> None:
    known.sending.mark_sent("P00003", "control", FIRST)
    assert known.finding.one("jan", "reaction").pair_id == "P00003"
    assert known.finding.one("jan", "sent").pair_id == "P00001"
    assert known.finding.one("dakwerken", "sent").arm == "treated"  # the letter that goes first
    with pytest.raises(InputError, match=r"None of them can be withdrawn as it stands|fits 2"):
        known.finding.one("De Klinker", "withdrawn")


def test_a_partner_finds_its_own_alone(known: Register) -> None:
    known.people.add("nora", "partner", partner="noord")
    known.people.add("cas", "coder")
    assert [each.pair_id for each in known.finding.find("jan", actor="nora")] == ["P00001"]
    with pytest.raises(Refusal, match="role coder"):
        known.finding.find("jan", actor="cas")


def test_without_the_key_numbers_alone_are_known(known: Register, reopen: Reopen, tmp_path: Path) -> None:
    keyless = reopen(key_file=None) if (tmp_path / "secret").exists() else None
    if keyless is None:
        known.session.keys = None
        keyless = known
    assert keyless.finding.find("Yassine") == []
    assert [each.number for each in keyless.finding.find("P00001")] == [1, 2]


def test_a_table_may_say_it_as_people_do(known: Register) -> None:
    import pandas as pd

    rows = [("Jan Claes", "11/1/2027 9:00"), ("3", "11/1/2027 9u05")]
    assert known.sending.import_sent(pd.DataFrame(rows, columns=["application", "at"])) == 2
    replies = pd.DataFrame(
        [("claes", "invitation", "12/1/2027 9:00"), ("smit", "negative", "13/1/2027 9:00"), ("xyz", "request", "x")],
        columns=["application", "reaction", "at"],
    )
    with pytest.raises(InputError, match="row 4, column 'at'"):
        known.replies.import_reactions(replies)
    replies.loc[2, "at"] = "13/1/2027"
    with pytest.raises(InputError, match="row 4: got 'xyz'; expected one application"):
        known.replies.import_reactions(replies)
    assert known.oversight.verify().passed


def test_candidates_are_sealed_and_go_with_the_identities(known: Register) -> None:
    with known.session.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT sealed FROM candidate").scalars().all()
    assert len(rows) == 8
    assert not any(b"Yassine" in bytes(row) for row in rows)
    for row in sent_rows(4).itertuples():
        known.sending.mark_sent(row.pair_id, row.arm, row.at)
    known.replies.close_applications("2027-03-01")
    from datetime import date

    known.employers.erase(date(2027, 3, 1), "2027-03-02")
    with known.session.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM candidate").scalar_one() == 0
    assert known.oversight.verify().passed


def test_a_list_of_another_kind_is_refused(known: Register, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    a_documents_folder(folder)
    (folder / "candidates.csv").write_text("a,b\n1,2\n")
    with pytest.raises(RegisterError, match="not the list of candidates"):
        known.supervision.record_audit_of(folder)
