"""Nationality, mother tongue and refused names, as the study has them; unpaired studies; French and English."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from corrtest.generator import draw_pair, plan_pairs, render_pairs
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.equivalence import audit_pair
from corrtest.spec import ARMS, Documents
from tests.generator.pairs import SETS, make_pair, make_pairs


def audited(documents: Documents, language: str = "nl", audited_as: Documents | None = None):
    pair = make_pair(0, criterion="origin", level="maghrebi_name")
    people = draw_pair(3, pair, language=language, documents=documents)
    maker = DocumentMaker(SETS, language, ("html",))
    made = (maker.make(pair, people[0]), maker.make(pair, people[1]))
    return people, made, audit_pair(pair, people, made, language, documents=audited_as or documents)


@pytest.mark.parametrize(
    ("language", "local", "other", "tongue"),
    [
        ("nl", "Belgische", "Marokkaanse", "Arabisch"),
        ("fr", "belge", "marocaine", "arabe"),
        ("en", "Belgian", "Moroccan", "Arabic"),
    ],
)
def test_nationality_and_mother_tongue_by_level(language: str, local: str, other: str, tongue: str) -> None:
    choice = Documents(nationality="by_level", mother_tongue="by_level")
    people, made, audit = audited(choice, language)
    assert not {"nationality", "languages", "mother_tongue", "signal_missing"} & set(audit.faults)
    assert local in made[0].texts["cv"] and other not in made[0].texts["cv"]
    assert other in made[1].texts["cv"] and tongue in made[1].texts["cv"]
    assert [p.document["languages"][0]["language"] == tongue for p in people] == [False, True]
    # The same documents, audited as those of a study that states the same in both arms, are refused.
    assert {"nationality", "languages"} <= set(audited(choice, language, Documents())[2].faults)


def test_omitted_means_neither_says_it() -> None:
    _, made, audit = audited(Documents(nationality="omitted", mother_tongue="omitted"))
    assert not {"nationality", "languages", "mother_tongue"} & set(audit.faults)
    for application in made:
        assert "Belgische" not in application.texts["cv"]
        assert "ationaliteit" not in application.texts["cv"]
        assert "moedertaal" not in application.texts["cv"]


def test_a_study_refuses_its_own_names() -> None:
    pair = make_pair(0)
    control = draw_pair(3, pair, documents=Documents(employers="coined"))[0]
    firm = control.document["work"][0]["name"].split()[-1]
    refused = Documents(employers="coined", refused_names=(control.family,), refused_firms=(firm,))
    for person in draw_pair(3, pair, documents=refused):
        assert person.family != control.family
        assert not any(firm in entry["name"] for entry in person.document["work"])
    assert (
        "refused_name"
        in audited(
            Documents(employers="coined"),
            audited_as=Documents(
                refused_firms=("Aannemingen", "Bouwbedrijf", "Bouwonderneming", "Bouwwerken", "Woningbouw")
            ),
        )[2].faults
    )


def unpaired_plan() -> pd.DataFrame:
    rows = [
        {
            "pair_id": f"P{number}",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "turkish_name",
            "occupation": "mason",
            "postal_code": "2800",
            "employer_id": f"E{number}",
            "first_arm": ARMS[number % 2],
            "control_template": SETS[number % 3] if number % 2 == 0 else "",
            "treated_template": SETS[number % 3] if number % 2 else "",
            "send_first_on": date(2027, 2, 1),
            "send_second_on": pd.NaT,
        }
        for number in range(6)
    ]
    return pd.DataFrame(rows)


def test_an_unpaired_study_writes_one_arm_and_audits_both(tmp_path: Path) -> None:
    pairs = list(plan_pairs(unpaired_plan(), 7))
    assert [pair.written for pair in pairs] == [(ARMS[number % 2],) for number in range(6)]
    assert all(pair.control_template != pair.treated_template for pair in pairs)
    result = render_pairs(pairs, tmp_path, seed=7, formats=("html",), workers=1)
    assert result.failures == 0
    assert len(result.audit) == 6
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("P*/*")}
    assert written == {f"P{number}/{ARMS[number % 2]}" for number in range(6)}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_level_is_written_in_english_and_french(tmp_path: Path, language: str) -> None:
    result = render_pairs(make_pairs(26), tmp_path, seed=11, language=language, formats=("html",), workers=1)
    assert result.failures == 0, list(result.audit.loc[~result.audit["passed"], "faults"])
    text = " ".join(path.read_text() for path in tmp_path.rglob("*.html"))
    for dutch in ("Werkervaring", "PROEFEXEMPLAAR", "moedertaal", "heden", " te Mechelen"):
        assert dutch not in text
